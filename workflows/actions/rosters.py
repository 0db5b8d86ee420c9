"""A roster from a file: show what it would enter, then enter it, whole or without the rows that are wrong."""

from __future__ import annotations

from people.models import User
from workflows import rights, roster
from workflows.actions.piloting import Learner, enter_roster
from workflows.door import found
from workflows.errors import NotAllowed, NotYours, WrongRows
from workflows.models import Cohort, Enrolment
from workflows.roster import Preview


def preview_roster(*, cohort_id: int, actor: User, data: bytes) -> Preview:
    """What a file would enter into this cohort, and what stands in the way. Nothing is changed."""
    cohort = found(Cohort, cohort_id)
    if not rights.sees(actor, cohort.version):
        raise NotYours
    if not rights.holds(actor, cohort.version, "design"):
        raise NotAllowed
    enrolled = dict.fromkeys(cohort.enrolments.values_list("learner__email", flat=True), roster.ENROLLED)
    assess = dict.fromkeys(cohort.assessors.values_list("person__email", flat=True), roster.ASSESSES)
    return roster.read(data, barred={**enrolled, **assess})


def enter_file(*, cohort_id: int, actor: User, data: bytes, leave_out_wrong: bool = False) -> list[Enrolment]:
    """Invite the learners of a file. Raises `WrongRows`, and enters nobody, unless the wrong rows may be left out."""
    preview = preview_roster(cohort_id=cohort_id, actor=actor, data=data)
    if preview.unreadable or (preview.faults and not leave_out_wrong):
        raise WrongRows(preview)
    learners = [Learner(row.email, row.name, row.number, row.language) for row in preview.rows]
    return enter_roster(cohort_id=cohort_id, actor=actor, learners=learners)
