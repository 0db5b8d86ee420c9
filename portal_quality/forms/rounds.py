"""Opening and closing rounds: the screening sheet with the reviewers to ask, the committee, silent seats."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Language, OrganizationKind
from portal_quality.forms.common import CHOOSE
from workflows import candidates
from workflows.actions.inviting import Asked
from workflows.models import PanelKind, Seat, Version
from workflows.panels import Place

ROWS = 8
ROWS_OPEN = 3
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
KINDS = [
    (kind.value, kind.label)
    for kind in OrganizationKind
    if kind not in {OrganizationKind.INSTITUTION, OrganizationKind.COMMUNITY}
]


class Known:
    """The organizations that can be asked for a version: the partners of its project first."""

    def __init__(self, version: Version) -> None:
        self.organizations = {organization.pk: organization for organization in candidates.organizations()}
        self.contacts = candidates.contacts(version)

    def choices(self) -> list[tuple[Any, Any]]:
        """As the groups of a select."""
        partners = {contact.organization.pk for contact in self.contacts}
        named = [(pk, organization.name) for pk, organization in self.organizations.items()]
        groups = [
            (gettext("Partners of this project"), [choice for choice in named if choice[0] in partners]),
            (gettext("Other organizations"), [choice for choice in named if choice[0] not in partners]),
        ]
        return [CHOOSE, *(group for group in groups if group[1])]


class ReviewerForm(forms.Form):
    """One reviewer to ask: as what, where, who."""

    quiet = True  # a row may be left empty as a whole, which the page says once
    seat_class = forms.ChoiceField(
        label=_("Answers as"),
        choices=[CHOOSE, ("partner", _("partner, who may sign")), ("voice", _("employer voice"))],
        required=False,
    )
    organization = forms.TypedChoiceField(label=_("Organization"), required=False, coerce=int, empty_value=None)
    new_organization = forms.CharField(label=_("Or a new organization"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind of the new organization"), choices=[CHOOSE, *KINDS], required=False)
    name = forms.CharField(label=_("Name of the person"), max_length=150, required=False)
    email = forms.EmailField(label=_("Mail address"), required=False)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=Language.choices, required=False)

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.fields["organization"].choices = known.choices()  # type: ignore[attr-defined]
        self.fields["email"].widget.attrs["autocomplete"] = "off"

    def asked(self) -> Asked:
        """Who is to be asked."""
        row = self.cleaned_data
        return Asked(
            name=row["name"],
            email=row["email"],
            seat_class=row.get("seat_class") or "partner",
            organization=self.known.organizations.get(row["organization"]),
            new_organization=row["new_organization"],
            kind=row["kind"] or OrganizationKind.EMPLOYER,
            language=row["language"] or Language.ENGLISH,
        )

    @property
    def used(self) -> bool:
        """True when somebody is named in this row."""
        return any(self.cleaned_data.get(name) for name in ("name", "email", "new_organization"))

    def clean(self) -> dict[str, Any]:
        """A row that names somebody is complete."""
        cleaned = super().clean() or {}
        if not any(cleaned.get(name) for name in ("name", "email", "new_organization")):
            return cleaned
        for name in ("seat_class", "name", "email"):
            if name in self.fields and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, gettext("Fill this in, or empty the row."))
        if not cleaned.get("organization") and not cleaned.get("new_organization"):
            self.add_error("organization", gettext("Choose an organization, or name a new one."))
        if cleaned.get("new_organization") and not cleaned.get("organization") and not cleaned.get("kind"):
            self.add_error("kind", gettext("Say what kind of organization it is."))
        return cleaned


class PartyForm(ReviewerForm):
    """Somebody who speaks for a party: neither a partner nor a voice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["seat_class"]


