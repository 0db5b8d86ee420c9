"""Who hears of what: by mail and in the list, in the own language, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from notifications import actions, queries
from notifications.models import Channel, Delivery, DeliveryState
from people import invitations
from people.models import User
from tests import worker
from tests.cast import Cast
from tests.journeys import course
from workflows.actions import deciding, proposing
from workflows.errors import NotYours
from workflows.models import Seat


def _subjects(person: User) -> list[str]:
    return [message.subject for message in mail.outbox if message.to == [person.email]]


def _forget() -> None:
    worker.settle()
    mail.outbox.clear()


def _told() -> set[str]:
    return {address for message in mail.outbox for address in message.to}


def _addresses(*people: User) -> set[str]:
    return {person.email for person in people}


def test_a_submitted_proposal_is_told_to_the_quality_office_and_to_nobody_else(cast: Cast) -> None:
    version = course.drafted(cast)
    _forget()
    course.submitted(cast, version)
    worker.settle()
    assert _told() == _addresses(cast.quinn)
    [message] = mail.outbox
    assert message.subject == "To screen: “Cleanroom Gowning”"
    assert "Where it is: Screening." in message.body
    assert "Who has it: Quality assurance officer." in message.body
    assert "What happens next: When it is accepted, employers are asked by mail" in message.body


def test_whoever_acted_is_not_told_of_the_own_act(cast: Cast) -> None:
    version = course.drafted(cast)
    course.submitted(cast, version)
    _forget()
    deciding.hold(
        version_id=version.pk,
        actor=cast.quinn,
        expected=course.number(version),
        reason="Ana is away.",
        until=timezone.localdate() + timedelta(days=7),
    )
    worker.settle()
    assert _told() == _addresses(cast.ana)


def test_a_partner_gets_a_link_that_opens_the_own_seat_and_stands_in_no_row(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_relevance_review(cast, version)
    worker.settle()
    assert _subjects(cast.bob) == ["You are asked about “Cleanroom Gowning”"]
    seat = Seat.objects.get(person=cast.bob)
    token = invitations.token_of(seat.invitation)
    [message] = [message for message in mail.outbox if message.to == [cast.bob.email]]
    assert token in message.body
    for row in Delivery.objects.all():
        assert token not in "".join(str(value) for value in vars(row).values())


def test_a_link_that_ended_before_its_mail_left_is_not_sent(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_relevance_review(cast, version)
    worker.wake.sweep()
    worker.run(*worker.messages())
    proposing.withdraw(version_id=version.pk, actor=cast.ana, expected=course.number(version), reason="No funds.")
    worker.settle()
    asked = Delivery.objects.get(recipient=cast.bob, kind="accept", channel=Channel.MAIL)
    assert asked.state == DeliveryState.DROPPED
    assert _subjects(cast.bob) == ["Withdrawn: “Cleanroom Gowning”"]


def test_everybody_reads_the_own_language(cast: Cast) -> None:
    version = course.drafted(cast)
    _forget()
    cast.quinn.language = "fr"
    cast.quinn.save()
    course.submitted(cast, version)
    worker.settle()
    [message] = mail.outbox
    assert "Habillage en salle blanche" in message.subject
    assert message.extra_headers["Content-Language"] == "fr"
    assert "Cleanroom" not in message.body
    notice = queries.notices_of(cast.quinn)[0]
    assert (notice.language, notice.subject) == ("fr", message.subject)


def test_an_event_told_twice_reaches_each_person_once(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_relevance_review(cast, version)
    calls: list[worker.Message] = []
    for _round in range(3):
        worker.wake.sweep()
        calls += worker.messages()
    worker.run(*reversed(calls), *calls)
    worker.settle()
    worker.run(*calls)
    assert len(mail.outbox) == len({(message.to[0], message.subject) for message in mail.outbox})
    assert len(mail.outbox) == Delivery.objects.filter(channel=Channel.MAIL).count()


def test_the_list_shows_what_is_new_until_it_is_read(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    course.submitted(cast, version)
    worker.settle()
    assert queries.unread_count(cast.quinn) == 1
    assert queries.unread_count(cast.ana) == 0
    client.force_login(cast.quinn)
    page = client.get("/notices/").content.decode()
    assert "To screen: “Cleanroom Gowning”" in page
    [notice] = queries.notices_of(cast.quinn)
    client.post(f"/notices/{notice.public_id}/read")
    assert queries.unread_count(cast.quinn) == 0


def test_nobody_reads_the_notices_of_another(cast: Cast, client: Client) -> None:
    version = course.drafted(cast)
    course.submitted(cast, version)
    worker.settle()
    [notice] = queries.notices_of(cast.quinn)
    with pytest.raises(NotYours):
        actions.mark_read(notice_id=notice.public_id, actor=cast.mallory)
    client.force_login(cast.mallory)
    assert "Cleanroom" not in client.get("/notices/").content.decode()
    assert client.post(f"/notices/{notice.public_id}/read").status_code == 404
    assert client.post(f"/notices/{uuid4()}/read").status_code == 404
    assert queries.unread_count(cast.quinn) == 1


def test_a_guest_who_has_no_account_has_no_list(cast: Cast) -> None:
    cast.bob.is_guest = True
    cast.bob.save()
    version = course.drafted(cast)
    course.in_relevance_review(cast, version)
    worker.settle()
    assert _channels(cast.bob) == {"mail"}
    assert _channels(cast.vera) == {"mail", "in_app"}


def _channels(person: User) -> set[str]:
    rows: Iterable[str] = Delivery.objects.filter(recipient=person).values_list("channel", flat=True)
    return set(rows)
