"""The forms F2 and F4, that of a community, and their smaller sisters.

Words come from `workflows.questions`; nothing is preselected.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from portal_employer.fields import EMPTY, UNCHOSEN, field_of, lines, named, said
from workflows.actions.reviewing import PartnerCondition
from workflows.dossier import Text
from workflows.questions import CHANGED, FORMS, INTERESTS, MONTHS, PRINCIPLES, SECTIONS, STATEMENTS, Question
from workflows.reviews import ReviewLetter

MAIN = {"relevance": "support", "endorsement": "endorse", "community": "agree"}
SUPPORTING = {"support", "support_with_suggestions", "endorse", "endorse_with_condition"}
AGREEING = {"agree", "agree_with_condition"}
LEANS_ON_MAIN = {"support_with_suggestions", "endorse_with_condition", "agree_with_condition"}
NOBODY = "institution"
EACH = {"relevance": "competency", "endorsement": "task", "community": "principle"}
UNSIGNED = {"required": _("Tick it if you say so. Nothing is signed without it.")}
NOT_QUITE = {"compared": {"far"}, "convincing": {"with_change", "no"}, "trust": {"could_be_faked"}}


class QuestionForm(forms.Form):
    """The questions of a letter's form about one content, without decision and signature."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, letter: ReviewLetter, asked: tuple[Question, ...] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.letter = letter
        self.asked = FORMS[letter.kind] if asked is None else asked
        for question in self.asked:
            if question.each:
                for code, words in self.things.items():
                    self.fields[f"{question.code}-{code}"] = field_of(question, said(words))
            else:
                self.fields[question.code] = field_of(question)

    @property
    def things(self) -> dict[str, Text]:
        """What is asked about one by one: each competency, task or principle by its code."""
        content = self.letter.content
        if self.letter.kind == "community":
            return {principle.value: principle.words for principle in PRINCIPLES}
        if self.letter.kind == "relevance":
            return {competency.code: competency.action for competency in content.competencies}
        return {task.code: task.title for task in content.assessment.tasks}

    def of(self, code: str) -> list[forms.BoundField]:
        """The fields that ask about one thing."""
        return [self[f"{question.code}-{code}"] for question in self.asked if question.each]

    def clean(self) -> dict[str, Any]:
        """Who answers that something is not right yet also says what, and why."""
        given: dict[str, Any] = super().clean() or {}
        asked = [(name, NOT_QUITE[name.split("-")[0]]) for name in self.fields if name.split("-")[0] in NOT_QUITE]
        doubt = any(given.get(name) in doubts for name, doubts in asked)
        if doubt and "change" in self.fields and not given.get("change"):
            self.add_error("change", _("You answered that something is not right yet. Say what you would change."))
        return given

    def answers(self) -> dict[str, Any]:
        """What was answered, in the shape of the record; what else the record holds elsewhere is left out."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in ("", None, [])}
        kept = {"interests", "comment"}
        answers = {q.code: given[q.code] for q in self.asked if q.code in given and q.code not in kept}
        each: dict[str, dict[str, str]] = {}
        for question in self.asked:
            for code in self.things if question.each else ():
                if value := given.get(f"{question.code}-{code}"):
                    each.setdefault(code, {})[question.code] = value
        return {**answers, **({f"per_{EACH[self.letter.kind]}": each} if each else {})}


class AnswerForm(QuestionForm):
    """One decision on one page: what it needs, then the signature."""

    def __init__(self, *args: Any, letter: ReviewLetter, choice: str, **kwargs: Any) -> None:
        self.main = choice == MAIN[letter.kind]
        declared = () if letter.kind == "community" else (INTERESTS,)  # a community declares no gain
        super().__init__(*args, letter=letter, asked=None if self.main else declared, **kwargs)
        self.choice = choice
        self.quiet = choice == "return"  # every section may stay empty, and the page says so
        add = {
            "support_with_suggestions": self._suggest,
            "endorse_with_condition": self._set_condition,
            "agree_with_condition": self._set_condition,
            "return": self._ask_changes,
        }.get(choice)
        if add is not None:
            add()
        elif not self.main:
            self.fields["reasons"] = lines(_("Your reasons"))
        self._sign()

    def _suggest(self) -> None:
        hint = _("One on each line. Each gets a written reply; your support does not wait for it.")
        self.fields["suggestions"] = lines(_("Your suggestions"), rows=5, hint=hint)

    def _set_condition(self) -> None:
        version = self.letter.version
        people = dict.fromkeys([self.letter.contact, version.proposer])
        owners = [(str(person.public_id), person.name) for person in people]
        self.fields["condition"] = lines(_("What must be done before you stand by it"))
        self.fields["owner"] = forms.ChoiceField(
            label=_("Who should see to it"),
            choices=[*owners, (NOBODY, _("The institution names somebody"))],
            widget=forms.RadioSelect,
            error_messages=UNCHOSEN,
        )
        self.fields["due_on"] = forms.DateField(
            label=_("Until when"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        )

    def _ask_changes(self) -> None:
        for section, words in SECTIONS.items():
            self.fields[f"section-{section}"] = lines(said(words), required=False)

    def _sign(self) -> None:
        if self.choice in SUPPORTING | AGREEING:
            self.fields["statement"] = forms.BooleanField(
                label=said(STATEMENTS[self.letter.kind]).rstrip("."), error_messages=UNSIGNED
            )
        if self.choice in SUPPORTING:
            self.fields["months"] = field_of(MONTHS)
        self.fields["name"] = named(_("Your name"), "name")
        self.fields["role"] = named(_("Your role"), "organization-title")
        if self.choice in SUPPORTING:
            organization = self.letter.seat.organization
            hint = _("Without it, only %(organization)s is shown.") % {"organization": organization}
            self.fields["name_public"] = forms.BooleanField(
                label=_("Show my name and role on the badge"), help_text=hint, required=False
            )

    def clean_interests(self) -> list[str]:
        """None and something cannot both be true."""
        interests: list[str] = self.cleaned_data["interests"]
        if "none" in interests and len(interests) > 1:
            raise forms.ValidationError(_("You chose “None” and something else. Choose one of the two."))
        return interests

    def clean_due_on(self) -> date | None:
        """A condition is due later than today."""
        due_on: date | None = self.cleaned_data["due_on"]
        if due_on is not None and due_on <= timezone.localdate():
            raise forms.ValidationError(_("Choose a day that is still to come."))
        return due_on

    def clean(self) -> dict[str, Any]:
        """What contradicts itself is not signed; what asks for changes names at least one."""
        given = super().clean()
        if self.choice == "endorse" and given.get("convincing") == "no":
            self.add_error(
                "convincing",
                _("Passing would not convince you: then return it with changes or decline, with the buttons below."),
            )
        for name in self.fields if self.choice == "agree" else ():
            if name.startswith("respected-") and given.get(name) == "not_yet":
                self.add_error(
                    name,
                    _("You answered that this is not respected yet: then set a condition or do not agree, below."),
                )
        sections = [name for name in self.fields if name.startswith("section-")]
        if sections and not any(given.get(name) for name in sections):
            self.add_error(sections[0], _("Write a change for at least one section."))
        return given

    def given(self) -> dict[str, Any]:
        """What the verb is told, besides who answers and when the mailbox was proved."""
        given = self.cleaned_data
        told: dict[str, Any] = {
            "choice": self.choice,
            "answers": self.answers(),
            "interests": given.get("interests", []),
            "signed_name": given["name"],
            "signed_role": given["role"],
            "reasons": given.get("comment") or given.get("reasons") or "",
        }
        if self.choice in SUPPORTING:
            told |= {"valid_months": int(given["months"]), "name_public": given["name_public"]}
            told["answers"]["months"] = given["months"]
        if self.choice == "support_with_suggestions":
            suggestions = [line.strip() for line in given["suggestions"].splitlines() if line.strip()]
            told |= {"suggestions": suggestions, "reasons": "\n".join(suggestions)}
        if "condition" in given:
            told |= {"condition": self._condition(), "reasons": given["condition"]}
        if self.choice == "return":
            told |= self._requests()
        return told

    def _condition(self) -> PartnerCondition:
        people = {str(person.public_id): person for person in (self.letter.contact, self.letter.version.proposer)}
        owner: User | None = people.get(self.cleaned_data["owner"])
        return PartnerCondition(self.cleaned_data["condition"], owner, self.cleaned_data["due_on"])

    def _requests(self) -> dict[str, Any]:
        asked = {s: self.cleaned_data[f"section-{s}"] for s in SECTIONS if self.cleaned_data[f"section-{s}"]}
        reasons = "\n".join(f"{said(SECTIONS[section])}: {text}" for section, text in asked.items())
        return {"answers": {**self.answers(), "requests": asked}, "reasons": reasons}


class CodeForm(forms.Form):
    """The six digits of the mail."""

    use_required_attribute = False
    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=20,
        error_messages={"required": _("Write the six digits of the mail.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


class PassOnForm(forms.Form):
    """Who takes over."""

    use_required_attribute = False
    name = forms.CharField(label=_("Name"), max_length=150, error_messages=EMPTY)
    email = forms.EmailField(label=_("E-mail address"), error_messages=EMPTY)


class WordsForm(forms.Form):
    """One text: a question, or a reason."""

    use_required_attribute = False
    text = lines("")

    def __init__(self, *args: Any, label: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, hint


class NoLongerForm(forms.Form):
    """Why it is no longer in demand; a yes needs no words."""

    use_required_attribute = False
    words = lines(_("What changed?"))

    def __init__(self, *args: Any, yes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].required = not yes


class RenewForm(forms.Form):
    """The short form before a statement ends: what changed, and for how long it is said again."""

    use_required_attribute = False
    changed = field_of(CHANGED)
    months = field_of(MONTHS)


class StepBackForm(forms.Form):
    """Why a reviewer does not answer; the class of the reason stays on record (`lifecycle.md` 6.5).

    No clock runs against a community, so that time is no reason there.
    """

    use_required_attribute = False
    REASONS = (
        ("no_time", _("I have no time for it before the date")),
        ("not_my_field", _("It is not my field, and I know nobody here whose field it is")),
        ("conflict", _("I have a conflict of interest")),
        ("unwilling", _("Our organization does not wish to take part")),
        ("other", _("Another reason")),
    )
    reason = forms.ChoiceField(
        label=_("Why you do not answer"), choices=REASONS, widget=forms.RadioSelect, error_messages=UNCHOSEN
    )
    more = lines(_("In your own words"), required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == "community":
            self.fields["reason"].choices = self.REASONS[1:]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Another reason is told in words."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("reason") == "other" and not given.get("more"):
            self.add_error("more", _("Say in a few words which reason it is."))
        return given
