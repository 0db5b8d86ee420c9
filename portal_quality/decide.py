"""What every decision's page shares: it says what will happen, who is told, whether it can be undone; then it acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.errors import Refusal
from people.web import attempt, person, show
from workflows.door import stream_of
from workflows.possible import refuse
from workflows.queries import Case
from workflows.timeline import Happening, timeline

Words = str | Promise
FINAL = {403, 404}
NEVER = _("It cannot be undone. The record keeps it.")
FORWARD = _("Not by a click. A later decision can send the version back, with reasons.")


@dataclass(frozen=True)
class Prospect:
    """What a decision's page says before anything happens, and what it says afterwards."""

    act: str
    title: Words
    button: Words
    happens: tuple[Words, ...]
    told: Words
    undo: Words
    done: Words
    bad: bool = False


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to; a post without any field is a post too."""
    return request.POST if request.method == "POST" else None


def expected_of(request: HttpRequest) -> int:
    """The number of the version that the page was made from; one that cannot be read is always stale."""
    typed = request.POST.get("expected", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else -1


def knock(request: HttpRequest, gate: Callable[[], None]) -> None:
    """Refuse the page of an act that is not open to this person now, by the refusal that `gate` raises.

    A post goes on to the verb when only time stands in the way, so that its answer comes with what was typed.
    """
    try:
        gate()
    except Refusal as refusal:
        if request.method != "POST" or refusal.status in FINAL:
            raise


def decide(
    request: HttpRequest,
    case: Case,
    prospect: Prospect,
    form: Form,
    act: Callable[[int], Model],
    *,
    template: str = "quality/decide.html",
    onward: str = "",
    gate: Callable[[], None] | None = None,
    **more: Any,
) -> HttpResponse:
    """Show the page of one decision, or carry it out and go on to the case (or `onward`).

    `gate` raises what stands in the way; without one it is asked whether the act is open on the version.
    """
    knock(request, gate or (lambda: refuse(case, person(request), prospect.act)))
    if request.method == "POST" and attempt(form, lambda: act(expected_of(request))) is not None:
        messages.success(request, str(prospect.done))
        return redirect(onward or reverse("quality:version", args=[case.version.public_id]))
    moved = _moved(case, expected_of(request)) if request.method == "POST" else []
    return show(request, template, {"case": case, "prospect": prospect, "form": form, "moved": moved, **more})


def _moved(case: Case, expected: int) -> list[Happening]:
    """What happened to the case since the page was made."""
    if expected < 0 or expected == case.version.number:
        return []
    return [happening for happening in timeline(stream_of(case.version)) if happening.number > expected]
