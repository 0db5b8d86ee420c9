"""What others may read of `credentials`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from credentials import documents, held, status
from credentials.canonical import OPEN_BADGES, V2
from credentials.models import (
    Credential,
    Endorsement,
    PublishedAchievement,
    ShareLink,
    ShareOpening,
    SigningKey,
    StatusList,
)
from credentials.outcomes import Cause, Standing
from people.models import Organization, OrganizationKind


def has_active_key(organization: Organization) -> bool:
    """True when the organization can sign badges."""
    return SigningKey.objects.filter(
        organization=organization, purpose=SigningKey.Purpose.BADGES, status=SigningKey.Status.ACTIVE
    ).exists()


def keeps_status_list(organization: Organization) -> bool:
    """True when the organization has a status list, so that what it signs can be taken back."""
    return StatusList.objects.filter(issuer=organization).exists()


def is_published(public_id: str) -> bool:
    """True when an achievement of this id is public."""
    return PublishedAchievement.objects.filter(public_id=public_id).exists()


def endorsements_of(achievement_url: str) -> list[Endorsement]:
    """Every endorsement of an achievement, also those that were withdrawn, oldest first."""
    return list(Endorsement.objects.filter(achievement_url=achievement_url).select_related("issuer").order_by("pk"))


def organization_with_keys(slug: str) -> Organization | None:
    """The organization of a did:web address, if it has any key."""
    return Organization.objects.filter(slug=slug, signing_keys__isnull=False).distinct().first()


def achievement_document(public_id: UUID) -> dict[str, Any] | None:
    """The public Achievement of this id, as a document on its own."""
    found = PublishedAchievement.objects.filter(public_id=public_id).first()
    return {"@context": [V2, OPEN_BADGES], **found.document} if found else None


def profile_document(organization: Organization) -> dict[str, Any]:
    """Who an organization is, as a Profile on its own (Open Badges 3.0, B.1.18)."""
    return {"@context": [V2, OPEN_BADGES], **documents.profile(organization)}


def endorsement_document(public_id: UUID, achievement: UUID | None = None) -> dict[str, Any] | None:
    """The signed endorsement of this id, where an achievement is named only that of this achievement."""
    found = Endorsement.objects.filter(public_id=public_id)
    if achievement is not None:
        found = found.filter(achievement_url=documents.address("achievements", achievement))
    return found.values_list("document", flat=True).first()


def status_document(public_id: UUID, purpose: str = "revocation") -> dict[str, Any] | None:
    """The signed list of this id, or its list of suspensions, true to its rows."""
    found = StatusList.objects.select_related("issuer").filter(public_id=public_id).first()
    if found is None:
        return None
    current = status.current(found)
    document: dict[str, Any] | None = current.suspensions if purpose == "suspension" else current.document
    return document


def achievement_of(public_id: UUID) -> PublishedAchievement:
    """The published achievement of this id. Raises DoesNotExist when it is not public yet."""
    return PublishedAchievement.objects.select_related("issuer").get(public_id=public_id)


def achievement_or_none(public_id: UUID) -> PublishedAchievement | None:
    """The published achievement of this id, if it is public."""
    return PublishedAchievement.objects.filter(public_id=public_id).first()


def issuers() -> list[Organization]:
    """Every institution here that has a key."""
    found = Organization.objects.filter(kind=OrganizationKind.INSTITUTION, signing_keys__isnull=False)
    return list(found.distinct().order_by("pk"))


def standing_of_badge(public_id: UUID) -> Standing | None:
    """How a badge stands by its row; None when it was never signed here. An end by time is told by its dates."""
    found = Credential.objects.filter(public_id=public_id, offered_at__isnull=False).first()
    if found is None:
        return None
    return standing_by(found.status, found.revoked_at, found.replaced_at, found.suspended_at, digest_of(found))


def standing_by(
    state: str,
    revoked_at: datetime | None,
    replaced_at: datetime | None,
    suspended_at: datetime | None,
    digest: str,
) -> Standing:
    """How a badge stands by the columns of its row."""
    S = Credential.Status
    since = {
        S.REVOKED: (Cause.REVOKED, revoked_at),
        S.REPLACED: (Cause.REPLACED, replaced_at),
        S.SUSPENDED: (Cause.SUSPENDED, suspended_at),
    }
    cause, moment = since.get(S(state), (Cause.NONE, None))
    return Standing(cause, moment, digest)


def standing_of_endorsement(public_id: UUID) -> Standing | None:
    """How an endorsement stands by its row."""
    found = Endorsement.objects.filter(public_id=public_id).first()
    if found is None:
        return None
    cause = Cause.REVOKED if found.withdrawn_at else Cause.NONE
    return Standing(cause, found.withdrawn_at, held.digest(found.document))


def digest_of(credential: Credential) -> str:
    """SHA-256 of a signed badge in its RFC 8785 form, as the ledger keeps it."""
    if credential.text_digest is not None:
        return f"sha256:{bytes(credential.text_digest).hex()}"
    assert credential.whole_document is not None
    return held.digest(credential.whole_document)


def oldest_published_list() -> datetime | None:
    """When the status list that was published longest ago was published; None while there is none."""
    found = StatusList.objects.filter(published_at__isnull=False).order_by("published_at").first()
    return found.published_at if found is not None else None


def live_badges(public_ids: Iterable[str]) -> set[str]:
    """Which of these badges are neither revoked nor replaced nor expired."""
    live = [Credential.Status.PREPARED, Credential.Status.ISSUED, Credential.Status.SUSPENDED]
    found = Credential.objects.filter(public_id__in=[i for i in public_ids if i], status__in=live)
    return {str(public_id) for public_id in found.values_list("public_id", flat=True)}


def id_in(address: str, kind: str) -> UUID | None:
    """The public id in one of our own addresses of this kind; None for an address that is not ours."""
    prefix, place = documents.address(kind, ""), documents.at_root(address)
    try:
        return UUID(place.removeprefix(prefix)) if place.startswith(prefix) else None
    except ValueError:
        return None


def own_endorsements(addresses: list[str]) -> dict[str, Endorsement]:
    """Our rows of these endorsements, by address."""
    ids = {id_in(address, "endorsements"): address for address in addresses}
    found = Endorsement.objects.filter(public_id__in=[public_id for public_id in ids if public_id])
    return {ids[endorsement.public_id]: endorsement for endorsement in found}


def sample_badge(*, revoked: bool) -> dict[str, Any] | None:
    """The document of a badge to try out: the first accepted one that lives, or the first revoked one."""
    wanted = Credential.Status.REVOKED if revoked else Credential.Status.ISSUED
    found = Credential.objects.filter(status=wanted, offered_at__isnull=False).order_by("pk")
    credential = (found if revoked else found.filter(acceptance=Credential.Acceptance.ACCEPTED)).first()
    return credential.document if credential else None


def keys_of(organization: Organization) -> list[SigningKey]:
    """The keys of an organization without their private halves, the active ones first."""
    rows = SigningKey.objects.filter(organization=organization).defer("wrapped")
    return list(rows.order_by("status", "purpose", "-created_at"))


def suspensions_at(url: str) -> dict[str, Any] | None:
    """The list of suspensions beside one of our status lists, by the list's address."""
    public_id = id_in(url, "status")
    return status_document(public_id, "suspension") if public_id else None


def revoked_of(award_references: Iterable[UUID]) -> int:
    """How many badges of these awards were revoked."""
    references = list(award_references)
    return Credential.objects.filter(award_reference__in=references, status=Credential.Status.REVOKED).count()


def number_of_badges() -> int:
    """How many badges were ever signed here."""
    return Credential.objects.filter(offered_at__isnull=False).count()


def agreed_and_offered(award_references: Any) -> tuple[int, int]:
    """Of the badges of these awards: how many were agreed to and are not signed yet, and how many live signed."""
    S = Credential.Status
    badges = Credential.objects.filter(award_reference__in=award_references)
    agreed = badges.filter(status=S.PREPARED, consented_at__isnull=False)
    return agreed.count(), badges.filter(status__in=[S.ISSUED, S.SUSPENDED, S.EXPIRED]).count()


def views_of(award_references: Any) -> tuple[int, int, int]:
    """How many earners share a badge of these awards by link, how many links there are, how often they were opened."""
    links = ShareLink.objects.filter(credential__award_reference__in=award_references)
    earners = links.values("credential__award_reference").distinct().count()
    return earners, links.count(), ShareOpening.objects.filter(link__in=links).count()
