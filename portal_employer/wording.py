"""What was answered, in words: the questions as they were asked then, with the answers beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from workflows.dossier import Text
from workflows.models import Decision
from workflows.questions import DECISIONS


@dataclass(frozen=True)
class Line:
    """One question with its answer; `of` is the competency or task that it was asked about."""

    asked: str
    answered: str
    of: str = ""


@dataclass(frozen=True)
class Record:
    """An answer as it was given."""

    decision: Decision
    choice: Text
    lines: list[Line]


def masked(mailbox: str) -> str:
    """Enough of a mail address for its owner to know it: b...@quellin.example."""
    name, _at, domain = mailbox.partition("@")
    return f"{name[:1]}•••@{domain}"


def _said(words: dict[str, str]) -> str:
    return Text.model_validate(words).said((get_language() or "en")[:2])


def _words(question: dict[str, Any], value: Any) -> str:
    options = question.get("options", {})
    values = value if isinstance(value, list) else [value]
    return ", ".join(_said(options[each]) if each in options else str(each) for each in values)


def record_of(decision: Decision) -> Record:
    """The record of one answer in the language of the page."""
    lines: list[Line] = []
    for question in decision.questions:
        code, asked = question["code"], _said(question["asked"])
        for of, given in decision.answers.get(f"per_{question['each']}", {}).items() if "each" in question else ():
            if code in given:
                thing = question.get("things", {}).get(of)
                lines.append(Line(asked, _words(question, str(given[code])), _said(thing) if thing else of))
        if code in decision.answers and "each" not in question:
            lines.append(Line(asked, _words(question, decision.answers[code])))
    return Record(decision, DECISIONS[decision.choice], lines)
