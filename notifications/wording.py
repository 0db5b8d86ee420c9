"""What messages say, in the language that is active."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import standing
from notifications.audiences import Case, Door
from notifications.told import Notice
from people.models import OutgoingMail
from workflows.standing import standing as of_version

CODES = {
    OutgoingMail.Kind.SIGN_IN: gettext_lazy("Type this code to sign in:"),
    OutgoingMail.Kind.INVITATION: gettext_lazy("Type this code to open the form that you were invited to:"),
    OutgoingMail.Kind.SIGNATURE: gettext_lazy("Type this code to sign your decision:"),
    OutgoingMail.Kind.MAILBOX: gettext_lazy("Type this code to add this address to your account:"),
}


def notice(told: Notice, case: Case, door: Door) -> tuple[str, str]:
    """Subject and text of a notice: what happened, then the three lines."""
    title = {"title": standing.title_of(case.version)}
    if door is Door.LEARNER and case.enrolment is not None:
        stands = standing.of_enrolment(case.enrolment)
    else:
        stands = of_version(case.version)
    lines = [
        str(told.lead) % title,
        "",
        _("Where it is: %s") % stands.where,
        _("Who has it: %s") % stands.who,
        _("What happens next: %s") % stands.next,
    ]
    return " ".join((str(told.subject) % title).splitlines())[:300], "\n".join(lines)


def code(kind: str, digits: str) -> tuple[str, str]:
    """Subject and text of a mail that carries a code. The subject never does: it shows on locked screens."""
    if kind == OutgoingMail.Kind.MAIN_CHANGED:
        return _("Your main address changed"), _(
            "Messages for your account go to another address of yours from now on. This one still opens the account. "
            "If that was not you, sign in, make this address the main one again, and remove the other."
        )
    lines = [
        str(CODES[OutgoingMail.Kind(kind)]),
        "",
        digits,
        "",
        _("It works for ten minutes, once, in the browser that asked for it. If that was not you, nothing is needed."),
    ]
    return _("Your code"), "\n".join(lines)
