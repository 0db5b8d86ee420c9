"""What waits for a person on the way to approval, by kind; each finder answers one question about all versions at once.

Silence waits for the officer, never for time (`lifecycle.md` 6.2); what a person wrote does not wait for that person's
decision (6.4). Finders answer rows of `item.COLUMNS`, and `listing` joins them in one statement.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from people.models import User
from workflows.models import (
    ChangeRequest,
    Cohort,
    Contribution,
    Decision,
    Panel,
    Patch,
    Seat,
    SeatState,
    SeatUserObjectPermission,
    Suspension,
    Version,
    VersionGroupObjectPermission,
    VersionUserObjectPermission,
)
from workflows.panels import BY_LINK, PARTNER_KINDS
from workflows.possible import GATES, SIGNED_IN
from workflows.stations import Stage
from workflows.waiting.item import Rows, asked, how_many, on_day
from workflows.withdrawals import AFTER_PILOT_APPROVAL, unanswered


def holds(user: User, codename: str, version: str = "pk") -> Q:
    """True for the rows on whose version the person holds a grant, by name or through a live role.

    Each row is looked up by itself, so that grants on past versions cost nothing.
    """
    about = {"content_object": OuterRef(version), "permission__codename": codename}
    named = VersionUserObjectPermission.objects.filter(user=user, **about)
    grouped = VersionGroupObjectPermission.objects.filter(group__user=user, **about)
    return Q(Exists(grouped)) | Q(Exists(named))


def versions(user: User, grant: str, *stages: str, own: bool = False) -> QuerySet[Version]:
    """Versions in these stages on which the person holds a grant, and which he or she did not write."""
    rows = Version.objects.filter(holds(user, grant), stage__in=stages, on_hold=False)
    wrote = Contribution.objects.filter(version=OuterRef("pk"), person=user)
    return rows if own else rows.exclude(proposer=user).exclude(Exists(wrote))


def by_stage(user: User) -> Iterator[Rows]:
    """What waits by the stage alone."""
    clock = {"due": "stage_due_on"}
    yield asked("screen", versions(user, "screen", Stage.SCREENING), **clock)
    yield asked("activate", versions(user, "activate", Stage.APPROVED))
    yield asked("close_review", versions(user, "chair", Stage.PERIODIC_REVIEW))
    signed = Cohort.objects.filter(version=OuterRef("pk"), pilot=True, signed_off_by__isnull=False)
    yield asked("start_pilot", versions(user, "screen", Stage.PILOT_READY, own=True).filter(Exists(signed)))
    unsigned = versions(user, "register", *SIGNED_IN - {Stage.ASSESSMENT_DESIGN}).filter(registrar_signed_by=None)
    yield asked("sign_transcript_rule", unsigned, **clock)
    withdrawn = unanswered(versions(user, "screen", *AFTER_PILOT_APPROVAL))
    yield asked(
        "agree_to_withdrawal", withdrawn, subject="version__public_id", version="version_id", since="decided_at"
    )


def suspended(user: User) -> Iterator[Rows]:
    """Interim orders to be confirmed in time by somebody else, then a cause to be closed."""
    orders = Suspension.objects.filter(version__in=versions(user, "chair", Stage.SUSPENDED), ended_at=None)
    about = {"subject": "version__public_id", "version": "version_id"}
    ordered = orders.filter(confirmed_at=None).exclude(ordered_by=user)
    yield asked("confirm_suspension", ordered, since="ordered_at", due=on_day("confirm_by"), **about)
    yield asked("lift", orders.filter(confirmed_at__isnull=False), since="confirmed_at", **about)


def entries(user: User) -> Iterator[Rows]:
    """Imports and urgent releases that wait for the chair, patches that wait for an officer."""
    proved = Decision.objects.filter(version=OuterRef("pk"), choice="prove_import")
    yield asked("import_approved", versions(user, "chair", Stage.DRAFT).filter(Exists(proved)))
    patches = Patch.objects.filter(released_at=None, version__in=versions(user, "screen", Stage.ACTIVE))
    yield asked("release_patch", patches.exclude(proposed_by=user), version="version_id", since="proposed_at")


def rounds(user: User) -> Iterator[Rows]:
    """Partners' rounds that can be closed, or where somebody is silent after the time.

    A community's answer closes nothing, and no clock runs against it (`lifecycle.md` 13).
    """
    own = versions(user, "screen", Stage.RELEVANCE_REVIEW, Stage.ENDORSEMENT, own=True)
    silent = how_many(Seat.objects.filter(panel=OuterRef("pk"), state=SeatState.OPEN), "panel")
    panels = Panel.objects.filter(version__in=own, closed_at=None, kind__in=PARTNER_KINDS).annotate(silent=silent)
    panels = panels.filter(Q(silent=0) | Q(due_at__lt=timezone.now()))
    yield asked(
        Case(When(silent=0, then=Value("close_round")), default=Value("chase")), panels,
        subject="version__public_id", version="version_id", since="due_at", due=on_day("due_at"),
        round="round", count="silent",
    )  # fmt: skip


def seats(user: User) -> Iterator[Rows]:
    """The person's own votes, and panels of the person's whose members were all heard."""
    rows = Seat.objects.filter(person=user, panel__closed_at=None, panel__version__on_hold=False)
    rows = rows.exclude(panel__kind__in=BY_LINK).filter(panel__version__stage__in=GATES)
    about = {
        "subject": "panel__version__public_id",
        "version": "panel__version_id",
        "since": "panel__created",
        "round": "panel__round",
    }
    yield asked("vote", rows.filter(state=SeatState.OPEN), due=on_day("due_at"), **about)
    others = Seat.objects.filter(panel=OuterRef("panel"), state=SeatState.OPEN)
    heard = rows.exclude(state__in=[SeatState.OPEN, SeatState.RECUSED])
    heard = heard.filter(~Exists(others) | Q(panel__due_at__lt=timezone.now()))
    yield asked("close_committee", heard, due=on_day("panel__due_at"), **about)


def vacant(user: User) -> Iterator[Rows]:
    """Committee seats whose person has left: somebody else must be named."""
    right = SeatUserObjectPermission.objects.filter(content_object=OuterRef("pk"), user=OuterRef("person"))
    rows = Seat.objects.filter(~Exists(right), state=SeatState.OPEN, panel__closed_at=None)
    rows = rows.exclude(panel__kind__in=BY_LINK).filter(holds(user, "screen", "panel__version"))
    yield asked(
        "vacant", rows, version="panel__version_id", since="panel__created", due=on_day("due_at"), round="panel__round"
    )


def returned(user: User) -> Rows:
    """Versions that were sent back and whose answers are awaited."""
    rows = Version.objects.filter(holds(user, "audit"), stage__in=[Stage.DRAFT, Stage.ASSESSMENT_DESIGN])
    unanswered_ = ChangeRequest.objects.filter(version=OuterRef("pk"), answered_at=None)
    return asked("stage", rows.filter(Exists(unanswered_)), due="stage_due_on")
