"""The checker that an auditor runs alone: a whole record holds, and whatever is changed in it is found and named."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from credentials import attestations, keys
from deploy import check_record
from people.models import Organization
from tests.cast import Cast
from tests.journeys import awards, course
from workflows import checkpoints, record
from workflows.actions import deciding, proposing
from workflows.models import Version

CHECKER = Path(check_record.__file__)
Files = dict[str, bytes]


@pytest.fixture
def version(cast: Cast) -> Version:
    made, _credential = awards.issued(cast)
    checkpoints.make()
    return made


def _opened(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(files: Files) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _check(data: bytes, folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    path = folder / "record.zip"
    path.write_bytes(data)
    code = check_record.main([str(path), *more])
    return code, capsys.readouterr().out


def test_a_whole_record_holds_and_every_part_is_said(
    version: Version, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = _check(record.bundle(version), tmp_path, capsys)
    assert (code, said.splitlines()[-1]) == (0, "Everything holds.")
    for part in ("files are those that did:web:", "rows of the ledger follow", "The content was frozen",
                 "decisions are word for word", "covers the rows up to", "taken from the bundle itself"):  # fmt: skip
        assert part in said


def test_it_runs_alone_without_our_packages(version: Version, tmp_path: Path) -> None:
    (tmp_path / "check_record.py").write_bytes(CHECKER.read_bytes())
    (tmp_path / "record.zip").write_bytes(record.bundle(version))
    call = [sys.executable, "-I", "check_record.py", "record.zip"]
    done = subprocess.run(
        call, cwd=tmp_path, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    source = CHECKER.read_text(encoding="utf-8")
    assert not any(f"import {name}" in source for name in ("django", "workflows", "credentials", "rfc8785"))


def test_after_a_return_every_frozen_content_is_in_it(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = course.drafted(cast)
    course.submitted(cast, made)
    deciding.return_from_screening(
        version_id=made.pk, actor=cast.quinn, expected=course.number(made),
        requests={"purpose": "Say for whom it is."},
    )  # fmt: skip
    made.refresh_from_db()
    content = made.content
    content["purpose"]["audience"]["en"] += " And for those who want to be."
    proposing.save_content(version_id=made.pk, actor=cast.ana, expected=course.number(made), content=content)
    for request in made.change_requests.all():
        proposing.answer_request(request_id=request.pk, actor=cast.ana, text="Done.")
    course.submitted(cast, made)
    checkpoints.make()
    code, said = _check(record.bundle(made), tmp_path, capsys)
    assert "The content was frozen 2 times" in said
    assert code == 0, said


def test_rows_after_the_checkpoint_are_said_to_be_newer(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = course.drafted(cast)
    code, said = _check(record.bundle(made), tmp_path, capsys)
    assert (code, "No checkpoint covers this record yet" in said) == (2, True)
    checkpoints.make()
    course.submitted(cast, made)
    code, said = _check(record.bundle(made), tmp_path, capsys)
    assert code == 0
    assert "are newer than the checkpoint" in said


def test_the_auditor_brings_keys_and_a_checkpoint(
    cast: Cast, version: Version, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, did, foreign = tmp_path / "kept.json", tmp_path / "did.json", tmp_path / "foreign.json"
    last = checkpoints.make()
    assert last is not None
    kept.write_text(json.dumps(checkpoints.as_data(last)))
    did.write_text(json.dumps(keys.did_document(cast.college)))
    foreign.write_text(
        json.dumps({**keys.did_document(Organization.objects.get(slug="rival")), "id": keys.did_of(cast.college)})
    )
    data = record.bundle(version)
    code, said = _check(data, tmp_path, capsys, "--did", str(did), "--checkpoint", str(kept))
    assert (code, "It is the checkpoint that you kept" in said, "Note: that key" in said) == (0, True, False)
    code, said = _check(data, tmp_path, capsys, "--did", str(foreign))
    assert (code, "seal.json" in said) == (1, True)
    course.drafted(cast, "OTHER")
    checkpoints.make()
    code, said = _check(record.bundle(version), tmp_path, capsys, "--checkpoint", str(kept))
    assert (code, f"--at {last.digest}" in said) == (2, True)
    code, said = _check(record.bundle(version, at=last.digest), tmp_path, capsys, "--checkpoint", str(kept))
    assert code == 0


def test_the_command_makes_a_checkpoint_and_writes(cast: Cast, tmp_path: Path) -> None:
    made = course.drafted(cast)
    out = tmp_path / "record.zip"
    call_command("export_record", str(made.public_id), out=out, stdout=io.StringIO())
    assert check_record.main([str(out)]) == 0
    for wrong in ([str(cast.college.public_id)], [str(made.public_id), "--at", "0" * 64]):
        err = io.StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("export_record", *wrong, out=out, stdout=io.StringIO(), stderr=err)
        assert ended.value.code == 1
        assert "There is no" in err.getvalue()


def test_what_is_no_record_is_said_to_be_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_record.main([str(tmp_path / "nothing.zip")]) == 2
    assert _check(b"no zip", tmp_path, capsys)[0] == 1
    code, said = _check(_packed({"readme.txt": b""}), tmp_path, capsys)
    assert (code, "manifest.json or seal.json is missing" in said) == (1, True)


def _by_a_stranger(dice: random.Random, files: Files) -> Files:
    """One change of the files by somebody without any key: edit, deletion, swap, addition, truncation."""
    names = list(files)
    name, other = dice.sample(names, 2)
    data, changed = files[name], dict(files)
    kind = dice.choice(["byte", "delete", "swap", "add", "cut"])
    if kind == "byte":
        place = dice.randrange(len(data))
        changed[name] = data[:place] + bytes([data[place] ^ 1 << dice.randrange(8)]) + data[place + 1 :]
    elif kind == "delete":
        del changed[name]
    elif kind == "swap":
        changed[name], changed[other] = files[other], files[name]
    elif kind == "add":
        changed[f"{dice.randrange(10**6)}.json"] = data
    else:
        changed[name] = data[: dice.randrange(len(data))]
    return changed


def _by_an_insider(dice: random.Random, files: Files) -> Files:
    """One change of what was decided, by somebody who can seal it anew but cannot change the signed checkpoint."""
    name = dice.choice(["ledger.json", "decisions.json", "snapshots.json", "inclusion.json", "checkpoint.json",
                        *(name for name in files if name.startswith("snapshots/"))])  # fmt: skip
    value = json.loads(files[name])
    kind = dice.choice(["edit", "edit", "delete", "swap", "cut"])
    if isinstance(value, list) and kind == "delete":
        value.pop(dice.randrange(len(value)))
    elif isinstance(value, list) and kind == "swap" and len(value) > 1 and name == "ledger.json":
        one, two = dice.sample(range(len(value)), 2)
        value[one], value[two] = value[two], value[one]
    elif isinstance(value, list) and kind == "cut":
        value = value[: dice.randrange(len(value))]
    else:
        _edit(dice, value)
    return {**files, name: json.dumps(value).encode()}


# What no digest needs to hold: when a snapshot was made is in the ledger, and its place is only its order.
LOOSE = {"made_at", "ordinal"}


def _edit(dice: random.Random, value: Any) -> None:
    """Change one leaf somewhere in it."""
    places: list[tuple[Any, Any]] = []

    def walk(part: Any) -> None:
        for key, one in part.items() if isinstance(part, dict) else enumerate(part):
            if isinstance(one, dict | list) and one:
                walk(one)
            elif key not in LOOSE:
                places.append((part, key))

    walk(value)
    part, key = dice.choice(places)
    old = part[key]
    part[key] = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) else f"{old}x"


def _sealed_anew(cast: Cast, files: Files) -> Files:
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {
        name: f"sha256:{check_record.sha256(data)}"
        for name, data in files.items()
        if name not in {"manifest.json", "seal.json"}
    }
    data = rfc8785.dumps(manifest)
    return {**files, "manifest.json": data, "seal.json": rfc8785.dumps(attestations.attest(cast.college, data))}


def _all_found(
    times: int, change: Callable[[random.Random, Files], Files], whole: Files, seal: Callable[[Files], Files],
    folder: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    dice, missed = random.Random(20261125), []
    for trial in range(times):
        changed = change(dice, whole)
        if changed == whole:
            continue
        code, said = _check(_packed(seal(changed)), folder, capsys)
        if code == 0 or not said.splitlines()[-1].startswith(("DOES NOT HOLD. ", "CANNOT BE CHECKED. ")):
            missed.append((trial, {name for name in whole if whole[name] != changed.get(name)}))
    assert missed == []
    assert _check(_packed(whole), folder, capsys)[0] == 0


@pytest.mark.parametrize("times", [100, pytest.param(1000, marks=pytest.mark.nightly)])
def test_every_change_by_a_stranger_is_found(
    version: Version, tmp_path: Path, capsys: pytest.CaptureFixture[str], times: int
) -> None:
    _all_found(times, _by_a_stranger, _opened(record.bundle(version)), lambda files: files, tmp_path, capsys)


@pytest.mark.parametrize("times", [100, pytest.param(1000, marks=pytest.mark.nightly)])
def test_every_change_by_an_insider_who_seals_it_anew_is_found(
    cast: Cast, version: Version, tmp_path: Path, capsys: pytest.CaptureFixture[str], times: int
) -> None:
    whole = _opened(record.bundle(version))
    _all_found(times, _by_an_insider, whole, lambda files: _sealed_anew(cast, files), tmp_path, capsys)


@pytest.mark.parametrize("times", [60, pytest.param(1000, marks=pytest.mark.nightly)])
def test_every_truncated_archive_is_found(
    version: Version, tmp_path: Path, capsys: pytest.CaptureFixture[str], times: int
) -> None:
    data, dice = record.bundle(version), random.Random(7)
    for _trial in range(times):
        assert _check(data[: dice.randrange(len(data))], tmp_path, capsys)[0] == 1


def test_a_ledger_that_is_rewritten_and_sealed_anew_is_refused_by_the_checkpoint(
    cast: Cast, version: Version, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All hashes are made again from the changed row on, and the seal too; only the checkpoint knows better."""
    files = _opened(record.bundle(version))
    rows, previous = json.loads(files["ledger.json"]), check_record.GENESIS
    rows[1]["actor"] = str(cast.mallory.public_id)
    for row in rows:
        row["previous"] = previous
        previous = row["hash"] = check_record.sha256({name: one for name, one in row.items() if name != "hash"})
    forged = _sealed_anew(cast, {**files, "ledger.json": rfc8785.dumps(rows)})
    code, said = _check(_packed(forged), tmp_path, capsys)
    assert (code, "it is not the row that the checkpoint covers" in said) == (1, True)


def test_a_decision_is_not_freed_from_its_digest_by_calling_it_carried_over(
    cast: Cast, version: Version, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = _opened(record.bundle(version))
    decisions = json.loads(files["decisions.json"])
    decisions[0]["carried_from"] = "another"
    forged = _sealed_anew(cast, {**files, "decisions.json": json.dumps(decisions).encode()})
    code, said = _check(_packed(forged), tmp_path, capsys)
    assert (code, "its words are not those" in said) == (1, True)


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)  # fmt: skip


@given(JSON)
def test_its_canonical_form_is_that_of_the_library(value: Any) -> None:
    assert check_record.canonical(value).encode() == rfc8785.dumps(value)
