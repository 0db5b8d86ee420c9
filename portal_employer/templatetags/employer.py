"""Words that only the letters need: statements, decisions, and what a task's rubric asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal_employer.fields import said
from portal_employer.forms import QuestionForm
from workflows.dossier import Dossier, Task, Text
from workflows.models import Agreement, Version
from workflows.outline import Section, outline
from workflows.questions import DECISIONS, STATEMENTS, TERMS
from workflows.reviews import ReviewLetter
from workflows.voices import covered_facets
from workflows.waiting import title_of

register = template.Library()


@dataclass(frozen=True)
class Needed:
    """One criterion of the rubric as an employer reads it."""

    name: str
    level: str
    levels: list[tuple[str, Text]]


@register.simple_tag
def statement(kind: str) -> str:
    """What a supporting answer to this kind of panel states."""
    return said(STATEMENTS[kind])


@register.simple_tag
def decision_words(choice: str) -> str:
    """A choice in words."""
    return said(DECISIONS[choice])


@register.filter
def terms(agreement: Agreement) -> list[tuple[Text, str]]:
    """The terms of an agreement with a community, in the order in which they are asked for."""
    return [(words, agreement.terms[name]) for name, words in TERMS.items() if agreement.terms.get(name)]


@register.simple_tag
def covered(letter: ReviewLetter) -> list[Section]:
    """The sections of the text that an answer to this letter covers, where something was written."""
    sections = outline(letter.seat.panel.snapshot.content)
    return [section for section in sections if section.facet in covered_facets(letter.kind) and not section.empty]


@register.filter
def title(version: Version) -> Text:
    """The title of a version in both languages, for `said`."""
    return title_of(version)


@register.simple_tag
def fields(form: QuestionForm, code: str) -> list[BoundField]:
    """The fields of a form that ask about one competency or task."""
    return form.of(code)


@register.simple_tag
def criteria(content: Dossier, task: Task) -> list[Needed]:
    """What the rubric asks of the competencies that a task shows."""
    names = {level.code: said(level.name) or level.code for level in content.rubric.levels}
    return [
        Needed(
            said(criterion.name) or criterion.code,
            names.get(criterion.required_level, criterion.required_level),
            [(names.get(code, code), words) for code, words in criterion.descriptors.items()],
        )
        for criterion in content.rubric.criteria
        if set(criterion.competencies) & set(task.competencies)
    ]


@register.filter
def soon(moment: datetime) -> SafeString:
    """A day of the next weeks, without its year: 16 December, 1er décembre."""
    local = timezone.localtime(moment).date()
    first = "1er" if local.day == 1 and (get_language() or "en").startswith("fr") else str(local.day)
    return format_html('<time datetime="{}">{}\u00a0{}</time>', local.isoformat(), first, date_format(local, "F"))


@register.filter
def past(moment: datetime) -> bool:
    """True when the moment has gone by."""
    return moment < timezone.now()


@register.filter
def clock(moment: datetime) -> str:
    """The time of day: 14:02, 14 h 02."""
    local = timezone.localtime(moment)
    french = (get_language() or "en").startswith("fr")
    return f"{local.hour}\u00a0h\u00a0{local.minute:02}" if french else f"{local.hour}:{local.minute:02}"
