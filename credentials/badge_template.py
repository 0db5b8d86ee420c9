"""Badges of one shape signed in one go: what is fixed is compiled once, what differs is filled in (badges.md 3).

The plan of a badge is composed by `documents.badge` and by nothing else. Here it is split into slots, named by their
place in the document, and the fixed rest. A batch composes one plan, compiles it, and fills the slots of the others:

    plan = documents.badge(...)                       # of the first learner
    template = template_of(plan)                      # compiled once for each shape and process
    shared = {name: slots_of(plan)[name] for name in ("credentialStatus.statusListCredential", ...)}
    template = template.specialized(shared)           # values that many share, such as list and levels: faster
    with keys.opened_signer(key) as signer:
        pen = Pen(signer, created=now)                # the proof options are hashed once
        for slots in batch:                           # {"id": ..., "credentialSubject.identifier.0.salt": ..., ...}
            signed = sign_filled(template, slots, pen)
            store(slots, signed.proof_value, signed.digest)
            if signed.full:                           # these values needed the full algorithm: read the badge back
                read_back(signed.text)
    text = render(template, slots, pen.method, pen.created, proof_value)   # the same text again, byte for byte

Nothing here touches the database or a private key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from credentials.base58 import b58encode
from credentials.canonical import OPEN_BADGES, V2, canonical
from credentials.compiled import Markers, Template, Unsound, compile_template
from credentials.proofs import SUITE, stamp
from credentials.signers import CanSign

Document = dict[str, Any]
Place = tuple[str, ...]
MOST_TEMPLATES = 256  # for each process: achievement versions in use, times the shapes of their badges

# The values that differ between the badges of one achievement, by place; `*` is each entry of a list.
_ADDRESSES: frozenset[Place] = frozenset(
    {
        ("id",),
        ("credentialStatus", "id"),
        ("credentialStatus", "statusListCredential"),
        ("evidence", "*", "id"),
    }
)
_TEXTS: frozenset[Place] = frozenset(
    {
        ("awardedDate",),
        ("validFrom",),
        ("validUntil",),
        ("credentialStatus", "statusListIndex"),
        ("credentialSubject", "identifier", "*", "identityHash"),
        ("credentialSubject", "identifier", "*", "salt"),
        ("credentialSubject", "result", "*", "achievedLevel"),
        ("credentialSubject", "result", "*", "value"),
        *(
            ("evidence", "*", member)
            for member in ("name", "description", "narrative", "genre", "audience", "digestMultibase")
        ),
    }
)
_OUTER = frozenset(place[0] for place in _ADDRESSES | _TEXTS)


def replaced(value: Any, put: Callable[[Place, str], Any], place: Place = (), kind: Place = ()) -> Any:
    """The document with what `put` gives in place of each slot; `kind` is the place with `*` for numbers."""
    if isinstance(value, dict):
        return {
            name: replaced(inner, put, (*place, name), (*kind, name)) if kind or name in _OUTER else inner
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [replaced(inner, put, (*place, str(n)), (*kind, "*")) for n, inner in enumerate(value)]
    return put(place, value) if isinstance(value, str) and (kind in _ADDRESSES or kind in _TEXTS) else value


def slots_of(plan: Document) -> dict[str, str]:
    """The values of a plan that differ from learner to learner, by their place: `credentialSubject.result.0.value`."""
    found: dict[str, str] = {}

    def put(place: Place, value: str) -> None:
        found[".".join(place)] = value

    replaced(plan, put)
    return found


def fixed_digest(plan: Document) -> str:
    """SHA-256 of all that is not a slot: equal for two plans when one template serves both."""
    fixed = replaced(plan, lambda _place, _value: None)
    return hashlib.sha256(json.dumps(fixed, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def compiled_badge(plan: Document) -> Template:
    """Compile the shape of a plan. Raises `LossyDocument`, and `Unsound` when it always needs the full algorithm."""
    markers = Markers()

    def put(place: Place, _value: str) -> str:
        name = ".".join(place)
        kind = tuple("*" if part.isdigit() else part for part in place)
        return markers.iri(name) if kind in _ADDRESSES else markers.text(name)

    return compile_template(replaced(plan, put), markers)


_known: dict[str, Template] = {}


def template_of(plan: Document) -> Template:
    """The template of a plan, compiled the first time that this process meets its shape."""
    digest = fixed_digest(plan)
    found = _known.pop(digest, None) or compiled_badge(plan)
    _known[digest] = found  # the latest used stands last
    while len(_known) > MOST_TEMPLATES:
        _known.pop(next(iter(_known)), None)
    return found


def _options(method: str, created: str) -> Document:
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }


@cache
def _options_template() -> Template:
    markers = Markers()
    options = _options(markers.iri("method"), markers.text("created"))
    return compile_template({**options, "@context": [V2, OPEN_BADGES]}, markers)


@lru_cache(maxsize=64)
def options_hash(method: str, created: str) -> bytes:
    """SHA-256 of the canonical proof options under a badge's contexts: the same for a whole batch."""
    try:
        return _options_template().digest({"method": method, "created": created})
    except Unsound:
        options = {**_options(method, created), "@context": [V2, OPEN_BADGES]}
        return hashlib.sha256(canonical(options)).digest()


