"""Forms around a cohort: planning it, its roster, who assesses, the evaluation (F5), the report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import User
from portal_faculty.forms import Form
from workflows import candidates, running
from workflows import policy as rules
from workflows.dossier import Dossier
from workflows.models import Cohort, Version
from workflows.panels import Place

DAY: dict[str, Any] = {"format": "%Y-%m-%d", "attrs": {"type": "date", "class": "short"}}
FIVE = [("5", _("5, fully")), ("4", "4"), ("3", "3"), ("2", "2"), ("1", _("1, not at all"))]


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CohortForm(Form):
    """One run of learners."""

    quiet = True

    name = forms.CharField(label=_("Name of the cohort"), max_length=120)
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(**DAY))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(**DAY))
    stop_rule = forms.CharField(
        label=_("When is it stopped?"), help_text=_("Such as two safety incidents."), widget=_words(2)
    )
    consent_en = forms.CharField(label=_("What learners agree to (English)"), widget=_words(9), required=False)
    consent_fr = forms.CharField(label=_("What learners agree to (French)"), widget=_words(9), required=False)

    def consents(self) -> tuple[forms.BoundField, forms.BoundField]:
        """The consent text in both languages."""
        return self["consent_en"], self["consent_fr"]

    def clean(self) -> dict[str, Any]:
        """An end that is not before the start, and a consent text."""
        typed = super().clean() or {}
        if typed.get("starts_on") and typed.get("ends_on") and typed["ends_on"] < typed["starts_on"]:
            self.add_error("ends_on", _("The last day is before the first."))
        if not typed.get("consent_en") and not typed.get("consent_fr"):
            self.add_error("consent_en", _("Write the consent text in English or in French."))
        return typed


class RosterForm(Form):
    """A roster as a CSV file or an Excel workbook."""

    file = forms.FileField(
        label=_("Roster as a CSV file or an Excel workbook"),
        help_text=_("The first line names the columns: email, name, and if you like number and language."),
    )


class AssessorForm(Form):
    """Who assesses or moderates in a cohort, and on what qualification."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=int)
    moderator = forms.TypedChoiceField(
        label=_("As"),
        choices=[("no", _("assessor, who scores")), ("yes", _("moderator, who checks scores"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    qualification = forms.CharField(
        label=_("Qualification"), max_length=300, help_text=_("Such as own requalification, years of practice.")
    )

    def __init__(self, data: Any, *, cohort: Cohort) -> None:
        super().__init__(data)
        self.cohort = cohort
        self.people: dict[int, User] = {user.pk: user for user in running.could_assess(cohort.version)}
        person = self.fields["person"]
        assert isinstance(person, forms.ChoiceField)
        person.choices = [("", "–"), *((pk, user.name) for pk, user in self.people.items())]

    def clean(self) -> dict[str, Any]:
        """One place of a kind for each person."""
        typed = super().clean() or {}
        taken = {(row.person_id, row.moderator) for row in self.cohort.assessors.all()}
        if (typed.get("person"), typed.get("moderator")) in taken:
            self.add_error("person", _("This person has this place already."))
        return typed


class RecommendForm(Form):
    """Results that are recommended for the award in one step."""

    learners = forms.TypedMultipleChoiceField(
        label=_("Recommend"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one result.")},
    )

    def __init__(self, data: Any, *, runs: list[running.Run]) -> None:
        super().__init__(data)
        ready = [row for run in runs for row in run.learners if row.pk in run.ready]
        field = self.fields["learners"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(row.pk, row.roster_name) for row in ready]
        field.initial = [row.pk for row in ready]


class EmployerForm(Form):
    """An employer's view of pilot learners at work, entered by the lead (F5)."""

    organization = forms.CharField(label=_("Which employer?"), max_length=200)
    after_days = forms.ChoiceField(
        label=_("How many days after the learners began?"),
        choices=[("30", "30"), ("60", "60"), ("90", "90")],
        widget=forms.RadioSelect,
    )
    matched = forms.ChoiceField(
        label=_("Did performance match the level shown?"), choices=FIVE, widget=forms.RadioSelect
    )
    hire_again = forms.ChoiceField(
        label=_("Would they hire again?"),
        choices=[("yes", _("yes")), ("no", _("no")), ("cannot_say", _("cannot say yet"))],
        widget=forms.RadioSelect,
    )
    missing = forms.CharField(label=_("What was missing?"), required=False, widget=_words(3))


class StaffForm(Form):
    """What the institution knows of the pilot (F5)."""

    agreement = forms.CharField(label=_("How far did assessors agree?"), max_length=300)
    adjustments = forms.CharField(label=_("Which adjustments were made?"), required=False, widget=_words(2))
    incidents = forms.CharField(
        label=_("Which incidents were there?"), help_text=_("“None” is an answer."), max_length=500
    )
    time = forms.CharField(label=_("How much time did it take?"), required=False, max_length=300)
    cost = forms.CharField(label=_("What did it cost?"), required=False, max_length=300)
    verdict = forms.ChoiceField(
        label=_("Go on, change, or stop?"),
        choices=[("go", _("go on")), ("change", _("change")), ("stop", _("stop"))],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(label=_("Why?"), widget=_words(3))


class ReportForm(Form):
    """Each planned measure with its outcome, and the committee that decides for good (T14)."""

    quiet = True

    def __init__(self, data: Any, *, version: Version) -> None:
        super().__init__(data)
        self.version = version
        self.measures = Dossier.model_validate(version.content).pilot.measures
        for place in range(len(self.measures)):
            self.fields[f"met_{place}"] = forms.ChoiceField(
                label=_("Was the target met?"),
                choices=[("yes", _("met")), ("no", _("not met"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Say whether it was met.")},
            )
            self.fields[f"why_{place}"] = forms.CharField(
                label=_("What was found, and why"),
                required=False,
                help_text=_("Needed when the target was missed."),
                widget=_words(2),
            )
        self.members = {member.person.pk: member for member in candidates.committee(version)}
        named = [
            (pk, f"{row.person.name}, {row.unit}" if row.unit else row.person.name) for pk, row in self.members.items()
        ]
        rule = rules.setting(version.policy.data, "committee")
        self.fields["members"] = forms.TypedMultipleChoiceField(
            label=_("Who decides?"),
            coerce=int,
            choices=named,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("At least %d. Whoever proposed or wrote is not offered.") % rule["members_min"],
        )
        self.fields["outside"] = forms.TypedMultipleChoiceField(
            label=_("Who of them is from outside your unit?"),
            coerce=int,
            choices=named,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=[pk for pk, row in self.members.items() if row.outside],
        )

    def rows(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        """Each measure with its two fields."""
        return [(row, self[f"met_{place}"], self[f"why_{place}"]) for place, row in enumerate(self.measures)]

    def clean(self) -> dict[str, Any]:
        """A target that was missed is explained."""
        typed = super().clean() or {}
        for place in range(len(self.measures)):
            if typed.get(f"met_{place}") == "no" and not typed.get(f"why_{place}", "").strip():
                self.add_error(f"why_{place}", _("Explain the miss. The committee reads it."))
        return typed

    @property
    def results(self) -> dict[str, dict[str, Any]]:
        """The outcome of each measure, as the verb takes it."""
        typed = self.cleaned_data
        return {
            str(place): {"met": typed[f"met_{place}"] == "yes", "explanation": typed[f"why_{place}"]}
            for place in range(len(self.measures))
        }

    @property
    def places(self) -> list[Place]:
        """The chosen seats."""
        outside = set(self.cleaned_data["outside"])
        institution = self.version.institution
        return [
            Place(self.members[pk].person, institution, "member", outside_unit=pk in outside)
            for pk in self.cleaned_data["members"]
        ]
