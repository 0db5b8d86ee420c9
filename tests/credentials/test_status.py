"""A status list is true to its rows whenever it is read, and stands still while they do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pyld import jsonld

from credentials import keys, proofs, queries, second_reader, status
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


def _read_taken(cast: Cast) -> dict[int, int]:
    return dict(StatusList.objects.filter(issuer=cast.college).order_by("pk").values_list("pk", "taken"))


def test_many_indices_are_taken_at_once_and_none_twice(cast: Cast) -> None:
    entries = [*status.allocate_many(cast.college, 500), status.allocate(cast.college)]
    assert len({(entry.status_list_id, entry.index) for entry in entries}) == 501
    assert all(0 <= entry.index < 131072 for entry in entries)
    assert list(_read_taken(cast).values()) == [501]
    indices = [entry.index for entry in entries]
    assert indices != sorted(indices), "an index says nothing about the order of the awards"


def test_a_new_list_is_begun_in_the_middle_of_a_batch_when_one_is_half_full(cast: Cast) -> None:
    first = _list(cast)
    StatusList.objects.filter(pk=first.pk).update(taken=131072 // 2 - 3)
    entries = status.allocate_many(cast.college, 10)
    assert [sum(entry.status_list_id == pk for entry in entries) for pk in _read_taken(cast)] == [3, 7]


def test_an_index_that_is_drawn_again_is_drawn_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = status.allocate(cast.college)
    draws = iter([[entry.index, 7 if entry.index != 7 else 8], [9 if entry.index != 9 else 10]])
    monkeypatch.setattr(status.RANDOM, "sample", lambda _range, _number: next(draws))
    assert len({entry.index, *(other.index for other in status.allocate_many(cast.college, 2))}) == 3


def test_no_index_of_an_old_list_is_taken_after_a_restore(cast: Cast) -> None:
    lost = status.allocate(cast.college)
    before = _read(lost.status_list)["name"]
    lost.delete()  # the backup does not know it
    call_command("end_status_lists")
    assert {entry.status_list_id for entry in status.allocate_many(cast.college, 50)}.isdisjoint({lost.status_list_id})
    after = _read(lost.status_list)["name"]
    assert int(after.split()[1]) > int(before.split()[1]) + 1000, "a list published before the loss is the older one"


def test_many_badges_are_revoked_by_one_statement_and_published_once(
    cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any], django_assert_num_queries: Callable[..., Any]
) -> None:
    entries = status.allocate_many(cast.college, 40)
    _read(entries[0].status_list)
    with django_capture_on_commit_callbacks(execute=True), django_assert_num_queries(1):
        status.revoke_many(entries[:30])
    shown = StatusList.objects.get()
    assert (shown.sequence, shown.due) == (2, False)
    revoked = [entry.index for entry in entries[:30]]
    assert shown.document["credentialSubject"]["encodedList"] == status.encoded(131072, revoked)


def test_lists_signed_by_the_template_say_what_two_other_readers_read(cast: Cast) -> None:
    entry = status.allocate(cast.college)
    status.revoke(entry)
    published = status.publish(entry.status_list)
    controller = keys.did_document(cast.college)
    for document in (published.document, published.suspensions):
        assert proofs.verify(document, controller)
        assert proofs.verify(document, controller, second_reader.canonical)


def test_publishing_needs_no_json_ld(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = status.allocate(cast.college)
    status.publish(entry.status_list)  # compiles the template
    monkeypatch.setattr(jsonld, "to_rdf", None)
    monkeypatch.setattr(jsonld, "normalize", None)
    status.revoke(entry)
    assert status.publish(StatusList.objects.get()).sequence == 2


def test_a_reader_who_has_the_list_gets_no_second_copy_until_it_changes(cast: Cast, client: Client) -> None:
    entry = status.allocate(cast.college)
    address = f"/status/{entry.status_list.public_id}"
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    status.revoke(entry)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_an_issuer_with_an_odd_address_is_signed_the_long_way(cast: Cast, settings: Any) -> None:
    settings.BASE_URL = "http://example.org:80a"  # no plain address, so the template refuses it
    entry = status.allocate(cast.college)
    assert proofs.verify(_read(entry.status_list), keys.did_document(cast.college))


@pytest.mark.django_db(transaction=True)
def test_a_revocation_stands_even_when_nothing_can_be_signed(
    cast: Cast, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic():
        entry = status.allocate(cast.college)
    key, settings.KEY_WRAPPING_KEY = settings.KEY_WRAPPING_KEY, ""
    with transaction.atomic():
        status.revoke(entry)
    assert "publish" in caplog.text
    entry.refresh_from_db()
    assert entry.revoked
    assert entry.status_list.due
    settings.KEY_WRAPPING_KEY = key
    assert _read(entry.status_list)["credentialSubject"]["encodedList"] == status.encoded(131072, [entry.index])
