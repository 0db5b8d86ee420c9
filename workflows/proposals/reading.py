"""Reads a proposal file strictly. Every fault is a sentence: where, what, and what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from django.utils.functional import Promise
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ValidationError

from credentials.strictjson import MOST_BYTES, Unreadable
from credentials.strictjson import read as read_json
from workflows.proposals.consistency import faults
from workflows.proposals.form import StandIn
from workflows.proposals.form_design import Proposal, ProposalFile

Sentence = str | Promise
MOST_FAULTS = 20
# Facts of the public record keep the real names; everywhere else an act is invented (lifecycle.md 15).
PUBLIC_RECORD = {"labour_market_evidence", "comparison_in_practice", "unconfirmed_domain_facts"}


class Unusable(ValueError):
    """A file that is not a proposal file; `sentences` say why, one per fault."""

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        self.sentences = list(sentences)
        super().__init__("\n".join(str(sentence) for sentence in self.sentences))


@dataclass(frozen=True)
class Reading:
    """What was read: the proposals as given, and under which names they are played."""

    raw: list[dict[str, Any]]
    stand_ins: dict[str, StandIn]

    @cached_property
    def as_given(self) -> list[Proposal]:
        """The proposals in the words of the file."""
        return [Proposal.model_validate(document) for document in self.raw]

    @cached_property
    def under_stand_ins(self) -> list[Proposal]:
        """The proposals with fictional names wherever an act is invented."""
        return [Proposal.model_validate(self._renamed(document)) for document in self.raw]

    def domain_of(self, name: str) -> str:
        """The mail domain of a played organization, always a reserved one."""
        given = next((s.domain for s in self.stand_ins.values() if s.name == name and s.domain), "")
        return given if given.endswith(".example") else f"{slug(name)}.example"

    def _renamed(self, document: dict[str, Any]) -> dict[str, Any]:
        names = {real: stand_in.name for real, stand_in in self.stand_ins.items()}
        proposal = Proposal.model_validate(document)
        mark = "(exemple)" if proposal.language == "fr" else "(sample)"
        for organization in _organizations(proposal):
            if organization not in names and organization not in names.values():
                names[organization] = organization if "(" in organization else f"{organization} {mark}"
        pattern = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))
        renamed: dict[str, Any] = _rename(document, pattern, names)
        return renamed


def slug(name: str) -> str:
    """A name as a part of an address."""
    return slugify(name)[:60].strip("-") or "organization"


def _organizations(proposal: Proposal) -> list[str]:
    partners = [partner.org for partner in proposal.people.partner_reviewers]
    return [proposal.issuing_body.name, *partners, *(review.org for review in proposal.partner_reviews)]


def _rename(value: Any, pattern: re.Pattern[str], names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(lambda found: names[found[0]], value)
    if isinstance(value, list):
        return [_rename(item, pattern, names) for item in value]
    if isinstance(value, dict):
        return {name: item if name in PUBLIC_RECORD else _rename(item, pattern, names) for name, item in value.items()}
    return value


def read_file(path: Path) -> Reading:
    """The proposals of a file. Raises `Unusable` with sentences."""
    try:
        return read(path.read_bytes())
    except OSError as error:
        raise Unusable([_("The file cannot be read: %s.") % (error.strerror or error)]) from error


def read(data: bytes) -> Reading:
    """The proposals in a text: a file of proposals, or one proposal alone."""
    if len(data) > MOST_BYTES:
        raise Unusable([_("The file is larger than one mebibyte. Give each proposal its own file.")])
    try:
        document = read_json(data)
    except Unreadable as error:
        raise Unusable([error.sentence]) from error
    alone = "proposals" not in document and ("competencies" in document or "issuing_body" in document)
    whole = {"proposals": [document]} if alone else document
    try:
        file = ProposalFile.model_validate(whole)
    except ValidationError as error:
        raise Unusable(sentences_of(error, whole, "proposals", ProposalFile)) from error
    wrong: list[Sentence] = [
        format_lazy("{}, {}: {}", proposal.id, place, what)
        for proposal in file.proposals
        for place, what in faults(proposal)
    ]
    ids = [proposal.id for proposal in file.proposals]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    wrong += [_("The id %s stands twice. Give each proposal its own id.") % i for i in twice]
    if wrong:
        raise Unusable(wrong)
    return Reading(whole["proposals"], file.demo_names)


def sentences_of(error: ValidationError, document: Any, rows: str, form: type[BaseModel]) -> list[Sentence]:
    """A sentence for each fault of a document whose list `rows` holds things with an id."""
    found = error.errors()
    sentences: list[Sentence] = [
        format_lazy("{}: {}", _place(fault["loc"], document, rows), _what(fault, form)) for fault in found[:MOST_FAULTS]
    ]
    if len(found) > MOST_FAULTS:
        sentences.append(_("… and %d more.") % (len(found) - MOST_FAULTS))
    return sentences


def _place(location: tuple[int | str, ...], document: Any, rows: str) -> str:
    """Where the fault is, with the id of its row instead of its number where there is one."""
    steps = [step for step in location if step != "(plain)"]
    named = ""
    if len(steps) > 1 and steps[0] == rows and isinstance(steps[1], int):
        row = document[rows][steps[1]]
        identity = row.get("id") if isinstance(row, dict) else None
        named, steps = f"{identity}, " if isinstance(identity, str) else f"{rows}[{steps[1]}], ", steps[2:]
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")
    return (named + path).strip(", ") or rows


def _what(fault: Any, form: type[BaseModel]) -> Sentence:
    kind, context, value = fault["type"], fault.get("ctx", {}), fault["input"]
    name = str(fault["loc"][-1]) if fault["loc"] else ""
    if kind == "missing":
        return _("this member is missing. Add it.")
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(name, _known_members(form), n=1)
        if near:
            return _("the format has no such member. Did you mean “%s”?") % near[0]
        return _("the format has no such member. Remove it, or say it in a member that the format has.")
    if kind == "too_short":
        return _("it is empty, or too short. Add what belongs here.")
    if kind == "model_type" and context.get("class_name") == "_Words":
        return _("%(wanted)s is expected here, not %(given)s.") % {"wanted": _("a text"), "given": _shown(value)}
    if kind in _EXPECTED:
        return _("%(wanted)s is expected here, not %(given)s.") % {"wanted": _EXPECTED[kind], "given": _shown(value)}
    if kind in {"literal_error", "enum"}:
        return _("%(given)s is none of: %(choices)s.") % {"given": _shown(value), "choices": context["expected"]}
    if kind == "string_pattern_mismatch":
        return _("%(given)s does not have the form %(form)s.") % {"given": _shown(value), "form": context["pattern"]}
    if kind == "value_error":
        return str(context["error"])
    return _("%(given)s does not fit (%(rule)s).") % {"given": _shown(value), "rule": fault["msg"].lower()}


_EXPECTED: dict[str, Sentence] = {
    "string_type": _("a text"),
    "model_type": _("an object"),
    "model_attributes_type": _("an object"),
    "dict_type": _("an object"),
    "list_type": _("a list"),
    "tuple_type": _("a list"),
    "int_type": _("a whole number"),
    "int_parsing": _("a whole number"),
    "int_from_float": _("a whole number"),
    "float_type": _("a number"),
    "float_parsing": _("a number"),
    "bool_type": _("true or false"),
    "bool_parsing": _("true or false"),
    "date_type": _("a date such as 2026-01-31"),
    "date_parsing": _("a date such as 2026-01-31"),
    "date_from_datetime_parsing": _("a date such as 2026-01-31"),
}


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _known_members(form: type[BaseModel]) -> list[str]:
    """Every member name of the format, for the nearest one to a misspelt one."""
    names: set[str] = set()
    seen: set[type[BaseModel]] = set()

    def walk(part: Any) -> None:
        if isinstance(part, type) and issubclass(part, BaseModel):
            if part in seen:
                return
            seen.add(part)
            for name, field in part.model_fields.items():
                names.add(field.alias or name)
                walk(field.annotation)
        for inner in get_args(part):
            walk(inner)

    walk(form)
    return sorted(names)