def options_text(options: Document) -> bytes:
    """The canonical proof options of a document. Raises `Unsound` unless they are like ours."""
    method, created = options.get("verificationMethod"), options.get("created")
    if not isinstance(method, str) or not isinstance(created, str):
        raise Unsound("not like ours")
    if options != {**_options(method, created), "@context": [V2, OPEN_BADGES]}:
        raise Unsound("not like ours")
    return _options_template().canonical({"method": method, "created": created}).encode()


@lru_cache(maxsize=64)
def _proof_head(method: str, created: str) -> str:
    """The proof as it ends the text of a badge, up to its value."""
    options = json.dumps(_options(method, created), ensure_ascii=False, separators=(",", ":"))
    return f',"proof":[{options[:-1]},"proofValue":"'


_TAIL = b'"}]}'


def ending(method: str, created: str, proof_value: str) -> bytes:
    """How the text of a signed badge ends, from its proof on."""
    return f"{_proof_head(method, created)}{proof_value}".encode() + _TAIL


class Pen:
    """An open key and the moment of signing: what all proofs of a batch share."""

    def __init__(self, signer: CanSign, *, created: datetime) -> None:
        self.method, self.created, self.sign = signer.method, stamp(created), signer.sign
        self.options_hash = options_hash(self.method, self.created)
        self.head = _proof_head(self.method, self.created).encode()


class Signed(NamedTuple):
    """One signed badge as JSON in UTF-8. `full` tells that its values needed the full algorithm."""

    data: bytes
    proof_value: str
    full: bool

    @property
    def text(self) -> str:
        """The badge as text."""
        return self.data.decode()

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def document(self) -> Document:
        """The signed badge as an object."""
        found: Document = json.loads(self.data)
        return found


def _signed(digest: bytes, unclosed: list[bytes], pen: Pen, *, full: bool) -> Signed:
    """`unclosed` is the text of the badge up to its closing brace, before which the proof goes, in pieces."""
    value = "z" + b58encode(pen.sign(pen.options_hash + digest))
    return Signed(b"".join([*unclosed, pen.head, value.encode(), _TAIL]), value, full)


def sign_filled(template: Template, slots: Mapping[str, str], pen: Pen) -> Signed:
    """Sign one badge. Raises `LossyDocument` when the values would lose a part of it."""
    values = template.read(slots)
    try:
        return _signed(template.digest_of(values), template.unclosed.pieces(values.escaped), pen, full=False)
    except Unsound:
        return _signed_in_full(template.document(slots), pen)


def proof_value(template: Template, slots: Mapping[str, str], pen: Pen) -> str:
    """Sign one badge of a batch and leave its text to whoever stores it. Raises `Unsound`: then sign its plan."""
    return "z" + b58encode(pen.sign(pen.options_hash + template.digest(slots)))


def sign_plan(plan: Document, pen: Pen) -> Signed:
    """Sign the plan of one badge, by the template of its shape where there is one. Raises `LossyDocument`."""
    try:
        template = template_of(plan)
    except Unsound:
        return _signed_in_full(plan, pen)
    return sign_filled(template, slots_of(plan), pen)


def _signed_in_full(plan: Document, pen: Pen) -> Signed:
    """The full algorithm; the text is written as a template writes it."""
    text = json.dumps(plan, ensure_ascii=False, separators=(",", ":"))
    return _signed(hashlib.sha256(canonical(plan)).digest(), [text[:-1].encode()], pen, full=True)


def render(template: Template, slots: Mapping[str, str], *, method: str, created: str, proof_value: str) -> str:
    """The text of a badge that was signed before, byte for byte."""
    return (template.unclosed(template.read(slots).escaped) + ending(method, created, proof_value)).decode()
