"""A status list is true to its rows whenever it is read, and stands still while they do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from credentials import keys, proofs, queries, status
from credentials.models import StatusList
from tests.cast import Cast


def _list(cast: Cast) -> StatusList:
    return status.allocate(cast.college).status_list


def _read(status_list: StatusList) -> dict:
    document = queries.status_document(status_list.public_id)
    assert document is not None
    return document


def test_a_list_that_nobody_published_is_signed_when_it_is_first_read(cast: Cast) -> None:
    document = _read(_list(cast))
    assert proofs.verify(document, keys.did_document(cast.college))
    assert document["credentialSubject"]["encodedList"] == status.encoded(131072, [])


def test_a_list_that_did_not_change_is_not_signed_anew(cast: Cast) -> None:
    status_list = _list(cast)
    assert _read(status_list) == _read(status_list)
    status_list.refresh_from_db()
    assert status_list.sequence == 1


def test_a_revocation_shows_at_the_next_reading(cast: Cast) -> None:
    entry = status.allocate(cast.college)
    _read(entry.status_list)
    status.revoke(entry)
    assert _read(entry.status_list)["credentialSubject"]["encodedList"] == status.encoded(131072, [entry.index])


def test_an_old_list_is_signed_anew(cast: Cast) -> None:
    status_list = _list(cast)
    before = _read(status_list)
    StatusList.objects.filter(pk=status_list.pk).update(published_at=timezone.now() - timedelta(days=2))
    _read(status_list)
    status_list.refresh_from_db()
    assert status_list.sequence == 2
    assert before["credentialSubject"] == _read(status_list)["credentialSubject"]


@pytest.mark.parametrize("tail", ["", "/suspensions"])
def test_strangers_read_both_lists_and_may_keep_them_as_long_as_the_lists_say(
    cast: Cast, client: Client, tail: str
) -> None:
    answer = client.get(f"/status/{_list(cast).public_id}{tail}")
    assert answer["Content-Type"] == "application/vc+ld+json"
    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer.json()["credentialSubject"]["ttl"] == 60_000
    assert answer.json()["id"].endswith(tail)


def test_the_minute_job_publishes_what_changed_and_the_number_rises(cast: Cast) -> None:
    entry = status.allocate(cast.college)
    assert status.publish_due() == 1
    assert status.publish_due() == 0
    status.revoke(entry)
    assert status.publish_due() == 1
    entry.status_list.refresh_from_db()
    assert (entry.status_list.sequence, entry.status_list.document["name"]) == (2, "revocation 2")


def test_a_list_is_published_as_soon_as_the_change_has_committed(
    cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        entry = status.allocate(cast.college)
    with django_capture_on_commit_callbacks(execute=True):
        status.revoke(entry)
    stored = StatusList.objects.get(pk=entry.status_list_id)
    assert (stored.due, stored.document["credentialSubject"]["encodedList"]) == (
        False, status.encoded(131072, [entry.index]),
    )  # fmt: skip


def test_a_small_list_cannot_be_stored(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="large_enough"), transaction.atomic():
        StatusList.objects.create(issuer=cast.college, size=8192)
