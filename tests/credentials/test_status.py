"""A status list is true to its rows whenever it is read, and stands still while they do."""

from __future__ import annotations

from datetime import timedelta

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
