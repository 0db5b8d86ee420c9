"""Reading a policy: the typed document, and everything that is wrong with it, each fault with its place and its line.

The bounds of single fields stand in `workflows.policies.schema`; the floors that no single field can say stand here
(`lifecycle.md` 6.1 to 6.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from pydantic import ValidationError

from workflows.dossier import FACETS
from workflows.policies.gates import wrong_gates
from workflows.policies.schema import BINDING, Document, Step

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong, and where: `line` counts from one, and is zero where nothing was typed there."""

    place: Place
    sentence: str
    line: int = 0

    @property
    def path(self) -> str:
        """The place as the document writes it."""
        return ".".join(str(step + 1) if isinstance(step, int) else step for step in self.place)


class BadPolicy(ValueError):
    """A policy that is refused, with everything that is wrong with it."""

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = wrong
        super().__init__(" ".join(f"{one.path}: {one.sentence}" for one in wrong))


def read(data: Any, lines: Mapping[Place, int] | None = None) -> Document:
    """The document in these values. Raises `BadPolicy` with each fault at its place and line."""
    try:
        document = Document.model_validate(data)
    except ValidationError as refused:
        raise BadPolicy([_at(lines, *_said(error)) for error in refused.errors()]) from refused
    wrong = [_at(lines, place, sentence) for place, sentence in _floors(document)]
    if wrong:
        raise BadPolicy(wrong)
    return document


def validated(data: dict[str, Any]) -> dict[str, Any]:
    """The policy in full, every member said. Raises `BadPolicy` when it breaks a bound or a floor."""
    return plain(read(data))


def plain(document: Document) -> dict[str, Any]:
    """The document as JSON values, as an edition keeps it."""
    return document.model_dump(mode="json")


def _at(lines: Mapping[Place, int] | None, place: Place, sentence: str) -> Wrong:
    """The fault with the line of its place, or of the nearest part around it that was typed."""
    known = lines or {}
    around = next((place[:end] for end in range(len(place), -1, -1) if place[:end] in known), ())
    return Wrong(place, sentence, known.get(around, 0))


def _said(error: Any) -> tuple[Place, str]:
    """One of pydantic's complaints in our words."""
    context = error.get("ctx", {})
    expected = str(context.get("expected", ""))
    words: dict[str, str | Promise] = {
        "missing": _("It is missing."),
        "extra_forbidden": _("A policy has no such part."),
        "greater_than_equal": _("It is at least %s; no policy goes below.") % context.get("ge"),
        "less_than_equal": _("It is at most %s.") % context.get("le"),
        "literal_error": _("It is one of these: %s.") % expected.replace(" or ", ", ").replace("'", ""),
        "int_type": _("It is a whole number."),
        "list_type": _("It is a list."),
        "dict_type": _("It has parts of its own, each on a line."),
        "model_type": _("It has parts of its own, each on a line."),
        "too_short": _("It is not empty."),
        "too_long": _("There are too many: %s at most.") % context.get("max_length"),
        "string_pattern_mismatch": _("It is written as a name, a stroke and a number, such as college/2."),
        "value_error": _("It is a date such as 2027-12-24."),
        "date_type": _("It is a date such as 2027-12-24."),
    }
    place = tuple(step for step in error["loc"] if step != "[key]")
    return place, str(words.get(error["type"], _("It cannot be read: %s.") % error["msg"]))


def _floors(document: Document) -> Iterator[tuple[Place, str]]:
    """What no bound of a single field can say."""
    yield from wrong_gates(document.gates)
    committee, months = document.committee, document.review_months
    if committee.outside_proposing_unit > committee.members_min:
        yield ("committee", "outside_proposing_unit"), _("No more members come from outside than sit.")
    missing = [kind for kind in BINDING if kind not in document.independence.binding_interests]
    if missing:
        yield ("independence", "binding_interests"), _("These always end independence: %s.") % ", ".join(missing)
    if months.light > months.full:
        yield ("review_months", "light"), _("A light review comes no later than a full one.")
    if document.exemptions.longest_months > months.full:
        yield ("exemptions", "longest_months"), _("An exemption ends no later than the next full review.")
    if document.validity_months.usual > document.validity_months.longest:
        yield ("validity_months", "usual"), _("The usual time is no longer than the longest.")
    if sorted(set(document.remind_at_percent)) != document.remind_at_percent:
        yield ("remind_at_percent",), _("The shares rise, and none stands twice.")
    yield from _steps(document.escalation)
    for number, clause in enumerate(document.clauses):
        if clause.needs.partition(".")[0] not in FACETS or not (clause.title.en or clause.title.fr):
            sentence = _("A clause that a policy adds has a title, and needs a part of the proposal: %s.")
            yield ("clauses", number, "needs"), sentence % ", ".join(FACETS)


def _steps(steps: list[Step]) -> Iterator[tuple[Place, str]]:
    if steps and (steps[0].to != "officer" or "chair" not in [step.to for step in steps]):
        yield ("escalation",), _("A silent seat goes to the officer first, and to the chair in the end.")
    days = [step.days for step in steps]
    if days != sorted(set(days)):
        yield ("escalation",), _("Each step comes later than the one before it.")
