"""What opens a review at once, beside dates and statements: figures, appeals, editions, the other side of a pathway.

Each finder sets a timer that is due now; the clock opens the reviews under the version's lock (`lifecycle.md` 8).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from people.models import Organization
from workflows.esco import newer
from workflows.models import Attempt, MicroCredential, Version
from workflows.packs import UPHELD
from workflows.stations import STATIONS, Stage
from workflows.timers import Kind, arm

IN_USE = [stage for stage, station in STATIONS.items() if station.issues]
# Where a version names what stands outside it.
NAMED_IN = {"standard": ("competencies", "assessment", "purpose"), "pathway": ("pathways",)}
ASSESSED_LEAST = 10  # fewer first tries say nothing about a task
FIRST_TRY_LEAST = 40  # percent: below it the task, the teaching or the entry requirements are looked at
UPHELD_APPEALS = 2  # lifecycle.md 8


def look(version: Version, trigger: str, about: str = "") -> None:
    """Let the clock open the review of a version in use."""
    arm(version, Kind.TRIGGER, timezone.now(), subject=f"{trigger}:{about}"[:80])


def look_at_figures() -> int:
    """Odd rates of a first try and upheld appeals since the version came into use or was reviewed last."""
    odd = [*((version, "pass_rate") for version in _odd_rates()), *((row, "appeals") for row in _upheld_appeals())]
    for version, trigger in odd:
        look(version, trigger)
    return len(odd)


def _odd_rates() -> list[Version]:
    first = Attempt.objects.filter(
        ordinal=1,
        enrolment__cohort__version__stage=Stage.ACTIVE,
        assessed_at__gt=F("enrolment__cohort__version__stage_since"),
    )
    counts = first.values("enrolment__cohort__version").annotate(
        assessed=Count("pk"), passing=Count("pk", filter=Q(passed=True))
    )
    odd = [
        row["enrolment__cohort__version"]
        for row in counts
        if row["assessed"] >= ASSESSED_LEAST and 100 * row["passing"] < FIRST_TRY_LEAST * row["assessed"]
    ]
    return list(Version.objects.filter(pk__in=odd).order_by("pk"))


def _upheld_appeals() -> list[Version]:
    upheld = Count("appeals", filter=Q(appeals__outcome__in=UPHELD, appeals__decided_at__gt=F("stage_since")))
    rows = Version.objects.filter(stage=Stage.ACTIVE).annotate(upheld=upheld)
    return list(rows.filter(upheld__gte=UPHELD_APPEALS).order_by("pk"))


def look_at_skills(edition: str, touched: set[str]) -> list[Version]:
    """A new edition of ESCO: an aligned skill says something else or is gone, or a "no match" may have one now."""
    versions = Version.objects.filter(stage__in=IN_USE).order_by("pk")
    hit = [version for version in versions if _aligned(version.content, edition, touched)]
    for version in hit:
        look(version, "esco_edition", edition)
    return hit


def _aligned(content: dict[str, Any], edition: str, touched: set[str]) -> bool:
    return any(
        row.get("uri") in touched or (row.get("match") == "none_in_esco" and newer(edition, row.get("edition", "")))
        for row in content.get("alignments", [])
        if row.get("framework", "ESCO") == "ESCO"
    )


def named_in(institution: Organization, kind: str, name: str) -> list[Version]:
    """The versions in use that name a standard, a code or a program; the words are looked for as they stand."""
    wanted = name.strip().casefold()
    rows = Version.objects.filter(institution=institution, stage__in=IN_USE).select_related("micro_credential")
    return [version for version in rows.order_by("pk") if wanted and wanted in _text(version, kind)]


def _text(version: Version, kind: str) -> str:
    parts = {facet: version.content.get(facet) for facet in NAMED_IN[kind]}
    programs = list(version.micro_credential.pathways.values_list("program", flat=True)) if kind == "pathway" else []
    return json.dumps([parts, programs], ensure_ascii=False).casefold()


def look_beside(micro_credential: MicroCredential) -> None:
    """A part of a stack has ended: the other parts are looked at, for what is built on them together."""
    stacks = micro_credential.stacks.values("pk")
    beside = Version.objects.filter(micro_credential__stacks__in=stacks, stage=Stage.ACTIVE)
    others: Iterable[Version] = beside.exclude(micro_credential=micro_credential).distinct().order_by("pk")
    for version in others:
        look(version, "pathway", str(micro_credential.public_id))
