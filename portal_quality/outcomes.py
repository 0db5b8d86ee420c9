"""What carrying out each outcome of a committee does, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.models import PanelKind

Words = str | Promise
_BACK: tuple[Words, ...] = (
    _("The round closes, and the version goes back with a reason for each section."),
    _("In the next round members whose parts did not change keep their approvals; the others see the differences."),
)
_REJECT: tuple[Words, ...] = (
    _("The version ends as rejected, with the reasons. Results on hold are closed with a statement of results."),
    _("The proposer may propose it anew, and may appeal on procedure within 30 calendar days."),
)
_DEFER: tuple[Words, ...] = (
    _("The votes carry no outcome, or there is a tie. A new round opens: approvals stand, the others vote again."),
)
HAPPENS: dict[tuple[str, str], tuple[Words, ...]] = {
    (PanelKind.PILOT_APPROVAL, "approve"): (_("The pilot is approved. A cohort can be planned and started."),),
    (PanelKind.PILOT_APPROVAL, "approve_with_conditions"): (
        _("The pilot is approved with the conditions that you write here. You close each one when it is kept."),
    ),
    (PanelKind.PILOT_APPROVAL, "waive_pilot"): (
        _("No new pilot is needed: the assessment is unchanged since a finished one. The final vote opens."),
    ),
    (PanelKind.FINAL_APPROVAL, "approve"): (
        _("The version is approved for good. The achievement is published, and the quality approval is signed."),
        _("The issuer can then activate it."),
    ),
    (PanelKind.FINAL_APPROVAL, "approve_with_conditions"): (
        _("The version is approved with the conditions that you write here. You close each one when it is kept."),
        _("The achievement is published, and the quality approval is signed."),
    ),
    **{(kind, "return"): _BACK for kind in (PanelKind.PILOT_APPROVAL, PanelKind.FINAL_APPROVAL)},
    **{(kind, "reject"): _REJECT for kind in (PanelKind.PILOT_APPROVAL, PanelKind.FINAL_APPROVAL)},
    **{(kind, "defer"): _DEFER for kind in (PanelKind.PILOT_APPROVAL, PanelKind.FINAL_APPROVAL)},
}
