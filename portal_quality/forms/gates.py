"""The committee's forms: the vote (F6), stepping back, and carrying out what the votes say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal_quality.forms.common import CHOOSE, TO_DRAFT, SectionsMixin
from workflows import candidates
from workflows.actions.reviewing import choices_of
from workflows.framework import ClauseResult
from workflows.models import PanelKind, Seat, Version

Words = str | Promise
# Which clauses each gate stands on: those that any step up to it waits for.
UP_TO_PILOT = frozenset({"T3", "T4", "T7", "T8", "T10"})
ASKED_AT = {PanelKind.PILOT_APPROVAL: UP_TO_PILOT, PanelKind.FINAL_APPROVAL: UP_TO_PILOT | {"T15"}}
JUDGED: list[tuple[str, Words]] = [
    ("met", _("Met")),
    ("exempt", _("Met with an exemption")),
    ("not_met", _("Not met")),
]
JUDGEMENTS: dict[str, Words] = {
    "validators_independent": _("Are the validators independent?"),
    "level_credible": _("Are level and load credible?"),
    "assessment_sound": _("Is the assessment valid, reliable and fair?"),
    "information_true": _("Is the information for learners true?"),
}
DEGREES: list[tuple[str, Words]] = [("yes", _("Yes")), ("partly", _("Partly")), ("no", _("No"))]
VOTES: dict[str, Words] = {
    "approve": _("Approve"),
    "approve_with_conditions": _("Approve with conditions"),
    "waive_pilot": _("Approve without a new pilot"),
    "return": _("Return for changes"),
    "defer": _("Defer: I cannot decide yet"),
    "reject": _("Reject"),
    "abstain": _("Abstain"),
}
WITHOUT_JUDGEMENT = {"abstain", "defer"}
WITHOUT_REASONS = {"approve", "abstain", ""}


def clauses_asked(kind: str, strip: list[ClauseResult]) -> list[ClauseResult]:
    """The clauses that a gate judges, trouble first."""
    gates = ASKED_AT[PanelKind(kind)]
    asked = [result for result in strip if gates & set(result.blocks)]
    return sorted(asked, key=lambda result: result.state == "met")


class VoteForm(forms.Form):
    """F6: clause by clause, four questions on the whole, and the decision. Nothing is chosen beforehand."""

    quiet = True

    def __init__(self, *args: Any, seat: Seat, strip: list[ClauseResult], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clauses = clauses_asked(seat.panel.kind, strip)
        for result in self.clauses:
            self.fields[f"seen_{result.code}"] = forms.BooleanField(
                label=gettext("I have seen the evidence"), required=False
            )
            self.fields[f"judged_{result.code}"] = forms.ChoiceField(
                label=gettext("Clause %s is") % result.code, choices=[CHOOSE, *JUDGED], required=False
            )
        for name, question in JUDGEMENTS.items():
            self.fields[name] = forms.ChoiceField(
                label=str(question), choices=DEGREES, widget=forms.RadioSelect, required=False
            )
        offered = [(choice, VOTES[choice]) for choice in choices_of(seat)]
        self.fields["choice"] = forms.ChoiceField(
            label=gettext("Your decision"), choices=offered, widget=forms.RadioSelect
        )
        self.fields["reasons"] = forms.CharField(
            label=gettext("Your reasons"),
            help_text=gettext("Needed for everything but plain approval. With conditions: say each one, and by when."),
            widget=forms.Textarea(attrs={"rows": 5}),
            max_length=5000,
            required=False,
        )

    @property
    def rows(self) -> list[tuple[ClauseResult, forms.BoundField, forms.BoundField]]:
        """Each clause with its two fields."""
        return [(r, self[f"seen_{r.code}"], self[f"judged_{r.code}"]) for r in self.clauses]

    @property
    def whole(self) -> list[forms.BoundField]:
        """The questions on the whole."""
        return [self[name] for name in JUDGEMENTS]

    def clean(self) -> dict[str, Any]:
        """Who decides judges each clause and each question; who abstains or defers need not."""
        cleaned = super().clean() or {}
        choice = cleaned.get("choice", "")
        if choice and choice not in WITHOUT_JUDGEMENT:
            for name in [*(f"judged_{result.code}" for result in self.clauses), *JUDGEMENTS]:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Say how you judge it."))
        if choice not in WITHOUT_REASONS and not cleaned.get("reasons", "").strip():
            self.add_error("reasons", gettext("Give your reasons."))
        return cleaned

    def answers(self) -> dict[str, Any]:
        """The answers as the record keeps them."""
        cleaned = self.cleaned_data
        return {
            "clauses": {
                r.code: {"evidence_seen": cleaned[f"seen_{r.code}"], "judged": cleaned[f"judged_{r.code}"]}
                for r in self.clauses
            },
            **{name: cleaned[name] for name in JUDGEMENTS},
        }

    def draft(self) -> dict[str, Any]:
        """What was typed so far, as the form is filled from it again."""
        return {name: self[name].data for name in self.fields if self[name].data not in (None, "", [])}

    def questions(self) -> list[dict[str, Any]]:
        """The questions in the words that were shown."""
        clauses = [{"name": r.code, "asked": f"{r.code} {r.title}"} for r in self.clauses]
        return clauses + [{"name": name, "asked": str(asked)} for name, asked in JUDGEMENTS.items()]


class RecuseForm(forms.Form):
    """Why a member steps back; the class and the words stay on record."""

    kind = forms.ChoiceField(
        label=_("Why do you step back?"),
        widget=forms.RadioSelect,
        choices=[
            ("interest", _("I or somebody close to me gains or loses by it")),
            ("worked", _("I worked on it")),
            ("relation", _("I am close to somebody who proposed or wrote it")),
            ("other", _("Another reason")),
        ],
    )
    words = forms.CharField(
        label=_("In your words"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )

    def clean(self) -> dict[str, Any]:
        """Another reason is said."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "other" and not cleaned.get("words", "").strip():
            self.add_error("words", gettext("Say the reason."))
        return cleaned

    def reason(self) -> str:
        """The class and the words as one text."""
        label = dict(self.fields["kind"].choices)[self.cleaned_data["kind"]]  # type: ignore[attr-defined]
        words = self.cleaned_data["words"].strip()
        return f"{label}. {words}" if words else str(label)


