"""Whom the events of an appeal tell: of a learner's and of a proposer's the same."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from notifications import audiences as to
from notifications.told.notice import Notice

APPEALS: dict[str, tuple[Notice, ...]] = {
    "file_appeal": (
        Notice(
            to.officers,
            _("An appeal to seat: “%(title)s”"),
            _("A decision about “%(title)s” is appealed. Three people who are new to the case decide it in 30 days."),
        ),
    ),
    "seat_appeal": (
        Notice(
            to.appeal_panel,
            _("Your finding in an appeal is asked for: “%(title)s”"),
            _("You are one of three people who decide an appeal about “%(title)s”. Two who agree decide it."),
        ),
    ),
    "decide_appeal": (
        Notice(
            to.appellant,
            _("Your appeal is decided: “%(title)s”"),
            _("Your appeal about “%(title)s” is decided. The page gives the decision and its reasons."),
        ),
        Notice(to.officers, _("An appeal is decided: “%(title)s”"), _("An appeal about “%(title)s” is decided.")),
    ),
}
