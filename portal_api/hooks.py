"""Webhooks, for programs: where events are sent to, what was sent, sending again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from notifications import webhooks
from notifications.models import WebhookDelivery, WebhookEndpoint
from portal_api.door import BEARERS, caller, once
from portal_api.words import lazy as _

router = Router(tags=["webhooks"], auth=BEARERS["webhooks:manage"])


class EndpointIn(Schema):
    """Where to, and what: a kind such as `version`, or one event such as `version.approve`."""

    url: str
    events: list[str]


class EndpointOut(Schema):
    """An address that events are sent to."""

    id: UUID
    url: str
    events: list[str]
    created_at: datetime


class SecretOut(EndpointOut):
    """The same with its secret, which is told this once."""

    secret: str


class ReplayIn(Schema):
    """The number of the first event that is sent again."""

    first: int


class CountOut(Schema):
    """How many events are sent again."""

    count: int


class DeliveryOut(Schema):
    """One event to one address; `event` is null for a test."""

    id: str
    event: int | None
    type: str
    state: str
    tries: int
    answered: int | None
    trouble: str
    next_at: datetime | None


def _of(endpoint: WebhookEndpoint) -> EndpointOut:
    return EndpointOut(id=endpoint.public_id, url=endpoint.url, events=endpoint.events, created_at=endpoint.created_at)


def _told(made: tuple[WebhookEndpoint, str]) -> SecretOut:
    return SecretOut(**_of(made[0]).model_dump(), secret=made[1])


def _of_delivery(delivery: WebhookDelivery) -> DeliveryOut:
    return DeliveryOut(
        id=f"msg_{delivery.public_id.hex}",
        event=delivery.event_id,
        type=webhooks.type_of(delivery.event) if delivery.event else "test",
        state=delivery.state.value,
        tries=delivery.tries,
        answered=delivery.answered,
        trouble=delivery.trouble,
        next_at=None if delivery.done_at else delivery.next_at,
    )


@router.get("", response=list[EndpointOut], summary=_("Where events are sent to"))
def endpoints(request: HttpRequest) -> list[EndpointOut]:
    """Without their secrets."""
    who = caller(request)
    return [_of(one) for one in webhooks.endpoints_of(who.person, who.institution.public_id)]


@router.post("", response={201: SecretOut}, summary=_("Name an address"))
@once
def subscribe(request: HttpRequest, body: EndpointIn) -> tuple[int, SecretOut]:
    """Answers with the secret, this once."""
    who = caller(request)
    made = webhooks.subscribe(actor=who.person, institution=who.institution.public_id, url=body.url, events=body.events)
    return 201, _told(made)


@router.get("/{uuid:endpoint_id}/deliveries", response=list[DeliveryOut], summary=_("What was sent to an address"))
def deliveries(request: HttpRequest, endpoint_id: UUID) -> list[DeliveryOut]:
    """The newest first."""
    who = caller(request)
    found = webhooks.endpoint_for(who.person, who.institution.public_id, endpoint_id)
    return [_of_delivery(one) for one in webhooks.log_of(found)]


@router.post("/{uuid:endpoint_id}/secret", response=SecretOut, summary=_("A new secret for an address"))
@once
def rotate(request: HttpRequest, endpoint_id: UUID) -> tuple[int, SecretOut]:
    """For a day both sign."""
    who = caller(request)
    made = webhooks.rotate(actor=who.person, institution=who.institution.public_id, endpoint=endpoint_id)
    return 200, _told(made)


@router.post("/{uuid:endpoint_id}/test", response={202: DeliveryOut}, summary=_("Send a test"))
@once
def send_test(request: HttpRequest, endpoint_id: UUID) -> tuple[int, DeliveryOut]:
    """An event that says nothing."""
    who = caller(request)
    sent = webhooks.send_test(actor=who.person, institution=who.institution.public_id, endpoint=endpoint_id)
    return 202, _of_delivery(sent)


@router.post("/{uuid:endpoint_id}/replay", response={202: CountOut}, summary=_("Send events again"))
@once
def replay(request: HttpRequest, endpoint_id: UUID, body: ReplayIn) -> tuple[int, CountOut]:
    """Every event from this number on, under its old identifier."""
    who = caller(request)
    count = webhooks.replay(
        actor=who.person, institution=who.institution.public_id, endpoint=endpoint_id, first=body.first
    )
    return 202, CountOut(count=count)


@router.delete("/{uuid:endpoint_id}", response=EndpointOut, summary=_("Send nothing there any more"))
@once
def end(request: HttpRequest, endpoint_id: UUID) -> tuple[int, EndpointOut]:
    """What still waits is dropped."""
    who = caller(request)
    found = webhooks.endpoint_for(who.person, who.institution.public_id, endpoint_id)
    webhooks.end(actor=who.person, institution=who.institution.public_id, endpoint=endpoint_id)
    return 200, _of(found)
