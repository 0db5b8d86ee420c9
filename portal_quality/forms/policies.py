"""Forms of a policy: the whole of it as text, or its usual settings as fields; both write the same document."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal_quality.rules import ASKERS, SHARES
from workflows.actions.governing import WrongPolicy, document_of
from workflows.policies import calendar
from workflows.policies.document import Wrong, plain
from workflows.policies.text import write

Words = str | Promise
BOX = "__"  # between the parts of a path in the name of a field
NUMBERS: list[tuple[Words, list[tuple[str, Words]]]] = [
    (
        _("Partners and employers"),
        [
            ("relevance.independent_partner_supports", _("Independent partners who support the demand")),
            ("relevance.employer_voices", _("Employer voices that are heard")),
            ("endorsement.independent_partner_endorsements", _("Independent partners who endorse the assessment")),
        ],
    ),
    (
        _("Committee"),
        [
            ("committee.members_min", _("Members who sit")),
            ("committee.outside_proposing_unit", _("Of them from outside the proposing unit")),
        ],
    ),
    (
        _("Business days for each step"),
        [
            ("clocks_days.screening", _("Screening")),
            ("clocks_days.relevance", _("Employer relevance review")),
            ("clocks_days.endorsement", _("Partner endorsement")),
            ("clocks_days.pilot_approval", _("Pilot approval")),
            ("clocks_days.final_approval", _("Final approval")),
            ("clocks_days.deferred", _("Next vote after a deferral")),
            ("clocks_days.escalate", _("A silent seat goes to the chair after")),
        ],
    ),
    (
        _("Months for which something holds"),
        [
            ("validity_months.usual", _("A partner’s statement, as a rule")),
            ("validity_months.longest", _("A partner’s statement, at most")),
            ("validity_months.demand_source", _("A source of demand")),
            ("exemptions.longest_months", _("An exemption, at most")),
            ("review_months.light", _("Until the next light review")),
            ("review_months.full", _("Until the next full review")),
        ],
    ),
]
CHOICES: dict[str, tuple[Words, list[tuple[str, Words]], bool]] = {
    "committee.present": (_("Who must be present?"), [*SHARES.items()], False),
    "committee.carries": (_("Which share of the votes carries?"), [*SHARES.items()], False),
    "exemptions.allowed": (
        _("For which clauses may somebody explain instead?"),
        [(code, code) for code in ("P4", "E5", "E6a", "E6b")],
        True,
    ),
    "exemptions.asked_by": (_("Who may ask for it?"), [*ASKERS.items()], True),
    "calendar.rule": (
        _("Which holidays are kept by rule?"),
        [("none", _("None")), ("ontario", _("The public holidays of Ontario"))],
        False,
    ),
    "calendar.also": (
        _("Which days besides?"),
        [(extra.value, calendar.NAMES[extra.value]) for extra in calendar.Extra],
        True,
    ),
}


class TextForm(forms.Form):
    """The policy as text, and why it changes."""

    text = forms.CharField(
        label=_("Policy as text"),
        help_text=_("One line for each value; two spaces to a level. What is left out is as in the default."),
        widget=forms.Textarea(attrs={"rows": 30, "class": "plan", "spellcheck": "false", "wrap": "off"}),
        max_length=60_000,
        strip=False,
    )
    reason = forms.CharField(
        label=_("Why do the rules change?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False
    )

    def refuse(self, refused: WrongPolicy) -> None:
        """Say each fault with its line, and keep the text as it was typed."""
        lines = str(self.data.get("text", "")).splitlines()
        for one in refused.wrong:
            words = lines[one.line - 1].strip() if 0 < one.line <= len(lines) else ""
            self.add_error("text", _said(one, words))


def _said(wrong: Wrong, typed: str = "") -> str:
    """A fault with its line and what stands there; with its place where nothing was typed."""
    words = {"line": wrong.line, "typed": typed, "path": wrong.path, "sentence": wrong.sentence}
    if typed:
        return gettext("Line %(line)d, “%(typed)s”: %(sentence)s") % words
    return gettext("%(path)s: %(sentence)s") % words if wrong.path else wrong.sentence


class FieldsForm(forms.Form):
    """The usual settings as fields; what has no field here is kept as the text says it."""

    def __init__(self, *args: Any, text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = plain(document_of(text))
        self.groups = []
        for heading, rows in NUMBERS:
            for path, label in rows:
                self.fields[_name(path)] = forms.IntegerField(
                    label=str(label), initial=_at(self.before, path), widget=forms.NumberInput(attrs={"class": "short"})
                )
            self.groups.append((heading, [path for path, _label in rows]))
        for path, (label, choices, many) in CHOICES.items():
            self.fields[_name(path)] = _choice(label, choices, _at(self.before, path), many=many)
        self.groups[1][1].extend(["committee.present", "committee.carries"])
        self.groups.append((_("Where somebody may explain instead"), ["exemptions.allowed", "exemptions.asked_by"]))
        self.groups.append((_("Holidays"), ["calendar.rule", "calendar.also"]))
        self.fields["holidays"] = forms.CharField(
            label=_("Days typed in"),
            help_text=_("One day a line: 2027-12-24, its name in English, its name in French."),
            widget=forms.Textarea(attrs={"rows": 4}),
            initial=_holidays(self.before["holidays"]),
            required=False,
        )
        self.groups[-1][1].append("holidays")

    def sections(self) -> list[tuple[Words, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(heading, [self[_name(path)] for path in paths]) for heading, paths in self.groups]

    def text(self) -> str:
        """The whole policy with what was typed, as text."""
        data = {name: dict(part) if isinstance(part, dict) else part for name, part in self.before.items()}
        for path in [path for _heading, paths in self.groups for path in paths]:
            part, _dot, name = path.partition(".")
            if name:
                data[part][name] = self.cleaned_data[_name(path)]
        data["holidays"] = [_day(line) for line in self.cleaned_data["holidays"].splitlines() if line.strip()]
        return write(data)

    def refuse(self, refused: WrongPolicy) -> None:
        """Say each fault at its field, or above where it has none."""
        for one in refused.wrong:
            name = BOX.join(str(step) for step in one.place[:2])
            name = "holidays" if one.place[:1] == ("holidays",) else name
            self.add_error(name if name in self.fields else None, one.sentence if name in self.fields else _said(one))


def _name(path: str) -> str:
    return path.replace(".", BOX)


def _at(data: dict[str, Any], path: str) -> Any:
    part, _dot, name = path.partition(".")
    return data[part][name]


def _choice(label: Words, choices: list[tuple[str, Words]], initial: Any, *, many: bool) -> forms.Field:
    if many:
        return forms.MultipleChoiceField(
            label=str(label), choices=choices, initial=initial, required=False, widget=forms.CheckboxSelectMultiple
        )
    return forms.ChoiceField(label=str(label), choices=choices, initial=initial, widget=forms.RadioSelect)


def _holidays(days: list[dict[str, str]]) -> str:
    return "\n".join(", ".join(filter(None, (one["on"], one["en"], one["fr"]))) for one in days)


def _day(line: str) -> dict[str, str]:
    on, english, french = ([part.strip() for part in line.split(",", 2)] + ["", ""])[:3]
    return {"on": on, "en": english, "fr": french}


class ForwardForm(forms.Form):
    """From which day on."""

    in_force_from = forms.DateField(
        label=_("From which day on?"),
        help_text=_("Cases that begin on this day or later are pinned to it."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"}),
    )
