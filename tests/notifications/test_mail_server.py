"""Mail against a server that refuses, hangs, or cuts the line: nothing is lost, and a repeat says that it is one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import fixtures

from notifications.models import Alert, Channel, Delivery, DeliveryState
from people import invitations, post
from people.models import OutgoingMail, User
from tests import worker
from tests.cast import Cast
from tests.journeys import course
from tests.notifications.mailserver import MailServer, running
from workflows.models import Seat


@pytest.fixture
def server() -> Iterator[MailServer]:
    with (
        running() as started,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=started.port,
            EMAIL_TIMEOUT=0.3,
        ),
    ):
        yield started


def _asked(cast: Cast) -> None:
    """Seven mails: to Quinn, Ana, Bob and Vera about a proposal that went into review."""
    course.in_relevance_review(cast, course.drafted(cast))


def _time_passes() -> None:
    Delivery.objects.update(next_at=None)
    OutgoingMail.objects.update(next_at=None)


def _states() -> dict[str, int]:
    rows = [delivery.state.value for delivery in Delivery.objects.filter(channel=Channel.MAIL)]
    return {state: rows.count(state) for state in set(rows)}


def test_a_notice_arrives_whole_in_two_forms(cast: Cast, server: MailServer) -> None:
    _asked(cast)
    worker.settle()
    [raw] = [message for message in server.taken if message["To"] == cast.bob.email]
    message = BytesParser(policy=policy.default).parsebytes(raw.as_bytes())
    assert message["Subject"] == "You are asked about “Cleanroom Gowning”"
    assert message["Auto-Submitted"] == "auto-generated"
    token = invitations.token_of(Seat.objects.get(person=cast.bob).invitation)
    for form in ("plain", "html"):
        body = message.get_body((form,))
        assert body is not None
        assert token in body.get_content()
        assert "What happens next:" in body.get_content()
    assert _states() == {"sent": len(server.taken)}


@pytest.mark.parametrize("behaviour", ["refuses_for_now", "hangs"])
def test_a_server_that_is_in_trouble_for_hours_gets_every_notice_once_it_is_well(
    cast: Cast, server: MailServer, behaviour: str
) -> None:
    server.behaviour = behaviour
    _asked(cast)
    worker.settle()
    for _hour in range(2):
        _time_passes()
        worker.settle()
    assert server.taken == []
    assert set(_states()) == {"pending"}
    assert not Alert.objects.exists()
    server.behaviour = "takes"
    _time_passes()
    worker.settle()
    assert set(_states()) == {"sent"}
    assert set(server.copies().values()) == {1}


def test_a_server_that_is_not_there_loses_nothing(cast: Cast, server: MailServer) -> None:
    with override_settings(EMAIL_PORT=1):
        _asked(cast)
        worker.settle()
    assert set(_states()) == {"pending"}
    assert Delivery.objects.filter(trouble__startswith="the mail server did not take it: ConnectionRefused").exists()
    _time_passes()
    worker.settle()
    assert set(_states()) == {"sent"}


def test_a_lost_answer_repeats_the_mail_with_the_same_message_id(cast: Cast, server: MailServer) -> None:
    server.behaviour = "cuts"
    _asked(cast)
    worker.settle()
    assert set(_states()) == {"pending"}
    first = server.copies()
    server.behaviour = "takes"
    _time_passes()
    worker.settle()
    assert set(_states()) == {"sent"}
    assert set(server.copies()) == set(first), "a repeat carries the same Message-ID"
    assert set(server.copies().values()) == {2}
    assert sum(server.copies().values()) - len(first) <= server.cuts


def test_a_mailbox_that_does_not_exist_is_shown_to_the_quality_office(
    cast: Cast, server: MailServer, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    server.behaviour = "refuses_for_good"
    _asked(cast)
    worker.settle()
    assert set(_states()) == {"set_aside"}
    client.force_login(cast.quinn)
    page = client.get("/notices/").content.decode()
    assert "the mail server refused the address: 550" in page
    assert cast.bob.email not in page + caplog.text
    delivery = Delivery.objects.filter(channel=Channel.MAIL).first()
    assert delivery is not None
    assert delivery.state == DeliveryState.SET_ASIDE


def test_a_message_that_the_server_will_never_take_is_set_aside_at_once(cast: Cast, server: MailServer) -> None:
    server.behaviour = "refuses_the_message"
    _asked(cast)
    worker.settle()
    assert {alert.trouble for alert in Alert.objects.all()} == {"the mail server refused the message: 554"}


def _code(person: User, minutes: int = 10) -> str:
    return post.post_code(
        person=person, kind="sign_in", good_until=timezone.now() + timedelta(minutes=minutes), language="fr"
    )[1]


def test_a_code_leaves_in_the_language_of_its_page_and_not_in_the_subject(cast: Cast, server: MailServer) -> None:
    code = _code(cast.ana)
    worker.settle()
    [raw] = server.taken
    message = BytesParser(policy=policy.default).parsebytes(raw.as_bytes())
    body = message.get_body(("plain",))
    assert body is not None
    assert code in body.get_content()
    assert "Saisissez ce code" in body.get_content()
    assert code not in str(message["Subject"])


def test_a_code_that_is_too_late_is_not_sent(cast: Cast, server: MailServer) -> None:
    _code(cast.ana, minutes=-1)
    worker.settle()
    assert server.taken == []
    assert OutgoingMail.objects.get().done_at is not None


def test_no_token_no_code_and_no_address_reaches_a_log(
    cast: Cast, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    code = _code(cast.ana)
    _asked(cast)
    for behaviour in ("refuses_for_now", "cuts", "refuses_for_good"):
        server.behaviour = behaviour
        _time_passes()
        worker.settle()
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.split(".")[0] in OURS)
    assert "was set aside" in ours
    secrets = [code, cast.bob.email, cast.ana.email]
    secrets += [invitations.token_of(seat.invitation) for seat in Seat.objects.all()]
    assert not [secret for secret in secrets if secret in ours]


OURS = {"notifications", "workflows", "people", "config", "django", "dramatiq"}


def test_the_mailbox_of_the_demo_shows_each_mail_once_with_its_link(
    cast: Cast, client: Client, settings: fixtures.Settings, tmp_path: Path
) -> None:
    settings.DEMO, settings.MAIL_CHANNEL = True, "mailbox"
    settings.EMAIL_BACKEND = "notifications.mailbox.FolderBackend"
    settings.MAILBOX_FOLDER = tmp_path / "mailbox"
    _asked(cast)
    worker.settle()
    Delivery.objects.filter(recipient=cast.bob).update(done_at=None, sent_at=None)
    worker.settle()
    response = client.get("/mailbox")
    page = response.content.decode()
    token = invitations.token_of(Seat.objects.get(person=cast.bob).invitation)
    assert page.count('href="http://localhost:8000/reviews/') >= 2
    assert page.count(token) == 2, "once as the link's address, once as its text"
    assert "Sample: You are asked about" in page
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert (tmp_path / "mailbox").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_outside_the_demo_there_is_no_mailbox(client: Client) -> None:
    assert client.get("/mailbox").status_code == 404
