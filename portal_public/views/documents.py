"""The documents that a verifier needs: keys, status lists, endorsements, the approved content."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from credentials import queries
from credentials.keys import did_document as document_of
from credentials.list_files import list_file
from credentials.lookups import OwnRows
from credentials.reading import read_endorsement
from credentials.status import SECONDS_KEPT
from portal_public.views.answers import CREDENTIAL, JSON, document, from_any_origin, kept_document, page, wants_page
from workflows import checkpoints, public


def _found(content: Any) -> Any:
    if content is None:
        raise Http404
    return content


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@from_any_origin
@require_safe
def did_document(request: HttpRequest, slug: str) -> HttpResponse:
    """The controller document of an organization that has keys."""
    return document(request, document_of(_found(queries.organization_with_keys(slug))), "application/did+json")


@from_any_origin
@require_safe
def status_list(request: HttpRequest, public_id: UUID, purpose: str = "revocation") -> HttpResponse:
    """A signed status list; it may be kept for a minute, as its `ttl` says."""
    found = _found(list_file(public_id, purpose))
    return kept_document(request, found.tag, found.data, CREDENTIAL, seconds=SECONDS_KEPT)


@from_any_origin
@require_safe
def endorsement(request: HttpRequest, public_id: UUID, achievement: UUID | None = None) -> HttpResponse:
    """A signed endorsement: the document, or a page that says whether it holds today."""
    content = _found(queries.endorsement_document(public_id, achievement))
    if not wants_page(request):
        return document(request, content, CREDENTIAL)
    endorser = read_endorsement(content, lookup=OwnRows())
    (voucher,) = public.vouched([endorser])
    named = str(content["credentialSubject"]["id"]).rpartition("/")[2]
    context = {
        "voucher": voucher,
        "alone": [voucher],
        "content": content,
        "address": endorser.address,
        "offer": public.offer_of(UUID(named)),
    }
    return page(request, "public/endorsement.html", context)


@from_any_origin
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed statement over all ledgers, where the operator publishes it (`docs/auditors.md`)."""
    newest = checkpoints.newest() if settings.CHECKPOINTS_PUBLIC else None
    return document(request, _found(newest), JSON, seconds=60)


@from_any_origin
@require_safe
def snapshot(request: HttpRequest, public_id: UUID, digest: str) -> HttpResponse:
    """The approved content as the very bytes whose SHA-256 the endorsements carry (RFC 8785)."""
    return document(request, _found(public.snapshot_bytes(public_id, digest)), JSON, seconds=86400)
