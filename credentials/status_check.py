"""Whether a credential still stands: by our own rows, by the issuer's signed list, by its list of suspensions."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.utils.text import format_lazy

from credentials import held, jose, proofs, shape, strictjson
from credentials.controllers import controller_of
from credentials.errors import LossyDocument
from credentials.outcomes import (
    Cause,
    Finding,
    Lookup,
    Sentence,
    Standing,
    day,
    failed,
    not_applicable,
    not_checked,
    passed,
)
from credentials.proofs import issuer_of, moment
from people.words import lazy_text as _

SMALLEST_LIST = 131_072  # Bitstring Status List 1.0, section 4.2
MOST_PACKED_BYTES, MOST_LIST_BYTES = 1024 * 1024, 4 * 1024 * 1024
RECENT = timedelta(days=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
SENTENCES: dict[Cause, Sentence] = {
    Cause.REVOKED: _("It was revoked on {day}."),
    Cause.REPLACED: _("It was replaced by a newer badge on {day}."),
    Cause.SUSPENDED: _("It has been suspended since {day}."),
    Cause.FORGED: _("Its issuer keeps no record of it."),
}
_UNREADABLE = _("The issuer's status list cannot be relied on, so its answer was not used.")


def bits(encoded: Any) -> bytes | None:
    """The bits of a list that is long enough, or None when they cannot be read."""
    found = unpacked(encoded)
    return found if found is not None and len(found) * 8 >= SMALLEST_LIST else None


def unpacked(encoded: Any) -> bytes | None:
    """The bits of a list, at most 4 MiB, or None when they cannot be read."""
    if not isinstance(encoded, str) or encoded[:1] != "u" or len(encoded) > MOST_PACKED_BYTES:
        return None
    try:
        packed = base64.b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4), altchars=b"-_", validate=True)
        unpack = zlib.decompressobj(wbits=31)
        found = unpack.decompress(packed, MOST_LIST_BYTES)
    except (ValueError, zlib.error):
        return None
    return found if unpack.eof and not unpack.unused_data else None


def read_list(data: bytes) -> dict[str, Any]:
    """A list as somebody sends it, as JSON or as a token, which then stands in its envelope. Raises `Unreadable`."""
    text = data.strip()
    if text.startswith(b"ey") and text.isascii():
        return jose.enveloped(jose.read(text.decode()).text)
    return strictjson.read(data)


def opened_list(listed: dict[str, Any]) -> tuple[dict[str, Any], jose.Token | None]:
    """A list without its envelope, and the token that it came in."""
    text = jose.token_in(listed)
    if text is None:
        return listed, None
    try:
        token = jose.read(text)
    except strictjson.Unreadable:
        return {}, None
    return token.document, token


def recent_list(data: bytes) -> dict[str, Any]:
    """A list that somebody hands in, of the last day. Raises `Unreadable`.

    An older one, kept and handed in again, would hide what happened since.
    """
    handed = read_list(data)
    listed, _token = opened_list(handed)
    made = [moment(proof.get("created")) for proof in proofs.proofs_of(listed)] + [moment(listed.get("validFrom"))]
    if max((day for day in made if day), default=_LONG_AGO) < datetime.now(UTC) - RECENT:
        raise strictjson.Unreadable(_("The status list that was handed in is older than a day. Get it again."))
    return handed


def is_under(listed: dict[str, Any], url: str) -> bool:
    """Whether a list that was handed in is the one of an address."""
    return opened_list(listed)[0].get("id") == url


def is_set(found: bytes, index: int) -> bool:
    """One bit, index 0 being the left-most."""
    return bool(found[index >> 3] & (0x80 >> (index & 7)))


def status(document: dict[str, Any], lookup: Lookup, now: datetime) -> Finding:
    """Our own rows first, then the signed lists. What was not looked at is never said to hold."""
    entry = document.get("credentialStatus")
    own = by_rows(document, lookup)
    if own is not None:
        return own
    if entry is None:
        return not_applicable(_("It has no status that could change."))
    index, url = index_of(entry), entry.get("statusListCredential")
    if index is None or not isinstance(url, str):
        return not_checked(
            _("It names its status in a way that we do not know, so nobody looked whether it is revoked.")
        )
    listed = bits_of(url, str(entry.get("statusPurpose")), issuer_of(document), lookup, now)
    return listed if isinstance(listed, Finding) else by_lists(listed, index, str(entry.get("statusPurpose")))


@dataclass(frozen=True)
class Lists:
    """The bits of an issuer's list, and of its list of suspensions where that is at hand; both are to be relied on."""

    bits: bytes
    suspensions: bytes | None


