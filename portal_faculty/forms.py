"""Forms of the faculty portal, but for the sections of a proposal (`portal_faculty.sheets`)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from people.models import Language, Organization
from workflows.authoring import code_taken
from workflows.framework import CLAUSES
from workflows.models import Version
from workflows.proceedings import INTERESTS
from workflows.wording import LANGUAGES, MATCHES


class Form(forms.Form):
    """Every form is checked on the server only, so that its words are ours and in the reader's language."""

    use_required_attribute = False


class StartForm(Form):
    """The few questions that begin a proposal."""

    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    title_fr = forms.CharField(label=_("Title in French"), max_length=200, required=False)
    code = forms.CharField(
        label=_("Code"), max_length=80, help_text=_("How your institution lists it, such as HLTH-MC-014.")
    )
    unit = forms.CharField(label=_("Your unit"), max_length=120, required=False)
    institution = forms.ChoiceField(label=_("Institution"))
    language = forms.ChoiceField(label=_("Language in which it is offered"), choices=Language.choices)
    original = forms.ChoiceField(
        label=_("Copy of"),
        required=False,
        help_text=_("An approved micro-credential of your institution, or one of yours that came to nothing."),
    )

    def __init__(self, data: Any, *, institutions: list[Organization], originals: list[Version], language: str) -> None:
        super().__init__(data, initial={"language": language})
        self.institutions = {row.slug: row for row in institutions}
        self.originals = {str(row.public_id): row for row in originals}
        self._offer("institution", [(slug, row.name) for slug, row in self.institutions.items()])
        nothing = ("", _("nothing: begin with empty sections"))
        self._offer("original", [nothing, *((key, str(row)) for key, row in self.originals.items())])
        if len(institutions) == 1:
            self.fields["institution"].widget = forms.HiddenInput()
            self.fields["institution"].initial = institutions[0].slug
        if not originals:
            del self.fields["original"]

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """A title in one of the two languages, and a code that is free."""
        typed = super().clean() or {}
        institution = self.institutions.get(typed.get("institution", ""))
        if institution is not None and code_taken(institution, typed.get("code", "")):
            taken = _("Your institution lists another micro-credential under this code. Choose another.")
            self.add_error("code", taken)
        if not typed.get("title_en") and not typed.get("title_fr"):
            self.add_error("title_en", _("Give it a title in English or in French."))
        return typed


class BringForm(Form):
    """A proposal file, and for which institution."""

    file = forms.FileField(
        label=_("Proposal file"),
        help_text=_("JSON in the documented format: one proposal, or several."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    chosen = forms.ChoiceField(label=_("Institution"))

    def __init__(self, data: Any, files: Any, *, institutions: list[Organization]) -> None:
        super().__init__(data, files)
        self.institutions = {row.slug: row for row in institutions}
        chosen = self.fields["chosen"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(slug, row.name) for slug, row in self.institutions.items()]
        if len(institutions) == 1:
            chosen.widget = forms.HiddenInput()
            chosen.initial = institutions[0].slug

    @property
    def institution(self) -> Organization:
        """The chosen institution."""
        return self.institutions[self.cleaned_data["chosen"]]


class ReplyForm(Form):
    """A reply in writing, or the proof that a condition was kept."""

    text = forms.CharField(label=_("Your reply"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, proof: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if proof:
            self.fields["text"].label = _("How was it kept?")


class ReasonForm(Form):
    """An act that asks for nothing but its reason."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}))


class AppealForm(Form):
    """F8, appeal on procedure: what was not kept, and what should change."""

    statement = forms.CharField(
        label=_("Which step was not kept, and how can one see it?"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    remedy = forms.CharField(label=_("What should change?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class InterestForm(Form):
    """What the proposer gains by an approval; "none" is a declaration too."""

    kinds = forms.MultipleChoiceField(
        label=_("What do you gain by its approval?"),
        choices=list(INTERESTS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what applies. “None” is a declaration too.")},
    )
    note = forms.CharField(label=_("In your words"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_kinds(self) -> list[str]:
        """“None” stands alone."""
        kinds: list[str] = self.cleaned_data["kinds"]
        if "none" in kinds and len(kinds) > 1:
            raise forms.ValidationError(_("“None” cannot stand beside an interest."))
        return kinds


class ConfirmForm(Form):
    """A button that asks for nothing, so that a refusal has a form to stand in."""


class ExemptionForm(Form):
    """Comply or explain (`lifecycle.md` 2)."""

    clause = forms.ChoiceField(label=_("Clause"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why can it not be met?"), widget=forms.Textarea(attrs={"rows": 4}))
    tried = forms.CharField(label=_("What was tried?"), widget=forms.Textarea(attrs={"rows": 3}))
    ends_on = forms.DateField(
        label=_("Until when?"),
        help_text=_("No later than the next full review."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        clause = self.fields["clause"]
        assert isinstance(clause, forms.ChoiceField)
        clause.choices = [(row.code, f"{row.code} {row.title}") for row in CLAUSES if row.exemptible]


def _both(question: Any, hint: Any = "") -> dict[str, forms.CharField]:
    """A text in both languages, either of which may be empty."""
    return {
        "en": forms.CharField(label=format_lazy("{} ({})", question, LANGUAGES["en"]), required=False, help_text=hint),
        "fr": forms.CharField(label=format_lazy("{} ({})", question, LANGUAGES["fr"]), required=False),
    }


class MatchForm(Form):
    """How close a skill is to a competency, once its description was read."""

    quiet = True

    closeness = forms.ChoiceField(
        label=_("How close is the skill to the competency?"),
        choices=[(code, words) for code, words in MATCHES.items() if code != "none_in_esco"],
        widget=forms.RadioSelect,
    )
    en = _both(_("Note"))["en"]
    fr = _both(_("Note"))["fr"]
    read = forms.BooleanField(
        label=_("I have read the description of the skill in both languages."),
        error_messages={"required": _("Read the description first. Labels mislead, above all across languages.")},
    )

    @property
    def match(self) -> dict[str, Any]:
        """What was chosen, as the content holds it."""
        typed = self.cleaned_data
        return {"match": typed["closeness"], "note": {"en": typed["en"], "fr": typed["fr"]}}


class NoMatchForm(Form):
    """Why no skill of the framework fits, in one of the two languages."""

    quiet = True

    en = _both(_("Why does no skill fit?"), _("Say what you searched for and what was nearest."))["en"]
    fr = _both(_("Why does no skill fit?"))["fr"]

    def clean(self) -> dict[str, Any]:
        """A reason in one of the two languages."""
        typed = super().clean() or {}
        if not typed.get("en") and not typed.get("fr"):
            self.add_error("en", _("Say why, in English or in French."))
        return typed


class ModerateForm(Form):
    """Confirm the scores, or send the work back, with a note that says why."""

    confirm = forms.ChoiceField(
        label=_("Do you confirm the scores?"),
        choices=[("yes", _("Yes, they follow from the evidence and the rubric")), ("no", _("No, score it again"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        help_text=_("Needed when it goes back. The assessor reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FailForm(Form):
    """Why a course ends without the award."""

    reasons = forms.CharField(
        label=_("Your reasons"),
        help_text=_("The learner reads them, and may appeal within 30 days."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
