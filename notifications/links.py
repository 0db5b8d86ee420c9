"""Where a notice leads. Names of addresses, not imports: the portals stand above this floor."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from notifications.audiences import Case, Door
from people import invitations
from people.models import Invitation

# Door -> the page of the case, and the first screen that stands in for it.
PAGES: dict[Door, tuple[str, str]] = {
    Door.FACULTY: ("faculty:version", "faculty:home"),
    Door.QUALITY: ("quality:version", "quality:home"),
    Door.LETTER: ("employer:home", "employer:home"),
    Door.LEARNER: ("learner:enrolment", "learner:home"),
    Door.WORK: ("faculty:work", "faculty:assessing"),
}
OF_ENROLMENT = {Door.LEARNER, Door.WORK}


def path(case: Case, door: Door) -> str:
    """The page of the case behind a door, without any token."""
    page, first_screen = PAGES[door]
    subject: Any = case.enrolment if door in OF_ENROLMENT else case.version
    if subject is None:
        return reverse(first_screen)
    try:
        return reverse(page, args=[subject.public_id])
    except NoReverseMatch:
        return reverse(first_screen)


def letter(invitation: Invitation) -> str:
    """The letter of an invitation; carries the token, so it is made only when a mail is made."""
    token = invitations.token_of(invitation)
    try:
        return reverse("employer:letter", args=[token])
    except NoReverseMatch:
        return f"/reviews/letter/{token}"
