"""What strangers may read: approved micro-credentials, how they were approved, and nothing about any learner."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import rfc8785
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from credentials import queries as badges
from credentials.models import Endorsement
from credentials.reading import Endorser
from workflows import cases, evidence, ledger
from workflows.dossier import Alignment, Competency, Dossier, Task
from workflows.evidence import Shown
from workflows.models import Snapshot, Validation, Version
from workflows.stations import Stage
from workflows.timeline import WORDS

# What the public word for a stage is: in use, or how its use ended. A stage that is not here is not public.
STANDING: dict[str, str] = {
    Stage.ACTIVE: "active",
    Stage.PERIODIC_REVIEW: "active",
    Stage.EXPIRING: "expiring",
    Stage.SUSPENDED: "suspended",
    Stage.RETIRED: "retired",
    Stage.SUPERSEDED: "superseded",
}
# The acts of a version's course that strangers see, by the ledger's word; persons and reasons stay inside.
STEPS = frozenset(
    {
        "submit", "return_from_screening", "confirm_demand", "return_from_relevance", "go_on_without_partner",
        "design_ready", "return_from_endorsement", "confirm_endorsement", "approve_pilot", "return_pilot_approval",
        "return_pilot_approval_to_draft", "waive_pilot", "start_pilot", "close_pilot", "redesign",
        "redesign_from_draft", "report", "approve", "approve_with_conditions", "return_final",
        "return_final_to_draft", "import_approved", "release_urgently", "activate", "suspend", "lift",
        "lift_to_expiring", "open_review", "close_review", "close_review_to_expiring", "wind_down", "supersede",
        "supersede_slowly", "retire", "close_superseded",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One act of the approval, with the hash of its row in the ledger."""

    on: datetime
    words: str | Promise
    digest: str


OWN = "own"


@dataclass(frozen=True)
class Signature:
    """How an endorsement was signed: `assurance` as in `lifecycle.md` 6.6; a name only where its person agreed.

    `OWN` is the institution's own approval, which no partner signed.
    """

    assurance: str
    name: str = ""
    role: str = ""


@dataclass(frozen=True)
class Backer:
    """One endorsement of an achievement, and whether it is in force today."""

    endorsement: Endorsement
    signature: Signature
    in_force: bool


@dataclass(frozen=True)
class Offer:
    """One approved micro-credential as its public page shows it."""

    version: Version
    dossier: Dossier
    standing: str
    published_at: datetime
    digest: str
    steps: list[Step] = field(default_factory=list)
    backers: list[Backer] = field(default_factory=list)
    exemptions: list[tuple[str, str, date]] = field(default_factory=list)
    successor: UUID | None = None

    @property
    def address(self) -> str:
        """Its public address."""
        return cases.achievement_url(self.version)

    @property
    def bare_digest(self) -> str:
        """The digest of the approved content, as its address carries it."""
        return self.digest.removeprefix("sha256:")

    @property
    def weeks(self) -> int:
        """How many weeks it takes, begun ones counted whole."""
        return math.ceil(self.dossier.workload.weeks)

    def backing(self, kind: str) -> list[Backer]:
        """The endorsements that make one claim."""
        return [backer for backer in self.backers if backer.endorsement.kind == kind]

    def tasks_of(self, criterion: str) -> list[Task]:
        """The tasks by which the competencies of a criterion are shown."""
        wanted = {code for c in self.dossier.rubric.criteria if c.code == criterion for code in c.competencies}
        return [task for task in self.dossier.assessment.tasks if wanted & set(task.competencies)]

    def competencies_of(self, criterion: str) -> list[Competency]:
        """The competencies that a criterion is tied to."""
        wanted = {code for c in self.dossier.rubric.criteria if c.code == criterion for code in c.competencies}
        return [competency for competency in self.dossier.competencies if competency.code in wanted]

    def skills(self) -> list[Alignment]:
        """The shared-framework skills, each once."""
        found: dict[str, Alignment] = {}
        for alignment in self.dossier.alignments:
            if alignment.uri and alignment.match not in {"none", "none_in_esco"}:
                found.setdefault(alignment.uri, alignment)
        return list(found.values())


def published_versions() -> QuerySet[Version]:
    """Every version that has a public page, with what the page needs."""
    rows = Version.objects.filter(stage__in=STANDING, snapshot__isnull=False)
    return rows.select_related("snapshot", "institution", "micro_credential")


