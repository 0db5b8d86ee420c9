"""The way of a badge into its earner's wallet: an offer as link and picture, and the digits that go with it."""

from __future__ import annotations

from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from credentials.models import Credential
from credentials.wallet import metadata, offers
from people.web import person, see_other, show, signed_in
from portal_learner.views.badges import accepted
from workflows.actions import handing


@require_http_methods(["GET", "POST"])
@signed_in
def wallet(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make an offer, show the one that is open, say whether a wallet took the badge."""
    found, _course = accepted(request, public_id)
    if request.method == "POST":
        handing.offer_to_wallet(credential_id=found.pk, actor=person(request))
        return see_other(request, _("The offer is open for ten minutes."), "learner:wallet", public_id, anchor="offer")
    response = show(request, "learner/wallet.html", {"badge": found, **_offered(found)})
    response["Cache-Control"] = "no-store"
    return response


def _offered(badge: Credential) -> dict[str, object]:
    offer = offers.open_offer(badge)
    context: dict[str, object] = {"may_go": offers.may_go(badge), "taken": offers.last_taken(badge), "offer": offer}
    if offer is not None:
        digits, link = offers.digits_of(offer), metadata.link_of(offer)
        context |= {"digits": f"{digits[:3]}\u00a0{digits[3:]}", "link": link, "drawn": _drawn(link)}
    return context


def _drawn(link: str) -> SafeString:
    """The link as a picture for a camera, dark on light whatever the colours of the page are."""
    code = segno.make(link, error="m", micro=False)
    # segno writes numbers and letters of its own only; nothing of the link stands in the markup
    return mark_safe(code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S308
