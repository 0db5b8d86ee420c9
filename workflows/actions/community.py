"""Agreements with communities (`lifecycle.md` 13): recorded, agreed by every named party, withdrawn when they say."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Organization, User
from workflows import rights
from workflows.cases import COMMUNITY, named_parties
from workflows.door import Passage, found, opened
from workflows.errors import Missing, NotAllowed, NotYours, Refusal
from workflows.freshness import refresh
from workflows.guards import refuse_places
from workflows.models import Agreement, Panel, PanelKind, Seat, SeatState, Version
from workflows.panels import Place
from workflows.questions import TERMS
from workflows.rounds import close_heard, open_round

LONG = 260  # business days: no clock runs against a community, and its link is renewed whenever it asks


def record_agreement(
    *,
    version_id: int,
    actor: User,
    parties: list[Organization],
    terms: dict[str, str],
    in_force_from: date,
    review_on: date | None = None,
    kind: str = COMMUNITY,
) -> Agreement:
    """Keep an agreement of the initiative: its parties and its terms, and from when it is in force."""
    with opened(version_id=version_id, actor=actor) as passage:
        if not rights.holds(actor, passage.version, "screen"):
            raise NotAllowed
        if not parties:
            raise Missing(what=_("at least one party"))
        if kind == COMMUNITY:
            lacking = [name for name in TERMS if not terms.get(name, "").strip()]
            if lacking:
                raise Missing(what=_("the terms of the agreement: %s") % ", ".join(lacking))
        agreement = Agreement.objects.create(
            initiative=passage.version.micro_credential.initiative,
            kind=kind,
            terms=terms,
            in_force_from=in_force_from,
            review_on=review_on,
            recorded_by=actor,
        )
        agreement.parties.set(parties)
        passage.record("record_agreement", agreement=str(agreement.public_id), kind=kind)
        return agreement


def ask_community(*, version_id: int, actor: User, places: list[Place]) -> Panel:
    """Ask the named parties by link, on a panel of their own that is counted apart. No clock runs against them."""
    with opened(version_id=version_id, actor=actor) as passage:
        version = passage.version
        if not rights.holds(actor, version, "screen"):
            raise NotAllowed
        passage.refuse_on_hold()
        if version.snapshot is None:
            raise Refusal(_("The proposal is not submitted yet, so there is nothing to show to the community."))
        close_heard(version)
        named = named_parties(version)
        if not places or any(place.organization.pk not in named for place in places):
            raise Missing(what=_("parties that are named in a community's agreement in force"))
        refuse_places(version, PanelKind.COMMUNITY, places)
        panel = open_round(version, PanelKind.COMMUNITY, places, LONG)
        passage.record("ask_community", round=panel.round, seats=len(places))
        return panel


def withdraw_agreement(*, agreement_id: int, actor: User, reason: str) -> Agreement:
    """A party takes its agreement back, or the office records it. The review opens; learners keep their awards."""
    agreement = found(Agreement, agreement_id)
    versions = list(
        Version.objects.filter(micro_credential__initiative=agreement.initiative_id).order_by("ordinal", "pk")
    )
    if not _speaks_for(agreement, versions, actor):
        raise NotYours
    if not reason.strip():
        raise Missing(what=_("a reason"))
    with transaction.atomic():
        withdrawn = Agreement.objects.filter(pk=agreement.pk, withdrawn_at=None)
        if not withdrawn.update(withdrawn_at=timezone.now(), withdrawal_reason=reason):
            raise Refusal(_("This agreement was already withdrawn."))
        for version in versions:
            with opened(version_id=version.pk, actor=None) as passage:
                Passage(passage.version, actor).record("withdraw_agreement", agreement=str(agreement.public_id))
                refresh(passage, trigger="agreement_withdrawn")
    agreement.refresh_from_db()
    return agreement


def _speaks_for(agreement: Agreement, versions: list[Version], actor: User) -> bool:
    seats = Seat.objects.filter(panel__kind=PanelKind.COMMUNITY, panel__version__in=versions, person=actor)
    heard = seats.filter(organization__in=agreement.parties.all()).exclude(state=SeatState.RECUSED)
    return heard.exists() or any(rights.holds(actor, version, "screen") for version in versions)