def offer_of(public_id: UUID) -> Offer | None:
    """A published micro-credential, or None. Its page never disappears, whatever becomes of its use."""
    version = published_versions().filter(public_id=public_id).first()
    published = badges.achievement_or_none(public_id)
    if version is None or published is None or version.snapshot is None:
        return None
    successor = version.successors.filter(stage__in=STANDING).order_by("-ordinal").first()
    return Offer(
        version=version,
        dossier=Dossier.model_validate(version.snapshot.content),
        standing=STANDING[version.stage],
        published_at=published.published_at,
        digest=version.snapshot.digest,
        steps=steps_of(version),
        backers=_backers(version),
        exemptions=_exemptions(version),
        successor=successor.public_id if successor else None,
    )


def steps_of(version: Version) -> list[Step]:
    """How a version was approved, in order: days, words, and the hash of each row; no person."""
    events = ledger.events_of(f"version:{version.public_id}")
    return [Step(datetime.fromisoformat(e.at), WORDS[e.type], e.hash) for e in events if e.type in STEPS]


def _exemptions(version: Version) -> list[tuple[str, str, date]]:
    """Comply or explain in short form: clause, reason, last day (`lifecycle.md` 2)."""
    signed = version.exemptions.filter(signed_at__isnull=False).order_by("clause")
    return [(exemption.clause, exemption.reason, exemption.ends_on) for exemption in signed]


def _backers(version: Version) -> list[Backer]:
    now = timezone.now()
    found = badges.endorsements_of(cases.achievement_url(version))
    signed = signatures_of([str(endorsement.public_id) for endorsement in found])
    return [
        Backer(
            endorsement,
            signed.get(str(endorsement.public_id), Signature("")),
            endorsement.withdrawn_at is None and endorsement.valid_from <= now < endorsement.valid_until,
        )
        for endorsement in found
    ]


def signatures_of(endorsements: Iterable[str]) -> dict[str, Signature]:
    """How these endorsements of our own record were signed, by public id."""
    ids = list(endorsements)
    rows = Validation.objects.filter(endorsement__public_id__in=ids)
    approvals = Endorsement.objects.filter(public_id__in=ids, kind=Endorsement.Kind.QUALITY)
    found = {str(public_id): Signature(OWN) for public_id in approvals.values_list("public_id", flat=True)}
    for row in rows.select_related("decision", "endorsement"):
        assert row.endorsement is not None
        shown = row.decision.name_public
        found[str(row.endorsement.public_id)] = Signature(
            row.assurance, row.decision.signed_name if shown else "", row.decision.signed_role if shown else ""
        )
    return found


@dataclass(frozen=True)
class Voucher:
    """One endorsement in a badge, with what our own record adds: how it was signed, and when it was withdrawn."""

    endorser: Endorser
    signature: Signature | None = None
    withdrawn_at: datetime | None = None


def vouched(endorsers: Iterable[Endorser]) -> list[Voucher]:
    """The endorsements of a badge; those that are ours with their signature and, if so, the day of withdrawal."""
    asked = list(endorsers)
    own = badges.own_endorsements([endorser.address for endorser in asked])
    signed = signatures_of([str(endorsement.public_id) for endorsement in own.values()])
    found = []
    for endorser in asked:
        row = own.get(endorser.address)
        if row is None:
            found.append(Voucher(endorser))
        else:
            signature = signed.get(str(row.public_id), Signature(OWN))
            found.append(Voucher(endorser, signature, row.withdrawn_at))
    return found


def shown_evidence(award: UUID, audience: str, chosen: Iterable[str] | None = None) -> list[Shown]:
    """The items that the earner shows to everybody, or those chosen for a link; each says why, when it is closed.

    `audience` is public or employers.
    """
    shown = evidence.shown_of(audience, award)
    if chosen is None:
        return [item for item in shown if not item.closed]
    wanted = set(chosen)
    return [item for item in shown if str(item.item.public_id) in wanted]


def snapshot_bytes(public_id: UUID, digest: str) -> bytes | None:
    """The content in RFC 8785 form whose SHA-256 is `digest`; only what was approved or endorsed, once published."""
    full = f"sha256:{digest}"
    if not published_versions().filter(public_id=public_id).exists() or badges.achievement_or_none(public_id) is None:
        return None
    snapshot = Snapshot.objects.filter(version__public_id=public_id, digest=full).select_related("version").first()
    if snapshot is None:
        return None
    endorsed = {e.snapshot_digest for e in badges.endorsements_of(cases.achievement_url(snapshot.version))}
    if full not in endorsed and snapshot.pk != snapshot.version.snapshot_id:
        return None
    return rfc8785.dumps(snapshot.content)