class ReviewersMixin(forms.Form):
    """A form with rows of reviewers below it. The rows begin with the partners of the initiative."""

    row_form: ClassVar[type[ReviewerForm]] = ReviewerForm

    def __init__(self, *args: Any, version: Version, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Known(version)
        rows = [_row(contact) for contact in known.contacts[:ROWS]]
        self.rows = forms.formset_factory(self.row_form, extra=0, max_num=ROWS)(
            self.data if self.is_bound else None,
            prefix="reviewer",
            initial=rows + [{"language": version.language}] * (ROWS - len(rows)),
            form_kwargs={"known": known},
        )
        self.open_rows = max(len(rows) + 1, ROWS_OPEN)

    def clean(self) -> dict[str, Any]:
        """The rows are part of the form: what is wrong in them is said on top too."""
        cleaned = super().clean() or {}
        if not self.rows.is_valid():
            for number, row in enumerate(self.rows, start=1):
                if row.errors:
                    self.add_error(None, gettext("Reviewer %d is not complete.") % number)
        elif not self.asked():
            self.add_error(None, gettext("Name at least one reviewer to ask."))
        return cleaned

    def asked(self) -> list[Asked]:
        """The reviewers that the rows name."""
        return [row.asked() for row in self.rows if row.used]


def _row(contact: candidates.Contact) -> dict[str, Any]:
    person = contact.person
    return {
        "seat_class": "partner",
        "organization": contact.organization.pk,
        "name": person.name if person else "",
        "email": person.email if person else "",
        "language": person.language if person else "en",
    }


class AcceptForm(ReviewersMixin):
    """The screening sheet, and whom to ask."""

    in_scope = forms.ChoiceField(
        label=_("Is it a micro-credential: short, assessed, with evidence of what a holder can do?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
    )
    indigenous_question = forms.CharField(
        label=_("The Indigenous question: is it answered fully, and what follows?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("With a “yes” a community agreement is needed before the pilot is approved."),
        max_length=5000,
    )
    partner_relations = forms.CharField(
        label=_("How are the partners related to the institution and to each other?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who is part of whom; who sells, funds or delivers the offer. “None” is an answer."),
        max_length=5000,
    )
    note = forms.CharField(
        label=_("Note for the record"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=5000
    )

    def clean_in_scope(self) -> str:
        """What is out of scope is returned, not accepted."""
        answer: str = self.cleaned_data["in_scope"]
        if answer == "no":
            raise forms.ValidationError(_("What is not a micro-credential is returned with a reason, not accepted."))
        return answer

    @property
    def sheet(self) -> dict[str, Any]:
        """The sheet as the record keeps it."""
        return {name: self.cleaned_data[name] for name in AcceptForm.base_fields}


class CommitteeForm(forms.Form):
    """Who sits on the committee, and who of them is from outside the unit."""

    members = forms.TypedMultipleChoiceField(
        label=_("Members"), coerce=int, widget=forms.CheckboxSelectMultiple, choices=[]
    )
    outside = forms.TypedMultipleChoiceField(
        label=_("Who of them is from outside the proposing unit?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        choices=[],
        required=False,
    )

    def __init__(self, *args: Any, version: Version, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.institution = version.institution
        self.candidates = {member.person.pk: member for member in candidates.committee(version)}
        choices = [(pk, _named(member)) for pk, member in self.candidates.items()]
        rule = version.policy.data["committee"]
        for name in ("members", "outside"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields["members"].help_text = gettext(
            "At least %(members)d, of whom %(outside)d from outside. Whoever proposed or wrote is not offered."
        ) % {"members": rule["members_min"], "outside": rule["outside_proposing_unit"]}
        self.initial.setdefault("outside", [pk for pk, member in self.candidates.items() if member.outside])

    def places(self) -> list[Place]:
        """The chosen seats."""
        outside = set(self.cleaned_data["outside"])
        return [
            Place(self.candidates[pk].person, self.institution, "member", outside_unit=pk in outside)
            for pk in self.cleaned_data["members"]
        ]


def _named(member: candidates.Member) -> str:
    return f"{member.person.name}, {member.unit}" if member.unit else member.person.name


class ReplacementForm(ReviewerForm):
    """Who takes over the seat of a reviewer, and why."""

    quiet = False
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        initial = {
            "seat_class": seat.seat_class,
            "organization": seat.organization_id,
            "language": seat.person.language,
        }
        super().__init__(*args, known=Known(seat.panel.version), initial=initial, **kwargs)
        self.community = seat.panel.kind == PanelKind.COMMUNITY
        if self.community:  # neither a partner nor a voice
            del self.fields["seat_class"]
        for name in {"seat_class", "name", "email"} & self.fields.keys():
            self.fields[name].required = True


class MemberForm(forms.Form):
    """Which member of the committee takes over a seat, and why."""

    member = forms.TypedChoiceField(label=_("Member"), coerce=int, widget=forms.RadioSelect)
    outside = forms.BooleanField(label=_("From outside the proposing unit"), required=False)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = seat.panel.version
        seated = [other.person for other in seat.panel.seats.select_related("person")]
        self.institution = version.institution
        self.candidates = {member.person.pk: member for member in candidates.committee(version, without=seated)}
        choices = [(pk, _named(member)) for pk, member in self.candidates.items()]
        self.fields["member"].choices = choices  # type: ignore[attr-defined]

    def place(self) -> Place:
        """The seat of the chosen member."""
        member = self.candidates[self.cleaned_data["member"]]
        return Place(member.person, self.institution, "member", outside_unit=self.cleaned_data["outside"])
