"""T28 after the pilot was approved: the proposer asks, the quality office agrees, and then the proposer withdraws.

Asking and agreeing hold within one stage; a version that has moved on is asked about anew.
"""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, QuerySet

from workflows.models import Decision, Version
from workflows.stations import Stage

AFTER_PILOT_APPROVAL = frozenset(
    {Stage.PILOT_READY, Stage.PILOTING, Stage.PILOT_EVALUATION, Stage.FINAL_APPROVAL, Stage.APPROVED}
)
ASKED, AGREED = "ask_withdrawal", "agree_to_withdrawal"


def asked(version: Version) -> Decision | None:
    """Who asked to withdraw it in this stage, and why."""
    rows = version.decisions.filter(choice=ASKED, decided_at__gte=version.stage_since)
    return rows.select_related("actor").order_by("-decided_at").first()


def agreed(version: Version) -> bool:
    """True when the quality office has agreed in this stage."""
    return version.decisions.filter(choice=AGREED, decided_at__gte=version.stage_since).exists()


def needs_agreement(version: Version) -> bool:
    """True while the proposer cannot withdraw it alone."""
    return version.stage in AFTER_PILOT_APPROVAL and not agreed(version)


def unanswered(versions: QuerySet[Version]) -> QuerySet[Decision]:
    """What was asked about these versions and not agreed to yet."""
    given = Decision.objects.filter(
        version=OuterRef("version"), choice=AGREED, decided_at__gte=OuterRef("version__stage_since")
    )
    rows = Decision.objects.filter(choice=ASKED, version__in=versions, decided_at__gte=F("version__stage_since"))
    return rows.exclude(Exists(given)).select_related("version")
