"""What a proposer or academic lead has in hand: what waits, his or her versions, and what answers were given.

Each finder answers one question about all versions at once, so that a longer list needs no more statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from people.models import Membership, Organization, Role, User
from workflows import dossier, lineage, reopening
from workflows.door import stream_of
from workflows.models import (
    AwardStage,
    ChangeRequest,
    Condition,
    Decision,
    Enrolment,
    Interest,
    MicroCredential,
    Panel,
    PanelKind,
    SeatQuestion,
    SeatState,
    Skill,
    Snapshot,
    Suggestion,
    Version,
)
from workflows.policy import setting
from workflows.queries import granted
from workflows.standing import PANEL_OF, Standing, standing
from workflows.stations import Stage, Stop, rail
from workflows.timeline import Happening, last_of
from workflows.waiting import ISSUING, Item, title_of

MOST_SKILLS = 20


def own_versions(user: User) -> QuerySet[Version]:
    """The versions that this person proposes or leads; the newest change first."""
    ids = granted(user, "submit").values("pk").union(granted(user, "design").values("pk"))
    rows = Version.objects.filter(pk__in=ids).select_related("proposer", "academic_lead", "micro_credential")
    return rows.order_by("-stage_since", "-pk")


def originals(user: User) -> list[Version]:
    """What a new proposal may copy: approved versions where this person proposes, and own ones that came to nothing."""
    homes = Membership.objects.filter(user=user, role=Role.PROPOSER, ended_at=None).values("organization")
    approved = Q(institution__in=homes, stage__in=[Stage.APPROVED, *ISSUING])
    ended = Q(proposer=user, stage__in=[Stage.WITHDRAWN, Stage.REJECTED])
    return list(Version.objects.filter(approved | ended).order_by("title_en", "title_fr", "ordinal"))


def fresh_content(
    institution: Organization, language: str, title: dict[str, str], original: dict[str, Any]
) -> dict[str, Any]:
    """What a new proposal begins with: its own name and issuing body; all else is empty or copied."""
    content = dossier.plain(dossier.Dossier.model_validate({**original, "interests": {}}))
    content["identity"] = dossier.Identity(
        title=dossier.Text(**title),
        issuing_body=institution.name,
        authority=institution.authority,
        languages=[language],
    ).model_dump(mode="json")
    return content


def code_taken(institution: Organization, code: str) -> bool:
    """True when the institution lists a micro-credential under this code already."""
    return MicroCredential.objects.filter(institution=institution, code=code.strip()).exists()


@dataclass(frozen=True)
class OwnRow:
    """One of a person's versions in a list: where it stands, and what happened last."""

    version: Version
    standing: Standing
    last: Happening | None

    @property
    def title(self) -> dossier.Text:
        """The version's title in both languages."""
        return title_of(self.version)

    @property
    def stops(self) -> list[Stop]:
        """How far it is, as the eight stops of the rail."""
        return rail(Stage(self.version.stage))


def own_rows(user: User) -> list[OwnRow]:
    """All versions of a person with their standing and last event, in a fixed number of statements."""
    versions = list(own_versions(user))
    asked = [version.pk for version in versions if Stage(version.stage) in PANEL_OF]
    panels = Panel.objects.filter(version__in=asked, closed_at=None).prefetch_related("seats__organization")
    open_panels = {(panel.version_id, panel.kind): panel for panel in panels}
    last = last_of([stream_of(version) for version in versions])
    rows = []
    for version in versions:
        panel = open_panels.get((version.pk, PANEL_OF.get(Stage(version.stage), "")))
        rows.append(OwnRow(version, standing(version, panel), last.get(stream_of(version))))
    return rows


def _staged(user: User) -> Iterator[Item]:
    """What waits by the stage: writing, answering a return, designing, planning the pilot, reporting."""
    unanswered = ChangeRequest.objects.filter(version=OuterRef("pk"), answered_at=None)
    stages = {
        ("submit", Stage.DRAFT): "write",
        ("design", Stage.ASSESSMENT_DESIGN): "design",
        ("design", Stage.PILOT_READY): "plan_pilot",
        ("design", Stage.PILOT_EVALUATION): "report",
    }
    for (grant, stage), kind in stages.items():
        rows = granted(user, grant).filter(stage=stage, on_hold=False).select_related("proposer")
        if kind == "plan_pilot":
            rows = rows.exclude(Exists(planned())).distinct()
        for version in rows.annotate(returned=Exists(unanswered)):
            yield Item("answer_return" if version.returned else kind, version.public_id, version, version.stage_since)


def planned() -> QuerySet[Enrolment]:
    """Learners on the roster of a version's pilot that has an assessor: nothing more waits for its lead."""
    return Enrolment.objects.filter(
        cohort__version=OuterRef("pk"), cohort__pilot=True, cohort__assessors__moderator=False
    )


