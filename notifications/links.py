"""Where a notice leads. Names of addresses, not imports: the portals stand above this floor."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from notifications.audiences import Case, Door, Recipient
from people import invitations
from people.models import Invitation

# Door -> the page of a version or of an enrolment, and the first screen where there is none to be shown.
OF_VERSION: dict[Door, str] = {Door.FACULTY: "faculty:version", Door.QUALITY: "quality:version"}
OF_ENROLMENT: dict[Door, str] = {Door.LEARNER: "learner:enrolment", Door.WORK: "faculty:work"}
FIRST_SCREENS: dict[Door, str] = {
    Door.FACULTY: "faculty:home",
    Door.QUALITY: "quality:home",
    Door.LETTER: "employer:home",
    Door.LEARNER: "learner:home",
    Door.WORK: "faculty:assessing",
}


def path(case: Case, recipient: Recipient) -> str:
    """The page of the case behind a person's door, without any token."""
    door = recipient.door
    if door in OF_VERSION:
        return reverse(OF_VERSION[door], args=[case.version.public_id])
    if door is Door.LETTER and recipient.seat is not None:
        return reverse("employer:seat", args=[recipient.seat.public_id])
    if door in OF_ENROLMENT and case.enrolment is not None:
        try:
            return reverse(OF_ENROLMENT[door], args=[case.enrolment.public_id])
        except NoReverseMatch:
            return reverse(FIRST_SCREENS[door])
    return reverse(FIRST_SCREENS[door])


def letter(invitation: Invitation) -> str:
    """The letter of an invitation; carries the token, so it is made only when a mail is made."""
    return reverse("employer:letter", args=[invitations.token_of(invitation)])
