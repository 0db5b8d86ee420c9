"""The three lines that every notice carries: where it is, who has it, what happens next (`interface.md` 1).

For a version they are the same words as on its page (`workflows.standing`); here are those to a learner.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from workflows.models import AwardStage, Enrolment, Version
from workflows.standing import Standing

NOBODY = _("Nobody: it has ended.")
LEARNER = _("You.")
ASSESSOR = _("An assessor.")
GRANTOR = _("The person who grants awards.")

# Stage of an award -> who has it (seen by the learner), what happens next.
OF_AWARD: dict[AwardStage, tuple[str | Promise, str | Promise]] = {
    AwardStage.INVITED: (LEARNER, _("You read what is stored, and agree if you want to take part.")),
    AwardStage.ENROLLED: (LEARNER, _("You hand in your evidence.")),
    AwardStage.SUBMITTED: (ASSESSOR, _("An assessor takes the work and scores it by the rubric.")),
    AwardStage.ASSESSING: (ASSESSOR, _("The assessor scores the work by the rubric.")),
    AwardStage.NOT_YET: (LEARNER, _("Read the feedback. Only what is not met yet is to be shown again.")),
    AwardStage.ASSESSED: (_("The academic lead."), _("The academic lead recommends the award.")),
    AwardStage.MODERATING: (_("A moderator."), _("A second person checks the scores.")),
    AwardStage.RECOMMENDED: (GRANTOR, _("The award is granted.")),
    AwardStage.HELD: (GRANTOR, _("The result is kept and is awarded as soon as the micro-credential may issue.")),
    AwardStage.AWARDED: (LEARNER, _("The badge is yours: accept it, share it, take it with you.")),
    AwardStage.FAILED: (LEARNER, _("The letter gives the reasons. You can appeal within 30 days.")),
    AwardStage.WITHDREW: (NOBODY, _("Evidence is deleted by its retention rule.")),
    AwardStage.LAPSED: (NOBODY, _("Evidence is deleted by its retention rule.")),
    AwardStage.CLOSED: (NOBODY, _("You receive a signed statement of your results.")),
}


def title_of(version: Version) -> str:
    """The title in the active language, else in the other one."""
    french = (get_language() or "en").startswith("fr")
    first, second = (version.title_fr, version.title_en) if french else (version.title_en, version.title_fr)
    return first or second


def of_enrolment(enrolment: Enrolment) -> Standing:
    """Where a learner stands, in words to the learner."""
    stage = AwardStage(enrolment.stage)
    holder, following = OF_AWARD[stage]
    where = str(stage.label)
    return Standing(where[:1].upper() + where[1:] + ".", str(holder), str(following))
