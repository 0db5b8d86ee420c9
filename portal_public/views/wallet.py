"""What wallets ask (OpenID4VCI 1.0): who issues here, one offer, a token for it, the badge, and what became of it.

Nobody is signed in here and no cookie is set: a wallet shows the code of its offer and then its access token.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from credentials import queries
from credentials.strictjson import Unreadable, read
from credentials.wallet import metadata, offers, possession
from credentials.wallet.errors import WalletRefused, no_token
from people.errors import Refusal
from people.models import Organization
from portal_public.views.answers import JSON, any_origin, document, from_any_origin
from workflows.actions import handing

Answer = Callable[[HttpRequest, Organization], HttpResponse]
MOST_BYTES = 64 * 1024
BEARER = "Bearer "
EVENTS = {"credential_accepted", "credential_failure", "credential_deleted"}


def _issuer(slug: str) -> Organization:
    organization = queries.organization_with_keys(slug)
    if organization is None:
        raise Http404
    return organization


@from_any_origin
@require_safe
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    """Metadata of an institution as credential issuer; the path is put before the issuer's own (section 12.2.2)."""
    return document(request, metadata.issuer_metadata(_issuer(slug)), JSON)


@from_any_origin
@require_safe
def server(request: HttpRequest, slug: str) -> HttpResponse:
    """Metadata of its authorization server (RFC 8414)."""
    return document(request, metadata.server_metadata(_issuer(slug)), JSON)


@from_any_origin
@require_safe
def offer(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponse:
    """One offer, while it is open."""
    found = offers.offered(_issuer(slug), public_id)
    if found is None:
        raise Http404
    return _kept_by_nobody(document(request, metadata.offer_document(found), JSON, seconds=0))


def _kept_by_nobody(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _asked(answer: Answer) -> Callable[..., HttpResponse]:
    """One door for wallets: what they ask wrongly is answered in the standard's words, and kept by no cache."""

    @csrf_exempt  # The code or the token is what counts, and no page of others has it; there is no cookie here.
    @require_http_methods(["POST", "OPTIONS"])
    @wraps(answer)
    def view(request: HttpRequest, slug: str) -> HttpResponse:
        if request.method == "OPTIONS":
            return any_origin("POST", more=("Authorization",))
        try:
            return _kept_by_nobody(answer(request, _issuer(slug)))
        except WalletRefused as refused:
            return _kept_by_nobody(_refused(refused))
        except Refusal as refused:
            return _kept_by_nobody(_refused(WalletRefused("credential_request_denied", str(refused.sentence))))

    return view


def _refused(refused: WalletRefused) -> HttpResponse:
    said = {"error": refused.code, "error_description": refused.sentence}
    response = JsonResponse(said, status=refused.status)
    if refused.status == 401:
        response["WWW-Authenticate"] = f'Bearer error="{refused.code}"'
    return response


@_asked
def token(request: HttpRequest, organization: Organization) -> HttpResponse:
    """An access token for the code of an offer and the digits of the earner's page (section 6)."""
    sent = request.POST
    if sent.get("grant_type") != metadata.GRANT:
        raise WalletRefused("unsupported_grant_type", "Only the pre-authorized code of an offer opens something here.")
    code, digits = sent.get("pre-authorized_code", ""), sent.get("tx_code", "")
    if not code or not digits:
        raise WalletRefused("invalid_request", "The pre-authorized code and the digits (tx_code) are both needed.")
    return JsonResponse(
        {
            "access_token": offers.redeem(organization, code, digits),
            "token_type": "Bearer",
            "expires_in": int(offers.TOKEN_LIVES.total_seconds()),
        }
    )


@_asked
def nonce(_request: HttpRequest, _organization: Organization) -> HttpResponse:
    """A fresh nonce for a key proof (section 7)."""
    return JsonResponse({"c_nonce": possession.new_nonce()})


@_asked
def credential(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The badge that the access token stands for (section 8)."""
    taken = offers.of_token(organization, _bearer(request))
    form, proof = _wanted(_body(request, "invalid_credential_request"))
    handed = handing.hand_to_wallet(offer=taken, form=form, proof=proof)
    return JsonResponse({"credentials": [{"credential": handed}], "notification_id": str(taken.public_id)})


@_asked
def notification(request: HttpRequest, organization: Organization) -> HttpResponse:
    """What became of the badge in the wallet (section 11)."""
    taken = offers.of_token(organization, _bearer(request))
    said = _body(request, "invalid_notification_request")
    if said.get("notification_id") != str(taken.public_id):
        raise WalletRefused("invalid_notification_id", "This token belongs to another notification.")
    if said.get("event") not in EVENTS:
        raise WalletRefused("invalid_notification_request", "The event is none of those that the standard names.")
    offers.note_told(taken, str(said["event"]))
    return HttpResponse(status=204)


def _bearer(request: HttpRequest) -> str:
    given = request.headers.get("Authorization", "")
    if not given.startswith(BEARER):
        raise no_token()
    return given.removeprefix(BEARER).strip()


def _body(request: HttpRequest, code: str) -> Mapping[str, Any]:
    try:
        return read(request.body if len(request.body) <= MOST_BYTES else b"")
    except Unreadable as failed:
        raise WalletRefused(code, "The request is no JSON object that can be read.") from failed


def _wanted(asked: Mapping[str, Any]) -> tuple[str, object]:
    """The form that is asked for, and the one key proof that comes with it (section 8.2)."""
    if "credential_response_encryption" in asked:
        raise WalletRefused("invalid_encryption_parameters", "Answers are not encrypted here beyond the connection.")
    if "credential_identifier" in asked:
        raise WalletRefused("unknown_credential_identifier", "No identifiers are given here. Ask by configuration.")
    form = asked.get("credential_configuration_id")
    if form not in {metadata.DATA_INTEGRITY, metadata.TOKEN}:
        raise WalletRefused("unknown_credential_configuration", "There is no such form of the badge here.")
    proofs = asked.get("proofs")
    given = proofs.get("jwt") if isinstance(proofs, dict) else None
    if form == metadata.DATA_INTEGRITY:
        return form, None
    if not isinstance(given, list) or len(given) != 1:
        raise WalletRefused("invalid_proof", "Exactly one key proof of the kind jwt is needed for a token.")
    return form, given[0]
