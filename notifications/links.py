"""Where a notice leads. Names of addresses, not imports: the portals stand above this floor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from notifications.audiences import Case, Door, Recipient
from people import invitations
from people.models import Invitation

FIRST_SCREENS: dict[Door, str] = {
    Door.FACULTY: "faculty:home",
    Door.QUALITY: "quality:home",
    Door.LETTER: "employer:home",
    Door.LEARNER: "learner:home",
    Door.WORK: "faculty:assessing",
}
# Door -> its pages with what each is about, the nearest first.
PAGES: dict[Door, tuple[tuple[str, str], ...]] = {
    Door.FACULTY: (("version", "faculty:version"),),
    Door.QUALITY: (("badge", "quality:badge"), ("cohort", "quality:cohort"), ("version", "quality:version")),
    Door.LETTER: (("seat", "employer:seat"),),
    Door.LEARNER: (("badge", "learner:badge"), ("enrolment", "learner:enrolment")),
    Door.WORK: (("enrolment", "faculty:work"),),
}


def path(case: Case, recipient: Recipient) -> str:
    """The nearest page behind a person's door, without any token; the first screen where there is none."""
    subjects = dict(_subjects(case, recipient))
    for subject, page in PAGES[recipient.door]:
        if subject in subjects:
            return reverse(page, args=[subjects[subject]])
    return reverse(FIRST_SCREENS[recipient.door])


def _subjects(case: Case, recipient: Recipient) -> Iterator[tuple[str, Any]]:
    """Public ids of what the event is about."""
    yield "version", case.version.public_id
    if case.enrolment is not None:
        yield "enrolment", case.enrolment.public_id
        yield "cohort", case.enrolment.cohort.public_id
    if recipient.seat is not None:
        yield "seat", recipient.seat.public_id
    for subject in ("badge", "cohort"):
        if subject in case.event.data:
            yield subject, case.event.data[subject]


def letter(invitation: Invitation) -> str:
    """The letter of an invitation; carries the token, so it is made only when a mail is made."""
    return reverse("employer:letter", args=[invitations.token_of(invitation)])
