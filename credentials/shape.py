"""The shape of a credential, before anything costly is done with it: limits, words, members (badges.md 5.23, 5.25).

What these rules let through means the same to every reader: only words of the pinned contexts, written as the
contexts write them. Each fault is a sentence.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.functional import Promise

from credentials.canonical import LEARNER_RECORD, OPEN_BADGES, PINNED, V2, is_absolute
from credentials.proofs import moment
from people.words import lazy_text as _

Sentence = str | Promise
Document = dict[str, Any]
BADGE, ENDORSEMENT, STATUS_LIST = "OpenBadgeCredential", "EndorsementCredential", "BitstringStatusListCredential"
RECORD = "ClrCredential"
SAME_KIND = {"OpenBadgeCredential": {"OpenBadgeCredential", "AchievementCredential"}}
MOST_NODES, MOST_NAMELESS, MOST_ENDORSEMENTS = 2000, 500, 20
LARGEST_NUMBER = 2**53
# The code points on which canonicalizers in use disagree (badges.md 3).
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_OTHER_CONTEXT = re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.0\.[0-9]+)?\.json")


def contexts_fault(document: Document) -> Sentence | None:
    """Why the contexts make its words mean something else than they seem to, or None."""
    listed = document.get("@context")
    if not isinstance(listed, list) or not all(isinstance(url, str) for url in listed):
        return _("It brings contexts of its own, so its words could mean something else.")
    if listed[:1] != [V2] or len(listed) != len(set(listed)):
        return _(
            "Its contexts do not begin with that of verifiable credentials, so its words could mean something else."
        )
    if RECORD in _types(document):
        if listed == [V2, LEARNER_RECORD, OPEN_BADGES]:
            return None
        return _("It does not use the contexts of a learner record, so its words could mean something else.")
    if STATUS_LIST not in _types(document) and (len(listed) < 2 or not _OTHER_CONTEXT.fullmatch(listed[1])):
        return _("It does not use the context of Open Badges 3.0, so its words could mean something else.")
    return None


def contexts_known(document: Document) -> bool:
    """True when every context is one of the pinned files."""
    return all(url in PINNED for url in document["@context"])


def fault(document: Document, kind: str) -> Sentence | None:
    """What is wrong with the shape of a credential of this kind, or None."""
    return too_large(document) or contexts_fault(document) or _words_fault(document) or _members_fault(document, kind)


def too_large(document: Document) -> Sentence | None:
    """Why a document has more parts than are looked at, or None."""
    nodes = nameless = 0
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            nodes += 1
            nameless += "id" not in value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        if nodes > MOST_NODES or nameless > MOST_NAMELESS:
            return _("It has far more parts than a badge has.")
    if len(endorsements(document)) > MOST_ENDORSEMENTS:
        return _("It carries more endorsements than we look at.")
    return None


def endorsements(document: Document) -> list[tuple[Any, str]]:
    """Every endorsement embedded in a badge, as JSON or as a token, and the address of what it must be about.

    They may stand in the achievement, in the badge itself, and in the profiles of its issuer and of the
    achievement's creator (Open Badges 3.0, B.1).
    """
    achievement = _part(_part(document.get("credentialSubject")).get("achievement"))
    places = (achievement, document, _part(document.get("issuer")), _part(achievement.get("creator")))
    return [
        (part, str(place.get("id")))
        for place in places
        for name in ("endorsement", "endorsementJwt")
        for part in _many(place.get(name, []))
    ]


def _part(value: Any) -> Document:
    return value if isinstance(value, dict) else {}


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _words_fault(document: Document) -> Sentence | None:
    """Words and values that readers do not all take in the same way."""
    waiting: list[tuple[Any, bool]] = [(document, True)]
    while waiting:
        value, root = waiting.pop()
        found = _value_fault(value, root=root)
        if found is not None:
            return found
        if isinstance(value, dict):
            waiting.extend((inner, _is_credential(inner)) for name, inner in value.items() if name != "@context")
        elif isinstance(value, list):
            waiting.extend((inner, _is_credential(inner)) for inner in value)
    return None


def _is_credential(value: Any) -> bool:
    """Where a context of its own may stand: a credential embedded in another, or a proof."""
    return isinstance(value, dict) and ("VerifiableCredential" in _types(value) or "cryptosuite" in value)


def _value_fault(value: Any, *, root: bool) -> Sentence | None:
    if value is None:
        return _("A member of it says nothing at all, which readers take in two ways.")
    if isinstance(value, str) and _REFUSED.search(value):
        return _("It holds control characters, on which readers disagree.")
    if isinstance(value, (int, float)) and not (value == 0 or 1e-6 <= abs(value) < LARGEST_NUMBER):  # nor NaN
        return _("It holds a number that readers write in different ways.")
    if isinstance(value, list) and any(isinstance(inner, list) for inner in value):
        return _("It holds a list within a list, which has no meaning here.")
    if isinstance(value, dict):
        return _names_fault(value, root=root)
    return None


def _names_fault(value: Document, *, root: bool) -> Sentence | None:
    for name in value:
        if name == "@context" and root:
            continue
        if name.startswith("@") or ":" in name or not name:
            return _("A member has a name that stands for another one, so it could be read in two ways.")
    if "@context" in value and value["@context"] != [] and "cryptosuite" not in value:
        return contexts_fault(value)
    return None


def _types(value: Document) -> list[str]:
    types = value.get("type")
    return [t for t in types if isinstance(t, str)] if isinstance(types, list) else [types] if types else []


def _members_fault(document: Document, kind: str) -> Sentence | None:
    types, subject = set(_types(document)), document.get("credentialSubject")
    if "VerifiableCredential" not in types or not types & SAME_KIND.get(kind, {kind}):
        return _("It is not a badge of the kind that was expected here.")
    if not is_absolute(document.get("id")):
        return _("It has no address of its own.")
    issuer = document.get("issuer")
    if not is_absolute(issuer.get("id") if isinstance(issuer, dict) else issuer) or not isinstance(subject, dict):
        return _("It does not say who issued it, or what about.")
    if moment(document.get("validFrom")) is None:
        return _("Its first day of validity is missing or has no time zone.")
    if "credentialStatus" in document and not isinstance(document["credentialStatus"], dict):
        return _("It names more than one place for its status.")
    return _subject_fault(subject, kind)


def _subject_fault(subject: Document, kind: str) -> Sentence | None:
    if kind == ENDORSEMENT:
        if not is_absolute(subject.get("id")) or "EndorsementSubject" not in _types(subject):
            return _("It does not say what is endorsed.")
        return None
    if kind == STATUS_LIST:
        return None if "BitstringStatusList" in _types(subject) else _("It is not a status list.")
    if kind == RECORD:
        return _record_fault(subject)
    achievement = subject.get("achievement")
    if not isinstance(achievement, dict):
        return _("It does not say what was achieved.")
    if not is_absolute(achievement.get("id")) or "Achievement" not in _types(achievement):
        return _("What was achieved has no address of its own.")
    if not all(isinstance(achievement.get(name), str) for name in ("name", "description")):
        return _("What was achieved has no name or no description.")
    if not isinstance(achievement.get("criteria"), dict):
        return _("It does not say what had to be shown.")
    return _identity_fault(subject)


def _record_fault(subject: Document) -> Sentence | None:
    inner = subject.get("verifiableCredential")
    if "ClrSubject" not in _types(subject) or not isinstance(inner, list) or not inner:
        return _("It is no record that holds badges.")
    if not all(isinstance(part, dict) and "VerifiableCredential" in _types(part) for part in inner):
        return _("It is no record that holds badges.")
    return _identity_fault(subject)


def _identity_fault(subject: Document) -> Sentence | None:
    identities = subject.get("identifier", [])
    listed = identities if isinstance(identities, list) else [identities]
    if not listed and not is_absolute(subject.get("id")):
        return _("It does not say who earned it.")
    for identity in listed:
        if not isinstance(identity, dict) or not isinstance(identity.get("hashed"), bool):
            return _("It does not say clearly who earned it.")
        if not isinstance(identity.get("identityHash"), str) or not isinstance(identity.get("identityType"), str):
            return _("It does not say clearly who earned it.")
    return None
