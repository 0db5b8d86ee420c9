"""Codes leave as rows: written with the act, woken after the commit, never stored in clear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from people import post, wakeups
from people.models import OutgoingMail
from people.work import Work
from tests.cast import Cast


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Work]]:
    calls: list[Work] = []
    monkeypatch.setattr(wakeups, "_listeners", [])
    wakeups.listen(calls.append)
    return calls


def _ask(cast: Cast, **more: Any) -> tuple[OutgoingMail, str]:
    return post.post_code(person=cast.ana, kind="sign_in", good_until=timezone.now() + timedelta(minutes=10), **more)


def test_a_code_can_be_made_again_and_is_nowhere_in_its_row(cast: Cast) -> None:
    mail, code = _ask(cast)
    assert len(code) == 6
    assert code.isdigit()
    assert post.code_of(OutgoingMail.objects.get(pk=mail.pk)) == code
    assert code not in str(model_to_dict(mail, exclude=["id", "person"]))


def test_two_codes_for_the_same_person_differ(cast: Cast) -> None:
    assert len({_ask(cast)[1] for _ in range(5)}) > 1


def test_a_code_is_written_in_the_persons_language_unless_the_page_had_another(cast: Cast) -> None:
    cast.ana.language = "fr"
    assert _ask(cast)[0].language == "fr"
    assert _ask(cast, language="en")[0].language == "en"


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_woken_after_the_commit_and_not_before(cast: Cast, woken: list[Work]) -> None:
    with transaction.atomic():
        mail, _code = _ask(cast)
        assert woken == []
    assert woken == [mail]


@pytest.mark.django_db(transaction=True)
def test_an_act_that_rolls_back_wakes_nobody(cast: Cast, woken: list[Work]) -> None:
    with transaction.atomic():
        _ask(cast)
        transaction.set_rollback(True)
    assert woken == []
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_does_not_undo_the_act(
    cast: Cast, woken: list[Work], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_work: Work) -> None:
        raise ConnectionError("the broker is down")

    wakeups.listen(broken)
    mail, _code = _ask(cast)
    assert OutgoingMail.objects.filter(pk=mail.pk).exists()
    assert woken == [mail]
    assert "broker is down" in caplog.text