def bits_of(url: str, purpose: str, issuer: str, lookup: Lookup, now: datetime) -> Lists | Finding:
    """The lists under an address, or why nobody can look at them."""
    published = lookup.status_list(url)
    if published is None:
        return not_checked(_("The issuer's status list is not at hand, so nobody looked whether it is revoked."))
    found = _believed(published, url, purpose, issuer, lookup, now)
    if found is None:
        return not_checked(_UNREADABLE)
    second = f"{url}/suspensions"
    published = lookup.status_list(second)
    beside = _believed(published, second, "suspension", issuer, lookup, now) if published is not None else None
    return Lists(found, beside)


def by_lists(lists: Lists, index: int, purpose: str) -> Finding:
    """What the lists say of one index; the second tells what the badge's own entry does not (badges.md 4.20)."""
    if index >= len(lists.bits) * 8:
        return not_checked(_UNREADABLE)
    if is_set(lists.bits, index):
        if purpose == "suspension":
            return failed(_("It is suspended."), Cause.SUSPENDED)
        return failed(_("It was revoked."), Cause.REVOKED)
    second = lists.suspensions
    if second is not None and index < len(second) * 8 and is_set(second, index):
        return failed(_("It is suspended."), Cause.SUSPENDED)
    return passed(_("The issuer's status list does not revoke it."))


def by_rows(document: dict[str, Any], lookup: Lookup) -> Finding | None:
    """What our rows say against it; None when they say nothing, or when it is not ours."""
    address = str(document.get("id"))
    standing = lookup.standing(address)
    if standing is None:
        return failed(SENTENCES[Cause.FORGED], Cause.FORGED) if lookup.keeps_records_of(address) else None
    return by_standing(standing)


def by_standing(standing: Standing) -> Finding | None:
    """What a row says against a credential; None when it says nothing."""
    if standing.state not in SENTENCES:
        return None
    if standing.since is None:
        return failed(SENTENCES[standing.state], standing.state)
    dated = format_lazy(cast(str, SENTENCES[standing.state]), day=day(standing.since))
    return failed(dated, standing.state, standing.since)


def index_of(entry: dict[str, Any]) -> int | None:
    """The index of an entry that we can read, or None."""
    index = entry.get("statusListIndex")
    known = entry.get("type") in ("BitstringStatusListEntry", ["BitstringStatusListEntry"])
    if not known or entry.get("statusPurpose") not in {"revocation", "suspension"}:
        return None
    if str(entry.get("statusSize", 1)) != "1":
        return None
    plain = isinstance(index, str) and len(index) < 10 and index.isascii() and index.isdigit()
    return int(index) if plain and index is not None else None


def _believed(
    published: dict[str, Any], url: str, purpose: str, issuer: str, lookup: Lookup, now: datetime
) -> bytes | None:
    """The bits of a list whose address, issuer, purpose, dates and signature are right, or None."""
    published, token = opened_list(published)
    if shape.fault(published, shape.STATUS_LIST) is not None or not shape.contexts_known(published):
        return None
    subject = published["credentialSubject"]
    if published["id"] != url or issuer_of(published) != issuer or subject.get("statusPurpose") != purpose:
        return None
    start, end = moment(published["validFrom"]), moment(published.get("validUntil"))
    if start is None or start > now + proofs.CLOCKS_DIFFER or ("validUntil" in published and (not end or end < now)):
        return None
    controller = controller_of(issuer, lookup)
    try:
        if controller is None or not _list_holds(published, token, controller):
            return None
    except LossyDocument:
        return None
    return bits(subject.get("encodedList"))


def _list_holds(published: dict[str, Any], token: jose.Token | None, controller: dict[str, Any]) -> bool:
    if token is None:
        return held.verify(published, controller)
    fault = jose.list_fault(token) or jose.key_fault(token, controller)
    return fault is None and jose.signature_holds(token, controller)
