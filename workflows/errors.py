"""Named refusals. Each is a sentence that says what happened and what to do, and carries its HTTP status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from people.errors import Refusal

if TYPE_CHECKING:
    from workflows.roster import Preview

__all__ = [
    "AlreadyAnswered",
    "Blocked",
    "Missing",
    "MovedOn",
    "NotAllowed",
    "NotFromHere",
    "NotYours",
    "OnHold",
    "OwnWork",
    "Refusal",
    "WrongRows",
]


class NotYours(Refusal):
    """The case is not visible to this person: the answer is the same as for a case that does not exist."""

    status = 404
    sentence = _("There is nothing here under this address, or it is not open to you.")


class MovedOn(Refusal):
    """The page was stale: somebody acted since it was shown."""

    sentence = _("This case has moved on since you opened the page. Open it again: your text is kept below.")


class NotFromHere(Refusal):
    """The table of transitions has no such way from this stage."""

    sentence = _("“%(verb)s” is not possible while the version is in “%(stage)s”.")


class NotAllowed(Refusal):
    """The person may see the case but not do this."""

    status = 403
    sentence = _("Your roles in this case do not include this act. The quality office can say who may do it.")


class OnHold(Refusal):
    """The clocks of the version stand still."""

    sentence = _("This version is on hold. Its clocks stand still; the quality office can resume it.")


class OwnWork(Refusal):
    """Separation of duties (`lifecycle.md` 6.4), by person across all stages and accounts."""

    status = 403
    sentence = _("You proposed, wrote or edited this version. Somebody else must decide on it.")


class AlreadyAnswered(Refusal):
    """A seat answers once."""

    sentence = _("This review was already signed by %(person)s on %(day)s.")


class Missing(Refusal):
    """An act lacks something that its form asks for."""

    status = 422
    sentence = _("Something is missing: %(what)s.")


class WrongRows(Refusal):
    """A roster has rows that cannot be entered; `preview` names each by its line. Nothing was entered."""

    status = 422
    sentence = _("The roster has rows that cannot be entered. Correct them, or choose to leave them out.")

    def __init__(self, preview: Preview) -> None:
        self.preview = preview
        super().__init__()


class Blocked(Refusal):
    """Clauses of the framework, conditions or quorum stand in the way."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(_("This step is blocked: %(reasons)s"), reasons=" ".join(reasons))