def _learners(user: User) -> Iterator[Item]:
    """Results to recommend, one row for each version."""
    ready = Q(cohorts__enrolments__stage=AwardStage.ASSESSED)
    rows = granted(user, "design").annotate(ready=Count("cohorts__enrolments", filter=ready)).filter(ready__gt=0)
    for version in rows:
        yield Item("recommend", version.public_id, version, version.stage_since, count=version.ready)


def _replies(user: User) -> Iterator[Item]:
    """Suggestions and questions of partners that wait for a reply."""
    own = own_versions(user).values("pk")
    suggestions = Suggestion.objects.filter(decision__version__in=own, replied_at=None)
    for suggestion in suggestions.select_related("decision__version"):
        version = suggestion.decision.version
        yield Item("reply_to_suggestion", suggestion.public_id, version, suggestion.decision.decided_at)
    yield from _ratings(granted(user, "submit"))
    questions = SeatQuestion.objects.filter(seat__panel__version__in=own, answered_at=None, seat__state=SeatState.OPEN)
    for question in questions.select_related("seat__panel__version"):
        version = question.seat.panel.version
        yield Item("answer_question", question.public_id, version, question.asked_at)


def _ratings(own: QuerySet[Version]) -> Iterator[Item]:
    """Versions under review in which a competency was rated 1 or 2 and has no reply yet."""
    rows = Decision.objects.filter(version__in=own.values("pk"), panel__kind=PanelKind.RELEVANCE, panel__closed_at=None)
    found: dict[int, Item] = {}
    for decision in rows.filter(seat__isnull=False).select_related("version__policy").order_by("decided_at"):
        ratings = decision.answers.get("per_competency", {})
        version = decision.version
        most = setting(version.policy.data, "relevance")["reply_to_importance_at_most"]
        low = {code for code, rating in ratings.items() if int(rating.get("importance", 5)) <= most}
        if low - set(version.screening.get("rating_replies", {})):
            found.setdefault(version.pk, Item("reply_to_rating", version.public_id, version, decision.decided_at))
    yield from found.values()


def _conditions(user: User) -> Iterator[Item]:
    """Conditions that this person owns and has brought no proof for."""
    rows = Condition.objects.filter(owner=user, closed_at=None, proof="").select_related("version")
    for condition in rows:
        yield Item(
            "prove_condition", condition.public_id, condition.version, condition.version.stage_since, condition.due_on
        )


def items(user: User) -> list[Item]:
    """Everything that waits for this proposer or lead: what is due first, then what has waited longest."""
    found = chain(_staged(user), _learners(user), _replies(user), _conditions(user))
    return sorted(found, key=lambda item: (item.due or timezone.localdate().max, item.since))


def requests_of(version: Version) -> list[ChangeRequest]:
    """What was asked when the version was last returned, unanswered first."""
    rows = list(version.change_requests.select_related("asked_by").order_by("asked_at", "pk"))
    last = max((row.asked_at for row in rows), default=None)
    return [row for row in rows if row.answered_at is None or (last and (last - row.asked_at).total_seconds() < 1)]


def last_snapshot(version: Version) -> Snapshot | None:
    """The content as others saw it last: here, else in the version before this one."""
    return Snapshot.objects.filter(version__in=lineage.ids(version)).order_by("-version__ordinal", "-ordinal").first()


def answers_over(version: Version, facet: str) -> list[Decision]:
    """The supporting answers that cover this section as it stands now: a change of it asks them again."""
    digest = dossier.facet_digests(version.content)[facet]
    return [decision for decision in reopening.answers(version) if decision.facets.get(facet) == digest]


def skills(words: str) -> list[Skill]:
    """Skills of the shared framework whose label or synonym holds every word, in either language; closest first."""
    rows = Skill.objects.filter(retired=False)
    for word in words.split():
        rows = rows.filter(Q(label_en__icontains=word) | Q(label_fr__icontains=word) | Q(alt_en__icontains=word))
    wanted = words.strip().lower()
    found = rows.order_by("label_en")[: 5 * MOST_SKILLS] if wanted else []
    return sorted(found, key=lambda skill: _distance(skill, wanted))[:MOST_SKILLS]


def _distance(skill: Skill, wanted: str) -> tuple[int, int]:
    labels = [skill.label_en.lower(), skill.label_fr.lower()]
    rank = 0 if wanted in labels else 1 if any(label.startswith(wanted) for label in labels) else 2
    return rank, len(skill.label_en)


def edition() -> str:
    """The edition of the framework that is searched; empty when no skill was imported."""
    return Skill.objects.filter(retired=False).values_list("edition", flat=True).first() or ""


def skill(pk: int) -> Skill | None:
    """One skill that is still in the framework."""
    return Skill.objects.filter(pk=pk, retired=False).first()


def interests_of(version: Version, person: User) -> list[Interest]:
    """What this person declared to gain by an approval, the latest first."""
    return list(version.interests.filter(person=person, organization=None).order_by("-declared_at"))
