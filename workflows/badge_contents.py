"""What one learner's badge says: results, evidence in words, dates, and the endorsements that hold today.

Nothing private enters a badge: no text or name of an item, no reflection, and of a shared item only its kind and the
digest by which an employer can tell that the file shown is the file assessed (`lifecycle.md` 10).
"""

from __future__ import annotations

import calendar
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from credentials import claims
from credentials import queries as badge_queries
from credentials.actions import Contents
from credentials.models import Credential, Endorsement
from people.among import among
from people.dates import long_day
from workflows import achievements, cases
from workflows.dossier import Dossier, Task
from workflows.models import Attempt, Award, Enrolment, EvidenceItem, Version, Visibility
from workflows.wording import common

SHARED = {Visibility.EMPLOYERS, Visibility.PUBLIC}
GENRES = {"application/pdf": "Document", "image/png": "Image", "image/jpeg": "Image", "text/plain": "Text"}


def validity_end(period: str, start: datetime) -> datetime | None:
    """The moment at which a badge of this ISO 8601 period ends; None for one that does not end."""
    if not period:
        return None
    count, unit = int(period[1:-1]), period[-1]
    if unit == "D":
        return start + timedelta(days=count)
    months = start.month - 1 + count * (12 if unit == "Y" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1]))


def endorsements_in_force(version: Version) -> list[Endorsement]:
    """The endorsements that hold today and are about exactly what is published: the last of each partner and kind."""
    published = badge_queries.achievement_of(version.public_id)
    now = timezone.now()
    latest: dict[tuple[int, str], Endorsement] = {}
    for endorsement in badge_queries.endorsements_of(cases.achievement_url(version)):
        if endorsement.withdrawn_at is None and endorsement.valid_until > now and published.is_bound(endorsement):
            latest[endorsement.issuer_id, endorsement.kind] = endorsement
    return list(latest.values())


def contents(award: Award, *, name_shown: bool) -> Contents:
    """All that differs between the badges of one achievement, for this award and with the facts of today."""
    return SharedContents([award]).of(award, name_shown=name_shown)[0]


class SharedContents:
    """The contents of many badges of one version at one moment. Those that say the same share one object."""

    def __init__(self, awards: list[Award]) -> None:
        self._version = awards[0].version
        assert self._version.snapshot is not None
        self._dossier = Dossier.model_validate(self._version.snapshot.content)
        self._endorsements = endorsements_in_force(self._version)
        enrolments = [award.enrolment_id for award in awards]
        latest = Attempt.objects.filter(among("enrolment_id", enrolments)).order_by("enrolment", "-ordinal")
        latest = latest.only("enrolment_id", "ordinal", "scores", "assessed_at", "prior_learning")
        self._attempts = {attempt.enrolment_id: attempt for attempt in latest.distinct("enrolment")}
        showing = EvidenceItem.objects.filter(among("enrolment_id", enrolments), consents__audience__in=SHARED)
        self._showing = set(showing.values_list("enrolment_id", flat=True))
        self._known: dict[tuple[object, ...], Contents] = {}

    def of(self, award: Award, *, name_shown: bool) -> tuple[Contents, dict[str, str]]:
        """What one badge says: the contents, perhaps shared, and the values in their place that are its own."""
        attempt = self._attempts[award.enrolment_id]
        own = {
            f"evidence.{place}.id": _task_id(award, task) for place, task in enumerate(self._dossier.assessment.tasks)
        }
        if name_shown:
            own["credentialSubject.identifier.1.identityHash"] = award.enrolment.learner.name
        levels = tuple(sorted((code, score["level"]) for code, score in attempt.scores.items()))
        day = timezone.localtime(attempt.assessed_at or award.awarded_at).date()
        key = (levels, day, attempt.prior_learning, award.awarded_at, name_shown)
        if award.enrolment_id in self._showing:
            return self._made(award, attempt, name_shown=name_shown), own
        if key not in self._known:
            self._known[key] = self._made(award, attempt, name_shown=name_shown)
        return self._known[key], own

    def _made(self, award: Award, attempt: Attempt, *, name_shown: bool) -> Contents:
        return Contents(
            results=achievements.results(self._version, attempt.scores),
            evidence=evidence(award, self._dossier, attempt),
            awarded_at=award.awarded_at,
            valid_until=validity_end(self._dossier.validity.period, award.awarded_at),
            endorsements=self._endorsements,
            name=award.enrolment.learner.name if name_shown else "",
        )


def evidence(award: Award, dossier: Dossier, attempt: Attempt) -> list[dict[str, Any]]:
    """One entry per task in plain words, and one per shared item with its digest."""
    language = award.version.language
    with translation.override(language):
        tasks = [_task(award, dossier, task, attempt, language) for task in dossier.assessment.tasks]
        items = [_item(item) for item in _shared(award.enrolment)]
    return [*tasks, *items]


def _shared(enrolment: Enrolment) -> list[EvidenceItem]:
    items = enrolment.evidence.filter(withheld_at=None).order_by("pk")
    live = items.filter(consents__audience__in=SHARED, consents__withdrawn_at=None)
    return list(live.exclude(visibility=Visibility.PRIVATE).distinct())


def _task(award: Award, dossier: Dossier, task: Task, attempt: Attempt, language: str) -> dict[str, Any]:
    levels = {level.code: level.name.said(language) or level.code for level in dossier.rubric.levels}
    reached = [
        f"{criterion.name.said(language) or criterion.code}: {levels[attempt.scores[criterion.code]['level']]}"
        for criterion in dossier.rubric.criteria
        if set(criterion.competencies) & set(task.competencies) and criterion.code in attempt.scores
    ]
    assessed = attempt.assessed_at or award.awarded_at
    lines = [
        _("Levels: %s") % "; ".join(reached) if reached else "",
        _("Conditions: %s") % task.setting.said(language) if task.setting else "",
        _("Supervision: %s") % str(common(task.supervision)) if task.supervision else "",
        _("Assessed by: %s") % (task.assessor.said(language) or _("a qualified assessor")),
        _("Assessed on: %s") % long_day(assessed),
        dossier.assessment.prior_learning_in_badge.said(language) or _("Recognition of prior learning")
        if attempt.prior_learning
        else "",
    ]
    return {
        "id": _task_id(award, task),
        "type": ["Evidence"],
        "name": task.title.said(language) or task.code,
        "narrative": "\n".join(line for line in lines if line),
        "genre": str(common(task.type)) if task.type else _("Assessment task"),
        "audience": _("everybody who sees the badge"),
    }


def _task_id(award: Award, task: Task) -> str:
    return f"urn:uuid:{uuid.uuid5(award.public_id, task.code)}"


def _item(item: EvidenceItem) -> dict[str, Any]:
    return {
        "id": f"urn:uuid:{item.public_id}",
        "type": ["Evidence"],
        "name": item.what or _("Item of evidence"),
        "narrative": _("Shown by its earner alone. Its digest tells whether the file shown is the file assessed."),
        "genre": GENRES[item.media_type],
        "audience": _("whom the earner lets see it"),
        "digestMultibase": claims.multibase_digest(item.digest),
    }


def award_of(credential: Credential) -> Award:
    """The award that a badge was made for."""
    related = (
        "version__snapshot",
        "version__institution",
        "version__policy",
        "enrolment__learner",
        "enrolment__cohort",
    )
    return Award.objects.select_related(*related).get(public_id=credential.award_reference)
