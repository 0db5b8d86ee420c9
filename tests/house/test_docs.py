"""Docs fail when they lie."""

from __future__ import annotations

from pathlib import Path

from django.utils import translation

from workflows.stations import STATIONS, Stage

ROOT = Path(__file__).resolve().parents[2]


def station_rows() -> list[str]:
    """The README's table of stations, as the code has it."""
    rows = []
    for stage in Stage:
        station = STATIONS[stage]
        with translation.override("en"):
            english, roles = str(stage.label), ", ".join(str(role.label) for role in station.roles) or "nobody"
            stop = str(station.stop.label) if station.stop else "none"
        with translation.override("fr"):
            french = str(stage.label)
        rows.append(
            f"| `{stage.value}` | {english} | {french} | {roles} | {stop} | {'yes' if station.issues else 'no'} |"
        )
    return rows


def test_the_readme_has_the_stations_of_the_code() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [row for row in station_rows() if row not in readme] == []


def test_the_readme_names_files_and_commands_that_exist() -> None:
    import re

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:[a-z_]+/)+[a-z_.]+\.py)`", readme):
        assert (ROOT / name).is_file(), name
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    for name in re.findall(r"manage\.py ([a-z_]+)", readme):
        assert name in commands | {"migrate", "createcachetable", "test"}, name


def test_the_table_of_conformance_names_tests_that_exist() -> None:
    import re

    page = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = set(re.findall(r"`(test_\w+)`", page))
    assert named
    assert named - defined == set()
    assert [path for path in re.findall(r"`(tests/[\w/]+\.py)`", page) if not (ROOT / path).is_file()] == []