class ConditionForm(forms.Form):
    """One condition: what, by whom, by when, and what waits for it."""

    quiet = True
    text = forms.CharField(
        label=_("Condition"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False
    )
    owner = forms.TypedChoiceField(label=_("Owner"), coerce=int, empty_value=None, required=False)
    due_on = forms.DateField(label=_("Due on"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    blocks = forms.ChoiceField(label=_("What waits for it"), required=False)

    def __init__(
        self, *args: Any, owners: list[tuple[Any, Any]], waits: list[tuple[str, Words]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [CHOOSE, *owners]  # type: ignore[attr-defined]
        self.fields["blocks"].choices = waits  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A condition is complete."""
        cleaned = super().clean() or {}
        if cleaned.get("text", "").strip():
            for name in ("owner", "due_on"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, gettext("A condition has an owner and a date."))
        return cleaned


CONDITION_ROWS = 4
Conditions = forms.formset_factory(ConditionForm, extra=CONDITION_ROWS, max_num=CONDITION_ROWS)
WAITS: dict[str, list[tuple[str, Words]]] = {
    PanelKind.PILOT_APPROVAL: [("", _("The final approval")), ("start_pilot", _("The start of the pilot"))],
    PanelKind.FINAL_APPROVAL: [("", _("Nothing: the version can be used")), ("activate", _("Activation"))],
}


class OutcomeForm(SectionsMixin):
    """What goes with the outcome that the votes carry: conditions, sections to change, a new date, a letter."""

    to_draft = forms.ChoiceField(
        label=_("Where does it go back to?"),
        choices=TO_DRAFT,
        widget=forms.RadioSelect,
        required=False,
    )
    new_due_in_days = forms.IntegerField(
        label=_("Business days until the next vote"), min_value=1, max_value=60, required=False
    )
    letter = forms.CharField(
        label=_("Letter to the proposer"),
        help_text=_("Left empty, the members' own reasons stand in the record."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=10000,
        required=False,
    )

    def __init__(self, *args: Any, version: Version, outcome: str, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcome = outcome
        self.owners = {person.pk: person for person in candidates.owners(version)}
        self.conditions = Conditions(
            self.data if self.is_bound else None,
            prefix="condition",
            form_kwargs={
                "owners": [(pk, person.name) for pk, person in self.owners.items()],
                "waits": WAITS[kind],
            },
        )

    def clean(self) -> dict[str, Any]:
        """The outcome says what must be filled in."""
        cleaned = super().clean() or {}
        if self.outcome == "return" and not self.requests():
            self.add_error(None, gettext("Say for at least one section what is to be changed, and why."))
        if self.outcome == "approve_with_conditions":
            if not self.conditions.is_valid():
                self.add_error(None, gettext("A condition is not complete."))
            elif not self.set_conditions():
                self.add_error(None, gettext("Write at least one condition, with owner and date."))
        return cleaned

    def set_conditions(self) -> list[dict[str, Any]]:
        """The conditions as the verb takes them."""
        if self.outcome != "approve_with_conditions":
            return []
        rows = [row.cleaned_data for row in self.conditions if row.cleaned_data.get("text", "").strip()]
        return [{**row, "owner": self.owners[row["owner"]]} for row in rows]
