"""The first consent of a learner (F9), as a text to begin with: what is stored, where, who sees it, how long."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from workflows import wording
from workflows.dossier import Dossier
from workflows.models import Version


def consent_text(version: Version) -> dict[str, str]:
    """The text in both languages, from what the proposal says of evidence and of its keeping."""
    return {language: _in(language, version) for language in wording.LANGUAGES}


def _in(language: str, version: Version) -> str:
    policy = Dossier.model_validate(version.content).evidence
    with translation.override(language):
        kept = ", ".join(
            _("%(kind)s for %(days)d days") % {"kind": wording.common(kind), "days": days}
            for kind, days in policy.retention_days.items()
        )
        seen = ", ".join(text.said(language) for text in policy.employers_by_default)
        hidden = ", ".join(text.said(language) for text in policy.never_public)
        lines = [
            _("%(name)s stores your name, your address, your evidence and the levels that you reach.")
            % {"name": version.institution.name},
            _("Your assessors and moderators see your evidence. The quality office sees it when it has a reason."),
        ]
        if seen:
            lines.append(_("To whom you show the badge sees: %s.") % seen)
        if hidden:
            lines.append(_("This is never public: %s.") % hidden)
        if kept:
            lines.append(_("It is kept: %s. Then it is deleted; its digest stays.") % kept)
        lines.append(_("You may ask what is stored, have it corrected, take it with you, and leave at any time."))
    return "\n".join(lines)
