"""Relevance ages, and age has effect (`lifecycle.md` 8): flags, pause and review of a version in use.

When the demand is no longer confirmed by statements in force, or its sources are stale, issuing stops in the same
transaction that notices it. It goes on by itself when the demand is met again. There is no switch to issue anyway.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from workflows import cases, ledger, lineage, packs
from workflows.clauses import ages_out_on
from workflows.door import Passage, stream_of
from workflows.dossier import Dossier
from workflows.models import LedgerEvent, ReviewPack, Validation, Version
from workflows.policy import months_after, setting
from workflows.stations import STATIONS, Stage
from workflows.timers import Kind, arm, begin_of

DEMAND_CLAUSES = ("P1a", "E6a")
JOB_CLAUSE = "E6b"
# Until gate 2 a community's agreement is still being sought.
BEFORE_AGREEMENT = {
    Stage.DRAFT,
    Stage.SCREENING,
    Stage.RELEVANCE_REVIEW,
    Stage.ASSESSMENT_DESIGN,
    Stage.ENDORSEMENT,
    Stage.PILOT_APPROVAL,
}


def in_use(version: Version) -> bool:
    """True in the stages that issue; before and after them there is nothing that could go stale."""
    return STATIONS[Stage(version.stage)].issues


def refresh(passage: Passage, *, trigger: str = "") -> None:
    """Look at demand, job validation and conditions as they stand today, and set what follows from them.

    A `trigger` opens the review in any case. The system acts, whoever caused it.
    """
    version = passage.version
    system = Passage(version, None)
    overdue = version.conditions.filter(closed_at=None, due_on__lt=timezone.localdate()).exists()
    left = Stage(version.stage) not in BEFORE_AGREEMENT and bool(cases.community_open(version))
    if not in_use(version):
        _flag(system, at_risk=overdue or left)
        return
    stale, job = _lost(version)
    was_paused = version.issuing_paused
    _pause(system, stale)
    lost_job = _job(system, job)
    _flag(system, at_risk=bool(stale or job or overdue or left))
    lost = (version.issuing_paused and not was_paused) or lost_job
    if version.stage == Stage.ACTIVE and (lost or trigger):
        open_review(system, trigger or ("demand" if version.issuing_paused else "job"))
    arm_ageing(version)


def open_review(system: Passage, trigger: str) -> ReviewPack:
    """T21: build the pack that the review rests on, and open it. The event names the pack by its digest."""
    pack = packs.build(system.version, trigger)
    system.move("open_review", trigger=trigger, pack=pack.digest)
    return pack


def job_is_stale(version: Version) -> bool:
    """True while partners no longer confirm that the assessment reflects the job: no new cohort then."""
    return in_use(version) and bool(_lost(version)[1])


def _lost(version: Version) -> tuple[list[str], list[str]]:
    """Why the demand, and why the job validation, no longer hold.

    An urgent release is on a clock of its own. What was imported was never confirmed here, so only its sources age
    until partners have been asked.
    """
    if version.urgent_until is not None and version.urgent_until >= timezone.localdate():
        return [], []
    if version.imported and not Validation.objects.filter(version__in=lineage.ids(version)).exists():
        return cases.unmet(version, "P1a"), []
    stale = [sentence for clause in DEMAND_CLAUSES for sentence in cases.unmet(version, clause)]
    return stale, cases.unmet(version, JOB_CLAUSE)


def _pause(system: Passage, stale: list[str]) -> None:
    version = system.version
    if bool(stale) == version.issuing_paused:
        return
    version.issuing_paused = bool(stale)
    system.record("pause_issuing" if stale else "resume_issuing", reasons=stale)
    if stale:
        arm(version, Kind.ASK_SUSPENSION, timezone.now() + limit(version))


def limit(version: Version) -> timedelta:
    """After how many calendar days of stale demand or job validation the officer is asked for a suspension."""
    return timedelta(days=int(setting(version.policy.data, "limits_days")["ask_suspension"]))


def _job(system: Passage, job: list[str]) -> bool:
    """Note when the job validation is lost and when it is back; True when it was lost just now."""
    last = _last_of_job(system.version)
    was_lost = last is not None and last.type == "lose_job_validation"
    if bool(job) == was_lost:
        return False
    system.record("lose_job_validation" if job else "regain_job_validation", reasons=job)
    if job:
        arm(system.version, Kind.ASK_SUSPENSION, timezone.now() + limit(system.version), subject="job")
    return bool(job)


def _last_of_job(version: Version) -> LedgerEvent | None:
    return ledger.last_event(stream_of(version), "lose_job_validation", "regain_job_validation")


def stale_since(version: Version) -> datetime | None:
    """Since when, without a break, demand or job validation is stale; None while both hold."""
    begun = []
    if version.issuing_paused:
        begun.append(ledger.last_event(stream_of(version), "pause_issuing"))
    last = _last_of_job(version)
    begun.append(last if last is not None and last.type == "lose_job_validation" else None)
    return min((datetime.fromisoformat(event.at) for event in begun if event is not None), default=None)


def _flag(system: Passage, *, at_risk: bool) -> None:
    if system.version.at_risk != at_risk:
        system.version.at_risk = at_risk
        system.record("at_risk" if at_risk else "risk_over")


def arm_ageing(version: Version) -> None:
    """Look again when the last source ages out, an exemption ends, or the stated need ends."""
    today = timezone.localdate()
    content = Dossier.model_validate(version.content)
    demand, last_ends = content.demand, last_source_ends(version)
    days = [last_ends] if last_ends is not None else []
    if last_ends is not None:
        _arm_notices(version, last_ends)
    days += _ends_of_pathways(content)
    days += [ends_on + timedelta(days=1) for ends_on in version.exemptions.values_list("ends_on", flat=True)]
    if demand.need_ends_on is not None:
        days.append(demand.need_ends_on + timedelta(days=1))
    for day in days:
        if day > today:
            arm(version, Kind.FRESHNESS, begin_of(day), subject=day.isoformat())


def last_source_ends(version: Version) -> date | None:
    """The day on which the last dated source of demand is too old."""
    sources = Dossier.model_validate(cases.content_today(version)).demand.sources
    most = setting(version.policy.data, "validity_months")["demand_source"]
    return max((day for source in sources if (day := ages_out_on(source, most)) is not None), default=None)


def _ends_of_pathways(content: Dossier) -> list[date]:
    ladders = content.pathways.ladders
    return [ladder.effective_until + timedelta(days=1) for ladder in ladders if ladder.effective_until is not None]


def pathway_ends(version: Version, day: date) -> bool:
    """True when on this day what was agreed about a way into a program holds no more."""
    return day in _ends_of_pathways(Dossier.model_validate(version.content))


def _arm_notices(version: Version, last_source_ends: date) -> None:
    """Notices before the last source of demand is too old (`lifecycle.md` 8)."""
    for days in setting(version.policy.data, "notice_days"):
        day = last_source_ends - timedelta(days=days)
        if day > timezone.localdate():
            arm(version, Kind.SOURCES_END, begin_of(day), subject=f"{last_source_ends.isoformat()}:{days}")


def next_review(version: Version) -> date:
    """When the next light review is due; its timer is set with it."""
    due = months_after(timezone.localdate(), setting(version.policy.data, "review_months")["light"])
    arm(version, Kind.REVIEW_DUE, begin_of(due))
    return due


def start_clocks(version: Version) -> None:
    """The clocks of a version that comes into use: no award for 24 months, or as the policy says, opens a review."""
    arm(version, Kind.NO_AWARDS, without_award_on(version, timezone.localdate()))


def without_award_on(version: Version, last: date) -> datetime:
    """When the lack of awards since a day opens the review."""
    return begin_of(months_after(last, setting(version.policy.data, "review_months")["without_award"]))
