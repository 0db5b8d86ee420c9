"""What a proposer or lead may do with a version now, as links with the words of the verb."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workflows.lifecycle import BEFORE_ACTIVE
from workflows.queries import Case
from workflows.stations import Stage

Words = str | Promise
REASON: Words = _("Reason")


@dataclass(frozen=True)
class Offer:
    """One link: the verb, and where it leads; the first one is the main one."""

    words: Words
    address: str
    main: bool = False
    bad: bool = False


@dataclass(frozen=True)
class Page:
    """What the page of an act says: what will happen, who is told, whether it can be undone, and its button."""

    title: Words
    what: Words
    told: Words
    undone: Words
    button: Words
    question: Words = REASON


PAGES: dict[str, Page] = {
    "withdraw": Page(
        _("Withdraw the proposal"),
        _("The proposal ends here. Open rounds are closed and their links end. Its history stays."),
        _("Everybody who was asked and the quality office are told, with your reason."),
        _("This cannot be undone. You can start a new proposal from a copy."),
        _("Withdraw the proposal"),
    ),
    "ask_withdrawal": Page(
        _("Ask to withdraw the proposal"),
        _("The pilot was approved, so the quality office agrees first, with a plan for the learners."),
        _("The quality office is told, with your reason. You are told when it agrees."),
        _("Nothing is withdrawn yet. You withdraw it yourself when the office has agreed."),
        _("Ask the quality office"),
    ),
    "revise": Page(
        _("Begin a new version"),
        _("A draft of the next version is made from this one, which stays in use until the new one is activated."),
        _("Nobody is told before you submit it. Holders are told when it is activated."),
        _("You can withdraw the new version at any time before it is in use."),
        _("Begin the new version"),
        _("What is to change, and why?"),
    ),
}
# stage -> the main act of that stage: its words, its page, and the grant that opens it
MAIN: dict[str, tuple[Words, str, str]] = {
    Stage.DRAFT: (_("Write on"), "faculty:write", "submit"),
    Stage.ASSESSMENT_DESIGN: (_("Design the assessment"), "faculty:design", "design"),
    Stage.PILOT_READY: (_("Plan the pilot"), "faculty:pilot", "design"),
    Stage.PILOTING: (_("See the pilot"), "faculty:pilot", "design"),
    Stage.PILOT_EVALUATION: (_("Report on the pilot"), "faculty:report", "design"),
    Stage.ACTIVE: (_("Cohorts"), "faculty:pilot", "design"),
}


def of(case: Case, waiting: int) -> list[Offer]:
    """The offers of a case, the main one first. `waiting` is how many things wait for a reply."""
    version = case.version
    key, found = [version.public_id], []
    main = MAIN.get(version.stage)
    if main is not None and main[2] in case.grants:
        found.append(Offer(main[0], reverse(main[1], args=key), main=True))
    words = ngettext("Reply to %d thing", "Reply to %d things", waiting) % waiting if waiting else _("What others said")
    found.append(Offer(words, reverse("faculty:answers", args=key), main=bool(waiting) and not found))
    if any(result.state == "not_met" for result in case.strip) and version.stage in BEFORE_ACTIVE:
        found.append(Offer(_("Ask for an exemption"), reverse("faculty:exemption", args=key)))
    if version.stage == Stage.ACTIVE and "submit" in case.grants:
        found.append(Offer(_("Begin a new version"), reverse("faculty:revise", args=key)))
    if version.stage == Stage.ACTIVE and "design" in case.grants:
        found.append(Offer(_("Mend the presentation"), reverse("faculty:patch", args=key)))
    if version.stage == Stage.REJECTED:
        found.append(Offer(_("Appeal on procedure"), reverse("faculty:appeal", args=key)))
    if version.stage in BEFORE_ACTIVE and "submit" in case.grants:
        found.append(Offer(_("Withdraw"), reverse("faculty:withdraw", args=key), bad=True))
    return found
