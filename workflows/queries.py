"""What a person may see, person first. Portals read through here; what is not theirs is `NotYours`, a 404."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from people.models import User
from workflows import cases, differences, framework, rights
from workflows.dossier import Text
from workflows.errors import NotYours
from workflows.models import (
    Agreement,
    Cohort,
    Decision,
    Enrolment,
    Panel,
    Patch,
    Seat,
    SeatState,
    Snapshot,
    Version,
    VersionGroupObjectPermission,
    VersionUserObjectPermission,
)
from workflows.standing import PANEL_OF, Standing, Stop, open_panel, rail, standing
from workflows.stations import Stage

# Which grant lets a person act on a version in a stage; panels are asked by seat.
GRANT_OF = {
    Stage.DRAFT: "submit",
    Stage.SCREENING: "screen",
    Stage.RELEVANCE_REVIEW: "screen",
    Stage.ASSESSMENT_DESIGN: "design",
    Stage.ENDORSEMENT: "screen",
    Stage.PILOT_READY: "screen",
    Stage.PILOTING: "design",
    Stage.PILOT_EVALUATION: "design",
    Stage.APPROVED: "activate",
    Stage.PERIODIC_REVIEW: "chair",
    Stage.SUSPENDED: "chair",
    Stage.EXPIRING: "screen",
}


@dataclass(frozen=True)
class Case:
    """One version as its page shows it."""

    version: Version
    standing: Standing
    rail: list[Stop]
    strip: list[framework.ClauseResult]
    panel: Panel | None
    grants: frozenset[str]
    wrote: bool

    @property
    def title(self) -> Text:
        """The title in both languages."""
        return Text(en=self.version.title_en, fr=self.version.title_fr)


def granted(user: User, codename: str) -> QuerySet[Version]:
    """The versions on which this person holds a grant, by name or through a live role, in one statement."""
    by_name = VersionUserObjectPermission.objects.filter(user=user, permission__codename=codename)
    by_role = VersionGroupObjectPermission.objects.filter(group__user=user, permission__codename=codename)
    ids = by_name.values("content_object_id").union(by_role.values("content_object_id"))
    return Version.objects.filter(pk__in=ids)


def grants_of(user: User, version: Version) -> frozenset[str]:
    """Every grant that this person holds on this version."""
    named = VersionUserObjectPermission.objects.filter(user=user, content_object=version)
    grouped = VersionGroupObjectPermission.objects.filter(group__user=user, content_object=version)
    return frozenset(named.values_list("permission__codename", flat=True)) | frozenset(
        grouped.values_list("permission__codename", flat=True)
    )


def version_for(user: User, public_id: UUID) -> Version:
    """A version that this person may see. Raises `NotYours`."""
    rows = Version.objects.select_related(
        "micro_credential__initiative", "institution", "policy", "proposer", "academic_lead", "snapshot"
    )
    version = rows.filter(public_id=public_id).first()
    if version is None or not rights.sees(user, version):
        raise NotYours
    return version


def case_of(user: User, public_id: UUID) -> Case:
    """Everything that a version's page shows to this person. Raises `NotYours`."""
    version = version_for(user, public_id)
    panel = open_panel(version)
    stands = standing(version, panel)
    return Case(
        version=version,
        standing=stands,
        rail=rail(version, stands),
        strip=framework.check(cases.facts(version)),
        panel=panel,
        grants=grants_of(user, version),
        wrote=version.contributions.filter(person=user).exists(),
    )


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a person: `kind` says what for, `subject` is the public id of what the page opens."""

    kind: str
    subject: UUID
    title: str
    since: datetime
    standing: Standing | None = None
    due: datetime | None = None


def versions_waiting(user: User) -> list[Waiting]:
    """The versions on whose stage this person must act, the oldest first; those on hold wait for nobody."""
    asked = Q()
    for codename in set(GRANT_OF.values()):
        stages = [stage for stage, grant in GRANT_OF.items() if grant == codename]
        asked |= Q(pk__in=granted(user, codename).values("pk"), stage__in=stages)
    rows = Version.objects.filter(asked, on_hold=False).select_related("proposer", "academic_lead")
    found = []
    for version in rows.order_by("stage_since"):
        panel = open_panel(version)
        if panel is not None and panel.seats.filter(state=SeatState.OPEN).exists():
            continue  # others are still being asked
        stands = standing(version, panel)
        found.append(Waiting(version.stage, version.public_id, str(version), version.stage_since, stands))
    return found


def seats_waiting(user: User) -> list[Seat]:
    """The open seats of this person, the first due first."""
    rows = Seat.objects.filter(person=user, state=SeatState.OPEN, panel__closed_at=None)
    return list(
        rows.select_related("panel__version", "panel__snapshot", "organization", "invitation").order_by("due_at")
    )


def seat_for(user: User, public_id: UUID) -> Seat:
    """One seat of this person, open or not. Raises `NotYours`."""
    rows = Seat.objects.select_related("panel__version__institution", "panel__snapshot", "organization", "invitation")
    seat = rows.filter(public_id=public_id, person=user).first()
    if seat is None:
        raise NotYours
    return seat


def committee_seat(user: User, version: Version) -> Seat:
    """This person's newest seat on a committee of a version, open or not. Raises `NotYours`."""
    gates = [PANEL_OF[Stage.PILOT_APPROVAL], PANEL_OF[Stage.FINAL_APPROVAL]]
    rows = Seat.objects.select_related("panel__version", "panel__snapshot", "organization")
    seat = rows.filter(panel__version=version, panel__kind__in=gates, person=user).order_by("-pk").first()
    if seat is None:
        raise NotYours
    return seat


