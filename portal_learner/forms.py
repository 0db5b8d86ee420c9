"""What a learner fills in. Every text is in plain words, and nothing is chosen beforehand but the smallest circle."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from credentials.sharing import LONGEST
from people.models import Language
from workflows.dossier import Task
from workflows.evidence import MOST_BYTES, Item, Shown
from workflows.models import Visibility
from workflows.models.appeals import Ground

# Who may see an item, in the learner's words; assessors always do (lifecycle.md 10).
CIRCLES = [
    (Visibility.ASSESSORS, _("Only those who assess it, and the quality office")),
    (Visibility.EMPLOYERS, _("Also employers to whom I give a link")),
    (Visibility.PUBLIC, _("Also everybody, when I make the badge public")),
    (Visibility.PRIVATE, _("A private reflection: only those who assess it, never anybody else")),
]
YES_NO = [("no", _("No")), ("yes", _("Yes"))]
USUAL_SHARE = timedelta(days=30)
DATE = forms.DateInput(attrs={"type": "date"})


class EnrolForm(forms.Form):
    """Consent 1 of F9."""

    consent = forms.BooleanField(
        label=_("I have read this, and I agree that it is stored and seen as it says."),
        error_messages={
            "required": _("Tick this if you agree. Without it nothing is stored, and you are not enrolled.")
        },
    )


class EvidenceForm(forms.Form):
    """Evidence for each open task: a note, a file, or both, each with its own circle of readers."""

    own_work = forms.BooleanField(
        label=_("This is my own work. I name what others, or a program, did in it."),
        error_messages={"required": _("Tick this if it is your own work.")},
    )

    def __init__(self, *args: Any, tasks: list[Task], prior_learning: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tasks = tasks
        own_work = self.fields.pop("own_work")
        for task in tasks:
            self._add(task)
        if prior_learning:
            self.fields["prior_learning"] = forms.BooleanField(
                label=_("This shows earlier learning, not the tasks of this course."), required=False
            )
        self.fields["own_work"] = own_work

    def _add(self, task: Task) -> None:
        kinds: list[tuple[str, Any]] = [("", _("Something else"))]
        language = get_language() or Language.ENGLISH
        kinds += [(text.said(language), text.said(language)) for text in task.evidence]
        circle = forms.Select(choices=CIRCLES)
        fields: dict[str, forms.Field] = {
            "note": forms.CharField(
                label=_("A note"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 5}),
                help_text=_("What you did, under which conditions, and what came of it. No names of other people."),
            ),
            "note_circle": forms.ChoiceField(label=_("Who may see the note?"), choices=CIRCLES, widget=circle),
            "file": forms.FileField(
                label=_("A file"), required=False, help_text=_("PDF, PNG, JPEG or plain text, at most 5 MiB.")
            ),
            "file_circle": forms.ChoiceField(label=_("Who may see the file?"), choices=CIRCLES, widget=circle),
            "what": forms.ChoiceField(label=_("What is it?"), required=False, choices=kinds),
            "third": forms.ChoiceField(
                label=_("Does the note or the file show or name another person?"),
                required=False,
                choices=YES_NO,
                widget=forms.RadioSelect,
                help_text=_("Patients, clients and colleagues count. Voices and name tags too."),
            ),
        }
        for name, field in fields.items():
            self.fields[f"{task.code}-{name}"] = field

    @property
    def parts(self) -> list[tuple[Task, dict[str, forms.BoundField]]]:
        """Each task with its fields, for the page."""
        names = ("note", "note_circle", "file", "file_circle", "what", "third")
        return [(task, {name: self[f"{task.code}-{name}"] for name in names}) for task in self.tasks]

    def clean(self) -> dict[str, Any]:
        """Whoever hands something in says whether it shows another person."""
        cleaned = super().clean() or {}
        for task in self.tasks:
            given = cleaned.get(f"{task.code}-note", "").strip() or cleaned.get(f"{task.code}-file")
            if given and not cleaned.get(f"{task.code}-third"):
                self.add_error(f"{task.code}-third", _("Say whether it shows or names another person."))
        return cleaned

    def items(self) -> list[Item]:
        """What is handed in, as the verb takes it."""
        found = []
        for task in self.tasks:
            given = {name: self.cleaned_data.get(f"{task.code}-{name}") or "" for name in ("note", "what", "third")}
            third = given["third"] == "yes"
            if given["note"].strip():
                circle = self.cleaned_data[f"{task.code}-note_circle"]
                found.append(
                    Item(task.code, text=given["note"], what=given["what"], visibility=circle, third_person=third)
                )
            file = self.cleaned_data.get(f"{task.code}-file")
            if file:
                found.append(
                    Item(
                        task.code,
                        data=file.read(MOST_BYTES + 1),
                        file_name=file.name,
                        what=given["what"],
                        visibility=self.cleaned_data[f"{task.code}-file_circle"],
                        third_person=third,
                    )
                )
        return found


AGREE = [("yes", _("Yes")), ("partly", _("Partly")), ("no", _("No"))]


class EvaluationForm(forms.Form):
    """The learner's view of the pilot (F5)."""

    clear = forms.ChoiceField(label=_("Was it clear what was asked of you?"), choices=AGREE, widget=forms.RadioSelect)
    fair = forms.ChoiceField(label=_("Was the assessment fair?"), choices=AGREE, widget=forms.RadioSelect)
    useful = forms.ChoiceField(label=_("Was it useful?"), choices=AGREE, widget=forms.RadioSelect)
    worth = forms.ChoiceField(label=_("Was it worth the time?"), choices=AGREE, widget=forms.RadioSelect)
    ready = forms.ChoiceField(label=_("Are you ready for the job?"), choices=AGREE, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("What should change?"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    @property
    def questions(self) -> list[forms.BoundField]:
        """The questions that have three answers."""
        return [self[name] for name in ("clear", "fair", "useful", "worth", "ready")]


class OfferForm(forms.Form):
    """Consent 2 of F9, and under which name."""

    name_shown = forms.ChoiceField(
        label=_("Under which name?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether your name stands in the badge.")},
    )
    agree = forms.BooleanField(
        label=_("I have seen what the badge says, and I agree that it is signed."),
        error_messages={"required": _("Tick this if you agree. Nothing is signed without it.")},
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["name_shown"])
        field.choices = [
            ("yes", _("My name, %(name)s, stands in the badge") % {"name": name}),
            ("no", _("No name; only the hash of my e-mail address, by which I can prove that it is mine")),
        ]


class ShareForm(forms.Form):
    """A link for one recipient, until a day, with chosen items."""

    label = forms.CharField(
        label=_("For whom is the link?"),
        max_length=120,
        help_text=_("Only you read this. Make one link for each recipient, so that you see who looked."),
    )
    ends_on = forms.DateField(label=_("Until which day?"), widget=DATE, help_text=_("One year at most."))
    items = forms.MultipleChoiceField(
        label=_("Which evidence may this recipient see?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, evidence: list[Shown], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = timezone.localdate() + USUAL_SHARE
        open_items = [
            shown.item
            for shown in evidence
            if not shown.closed and shown.item.visibility != Visibility.PRIVATE and shown.item.withheld_at is None
        ]
        field = cast(forms.MultipleChoiceField, self.fields["items"])
        field.choices = [
            (str(item.public_id), f"{item.task}: {item.what or item.file_name or item.get_kind_display()}")
            for item in open_items
        ]
        if not open_items:
            del self.fields["items"]

    def clean_ends_on(self) -> date:
        """Said here in the words of the field; the verb refuses it as well."""
        day: date = self.cleaned_data["ends_on"]
        today = timezone.localdate()
        if not today <= day <= today + LONGEST:
            raise forms.ValidationError(_("Choose a day from today on, within one year."))
        return day


OUTSIDE = [
    (Visibility.EMPLOYERS, _("Employers to whom I give a link that shows it")),
    (Visibility.PUBLIC, _("Everybody, on the public page of the badge")),
]


class ConsentForm(forms.Form):
    """Who outside may see one item, until when."""

    audience = forms.ChoiceField(label=_("Who may see it?"), choices=OUTSIDE, widget=forms.RadioSelect)
    ends_on = forms.DateField(
        label=_("Until which day?"), required=False, widget=DATE, help_text=_("Empty: until you take it back.")
    )


class WordsForm(forms.Form):
    """One text to whoever has the case."""

    text = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, label: Any, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, help_text


class ConfirmForm(forms.Form):
    """A decision that has a page of its own and asks for nothing more."""


class AppealForm(forms.Form):
    """F8, appeal: the ground, what was wrong, what should change."""

    ground = forms.ChoiceField(label=_("On what does your appeal rest?"), widget=forms.RadioSelect)
    statement = forms.CharField(
        label=_("What was wrong, and how can one see it?"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6})
    )
    remedy = forms.CharField(label=_("What should change?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, grounds: list[Ground], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["ground"]).choices = [
            (ground.value, str(ground.label)[:1].upper() + str(ground.label)[1:]) for ground in grounds
        ]
