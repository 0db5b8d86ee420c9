"""What a notice is, and those that several events give."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import audiences as to
from notifications.audiences import Audience


@dataclass(frozen=True)
class Notice:
    """One message: who gets it, and its first sentence. %(title)s is the micro-credential."""

    audience: Audience
    subject: str | Promise
    lead: str | Promise
    asks: bool = False  # it asks for an act by link, so it is dropped when the link has ended before it left


def to_everybody(subject: str | Promise, lead: str | Promise) -> tuple[Notice, ...]:
    """The same message for all who have a part in the version."""
    return (Notice(to.everybody, subject, lead),)


ASKED = Notice(
    to.asked,
    _("You are asked about “%(title)s”"),
    _("Your view of “%(title)s” is asked for. The link opens the letter, which says who asks, why, and until when."),
    asks=True,
)
VOTE = Notice(
    to.committee,
    _("Your vote is asked for: “%(title)s”"),
    _("“%(title)s” is before the committee, and you hold a seat."),
)
CONDITION = Notice(
    to.condition_owners,
    _("A condition is yours: “%(title)s”"),
    _("“%(title)s” stands under conditions, and you own at least one of them."),
)
