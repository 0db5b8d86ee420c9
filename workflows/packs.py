"""The pack of a periodic review (F7), built by the system from what is on record: figures, statements, sources, uses.

It is built when the review opens, kept, and named with its digest in the event that opens it.
"""

from __future__ import annotations

import hashlib
from statistics import median
from typing import Any

import rfc8785
from django.utils import timezone

from credentials import queries as badges
from workflows import cases, lineage, runs
from workflows.clauses import ages_out_on
from workflows.dossier import Dossier
from workflows.models import Award, DemandQuestion, Enrolment, ReviewPack, Validation, Version
from workflows.policy import setting
from workflows.voices import is_live

FEWEST_TO_COUNT_VIEWS = 10  # below it a number would tell who looked at whose badge
# How an appeal ended when the decision that it attacked did not stand (`lifecycle.md` 12).
UPHELD = ("reassess", "vary", "remit")


def build(version: Version, trigger: str) -> ReviewPack:
    """Gather it as of now and keep it."""
    data = gathered(version)
    digest = "sha256:" + hashlib.sha256(rfc8785.dumps(data)).hexdigest()
    return ReviewPack.objects.create(version=version, trigger=trigger, data=data, digest=digest)


def gathered(version: Version) -> dict[str, Any]:
    """The whole pack as JSON values; days in ISO 8601, nothing in words, so that it is read in either language."""
    return {
        "figures": _figures(version),
        "views": _views(version),
        "pathways": _pathways(version),
        "statements": [_statement(row) for row in _statements(version)],
        "demand_answers": _answers(version),
        "sources": _sources(version),
        "exemptions": [
            {"clause": row.clause, "ends_on": row.ends_on.isoformat(), "signed": row.signed_at is not None}
            for row in version.exemptions.order_by("pk")
        ],
        "conditions": [
            {"text": row.text, "due_on": row.due_on.isoformat() if row.due_on else None}
            for row in version.conditions.filter(closed_at=None).order_by("pk")
        ],
        "clauses": [{name: clause[name] for name in ("code", "state")} for clause in cases.strip(version)],
    }


def _figures(version: Version) -> dict[str, Any]:
    counted = runs.figures(version)
    moments = Award.objects.filter(version=version).values_list("enrolment__consented_at", "awarded_at")
    spans = [(awarded - enrolled).days for enrolled, awarded in moments if enrolled is not None]
    decided = version.appeals.filter(decided_at__isnull=False)
    return {
        "learners": counted.learners,
        "awarded": counted.awarded,
        "assessed": counted.assessed,
        "first_try": counted.first_try,
        "median_days": int(median(spans)) if spans else None,
        "appeals": counted.appeals,
        "appeals_upheld": decided.filter(outcome__in=UPHELD).count(),
        "revoked": counted.revoked,
        "renewals": Enrolment.objects.filter(renews__award__version__in=lineage.ids(version)).count(),
        "last_award_on": _last_award(version),
    }


def _last_award(version: Version) -> str | None:
    last = Award.objects.filter(version=version).order_by("-awarded_at").first()
    return timezone.localtime(last.awarded_at).date().isoformat() if last is not None else None


def _views(version: Version) -> dict[str, Any]:
    """How often links of earners were opened. Counted over many earners only: who looks at whom is theirs to know."""
    earners, links, openings = badges.views_of(version.awards.values("public_id"))
    told = earners >= FEWEST_TO_COUNT_VIEWS
    return {"earners": earners, "links": links, "openings": openings} if told else {}


def _pathways(version: Version) -> dict[str, Any]:
    micro, pathways = version.micro_credential, Dossier.model_validate(version.content).pathways
    return {
        "programs": [row.program for row in micro.pathways.order_by("pk")],
        "ladders": [ladder.target.model_dump() for ladder in pathways.ladders],
        "stacks": [{"en": stack.title_en, "fr": stack.title_fr} for stack in micro.stacks.order_by("pk")],
    }


def _statements(version: Version) -> list[Validation]:
    rows = Validation.objects.filter(version__in=lineage.ids(version)).select_related("organization")
    return list(rows.order_by("kind", "-valid_from", "pk"))


def _statement(row: Validation) -> dict[str, Any]:
    return {
        "organization": str(row.organization),
        "kind": row.kind,
        "from": timezone.localtime(row.valid_from).date().isoformat(),
        "until": timezone.localtime(row.valid_until).date().isoformat(),
        "state": "in_force" if is_live(row) else "withdrawn" if row.withdrawn_at is not None else "ended",
        "assurance": row.assurance,
    }


def _answers(version: Version) -> list[dict[str, Any]]:
    rows = DemandQuestion.objects.filter(validation__version__in=lineage.ids(version))
    return [
        {
            "organization": str(row.validation.organization),
            "asked_on": timezone.localtime(row.asked_at).date().isoformat(),
            "answered_on": timezone.localtime(row.answered_at).date().isoformat() if row.answered_at else None,
            "still": row.still,
            "words": row.words,
        }
        for row in rows.select_related("validation__organization").order_by("-asked_at", "pk")
    ]


def _sources(version: Version) -> list[dict[str, Any]]:
    sources = Dossier.model_validate(cases.content_today(version)).demand.sources
    most = setting(version.policy.data, "validity_months")["demand_source"]
    return [
        {
            "claim": source.claim.model_dump(),
            "on": source.on.isoformat() if source.on else None,
            "ages_out_on": day.isoformat() if (day := ages_out_on(source, most)) else None,
        }
        for source in sources
    ]


def newest(version: Version) -> ReviewPack | None:
    """The pack of the review that is open, or was open last."""
    return version.review_packs.order_by("-built_at", "-pk").first()
