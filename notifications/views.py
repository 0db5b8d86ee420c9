"""A person's notices, work that was set aside, and the demo's mailbox."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from notifications import actions, queries
from notifications.mailbox import letters
from people.web import person, signed_in


@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """What happened in the cases of this person, newest first; and what this person can set going again."""
    user = person(request)
    context = {"notices": queries.notices_of(user), "alerts": queries.alerts_of(user)}
    return render(request, "notifications/list.html", context)


@signed_in
@require_POST
def read(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Mark one notice as read."""
    actions.mark_read(notice_id=notice_id, actor=person(request))
    return redirect("notices:list")


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all notices as read."""
    actions.mark_all_read(actor=person(request))
    return redirect("notices:list")


@signed_in
@require_POST
def again(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Give work that was set aside another try."""
    actions.try_again(alert_id=alert_id, actor=person(request))
    return redirect("notices:list")


@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail of the demo. Elsewhere there is no such page."""
    if not (settings.DEMO and settings.MAIL_CHANNEL == "mailbox"):
        raise Http404
    response = render(request, "notifications/mailbox.html", {"letters": letters()})
    response.headers["Referrer-Policy"] = "no-referrer"  # mails carry links that open a seat
    return response
