"""What can be done with a draft of the policy, each act with its page's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import User
from portal_quality.decide import NEVER
from portal_quality.forms.common import ConfirmForm, ReasonForm
from portal_quality.forms.policies import ForwardForm
from workflows.actions import governing
from workflows.models import PolicyDraft
from workflows.policies.reading import May

Words = str | Promise


@dataclass(frozen=True)
class Act:
    """One act: who may, on which states of a draft, and what its page says."""

    name: str
    title: Words
    button: Words
    happens: tuple[Words, ...]
    undo: Words
    done: Words
    right: Callable[[May], bool]
    states: frozenset[str]
    verb: Callable[..., object]
    form: Callable[..., Form] = ConfirmForm
    by_others: bool = False
    main: bool = False
    bad: bool = False

    def open(self, draft: PolicyDraft, may: May, *, own: bool, person: User) -> bool:
        """Whether this person is offered the act now; the verb asks again."""
        if not self.right(may) or draft.state not in self.states or (own and self.by_others):
            return False
        return not (self.name == "adopt" and draft.seconded_by_id == person.pk)


def _acts(*acts: Act) -> dict[str, Act]:
    return {act.name: act for act in acts}


def _reason(data: Any) -> Form:
    return ReasonForm(data)


ACTS: dict[str, Act] = _acts(
    Act(
        "put-forward",
        _("Put the draft forward"),
        _("Put it forward"),
        (
            _("The committee can read it. Nobody writes on it any more, unless it is sent back."),
            _("Somebody who did not write it seconds it, then the chair adopts it."),
        ),
        _("It can be sent back until it is adopted."),
        _("The draft is before the committee."),
        lambda may: may.write,
        frozenset({"written"}),
        governing.put_forward,
        form=ForwardForm,
        main=True,
    ),
    Act(
        "second",
        _("Second the draft"),
        _("Second it"),
        (_("You stand behind it with your name. The chair can adopt it then."),),
        _("It can be sent back until it is adopted."),
        _("You seconded the draft."),
        lambda may: may.second,
        frozenset({"put_forward"}),
        governing.second,
        by_others=True,
        main=True,
    ),
    Act(
        "adopt",
        _("Adopt the policy"),
        _("Adopt it"),
        (
            _("It becomes an edition that nobody can change."),
            _("Cases that begin from its day on are pinned to it. No running case changes."),
            _("Running cases can be moved to it later, after a dry run."),
        ),
        NEVER,
        _("The policy is adopted. No running case has changed."),
        lambda may: may.adopt,
        frozenset({"seconded"}),
        governing.adopt,
        by_others=True,
        main=True,
    ),
    Act(
        "send-back",
        _("Send the draft back"),
        _("Send it back"),
        (_("It is written on again. A second that was given ends with it."),),
        _("It can be put forward again."),
        _("The draft was sent back."),
        lambda may: may.second or may.write,
        frozenset({"put_forward", "seconded"}),
        governing.send_back_draft,
        form=_reason,
    ),
    Act(
        "drop",
        _("Drop the draft"),
        _("Drop it"),
        (_("It is closed. The record keeps that it was."),),
        _("Not by a click. A new draft can be begun."),
        _("The draft was dropped."),
        lambda may: may.write,
        frozenset({"written"}),
        governing.drop_draft,
        bad=True,
    ),
)
