"""A cut end, a stream written anew and a forged checkpoint are found, each with its place."""

from __future__ import annotations

import hashlib
import json
import random
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from credentials import attestations
from tests.cast import Cast, proposal
from tests.journeys import course
from workflows import checkpoints, ledger
from workflows.actions import proposing
from workflows.models import Checkpoint, LedgerEvent, Version


def _past_the_guards(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET session_replication_role = origin")


def _cut(stream: str, after: int) -> None:
    """Remove the end of a stream, with the work that hangs on it."""
    _past_the_guards(
        "WITH gone AS (DELETE FROM workflows_ledgerevent WHERE stream = %s AND sequence > %s RETURNING id)"
        " DELETE FROM workflows_outboxevent WHERE event_id IN (SELECT id FROM gone)",
        [stream, after],
    )


def _everything() -> list[ledger.Fault]:
    return [*ledger.faults(), *checkpoints.faults()]


def _another(cast: Cast) -> Version:
    """A second proposal of Ana's, with a stream of its own."""
    made = proposing.start(actor=cast.ana, institution=cast.college, code="GOWN2", content=proposal())
    proposing.note_duplicates_seen(version_id=made.pk, actor=cast.ana)
    proposing.declare_interest(version_id=made.pk, actor=cast.ana, kinds=["none"])
    return made


@pytest.fixture
def version(cast: Cast) -> Version:
    made = course.drafted(cast)
    course.submitted(cast, made)
    return made


def test_a_checkpoint_covers_what_moved_and_follows_from_the_one_before(cast: Cast, version: Version) -> None:
    first = checkpoints.make()
    assert first is not None
    assert checkpoints.make() == first
    other = _another(cast)
    second = checkpoints.make()
    assert second is not None
    assert second.previous == first.digest
    assert set(second.heads) == {f"version:{other.public_id}"}
    assert second.root == ledger.merkle_root(ledger.heads())
    assert _everything() == []


def test_every_institution_signs_with_its_own_key(cast: Cast, version: Version) -> None:
    made = checkpoints.make()
    assert made is not None
    assert set(made.signature) == {"taravelle", "rival"}
    data = rfc8785.dumps(checkpoints.body_of(made))
    holds = partial(attestations.holds, cast.college, at=made.made_at)
    assert holds(made.signature["taravelle"], data)
    assert not holds(made.signature["rival"], data)
    assert not holds(made.signature["taravelle"], data + b" ")
    assert not holds({**made.signature["taravelle"], "value": "z1"}, data)
    own = cast.college.signing_keys.filter(purpose="checkpoints")
    own.update(status="compromised", compromised_since=made.made_at + timedelta(seconds=1))
    assert holds(made.signature["taravelle"], data)  # it was made while the key was safe
    own.update(compromised_since=made.made_at)
    assert not holds(made.signature["taravelle"], data)


@pytest.mark.django_db
def test_without_any_event_there_is_nothing_to_cover() -> None:
    assert checkpoints.make() is None


def test_a_cut_end_is_found_by_its_checkpoint_and_never_covered_up(version: Version) -> None:
    checkpoints.make()
    stream = f"version:{version.public_id}"
    last = next(sequence for name, sequence, _hash in ledger.heads() if name == stream)
    _cut(stream, last - 1)
    assert list(ledger.faults()) == []
    [fault] = checkpoints.faults()
    assert (fault.stream, fault.sequence) == (stream, last)
    with pytest.raises(checkpoints.Contradiction, match=f"ends before row {last}"):
        checkpoints.make()
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("checkpoint", stdout=StringIO(), stderr=err)
    assert ended.value.code == 1
    assert "No checkpoint was made" in err.getvalue()


def test_a_stream_that_is_written_anew_is_found(version: Version) -> None:
    checkpoints.make()
    stream, previous = f"version:{version.public_id}", ledger.GENESIS
    for event in LedgerEvent.objects.filter(stream=stream).order_by("sequence"):
        event.actor, event.previous_hash = "mallory", previous
        previous = ledger.event_hash(event)
        _past_the_guards(
            "UPDATE workflows_ledgerevent SET actor = 'mallory', previous_hash = %s, hash = %s WHERE id = %s",
            [event.previous_hash, previous, event.pk],
        )
    assert list(ledger.faults()) == []
    assert "not the row that a checkpoint covers" in next(iter(checkpoints.faults())).reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE workflows_checkpoint SET root = repeat('0', 64)", "not what was signed"),
        ("UPDATE workflows_checkpoint SET heads = '{}'", "not what was signed"),
        ("UPDATE workflows_checkpoint SET signature = '{}'", "nobody signed it"),
        ("UPDATE workflows_checkpoint SET previous = repeat('1', 64)", "does not follow"),
        (
            "UPDATE workflows_checkpoint SET signature = jsonb_set(signature, '{taravelle,value}', '\"z1\"')",
            "the signature of taravelle does not hold",
        ),
        (
            "UPDATE workflows_checkpoint SET signature = jsonb_build_object('nobody', signature->'taravelle')",
            "the signature of nobody does not hold",
        ),
    ],
)
def test_a_changed_checkpoint_is_found(version: Version, change: str, reason: str) -> None:
    checkpoints.make()
    _past_the_guards(change, [])
    found = [fault for fault in checkpoints.faults() if reason in fault.reason]
    assert found
    assert found[0].stream == "checkpoints"
    assert found[0].sequence == 1


