"""Webhooks: the events of an institution's record, signed (Standard Webhooks) and sent to addresses that it names.

Each event is sent at least once to each endpoint that asks for its kind, longer and longer apart while the other side
does not take it, and set aside with an alert after some days. A repeat carries the same id; `stream` and `sequence`
say where an event stands in its case, because what is sent again may arrive after what came later.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from standardwebhooks import Webhook

from credentials import wrapping
from credentials.fetching import Poster, Unreachable
from notifications.leases import Later, Refused
from notifications.models import WebhookDelivery, WebhookEndpoint
from people.models import Role, User
from people.wakeups import after_commit
from workflows.errors import NotYours, Refusal
from workflows.house import institution_for
from workflows.models import LedgerEvent

MANAGERS = (Role.ADMINISTRATOR, Role.QA_OFFICER)
READERS = (*MANAGERS, Role.AUDITOR)
KINDS: dict[str, str | Promise] = {
    "version": _("what happens to proposals and versions"),
    "award": _("what happens to learners’ results and badges"),
    "institution": _("what happens to roles, the policy and issuing as a whole"),
}
PREFIX = "whsec_"
SECRET_BYTES = 32
BOTH_SIGN_FOR = timedelta(hours=24)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
GONE = 410
TEXTS = frozenset({"name", "note", "reason", "stop_reason", "findings", "text"})
MOST_ENDPOINTS, MOST_REPLAYED, SHOWN = 10, 10_000, 100
_NAME = re.compile(r"(version|award|institution)(\.[a-z_]{1,60})?")


class NotSendable(Refusal):
    """Nothing can be sent in this way."""

    status = 422


def endpoints_of(user: User, institution: UUID, *roles: str) -> QuerySet[WebhookEndpoint]:
    """The endpoints of an institution that this person manages, or reads in one of these roles. Raises `NotYours`."""
    place = institution_for(user, institution, *(roles or MANAGERS))
    return WebhookEndpoint.objects.filter(institution=place, ended_at=None).order_by("pk")


def endpoint_for(user: User, institution: UUID, endpoint: UUID, *roles: str) -> WebhookEndpoint:
    """One of them. Raises `NotYours`."""
    found = endpoints_of(user, institution, *roles).filter(public_id=endpoint).first()
    if found is None:
        raise NotYours
    return found


def log_of(endpoint: WebhookEndpoint) -> list[WebhookDelivery]:
    """What was sent to an endpoint, the newest first."""
    return list(endpoint.deliveries.select_related("event").order_by("-pk")[:SHOWN])


def subscribe(*, actor: User, institution: UUID, url: str, events: Collection[str]) -> tuple[WebhookEndpoint, str]:
    """Name an address, and answer it with its secret, which is told this once. Raises a `Refusal`."""
    place = institution_for(actor, institution, *MANAGERS)
    if not events or not all(_NAME.fullmatch(name) for name in events):
        raise NotSendable(_("Choose at least one kind of event."))
    if not Poster().allows(url):
        raise NotSendable(
            _("Events can be sent to https addresses only, and only where the operator of this installation allows it.")
        )
    if endpoints_of(actor, institution).count() >= MOST_ENDPOINTS:
        raise NotSendable(_("There are as many addresses as an institution can have. End one first."))
    endpoint = WebhookEndpoint(institution=place, url=url, events=sorted(set(events)), made_by=actor)
    text = _fresh_secret(endpoint)
    endpoint.save(force_insert=True)
    return endpoint, text


def _fresh_secret(endpoint: WebhookEndpoint) -> str:
    text = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    endpoint.secret = wrapping.seal(text.encode(), _context(endpoint))
    return text


def _context(endpoint: WebhookEndpoint) -> str:
    return f"webhook:{endpoint.public_id}"


@transaction.atomic
def rotate(*, actor: User, institution: UUID, endpoint: UUID) -> tuple[WebhookEndpoint, str]:
    """A new secret, told this once; for a day both sign, so that the receiver can change over."""
    found = endpoints_of(actor, institution).select_for_update().filter(public_id=endpoint).first()
    if found is None:
        raise NotYours
    found.old_secret, found.old_until = found.secret, timezone.now() + BOTH_SIGN_FOR
    text = _fresh_secret(found)
    found.save(update_fields=["secret", "old_secret", "old_until"])
    return found, text


def end(*, actor: User, institution: UUID, endpoint: UUID) -> None:
    """Send nothing there any more; what still waits is dropped."""
    _end(endpoint_for(actor, institution, endpoint), "person")


@transaction.atomic
def _end(endpoint: WebhookEndpoint, because: str) -> None:
    now = timezone.now()
    WebhookEndpoint.objects.filter(pk=endpoint.pk, ended_at=None).update(ended_at=now, ended_because=because)
    endpoint.deliveries.filter(done_at=None, lease_owner=None).update(done_at=now)


@transaction.atomic
def send_test(*, actor: User, institution: UUID, endpoint: UUID) -> WebhookDelivery:
    """Send an event that says nothing."""
    delivery = WebhookDelivery.objects.create(endpoint=endpoint_for(actor, institution, endpoint))
    after_commit(delivery)
    return delivery


@transaction.atomic
def replay(*, actor: User, institution: UUID, endpoint: UUID, first: int) -> int:
    """Send every event from this number on once more, under its old id, and answer how many."""
    found = endpoint_for(actor, institution, endpoint)
    rows = LedgerEvent.objects.filter(pk__gte=first, organization=str(found.institution.public_id)).order_by("pk")
    wanted = [event for event in rows.iterator(chunk_size=2000) if _asks_for(found, event)]
    if len(wanted) > MOST_REPLAYED:
        raise NotSendable(_("That is too far back: at most 10,000 events are sent again at once. Begin later."))
    again = found.deliveries.filter(event__in=wanted, lease_owner=None)
    again.update(done_at=None, set_aside_at=None, next_at=None, starts=0, retries=0, asked_at=timezone.now())
    WebhookDelivery.objects.bulk_create(
        [WebhookDelivery(endpoint=found, event=event) for event in wanted], ignore_conflicts=True, batch_size=2000
    )
    return len(wanted)  # the sweeper wakes their workers within a minute


def type_of(event: LedgerEvent) -> str:
    """What an event is called outside, such as `version.approve`."""
    return f"{event.stream.partition(':')[0]}.{event.type}"


def _asks_for(endpoint: WebhookEndpoint, event: LedgerEvent) -> bool:
    kind, name = event.stream.partition(":")[0], type_of(event)
    return any(one in {kind, name} for one in endpoint.events)


def listened_to(organizations: Collection[str]) -> set[str]:
    """Those of these organizations, by public id, of whose events somebody has asked to hear."""
    rows = WebhookEndpoint.objects.filter(institution__public_id__in=organizations, ended_at=None)
    return {str(public_id) for public_id in rows.values_list("institution__public_id", flat=True)}


def spread(event: LedgerEvent) -> None:
    """Write the deliveries of an event; a second run finds them there."""
    if not event.organization:
        return
    rows = WebhookEndpoint.objects.filter(institution__public_id=event.organization, ended_at=None)
    asking = [endpoint for endpoint in rows if _asks_for(endpoint, event)]
    if not asking:
        return
    WebhookDelivery.objects.bulk_create(
        [WebhookDelivery(endpoint=endpoint, event=event) for endpoint in asking], ignore_conflicts=True
    )
    for delivery in WebhookDelivery.objects.filter(event=event, done_at=None, starts=0, endpoint__in=asking):
        after_commit(delivery)


def body_of(delivery: WebhookDelivery) -> dict[str, Any]:
    """What is sent: the event as the record has it, without names, free text and results (`_bare`)."""
    event = delivery.event
    if event is None:
        return {"type": "test", "timestamp": delivery.created_at.isoformat(), "data": {}}
    row = {name: getattr(event, name) for name in ("stream", "sequence", "actor", "organization", "hash")}
    row["data"] = {name: value for name, value in event.data.items() if name not in TEXTS and _bare(value)}
    return {"type": type_of(event), "timestamp": event.at, "data": {"number": event.pk, **row}}


def _bare(value: Any) -> bool:
    """True for numbers, identifiers, digests, dates and words of our vocabulary: what people wrote has spaces."""
    if isinstance(value, list):
        return all(_bare(one) for one in value)
    return isinstance(value, int) or (isinstance(value, str) and re.fullmatch(r"\S{0,100}", value) is not None)


def _signed(delivery: WebhookDelivery, text: str) -> dict[str, str]:
    """The three headers of the standard; two signatures while a secret is being changed."""
    endpoint, now = delivery.endpoint, timezone.now()
    sealed = [endpoint.secret]
    if endpoint.old_secret is not None and endpoint.old_until is not None and now < endpoint.old_until:
        sealed.append(endpoint.old_secret)
    name = f"msg_{delivery.public_id.hex}"
    signers = [Webhook(wrapping.unseal(bytes(one), _context(endpoint)).decode()) for one in sealed]
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signer.sign(msg_id=name, timestamp=now, data=text) for signer in signers),
    }


def send(delivery: WebhookDelivery) -> dict[str, Any]:
    """Send one event. Raises `Later` while the other side does not take it, `Refused` after `WEBHOOK_DAYS`."""
    endpoint = delivery.endpoint
    if endpoint.ended_at is not None:
        return {}
    text = json.dumps(body_of(delivery), ensure_ascii=False)
    trouble = ""
    status: int | None = None
    try:
        status = Poster().post(endpoint.url, text.encode(), _signed(delivery, text))
    except Unreachable as unreachable:
        trouble = str(unreachable)
    WebhookDelivery.objects.filter(pk=delivery.pk).update(tries=F("tries") + 1, answered=status)
    if status is not None and 200 <= status < 300:
        return {}
    if status == GONE:
        _end(endpoint, "gone")
        raise Refused("the other side says that it is gone for good")
    trouble = trouble or f"the other side answers {status}"
    if timezone.now() - delivery.asked_at > timedelta(days=settings.WEBHOOK_DAYS):
        raise Refused(trouble)
    raise Later(trouble, _wait(delivery.retries))


def _wait(retries: int) -> timedelta:
    """Twice as long each time, and by chance up to half less, so that not all come back at once."""
    longest = min(FIRST_WAIT * 2 ** min(retries, 12), LONGEST_WAIT)
    return timedelta(seconds=longest.total_seconds() * (50 + secrets.randbelow(51)) / 100)


def rewrap() -> int:
    """Seal every secret with the present wrapping key, and answer how many endpoints that changed."""
    name, changed = wrapping.current().name, 0
    for pk in WebhookEndpoint.objects.filter(ended_at=None).values_list("pk", flat=True):
        with transaction.atomic():
            endpoint = WebhookEndpoint.objects.select_for_update().get(pk=pk)
            if wrapping.sealed_with(bytes(endpoint.secret)) == name:
                continue
            endpoint.secret = wrapping.reseal(bytes(endpoint.secret), _context(endpoint))
            if endpoint.old_secret is not None:
                endpoint.old_secret = wrapping.reseal(bytes(endpoint.old_secret), _context(endpoint))
            endpoint.save(update_fields=["secret", "old_secret"])
            changed += 1
    return changed
