"""What a learner does in a cohort: enrol with consent, hand in evidence."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows.award_course import opened_award
from workflows.dossier import Dossier
from workflows.errors import Missing, Refusal
from workflows.models import Attempt, Enrolment, EvidenceItem


def enrol(*, enrolment_id: int, actor: User, consent: bool, identity_level: str = "") -> Enrolment:
    """A1: the learner consents to what is stored and who sees it (F9, consent 1)."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.own()
        if not consent:
            raise Missing(what=_("your consent"))
        cohort = passage.enrolment.cohort
        if cohort.closed_at is not None:
            raise Refusal(_("This cohort is closed."))
        passage.enrolment.consented_at = timezone.now()
        passage.enrolment.consent = cohort.consent_text
        passage.enrolment.identity_level = identity_level
        passage.move("enrol")
        return passage.enrolment


def submit_evidence(*, enrolment_id: int, actor: User, items: list[dict[str, Any]], own_work: bool) -> Attempt:
    """A2: hand in evidence. An item is {"task", "text", "visibility", "third_person"}."""
    with opened_award(enrolment_id=enrolment_id, actor=actor) as passage:
        passage.own()
        passage.ask("submit")
        if not own_work:
            raise Missing(what=_("the statement that this is your own work"))
        if not items:
            raise Missing(what=_("at least one item of evidence"))
        if any(item.get("third_person") for item in items):
            raise Refusal(_("An item shows another person. Remove what shows them, then hand it in."))
        enrolment = passage.enrolment
        allowed = Dossier.model_validate(enrolment.cohort.version.content).assessment.attempts
        ordinal = enrolment.attempts.count() + 1
        if ordinal > allowed:
            raise Refusal(_("No attempt is left. Your academic lead can say what comes next."))
        attempt = Attempt.objects.create(enrolment=enrolment, ordinal=ordinal, own_work=True)
        for item in items:
            text = str(item["text"])
            EvidenceItem.objects.create(
                enrolment=enrolment,
                attempt=attempt,
                task=item["task"],
                kind="text",
                text=text,
                visibility=item.get("visibility", "assessors"),
                digest="sha256:" + hashlib.sha256(text.encode()).hexdigest(),
            )
        attempt.manifest = sorted(attempt.items.values_list("digest", flat=True))
        attempt.save(update_fields=["manifest"])
        passage.move("submit", attempt=ordinal, manifest=attempt.manifest)
        return attempt
