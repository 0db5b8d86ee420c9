"""What the office asks about one badge: a private reason, a kind, a hearing panel, the questions of F8."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import User
from portal_quality.forms.common import ReasonForm, Words
from workflows import candidates
from workflows.actions.awarding import REPLACEMENTS
from workflows.actions.revoking import F8, KINDS, PANEL_OF
from workflows.queries import Case
from workflows.shelf import Badge

PRIVATE = _("Private: the earner, the panel and the auditor read it. The public never does.")
REPLACED_FOR: dict[str, Words] = {
    "name": _("The name was changed or written wrongly"),
    "correction": _("A fact was wrong"),
    "key": _("A new signing key"),
}


class PrivateReasonForm(ReasonForm):
    """One reason that the public never reads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = str(PRIVATE)


class PanelMixin(forms.Form):
    """The three members of a hearing panel, chosen among those who had no part in the case."""

    panel = forms.TypedMultipleChoiceField(
        label=_("Hearing panel"), coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, badge: Badge, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {member.pk: member for member in candidates.hearing(badge, without=person)}
        self.fields["panel"].choices = [(pk, member.name) for pk, member in self.members.items()]  # type: ignore[attr-defined]
        self.fields["panel"].help_text = gettext("Three people who had no part in the case so far.")

    def chosen_panel(self) -> list[User]:
        """The chosen members."""
        return [self.members[pk] for pk in self.cleaned_data["panel"]]

    def refuse_small_panel(self) -> None:
        """Three members, no more and no fewer."""
        if len(self.cleaned_data.get("panel", [])) != PANEL_OF:
            self.add_error("panel", gettext("Choose three members."))


class ReinstateForm(PanelMixin, PrivateReasonForm):
    """The finding of a hearing panel that lets a badge hold again."""

    def clean(self) -> dict[str, Any]:
        """The panel heard the case."""
        cleaned = super().clean() or {}
        self.refuse_small_panel()
        return cleaned


class RevocationForm(PanelMixin, PrivateReasonForm):
    """The kind of a revocation, its private reason; for a fault the panel and the questions of F8."""

    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(name, str(kind.name)) for name, kind in KINDS.items() if kind.asks in case.grants]
        self.fields["kind"].choices = [(name, words[:1].upper() + words[1:]) for name, words in kinds]  # type: ignore[attr-defined]
        self.faults = any(KINDS[name].fault for name, _words in kinds)
        for name, words in F8.items():
            self.fields[name] = forms.CharField(
                label=str(words)[:1].upper() + str(words)[1:],
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=5000,
                required=False,
            )

    @property
    def hearing(self) -> list[forms.BoundField]:
        """What is asked for a finding of fault only."""
        return [self[name] for name in F8]

    def clean(self) -> dict[str, Any]:
        """A fault is found by a panel, with the earner heard."""
        cleaned = super().clean() or {}
        kind = cleaned.get("kind", "")
        if kind and KINDS[kind].fault:
            self.refuse_small_panel()
            for name in F8:
                if not cleaned.get(name, "").strip():
                    self.add_error(name, gettext("A finding of fault says this."))
        return cleaned

    def answers(self) -> dict[str, str]:
        """The answers of F8."""
        return {name: self.cleaned_data[name] for name in F8}


class ReplaceForm(PrivateReasonForm):
    """Why a badge is replaced."""

    kind = forms.ChoiceField(
        label=_("Why is it replaced?"),
        widget=forms.RadioSelect,
        choices=[(name, REPLACED_FOR[name]) for name in REPLACEMENTS],
    )
