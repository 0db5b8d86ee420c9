"""Who comes in: by the link of a mail, with a code, or signed in. Both lead to the same pages and the same verb.

The token of a link stands in the address of its letter only. From there on the browser's session knows the
invitation, and the pages are named by their seat (`promises.md` 5).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from people import codes
from people.models import Invitation, Language, OutgoingMail, User
from people.sign_in import keep_language, refuse_too_many
from people.sign_in import proved_at as proved_by_sign_in
from people.web import person
from portal_employer import drafts
from workflows import reviews
from workflows.actions.validating import PROOF_HOLDS
from workflows.errors import Refusal
from workflows.models import Seat
from workflows.questions import DECISIONS
from workflows.reviews import Link

View = Callable[..., HttpResponse]
_BROWSER, _OPENED, _PROVED = "letters_browser", "letters_opened", "letters_proved"
PAGES = {
    "form", "signed", "withdraw", "leave-agreement", "pass-on", "ask", "step-back",
    *(f"answer/{choice}" for choice in DECISIONS),
}  # fmt: skip
CONDITION = re.compile(r"conditions/[0-9a-f-]{36}")
ENDED = {
    Link.EXPIRED: _("This link's time has passed. Nobody answered for you; the contact below can get it renewed."),
    Link.PASSED_ON: _("This link has ended: the review was passed on to somebody else, who got a link of their own."),
    Link.CLOSED: _("This link has ended: the review was closed or withdrawn. Nothing is asked of you any more."),
    Link.ANSWERED: _("This link was used: the review is answered."),
}


class LinkEnded(Refusal):
    """A link that cannot be acted on any more."""

    status = 409

    def __init__(self, state: Link, contact: User | None = None) -> None:
        self.state, self.contact = state, contact
        super().__init__(ENDED[state])


@dataclass(frozen=True)
class Visit:
    """One person at one seat. `invitation` is None for whoever is signed in."""

    seat: Seat
    person: User
    invitation: Invitation | None
    proved_at: datetime | None

    @property
    def state(self) -> Link:
        """How the seat stands for this visitor; a signed-in person answers as long as the round is open."""
        if self.invitation is not None:
            return reviews.state_of(self.invitation, self.seat)
        return {"open": Link.OPEN, "answered": Link.ANSWERED}.get(self.seat.state, Link.CLOSED)

    @property
    def purpose(self) -> str:
        """What a code for this visit opens, and nothing else."""
        return f"invitation:{self.invitation.public_id}" if self.invitation else f"seat:{self.seat.public_id}"

    @property
    def fresh(self) -> bool:
        """True while the last proof of the mailbox may still sign."""
        return self.proved_at is not None and timezone.now() - self.proved_at < PROOF_HOLDS

    def refuse_ended(self) -> None:
        """Raise `LinkEnded` unless the link is open. An answered seat is refused by the verb, with name and day."""
        if self.state not in {Link.OPEN, Link.ANSWERED}:
            raise LinkEnded(self.state)


def note_opened(request: HttpRequest, invitation: Invitation, seat: Seat) -> None:
    """Remember in this browser's session that it holds the link of this seat. Opens nothing without a code."""
    request.session[_OPENED] = {**request.session.get(_OPENED, {}), str(seat.public_id): str(invitation.public_id)}


def visit_of(request: HttpRequest, seat_id: UUID) -> Visit | None:
    """The visit of this browser to a seat: its person signed in, else by the link; None when it is neither.

    Raises `NotYours` for whoever is signed in and has no such seat, and `LinkEnded` when the seat went elsewhere.
    """
    opened = request.session.get(_OPENED, {}).get(str(seat_id))
    if request.user.is_authenticated and (opened is None or reviews.holds(person(request), seat_id)):
        seat = reviews.seat_for(person(request), seat_id)
        return _visit(request, seat, None, proved_by_sign_in(request))
    if opened is None:
        return None
    invitation = reviews.invitation_of(UUID(opened))
    seat_now = reviews.seat_of_link(invitation) if invitation else None
    if invitation is None or seat_now is None:
        raise LinkEnded(Link.PASSED_ON, reviews.contact_of_link(invitation) if invitation else None)
    return _visit(request, seat_now, invitation, None)


