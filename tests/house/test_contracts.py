"""The stairway holds, and its contract was seen red."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from viewflow.workflow.lock import NoLock

from workflows.lifecycle import VersionCourse
from workflows.locks import VersionLock
from workflows.panels import FLOWS
from workflows.stations import STATIONS, Stage

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ["config", "portal_public", "notifications", "workflows", "credentials", "people"]


def _copied(folder: Path) -> None:
    """The rooms and their contracts, to be broken."""
    for floor in ROOT.iterdir():
        if (floor / "__init__.py").is_file() and floor.name != "tests":
            shutil.copytree(floor, folder / floor.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("lower", "upper"), list(zip(FLOORS[1:], FLOORS[:-1], strict=True)))
def test_an_import_up_the_stairs_is_refused(tmp_path: Path, lower: str, upper: str) -> None:
    _copied(tmp_path)
    assert _lint(tmp_path).returncode == 0
    (tmp_path / lower / "planted.py").write_text(f"import {upper}\n")
    broken = _lint(tmp_path)
    assert broken.returncode == 1
    assert f"{lower}.planted -> {upper}" in broken.stdout


def test_the_core_of_badges_does_not_import_the_database(tmp_path: Path) -> None:
    _copied(tmp_path)
    with (tmp_path / "credentials" / "base58.py").open("a") as room:
        room.write("\nimport credentials.keys\n")
    broken = _lint(tmp_path)
    assert broken.returncode == 1
    assert "credentials.base58 -> credentials.keys" in broken.stdout


def test_every_flow_locks_the_version() -> None:
    for flow_class in FLOWS.values():
        assert isinstance(flow_class.lock_impl, VersionLock)
        assert not isinstance(flow_class.lock_impl, NoLock)


def test_names_that_are_schema_stay() -> None:
    assert {f"{c.__module__}.{c.__name__}" for c in FLOWS.values()} == {
        "workflows.panels.RelevancePanel",
        "workflows.panels.EndorsementPanel",
        "workflows.panels.PilotApprovalPanel",
        "workflows.panels.FinalApprovalPanel",
        "workflows.panels.CommunityPanel",
    }
    for flow_class in FLOWS.values():
        nodes = {node.name for node in flow_class.instance.nodes()}
        assert nodes == {"start", "fan_out", "seat", "quorum", "decide", "end"}
        assert {node.flow_class for node in flow_class.instance.nodes()} == {flow_class}


def test_every_stage_has_its_station_and_a_way_in() -> None:
    assert set(STATIONS) == set(Stage)
    targets = {
        str(target)
        for name in dir(VersionCourse)
        if name != "stage" and hasattr(getattr(VersionCourse, name), "get_transitions")
        for transition in getattr(VersionCourse, name).get_transitions()
        for target in transition.declared_targets()
    }
    assert {stage.value for stage in Stage} - {Stage.DRAFT.value} <= targets


def test_the_exports_name_no_host() -> None:
    for export in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in export.read_text()
