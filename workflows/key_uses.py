"""What was done with an organization's keys, as the organization itself reads it (`promises.md` 9)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credentials.models import Endorsement
from people.models import Organization, OrganizationKind, User
from workflows import ledger
from workflows.dossier import Text
from workflows.models import LedgerEvent, Version
from workflows.waiting import title_of

SHOWN = 20
WORDS: dict[str, str | Promise] = {
    "use_key": _("signed an endorsement"),
    "create_key": _("a key was prepared"),
    "activate_key": _("a key became active"),
    "retire_key": _("a key was retired"),
    "mark_compromised": _("a key was marked compromised"),
    "begin_drill": _("the drill of a compromised key began"),
    "end_drill": _("the drill of a compromised key ended"),
    "sign_approval_again": _("signed an approval again with a new key"),
}


def key_stream(organization: Organization) -> str:
    """The name of the stream in the ledger that holds what was done with the keys of an organization."""
    return f"keys:{organization.public_id}"


def note_use(endorsement: Endorsement, *, actor: User | None, version: Version) -> LedgerEvent:
    """One signature by the endorsing organization's key, on whose act and about which version."""
    owner = endorsement.issuer
    [proof] = endorsement.document["proof"]
    return ledger.append(
        key_stream(owner),
        "use_key",
        actor=actor,
        organization=str(owner.public_id),
        data={
            "key": proof["verificationMethod"].rpartition("#")[2],
            "purpose": "endorsements",
            "endorsement": str(endorsement.public_id),
            "kind": endorsement.kind,
            "version": str(version.public_id),
        },
    )


@dataclass(frozen=True)
class KeyEvent:
    """One row: when, of which organization, what, by whom, and about which micro-credential."""

    at: datetime
    organization: Organization
    words: str | Promise
    who: str
    title: Text | None
    key: str


def of_organizations(organizations: Collection[Organization]) -> list[KeyEvent]:
    """The latest acts with the keys of these organizations, the newest first."""
    owners = {key_stream(one): one for one in organizations}
    events = list(LedgerEvent.objects.filter(stream__in=owners, type__in=WORDS).order_by("-pk")[:SHOWN])
    people = {str(user.public_id): user.name for user in User.objects.filter(public_id__in=_ids(events))}
    about = [event.data["version"] for event in events if "version" in event.data]
    titles = {str(one.public_id): title_of(one) for one in Version.objects.filter(public_id__in=about)}
    return [
        KeyEvent(
            datetime.fromisoformat(event.at),
            owners[event.stream],
            WORDS[event.type],
            people.get(event.actor, ""),
            titles.get(event.data.get("version", "")),
            event.data["key"],
        )
        for event in events
    ]


def _ids(events: list[LedgerEvent]) -> set[str]:
    return {event.actor for event in events} - {"system"}


def for_partner(user: User) -> list[KeyEvent]:
    """The same for a partner's people: those who act for it now, and those who signed for it with a proved mailbox."""
    acts = Q(memberships__user=user, memberships__ended_at=None)
    signed = Q(seat__person=user, seat__decision__proved_at__isnull=False)
    partners = Organization.objects.filter(acts | signed).exclude(kind=OrganizationKind.INSTITUTION)
    return of_organizations(partners.distinct())
