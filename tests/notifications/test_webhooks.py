"""Webhooks: signed, at least once, longer apart while refused, set aside and seen; nobody else's business."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from notifications import webhooks
from notifications.models import Alert, WebhookDelivery, WebhookEndpoint
from notifications.queries import alerts_of
from tests import worker
from tests.cast import Cast
from tests.credentials.elsewhere import Elsewhere, ok, sends_to, standing
from tests.journeys import course
from tests.portal_api.program import Program
from workflows.actions import deciding
from workflows.errors import NotYours
from workflows.models import LedgerEvent, Version


@pytest.fixture
def receiver(tmp_path: Path, settings: Any) -> Iterator[Elsewhere]:
    with standing(tmp_path) as server:
        settings.WEBHOOK_ORIGINS = [server.origin]
        settings.VERIFY_PRIVATE_ADDRESSES = True
        settings.VERIFY_CA_FILE = str(server.ca)
        server.pages["/hook"] = lambda _path, line: line.sendall(ok(b""))
        yield server


def answers(receiver: Elsewhere, status: int) -> None:
    text = b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status
    receiver.pages["/hook"] = lambda _path, line: line.sendall(text)


def subscribed(cast: Cast, receiver: Elsewhere, *events: str) -> tuple[WebhookEndpoint, Webhook]:
    endpoint, secret = webhooks.subscribe(
        actor=cast.quinn,
        institution=cast.college.public_id,
        url=f"{receiver.origin}/hook",
        events=events or ("version",),
    )
    return endpoint, Webhook(secret)


def of(cast: Cast, endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {"actor": cast.quinn, "institution": cast.college.public_id, "endpoint": endpoint.public_id}


def test_each_event_comes_once_signed_with_its_place_in_its_case(cast: Cast, receiver: Elsewhere) -> None:
    _endpoint, signer = subscribed(cast, receiver)
    version = course.drafted(cast)
    course.submitted(cast, version)
    worker.settle()
    heard = [signer.verify(body, headers) for headers, body in receiver.posted]
    rows = LedgerEvent.objects.filter(stream=f"version:{version.public_id}").order_by("sequence")
    assert sorted((one["data"]["sequence"], one["type"]) for one in heard) == [
        (row.sequence, f"version.{row.type}") for row in rows
    ]
    assert {one["data"]["hash"] for one in heard} == set(rows.values_list("hash", flat=True))
    deciding.hold(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="moves",
        until=timezone.localdate() + timedelta(days=9),
    )  # fmt: skip
    worker.settle()
    held = json.loads(receiver.posted[-1][1])
    assert (held["type"], "reason" in held["data"]["data"]) == ("version.hold", False)
    assert "Ana" not in "".join(body.decode() for _headers, body in receiver.posted)
    with pytest.raises(WebhookVerificationError):
        signer.verify(receiver.posted[0][1] + b" ", receiver.posted[0][0])


def test_only_the_kinds_that_were_asked_for_and_only_one_s_own_institution(cast: Cast, receiver: Elsewhere) -> None:
    subscribed(cast, receiver, "version.submit")
    rival = cast.mallory.memberships.first().organization
    webhooks.subscribe(
        actor=cast.mallory, institution=rival.public_id, url=f"{receiver.origin}/rival", events=["version"]
    )
    course.submitted(cast, course.drafted(cast))
    worker.settle()
    assert receiver.visits == ["/hook"]
    assert json.loads(receiver.posted[0][1])["type"] == "version.submit"


def test_while_it_is_refused_it_is_tried_ever_later_under_one_id_and_then_set_aside_and_seen(
    cast: Cast, receiver: Elsewhere
) -> None:
    endpoint, signer = subscribed(cast, receiver)
    answers(receiver, 503)
    webhooks.send_test(**of(cast, endpoint))
    waits = []
    for _try in range(4):
        worker.settle()
        row = WebhookDelivery.objects.get()
        waits.append((row.next_at - timezone.now()).total_seconds())
        WebhookDelivery.objects.update(next_at=None)
    for place, wait in enumerate(waits):
        assert 15 * 2**place - 2 <= wait <= 30 * 2**place
    assert (row.tries, row.answered, row.state) == (4, 503, "pending")
    WebhookDelivery.objects.update(asked_at=timezone.now() - timedelta(days=4))
    worker.settle()
    assert WebhookDelivery.objects.get().state == "set_aside"
    [alert] = alerts_of(cast.quinn)
    assert alert.trouble == "the other side answers 503"
    assert alerts_of(cast.mallory) == []
    answers(receiver, 200)
    client = Client()
    client.force_login(cast.quinn)
    client.post(f"/notices/alerts/{alert.pk}/again")
    worker.settle()
    assert WebhookDelivery.objects.get().state == "sent"
    assert len({headers["webhook-id"] for headers, _body in receiver.posted}) == 1
    with time_machine.travel(timezone.now()):
        assert signer.verify(receiver.posted[-1][1], receiver.posted[-1][0])["type"] == "test"


def test_events_are_sent_again_from_any_number_under_their_old_ids(cast: Cast, receiver: Elsewhere) -> None:
    course.drafted(cast, code="OLD")
    worker.settle()
    endpoint, _signer = subscribed(cast, receiver)
    course.submitted(cast, course.drafted(cast))
    worker.settle()
    first = {headers["webhook-id"] for headers, _body in receiver.posted}
    start = LedgerEvent.objects.get(type="submit").pk
    assert webhooks.replay(**of(cast, endpoint), first=start) == 1
    worker.settle()
    assert {headers["webhook-id"] for headers, _body in receiver.posted} == first
    assert len(receiver.posted) == len(first) + 1
    everything = webhooks.replay(**of(cast, endpoint), first=1)
    worker.settle()
    numbers = {json.loads(body)["data"]["number"] for _headers, body in receiver.posted}
    assert len(numbers) == everything > len(first)


def test_while_a_secret_is_changed_both_sign(cast: Cast, receiver: Elsewhere) -> None:
    endpoint, old = subscribed(cast, receiver)
    _endpoint, text = webhooks.rotate(**of(cast, endpoint))
    webhooks.send_test(**of(cast, endpoint))
    worker.settle()
    headers, body = receiver.posted[0]
    assert old.verify(body, headers) == Webhook(text).verify(body, headers)
    stored = bytes(WebhookEndpoint.objects.get().secret)
    assert text.encode() not in stored
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        WebhookEndpoint.objects.update(old_until=timezone.now() - timedelta(seconds=1))
        webhooks.send_test(**of(cast, endpoint))
        worker.settle()
        headers, body = receiver.posted[1]
        Webhook(text).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            old.verify(body, headers)


def test_an_address_that_is_gone_ends_and_one_that_sends_elsewhere_is_not_followed(
    cast: Cast, receiver: Elsewhere
) -> None:
    endpoint, _signer = subscribed(cast, receiver)
    receiver.pages["/hook"] = sends_to(f"{receiver.origin}/other")
    webhooks.send_test(**of(cast, endpoint))
    worker.settle()
    assert receiver.visits == ["/hook"]
    answers(receiver, 410)
    webhooks.send_test(**of(cast, endpoint))
    worker.settle()
    endpoint.refresh_from_db()
    assert endpoint.ended_because == "gone"
    assert Alert.objects.filter(trouble__contains="gone for good").exists()
    course.drafted(cast)
    worker.settle()
    assert receiver.visits == ["/hook", "/hook"]


@pytest.mark.parametrize(
    "url",
    ["http://localhost/hook", "https://elsewhere.example/hook", "https://user@localhost/", "file:///etc/passwd"],
    ids=["plain", "not-allowed", "with-user", "file"],
)
def test_only_https_addresses_that_the_operator_allows(cast: Cast, receiver: Elsewhere, url: str) -> None:
    with pytest.raises(webhooks.NotSendable, match="operator"):
        webhooks.subscribe(actor=cast.quinn, institution=cast.college.public_id, url=url, events=["version"])


def test_a_name_that_leads_inside_is_not_asked(cast: Cast, receiver: Elsewhere, settings: Any) -> None:
    endpoint, _signer = subscribed(cast, receiver)
    settings.VERIFY_PRIVATE_ADDRESSES = False
    webhooks.send_test(**of(cast, endpoint))
    worker.settle()
    assert receiver.connections == 0
    assert "not public" in WebhookDelivery.objects.get().trouble


def test_ana_does_not_manage_webhooks_and_mallory_finds_none(cast: Cast, receiver: Elsewhere) -> None:
    endpoint, _signer = subscribed(cast, receiver)
    for person in (cast.ana, cast.mallory, cast.bob):
        with pytest.raises(NotYours):
            webhooks.replay(actor=person, institution=cast.college.public_id, endpoint=endpoint.public_id, first=1)
    with pytest.raises(NotYours):
        webhooks.end(actor=cast.quinn, institution=cast.college.public_id, endpoint=uuid4())


def test_quinn_names_an_address_on_the_page_sees_its_secret_once_and_what_was_sent(
    cast: Cast, receiver: Elsewhere
) -> None:
    quinn, base = Client(), f"/webhooks/{cast.college.public_id}"
    quinn.force_login(cast.quinn)
    refused = quinn.post(f"{base}/add", {"url": "https://elsewhere.example/x", "events": ["version"]})
    assert refused.status_code == 422
    assert 'value="https://elsewhere.example/x"' in refused.content.decode()
    shown = quinn.post(f"{base}/add", {"url": f"{receiver.origin}/hook", "events": ["version", "award"]})
    assert "whsec_" in shown.content.decode()
    endpoint = WebhookEndpoint.objects.get()
    page = f"{base}/{endpoint.public_id}"
    course.drafted(cast)
    quinn.post(f"{page}/test")
    worker.settle()
    told = quinn.get(page).content.decode()
    assert "whsec_" not in told
    assert "start" in told
    assert "Sent" in told
    quinn.post(f"{page}/replay", {"first": "1"})
    assert quinn.post(f"{page}/replay", {"first": "x"}).status_code == 422
    quinn.post(f"{page}/end")
    assert quinn.get(page).status_code == 404


def test_a_program_manages_them_too(cast: Cast, receiver: Elsewhere) -> None:
    quinn = Program(cast.quinn, cast.college)
    made = quinn.post("/webhooks", {"url": f"{receiver.origin}/hook", "events": ["version.submit"]}, 201)
    assert made["secret"].startswith("whsec_")
    where = f"/webhooks/{made['id']}"
    assert "secret" not in quinn.get("/webhooks")[0]
    assert quinn.post(f"{where}/secret")["secret"] != made["secret"]
    quinn.post(f"{where}/test", status=202)
    worker.settle()
    assert [one["state"] for one in quinn.get(f"{where}/deliveries")] == ["sent"]
    course.submitted(cast, course.drafted(cast))
    assert Version.objects.count() == 1
    assert quinn.post(f"{where}/replay", {"first": 1}, 202)["count"] == 1
    assert quinn.call("DELETE", where).status_code == 200
    assert quinn.get(f"{where}/deliveries", 404)["code"] == "not_yours"
    assert Program(cast.ana, cast.college).get("/webhooks", 404)["code"] == "not_yours"