def _visit(request: HttpRequest, seat: Seat, invitation: Invitation | None, signed_in: datetime | None) -> Visit:
    visit = Visit(seat, seat.person, invitation, None)
    by_code = request.session.get(_PROVED, {}).get(visit.purpose)
    moments = [moment for moment in (signed_in, datetime.fromisoformat(by_code) if by_code else None) if moment]
    return Visit(seat, seat.person, invitation, max(moments, default=None))


def mail_code(request: HttpRequest, visit: Visit) -> None:
    """Mail a fresh code for this visit to the person's mailbox. Raises `TooMany`."""
    refuse_too_many(request, visit.person.email)
    browser = request.session.setdefault(_BROWSER, secrets.token_urlsafe(24))
    codes.ask(
        person=visit.person,
        purpose=visit.purpose,
        browser=browser,
        kind=OutgoingMail.Kind.INVITATION if visit.invitation else OutgoingMail.Kind.SIGNATURE,
        language=translation.get_language()[:2],
    )


def prove(request: HttpRequest, visit: Visit, code: str) -> datetime:
    """Use the code up, remember and answer the moment in this browser's session. Raises `WrongCode` or `NoCode`."""
    browser = request.session.get(_BROWSER, "")
    moment = codes.prove(person=visit.person, purpose=visit.purpose, browser=browser, code=code)
    keep_language(request, visit.person)
    request.session[_PROVED] = {**request.session.get(_PROVED, {}), visit.purpose: moment.isoformat()}
    return moment


def speak(request: HttpRequest, reader: User) -> None:
    """Before anybody chose a language, the page is in that of the person whom the letter is for."""
    chosen = request.GET.get("lang") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen not in Language.values:
        translation.activate(reader.language)
        request.LANGUAGE_CODE = translation.get_language()


def hidden(view: View) -> View:
    """What pages behind a mailed link answer with, refusals too: kept nowhere, found by nobody, telling no one."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, **kwargs)
        except Refusal as refusal:
            response = render(request, "refused.html", {"sentence": refusal.sentence}, status=refusal.status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return guarded


def onward(wanted: str) -> str:
    """Where a code leads: one of the pages of a seat, the form when nothing else was wanted."""
    return wanted if wanted in PAGES or CONDITION.fullmatch(wanted) else "form"


def ended(request: HttpRequest, state: Link, contact: User | None, start: str = "") -> HttpResponse:
    """The page of a link that cannot be acted on: why, whom to ask, and for a signer the way to what was signed."""
    context = {"state": state, "sentence": ENDED[state], "contact": contact, "start": start, "typed": _typed(request)}
    gone = 409 if request.method == "POST" else 410
    return render(request, "employer/ended.html", context, status=gone)


def _typed(request: HttpRequest) -> list[str]:
    """Longer texts of a form that came too late, so that they can be copied."""
    hidden_fields = {"csrfmiddlewaretoken", "next"}
    return [
        text for name in request.POST if name not in hidden_fields for text in request.POST.getlist(name) if " " in text
    ]


def visiting(view: View) -> View:
    """Let in who holds this seat, signed in or by the link. Others sign in first, or find nothing."""

    @hidden
    @wraps(view)
    def guarded(request: HttpRequest, seat: UUID, **kwargs: Any) -> HttpResponse:
        try:
            visit = visit_of(request, seat)
        except LinkEnded as gone:
            return ended(request, gone.state, gone.contact)
        if visit is None:
            return redirect_to_login(request.get_full_path(), login_url="sign_in")
        speak(request, visit.person)
        return view(request, visit, **kwargs)

    return guarded


def proved(view: View) -> View:
    """Let in who proved the mailbox within the hour; others go by the code first, and what they typed is kept."""

    @wraps(view)
    def guarded(request: HttpRequest, visit: Visit, **kwargs: Any) -> HttpResponse:
        # Keeping what is typed signs nothing: any proof of this browser will do.
        if visit.fresh or (visit.proved_at is not None and "keep" in request.POST):
            return view(request, visit, **kwargs)
        page = request.path.removeprefix(reverse("employer:seat", args=[visit.seat.public_id]))
        if request.method == "POST" and visit.proved_at is not None and visit.state == Link.OPEN:
            drafts.keep(visit.seat, visit.person, page, request.POST)
            messages.warning(request, _("Your code was used more than one hour ago. What you typed is kept."))
        return redirect(reverse("employer:code", args=[visit.seat.public_id]) + f"?next={page}")

    return guarded
