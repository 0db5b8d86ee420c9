"""The letter behind a mailed link, the code that opens its form, and what is kept about the reader."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import codes, invitations
from people.models import Invitation
from people.web import attempt, show
from portal_employer.forms import CodeForm
from portal_employer.views import yearly
from portal_employer.visits import (
    Visit,
    ended,
    hidden,
    mail_code,
    note_opened,
    onward,
    prove,
    speak,
    visit_of,
    visiting,
)
from portal_employer.wording import masked
from workflows import reviews
from workflows.models import Seat
from workflows.reviews import Link


def _invitation(token: str) -> Invitation:
    invitation = invitations.find(token)
    if invitation is None:
        raise Http404
    return invitation


def _letter(seat: Seat, **addresses: str) -> dict[str, Any]:
    return {"letter": reviews.letter_of(seat), "mailbox": masked(seat.person.email), **addresses}


@require_GET
@hidden
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Who asks, why you, until when. However often it is opened, nothing changes."""
    invitation = _invitation(token)
    speak(request, invitation.person)
    question = reviews.yearly_of(invitation)
    if question is not None:
        return yearly.page(request, question, token)
    seat = reviews.seat_of_link(invitation)
    start = reverse("employer:start_letter", args=[token])
    state = reviews.state_of(invitation, seat)
    if seat is None or state != Link.OPEN:
        return ended(request, state, reviews.contact_of_link(invitation), start)
    kept_address = reverse("employer:kept_letter", args=[token])
    return render(request, "employer/letter.html", _letter(seat, start=start, kept=kept_address))


@require_POST
@hidden
def start_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Mail a code to the person whom the link is for, and go on to the page that takes it."""
    invitation = _invitation(token)
    speak(request, invitation.person)
    seat = reviews.seat_of_link(invitation)
    state = reviews.state_of(invitation, seat)
    if seat is None or state not in {Link.OPEN, Link.ANSWERED}:
        return ended(request, state, reviews.contact_of_link(invitation))
    note_opened(request, invitation, seat)
    visit = visit_of(request, seat.public_id)
    assert visit is not None
    return _start(request, visit)


@require_GET
@hidden
def kept_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """What we keep about the reader, before anything is asked."""
    invitation = _invitation(token)
    speak(request, invitation.person)
    seat = reviews.seat_of_link(invitation)
    context = {
        "who": invitation,
        "contact": reviews.contact_of_link(invitation),
        "back": f"/reviews/l/{token}",
        "kind": seat.panel.kind if seat else "",
    }
    return render(request, "employer/kept.html", context)


@require_GET
@visiting
def of_seat(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The same letter for whoever is signed in, or has opened the link in this browser."""
    start_address = reverse("employer:start", args=[visit.seat.public_id])
    if visit.state == Link.ANSWERED and visit.fresh:
        return redirect("employer:signed", visit.seat.public_id)
    if visit.state != Link.OPEN:
        return ended(request, visit.state, reviews.contact_of(visit.seat.panel.version), start_address)
    kept_address = reverse("employer:kept", args=[visit.seat.public_id])
    return render(request, "employer/letter.html", _letter(visit.seat, start=start_address, kept=kept_address))


@require_POST
@visiting
def start(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Mail a code, unless this browser proved the mailbox within the hour."""
    return _start(request, visit)


def _start(request: HttpRequest, visit: Visit) -> HttpResponse:
    wanted = "signed" if visit.state == Link.ANSWERED else request.POST.get("next", "")
    if not visit.fresh:
        mail_code(request, visit)
        return redirect(reverse("employer:code", args=[visit.seat.public_id]) + f"?next={onward(wanted)}")
    return redirect(reverse("employer:seat", args=[visit.seat.public_id]) + onward(wanted))


@require_GET
@visiting
def kept(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What we keep about the reader."""
    back = reverse("employer:seat", args=[visit.seat.public_id])
    contact = reviews.contact_of(visit.seat.panel.version)
    context = {"who": visit.seat, "contact": contact, "back": back, "kind": visit.seat.panel.kind}
    return render(request, "employer/kept.html", context)


@require_http_methods(["GET", "POST"])
@visiting
def code(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take the code of the mail; it opens the pages of this seat, in this browser only."""
    wanted = onward(request.GET.get("next", ""))
    address = reverse("employer:seat", args=[visit.seat.public_id]) + wanted
    form = CodeForm(request.POST or None)
    if request.method == "POST" and attempt(form, lambda: prove(request, visit, form.cleaned_data["code"])) is not None:
        return redirect(address)
    context = {
        "form": form,
        "seat": visit.seat,
        "wanted": wanted,
        "mailed": codes.is_live(person=visit.person, purpose=visit.purpose),
        "mailbox": masked(visit.person.email),
    }
    return show(request, "employer/code.html", context)