def test_a_checkpoint_that_contradicts_an_earlier_one_is_found(cast: Cast, version: Version) -> None:
    """Somebody with the database and the keys leaves the old checkpoint and signs a root over other heads."""
    first = checkpoints.make()
    assert first is not None
    _another(cast)
    forged = Checkpoint(root="0" * 64, heads={}, previous=first.digest, made_at=first.made_at)
    data = rfc8785.dumps(checkpoints.body_of(forged))
    forged.digest = hashlib.sha256(data).hexdigest()
    forged.signature = {"taravelle": attestations.attest(cast.college, data)}
    forged.save()
    [fault] = checkpoints.faults()
    assert fault.sequence == 2
    assert "not the one over the heads" in fault.reason


def test_the_database_refuses_to_rewrite_a_checkpoint(version: Version) -> None:
    checkpoints.make()
    with pytest.raises(Exception, match="never changed"), transaction.atomic():
        Checkpoint.objects.update(root="0" * 64)


def test_a_copy_outside_shows_that_the_last_checkpoints_were_cut_off(
    cast: Cast, version: Version, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.json"
    out = StringIO()
    call_command("checkpoint", stdout=out)
    kept.write_text(out.getvalue())
    out = StringIO()
    call_command("check_ledger", against=kept, stdout=out)
    assert json.loads(out.getvalue())["checkpoints"] == 1
    _past_the_guards("DELETE FROM workflows_checkpoint", [])
    _cut(f"version:{version.public_id}", 1)
    out, err = StringIO(), StringIO()
    call_command("check_ledger", stdout=out)
    assert json.loads(out.getvalue())["intact"] is True
    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger", against=kept, stdout=StringIO(), stderr=err)
    assert ended.value.code == 1


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_copy_that_cannot_be_read_is_named(version: Version, tmp_path: Path, text: str) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(text)
    with pytest.raises(Exception, match="copy"):
        call_command("check_ledger", against=kept, stdout=StringIO(), stderr=StringIO())


class _Undone(Exception):
    """Ends a trial, so that its change is rolled back."""


def test_two_hundred_random_changes_are_all_found(cast: Cast, version: Version) -> None:
    course.at_pilot_approval(cast, _another(cast))
    checkpoints.make()
    rows = list(LedgerEvent.objects.order_by("pk"))
    dice = random.Random(20260115)
    missed = []
    for trial in range(200):
        try:
            with transaction.atomic():
                told = _change(dice, rows)
                if not _everything():
                    missed.append((trial, told))
                raise _Undone
        except _Undone:
            pass
    assert missed == []
    assert _everything() == []


def _change(dice: random.Random, rows: list[LedgerEvent]) -> str:
    """One edit, deletion, swap or cut; answers what was done."""
    row, other = dice.sample(rows, 2)
    kind = dice.choice(["edit", "data", "delete", "swap", "cut"])
    if kind == "edit":
        column = dice.choice(["type", "actor", "role", "organization", "at", "hash", "previous_hash", "stream"])
        other_text = (
            f"translate({column}, '0123456789abcdef', '123456789abcdef0')" if "hash" in column else f"{column} || 'x'"
        )
        _past_the_guards(f"UPDATE workflows_ledgerevent SET {column} = {other_text} WHERE id = %s", [row.pk])
    elif kind == "data":
        _past_the_guards(
            "UPDATE workflows_ledgerevent SET data = data || '{\"number\": 99}'::jsonb WHERE id = %s", [row.pk]
        )
    elif kind == "delete":
        _past_the_guards("DELETE FROM workflows_outboxevent WHERE event_id = %s", [row.pk])
        _past_the_guards("DELETE FROM workflows_ledgerevent WHERE id = %s", [row.pk])
    elif kind == "swap":
        for column in ("data", "hash"):
            values = [getattr(other, column), getattr(row, column)]
            packed = [json.dumps(value) if column == "data" else value for value in values]
            sql = f"UPDATE workflows_ledgerevent SET {column} = %s WHERE id = %s"
            _past_the_guards(sql, [packed[0], row.pk])
            _past_the_guards(sql, [packed[1], other.pk])
    else:
        _cut(row.stream, row.sequence - 1)
    return f"{kind} {row.stream} {row.sequence}"


def test_each_stream_is_proved_to_lie_under_the_checkpoint(cast: Cast, version: Version) -> None:
    first = checkpoints.make()
    other = _another(cast)
    second = checkpoints.make()
    assert first is not None
    assert second is not None
    for stream in (f"version:{version.public_id}", f"version:{other.public_id}"):
        proof = checkpoints.inclusion(stream, second)
        assert proof is not None
        assert proof.root() == second.root
    early = checkpoints.inclusion(f"version:{version.public_id}", first)
    assert early is not None
    assert early.root() == first.root
    assert checkpoints.inclusion(f"version:{other.public_id}", first) is None


def test_what_is_kept_outside_names_no_stream(version: Version) -> None:
    made = checkpoints.make()
    assert made is not None
    assert "version:" not in json.dumps(checkpoints.as_data(made))
    assert checkpoints.as_data(made)["streams"] == 1


def test_a_checkpoint_of_the_first_form_still_holds(cast: Cast, version: Version) -> None:
    """Checkpoints made before they were short carry their heads inside the signature."""
    heads = {name: [sequence, digest] for name, sequence, digest in ledger.heads()}
    old = Checkpoint(root=ledger.merkle_root(ledger.heads()), heads=heads, previous=ledger.GENESIS, form=1)
    data = rfc8785.dumps(checkpoints.body_of(old))
    old.digest = hashlib.sha256(data).hexdigest()
    old.signature = {"taravelle": attestations.attest(cast.college, data)}
    old.save()
    _another(cast)
    made = checkpoints.make()
    assert made is not None
    assert made.previous == old.digest
    assert _everything() == []


def test_the_clock_leaves_each_checkpoint_outside_and_sounds_when_a_copy_is_not_ours(
    cast: Cast, version: Version, tmp_path: Path, settings: Any
) -> None:
    settings.CHECKPOINT_FOLDER = str(tmp_path)
    checkpoints.keep()
    checkpoints.keep()
    [first] = sorted(tmp_path.iterdir())
    _another(cast)
    checkpoints.keep()
    assert len(list(tmp_path.iterdir())) == 2
    assert list(checkpoints.against(json.loads(first.read_text()))) == []
    _past_the_guards("DELETE FROM workflows_checkpoint", [])
    with pytest.raises(checkpoints.Contradiction, match="not among ours"):
        checkpoints.keep()
    assert Checkpoint.objects.count() == 0


def test_without_a_folder_the_clock_only_makes_checkpoints(version: Version, settings: Any) -> None:
    settings.CHECKPOINT_FOLDER = ""
    checkpoints.keep()
    assert Checkpoint.objects.count() == 1


def test_an_auditor_fetches_the_newest_checkpoint_where_it_is_published(version: Version, settings: Any) -> None:
    made = checkpoints.make()
    assert made is not None
    stranger = Client()
    assert stranger.get("/checkpoints/newest").status_code == 404
    settings.CHECKPOINTS_PUBLIC = True
    copy = stranger.get("/checkpoints/newest").json()
    assert copy == json.loads(json.dumps(checkpoints.as_data(made)))
    assert list(checkpoints.against(copy)) == []
