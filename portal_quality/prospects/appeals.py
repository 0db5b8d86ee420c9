"""What the pages of an appeal say before anything happens."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal_quality.decide import NEVER, Prospect

SEAT_APPEAL = Prospect(
    act="seat_appeal",
    title=_("Name the panel of the appeal"),
    button=_("Name these three"),
    happens=(_("Each of the three reads the appeal and gives a finding. Two who agree decide it."),),
    told=_("The three members."),
    undo=_("No. Name them with care."),
    done=_("The panel is named."),
)
DECIDE_APPEAL = Prospect(
    act="decide_appeal",
    title=_("Your finding"),
    button=_("Give this finding"),
    happens=(
        _("When two of the three agree, the appeal is decided, and what follows from it happens at once."),
        _("Findings of the others are shown when it is decided, so that each is made alone."),
    ),
    told=_("Whoever appealed and the quality office, once it is decided."),
    undo=NEVER,
    done=_("Your finding is kept."),
)
