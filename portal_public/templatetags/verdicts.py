"""Parts of the verdict page that many badges share, drawn once."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from credentials.held import Memory
from workflows.judgement import Judgement

register = template.Library()
MOST_PARTS = 2000  # of about five kilobytes
DRAWN: Memory[SafeString] = Memory(MOST_PARTS)


@register.simple_tag(takes_context=True)
def shared_part(context: Context, name: str, *shown: object) -> SafeString:
    """A part that follows from what is alike in many verdicts, from `shown`, and from the language of the page.

    Where a verdict has nothing alike (`Judgement.alike`), the part is drawn for this page alone.
    """
    judgement: Judgement = context["judgement"]
    part = get_template(name).template  # type: ignore[attr-defined]
    if judgement.alike is None:
        return SafeString(part.render(context))
    asked = (name, get_language(), "lang" in context["request"].GET, judgement.alike, shown)
    return DRAWN.answer(asked, lambda: SafeString(part.render(context)))
