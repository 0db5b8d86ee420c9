"""What a learner does in a cohort: enrol with consent, hand in evidence, leave."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials import keys
from people.dates import long_day
from people.models import User
from workflows import evidence, marking
from workflows.award_course import opened_award
from workflows.dossier import Dossier
from workflows.errors import Missing, Refusal
from workflows.evidence import Item
from workflows.models import Attempt, Cohort, Enrolment, EvidenceConsent, EvidenceItem, Visibility
from workflows.policy import due_after
from workflows.stations import STATIONS, Stage

PILOT_STAGES = {Stage.PILOT_READY, Stage.PILOTING}


def _refuse_closed(cohort: Cohort) -> None:
    """A cohort is open while its version is in its pilot or in use, and nobody has closed it (`lifecycle.md` 4)."""
    version = cohort.version
    stage = Stage(version.stage)
    running = stage in PILOT_STAGES if cohort.pilot else STATIONS[stage].issues and not version.issuing_paused
    if cohort.closed_at is not None or not running:
        raise Refusal(_("This cohort is closed. The academic lead can say when the next one begins."))


def enrol(*, enrolment_id: int, actor: User, consent: bool, identity_level: str = "") -> Enrolment:
    """A1: the learner consents to what is stored and who sees it (F9, consent 1)."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.own()
        passage.ask("enrol")
        cohort = passage.enrolment.cohort
        _refuse_closed(cohort)
        if cohort.signed_off_by_id is None:
            raise Refusal(_("A second person has not signed the roster yet. Try again when that is done."))
        last_start = cohort.version.last_start_on
        if not cohort.pilot and last_start is not None and timezone.localdate() > last_start:
            raise Refusal(_("The last day to start has passed. The academic lead can say what comes instead."))
        if not consent:
            raise Missing(what=_("your consent"))
        passage.enrolment.consented_at = timezone.now()
        passage.enrolment.consent = cohort.consent_text
        passage.enrolment.identity_level = identity_level
        passage.move("enrol")
        return passage.enrolment


def open_tasks(enrolment: Enrolment) -> list[str]:
    """The tasks that the next try covers: all at first, later only those that are not met."""
    dossier = Dossier.model_validate(enrolment.cohort.version.content)
    last = enrolment.attempts.order_by("-ordinal").first()
    if last is None or not last.scores:
        return [task.code for task in dossier.assessment.tasks]
    return marking.tasks_to_repeat(dossier, last.scores)


def may_try_again(enrolment: Enrolment) -> bool:
    """Whether an attempt is left for every task that is not met."""
    dossier = Dossier.model_validate(enrolment.cohort.version.content)
    return marking.attempts_left(dossier, open_tasks(enrolment), enrolment.attempts.values_list("tasks", flat=True))


def opens_on(enrolment: Enrolment) -> date | None:
    """The first day of the next try, when the waiting time of the design has not passed; else None."""
    last = enrolment.attempts.order_by("-ordinal").first()
    if last is None or last.assessed_at is None:
        return None
    wait = Dossier.model_validate(enrolment.cohort.version.content).assessment.wait_days
    day = due_after(enrolment.cohort.version.policy.data, timezone.localtime(last.assessed_at).date(), wait)
    return day if day > timezone.localdate() else None


def submit_evidence(
    *, enrolment_id: int, actor: User, items: list[Item], own_work: bool, prior_learning: bool = False
) -> Attempt:
    """A2: hand in evidence of a task, or of earlier learning for it; after “not yet” only for what is not met."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.own()
        passage.ask("submit")
        enrolment = passage.enrolment
        _refuse_closed(enrolment.cohort)
        if not own_work:
            raise Missing(what=_("the statement that this is your own work"))
        if not items:
            raise Missing(what=_("at least one item of evidence"))
        dossier, tasks = Dossier.model_validate(enrolment.cohort.version.content), open_tasks(enrolment)
        if prior_learning and not dossier.pathways.prior_learning_route:
            raise Refusal(_("This micro-credential has no route for earlier learning. Hand in evidence of its tasks."))
        for item in items:
            evidence.refuse(item, dossier)
        _refuse_try(enrolment, items, tasks)
        attempt = Attempt.objects.create(
            enrolment=enrolment,
            ordinal=enrolment.attempts.count() + 1,
            own_work=True,
            prior_learning=prior_learning,
            tasks=tasks,
        )
        attempt.manifest = sorted(_keep(attempt, item, dossier).digest for item in items)
        attempt.save(update_fields=["manifest"])
        passage.move("submit", attempt=attempt.ordinal, tasks=tasks, manifest=attempt.manifest)
        return attempt


def _refuse_try(enrolment: Enrolment, items: list[Item], tasks: list[str]) -> None:
    if not may_try_again(enrolment):
        raise Refusal(_("No attempt is left. Your academic lead can say what comes next."))
    if {item.task for item in items} - set(tasks):
        raise Refusal(
            _("Only tasks that are not met yet are repeated: %(tasks)s. Remove the items of the others."),
            tasks=", ".join(tasks),
        )
    day = opens_on(enrolment)
    if day is not None:
        raise Refusal(
            _("The next attempt opens on %(day)s. Use the time for what the feedback asks."), day=long_day(day)
        )


def _keep(attempt: Attempt, item: Item, dossier: Dossier) -> EvidenceItem:
    """Store one item, sealed, with the consents that its visibility stands for."""
    kept = EvidenceItem(
        enrolment=attempt.enrolment,
        attempt=attempt,
        task=item.task,
        what=item.what,
        kind=EvidenceItem.Kind.FILE if item.data else EvidenceItem.Kind.NOTE,
        size=len(item.content),
        file_name=evidence.safe_name(item.file_name),
        media_type=evidence.media_type(item.content) or evidence.TEXT,
        digest=evidence.digest(item.content),
        visibility=item.visibility,
        delete_after=evidence.delete_after(dossier, item, timezone.localdate()),
    )
    kept.content = keys.seal(item.content, f"evidence:{kept.public_id}")
    kept.save()
    audiences = {
        Visibility.EMPLOYERS: [Visibility.EMPLOYERS],
        Visibility.PUBLIC: [Visibility.EMPLOYERS, Visibility.PUBLIC],
    }.get(Visibility(item.visibility), [])
    for audience in audiences:
        EvidenceConsent.objects.create(item=kept, audience=audience, ends_on=item.consent_ends_on)
    return kept


def leave(*, enrolment_id: int, actor: User) -> Enrolment:
    """A11: the learner leaves before the award. Evidence goes when its time of keeping ends."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.own()
        passage.move("leave")
        return passage.enrolment