def lent_seats(user: User) -> list[Seat]:
    """This person's open seats in which somebody stands in today."""
    rows = Seat.objects.filter(stands_for=user, state=SeatState.OPEN, panel__closed_at=None)
    return list(rows.select_related("panel__version", "person").order_by("stands_until", "pk"))


def has_seats(user: User) -> bool:
    """True when this person was ever asked by a partner's panel."""
    return Seat.objects.filter(person=user, invitation__isnull=False).exists()


def has_learning(user: User) -> bool:
    """True when this person is or was a learner."""
    return Enrolment.objects.filter(learner=user).exists()


def versions_of(user: User) -> QuerySet[Version]:
    """The versions that this person proposed, leads, wrote or decides on; newest change first."""
    named = VersionUserObjectPermission.objects.filter(user=user).values("content_object_id")
    grouped = VersionGroupObjectPermission.objects.filter(group__user=user).values("content_object_id")
    rows = Version.objects.filter(pk__in=named.union(grouped))
    return rows.select_related("proposer", "academic_lead", "institution", "micro_credential").order_by("-stage_since")


def near_versions(version: Version) -> list[Version]:
    """Versions of the same institution that share words of the title or an aligned skill (the look before T1)."""
    dossier = version.content
    words = {word.lower() for text in dossier.get("identity", {}).get("title", {}).values() for word in text.split()}
    words = {word for word in words if len(word) > MOST_COMMON_WORD}
    uris = {alignment.get("uri") for alignment in dossier.get("alignments", []) if alignment.get("uri")}
    alike = Q()
    for word in words:
        alike |= Q(title_en__icontains=word) | Q(title_fr__icontains=word)
    for uri in uris:
        alike |= Q(content__alignments__contains=[{"uri": uri}])
    if not alike:
        return []
    others = Version.objects.filter(alike, institution=version.institution)
    return list(others.exclude(micro_credential=version.micro_credential).order_by("-stage_since")[:20])


MOST_COMMON_WORD = 4  # shorter words say little about a title


def last_seen_snapshot(user: User, version: Version) -> Snapshot | None:
    """The snapshot over which this person last decided on a version."""
    last = (
        version.decisions.filter(actor=user, snapshot__isnull=False, carried_from=None).order_by("-decided_at").first()
    )
    return last.snapshot if last else None


def changes_since(snapshot: Snapshot | None, content: dict[str, Any]) -> list[differences.Change]:
    """What changed since a snapshot; nothing when there was none."""
    return differences.between(snapshot.content, content) if snapshot is not None else []


def cohort_for(user: User, public_id: UUID) -> Cohort:
    """A cohort of a version that this person works on, or where he or she assesses. Raises `NotYours`."""
    cohort = Cohort.objects.select_related("version__institution").filter(public_id=public_id).first()
    if cohort is None:
        raise NotYours
    if not (rights.works_on(user, cohort.version) or cohort.assessors.filter(person=user).exists()):
        raise NotYours
    return cohort


def enrolment_for(user: User, public_id: UUID) -> Enrolment:
    """One learner's course that this person may see. Raises `NotYours`."""
    rows = Enrolment.objects.select_related("cohort__version__institution", "learner")
    enrolment = rows.filter(public_id=public_id).first()
    if enrolment is None or not rights.sees_enrolment(user, enrolment):
        raise NotYours
    return enrolment


def agreements(version: Version) -> list[Agreement]:
    """The agreements of a version's initiative, the newest first."""
    rows = version.micro_credential.initiative.agreements.prefetch_related("parties").select_related("recorded_by")
    return list(rows.order_by("-pk"))


def agreement_of(version: Version, public_id: UUID) -> Agreement:
    """One of them. Raises `NotYours`."""
    found = next((one for one in agreements(version) if one.public_id == public_id), None)
    if found is None:
        raise NotYours
    return found


def import_proof(version: Version) -> Decision | None:
    """What an officer entered about an approval elsewhere: by whom, when, and where the proof stands."""
    return version.decisions.filter(choice="prove_import").select_related("actor").order_by("-decided_at").first()


def patches_waiting(version: Version) -> list[Patch]:
    """Changes of the presentation that wait for their release."""
    return list(version.patches.filter(released_at=None).select_related("proposed_by").order_by("proposed_at"))
