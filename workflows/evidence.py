"""Evidence: what may be handed in, and who sees what of it (`lifecycle.md` 10).

The assessed level is always visible; the item itself only as far as the learner consents. Whoever may not read an
item is told why, except that a private reflection does not even show itself outside.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import User
from workflows import rights
from workflows.dossier import Dossier, Text
from workflows.errors import Missing, NotYours, Refusal
from workflows.models import Enrolment, EvidenceItem, Visibility

Sentence = str | Promise
MOST_BYTES = 5 * 1024 * 1024
LONGEST_NAME = 200
TEXT = "text/plain"
# What a file is follows from its first bytes, never from its name or from what the browser says.
SIGNATURES = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Item:
    """One thing that a learner hands in: a note (`text`) or a file (`data` with its name)."""

    task: str
    text: str = ""
    data: bytes = b""
    file_name: str = ""
    what: str = ""
    visibility: str = Visibility.ASSESSORS
    third_person: bool = False
    consent_ends_on: date | None = None

    @property
    def content(self) -> bytes:
        """The bytes that are kept and whose digest is signed."""
        return self.data or self.text.encode()


def media_type(data: bytes) -> str | None:
    """What these bytes are, or None when they are nothing that is taken."""
    for signature, name in SIGNATURES.items():
        if data.startswith(signature):
            return name
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else TEXT


def digest(data: bytes) -> str:
    """SHA-256 of an item, as stored, signed and compared."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def safe_name(name: str) -> str:
    """The last part of a file's name, without anything that a path or a header could trip over."""
    plain = re.sub(r'[\x00-\x1f\x7f"\\/:*?<>|]', "_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    return plain[-LONGEST_NAME:]


def refuse(item: Item, dossier: Dossier) -> None:
    """Raise a named refusal when an item cannot be handed in."""
    if item.third_person:
        raise Refusal(_("An item shows another person. Remove what shows them, then hand it in."))
    if item.task not in {task.code for task in dossier.assessment.tasks}:
        raise Missing(what=_("the task that each item belongs to"))
    if not item.content.strip():
        raise Missing(what=_("the content of an item: a note or a file"))
    if len(item.content) > MOST_BYTES:
        raise Refusal(_("A file is larger than 5 MiB. Make it smaller, or hand in an extract."))
    if media_type(item.content) is None:
        raise Refusal(_("A file is of a kind that is not taken. Hand in PDF, PNG, JPEG or plain text."))
    if item.visibility not in Visibility.values:
        raise Missing(what=_("who may see each item"))
    if item.visibility == Visibility.PUBLIC and _names(item.what, dossier.evidence.never_public):
        raise Refusal(
            _("The evidence policy never lets “%(what)s” be public. Choose a smaller circle."), what=item.what
        )


def _names(what: str, texts: list[Text]) -> bool:
    said = {text.said(language).strip().casefold() for text in texts for language in ("en", "fr")}
    return bool(what.strip()) and what.strip().casefold() in said


def delete_after(dossier: Dossier, item: Item, handed_in: date) -> date | None:
    """The last day on which the content is kept: the term of this kind of evidence, else the longest that is stated."""
    terms = {kind.strip().casefold(): days for kind, days in dossier.evidence.retention_days.items()}
    if not terms:
        return None
    return handed_in + timedelta(days=terms.get(item.what.strip().casefold(), max(terms.values())))


@dataclass(frozen=True)
class Shown:
    """One item as a reader sees it in a list; `closed` says why its content may not be read, and is empty otherwise."""

    item: EvidenceItem
    closed: Sentence = ""


def _live_audiences(item: EvidenceItem, today: date) -> set[str]:
    return {
        consent.audience
        for consent in item.consents.all()
        if consent.withdrawn_at is None and (consent.ends_on is None or today <= consent.ends_on)
    }


def _closed(item: EvidenceItem, reader: str, today: date) -> Sentence | None:
    """Why a reader may not read an item; empty when it is open, None when the reader is not told that it exists."""
    outside = reader in {Visibility.EMPLOYERS, Visibility.PUBLIC}
    if item.visibility == Visibility.PRIVATE and outside:
        return None
    if item.deleted_at is not None:
        return _("Its time of keeping has ended. The content is gone; its digest stays.")
    if reader == "quality" and item.visibility == Visibility.PRIVATE:
        return _("A private reflection is read only by those who assess it, and in an appeal.")
    if reader == "lead":
        return _("Read by those who assess it, and by others only with the learner's consent.")
    if outside and item.withheld_at is not None:
        return _("It shows another person, so it is not released.")
    if outside and reader not in _live_audiences(item, today):
        return _("The learner has not consented to show it.")
    return ""


def shown_to(reader: str, enrolment: Enrolment, *, today: date | None = None) -> list[Shown]:
    """The items of one course as a circle of readers sees them.

    `reader` is earner, assessor, quality, lead, employers (with the earner's link) or public.
    """
    return _seen_by(reader, enrolment.evidence.all(), today or timezone.localdate())


def shown_of(reader: str, award: UUID) -> list[Shown]:
    """The same by the public id of the award that the course ended in."""
    items = EvidenceItem.objects.filter(enrolment__award__public_id=award)
    return _seen_by(reader, items.defer("content"), timezone.localdate())


def _seen_by(reader: str, items: QuerySet[EvidenceItem], day: date) -> list[Shown]:
    found = [(item, _closed(item, reader, day)) for item in items.prefetch_related("consents").order_by("pk")]
    return [Shown(item, closed) for item, closed in found if closed is not None]


def reader_of(user: User, enrolment: Enrolment) -> str:
    """In which circle a person stands. Raises `NotYours` for a stranger."""
    version = enrolment.cohort.version
    if enrolment.learner_id == user.pk:
        return "earner"
    if user.is_active and enrolment.cohort.assessors.filter(person=user).exists():
        return "assessor"
    if enrolment.appeals.filter(decided_at=None, seats__person=user).exists():
        return "appeal"
    if rights.holds(user, version, "audit") or rights.holds(user, version, "screen"):
        return "quality"
    if rights.holds(user, version, "design"):
        return "lead"
    raise NotYours


def evidence_for(user: User, enrolment: Enrolment) -> list[Shown]:
    """What this person may see of a learner's evidence. Raises `NotYours`."""
    return shown_to(reader_of(user, enrolment), enrolment)
