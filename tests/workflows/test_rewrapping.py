"""`manage.py keys rewrap`: from one wrapping key to the next, with all evidence, killed at any moment and run again."""

from __future__ import annotations

import base64
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from credentials import keys, wrapping
from credentials.models import SigningKey
from tests.cast import Cast
from tests.journeys.awards import piloting_version
from workflows import rewrapping
from workflows.actions import evidencing, learning
from workflows.evidence import Item
from workflows.models import Enrolment, EvidenceItem

BEFORE = {"KEY_WRAPPING_KEY": base64.urlsafe_b64encode(b"b" * 32).decode(), "KEY_WRAPPING_KEY_FILE": ""}
AFTER = {"KEY_WRAPPING_KEY": base64.urlsafe_b64encode(b"a" * 32).decode(), "KEY_WRAPPING_KEY_FILE": ""}
BOTH = {**AFTER, "KEY_WRAPPING_OLD_KEY": BEFORE["KEY_WRAPPING_KEY"]}


@pytest.fixture
def lena(cast: Cast) -> Enrolment:
    """Her work, and every key, under the wrapping key of before."""
    with override_settings(**BEFORE):
        _version, cohort = piloting_version_with_keys(cast)
        enrolment = cohort.enrolments.order_by("pk")[0]
        learning.enrol(enrolment_id=enrolment.pk, actor=enrolment.learner, consent=True)
        items = [Item("T1", text="first"), Item("T1", text="second")]
        learning.submit_evidence(enrolment_id=enrolment.pk, actor=enrolment.learner, items=items, own_work=True)
        return enrolment


def piloting_version_with_keys(cast: Cast) -> Any:
    SigningKey.objects.all().delete()
    keys.create_key(cast.college, "badges")
    return piloting_version(cast)


def _rewrap() -> dict[str, int]:
    out = StringIO()
    call_command("keys", "rewrap", stdout=out)
    answer: dict[str, int] = json.loads(out.getvalue())
    return answer


def _read(lena: Enrolment) -> list[bytes]:
    items = EvidenceItem.objects.order_by("pk")
    return [evidencing.read(item_id=item.pk, actor=lena.learner) for item in items]


def test_everything_is_wrapped_anew_and_the_old_key_is_needed_no_more(lena: Enrolment) -> None:
    number = SigningKey.objects.count()
    with override_settings(**BOTH):
        assert _read(lena) == [b"first", b"second"]  # the service goes on meanwhile
        assert _rewrap() == {"keys": number, "evidence": 2, "others": 0, "left": 0}
        assert _rewrap() == {"keys": 0, "evidence": 0, "others": 0, "left": 0}
    with override_settings(**AFTER):
        assert _read(lena) == [b"first", b"second"]
        assert all(len(keys.sign_bytes(key, b"x")) == 64 for key in SigningKey.objects.all())


def test_killed_after_any_row_it_goes_on_where_it_stood(lena: Enrolment) -> None:
    number = SigningKey.objects.count()
    with override_settings(**BOTH):
        keys.rewrap_key(SigningKey.objects.order_by("pk")[0])
        name, first = wrapping.current().name, EvidenceItem.objects.order_by("pk")[0]
        assert rewrapping._rewrap_item(first.pk, name)
        assert not rewrapping._rewrap_item(first.pk, name)
        assert _rewrap() == {"keys": number - 1, "evidence": 1, "others": 0, "left": 0}


def test_deleted_evidence_is_passed_over(lena: Enrolment) -> None:
    first = EvidenceItem.objects.order_by("pk")[0]
    EvidenceItem.objects.filter(pk=first.pk).update(content=None)
    with override_settings(**BOTH):
        assert not rewrapping._rewrap_item(first.pk, wrapping.current().name)
        assert _rewrap()["evidence"] == 1


def test_without_the_old_key_nothing_changes_and_the_command_says_why(lena: Enrolment) -> None:
    before = list(SigningKey.objects.order_by("pk").values_list("wrapped_with", flat=True))
    err = StringIO()
    with override_settings(**AFTER), pytest.raises(SystemExit) as ended:
        call_command("keys", "rewrap", stderr=err)
    assert ended.value.code == 1
    assert "No wrapping key at hand opens this" in err.getvalue()
    assert list(SigningKey.objects.order_by("pk").values_list("wrapped_with", flat=True)) == before
