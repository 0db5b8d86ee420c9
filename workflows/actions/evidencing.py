"""What may be done with one item of evidence: read it, show it to more or fewer people, hold it back."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials import keys
from people.models import User
from workflows.award_course import AwardPassage, opened_award
from workflows.door import found
from workflows.errors import Missing, NotAllowed, Refusal
from workflows.evidence import evidence_for, reader_of, shown_to
from workflows.models import EvidenceConsent, EvidenceItem, Visibility

OUTSIDE = {Visibility.EMPLOYERS, Visibility.PUBLIC}


def give_consent(*, item_id: int, actor: User, audience: str, ends_on: date | None = None) -> EvidenceConsent:
    """The learner lets employers with a link, or everybody, see one item, until a day."""
    item = found(EvidenceItem, item_id)
    with opened_award(enrolment_id=item.enrolment_id, actor=actor) as passage:
        passage.own()
        if audience not in OUTSIDE:
            raise Missing(what=_("whom you let see it: employers with your link, or everybody"))
        if item.visibility == Visibility.PRIVATE:
            raise Refusal(_("You marked this item as a private reflection. It is never shown outside."))
        if item.withheld_at is not None or item.deleted_at is not None:
            raise Refusal(_("This item cannot be shown any more: it was held back, or its time of keeping has ended."))
        if ends_on is not None and ends_on < timezone.localdate():
            raise Missing(what=_("an end that is not in the past"))
        item.consents.filter(audience=audience, withdrawn_at=None).update(withdrawn_at=timezone.now())
        consent = EvidenceConsent.objects.create(item=item, audience=audience, ends_on=ends_on)
        passage.record("give_evidence_consent", item=str(item.public_id), audience=audience)
        return consent


def withdraw_consent(*, item_id: int, actor: User, audience: str) -> EvidenceItem:
    """The learner ends future views of one item. The award stays."""
    item = found(EvidenceItem, item_id)
    with opened_award(enrolment_id=item.enrolment_id, actor=actor) as passage:
        passage.own()
        if not item.consents.filter(audience=audience, withdrawn_at=None).update(withdrawn_at=timezone.now()):
            raise Refusal(_("No consent of this kind is in force, so there is nothing to withdraw."))
        passage.record("withdraw_evidence_consent", item=str(item.public_id), audience=audience)
        return item


def withhold(*, item_id: int, actor: User) -> EvidenceItem:
    """A reviewer saw a third person in an item: it is never released outside, and consents to do so end."""
    item = found(EvidenceItem, item_id)
    with opened_award(enrolment_id=item.enrolment_id, actor=actor) as passage:
        if reader_of(actor, passage.enrolment) != "assessor":
            raise NotAllowed
        item.refresh_from_db()
        if item.withheld_at is None:
            item.withheld_at = timezone.now()
            item.save(update_fields=["withheld_at"])
            item.consents.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())
            passage.record("withhold_evidence", item=str(item.public_id))
        return item


def read(*, item_id: int, actor: User) -> bytes:
    """The content of an item for a person who may read it; every reading but the learner's own is on record."""
    item = found(EvidenceItem, item_id)
    with opened_award(enrolment_id=item.enrolment_id, actor=actor) as passage:
        shown = next((s for s in evidence_for(actor, passage.enrolment) if s.item.pk == item.pk), None)
        if shown is None or shown.closed:
            raise NotAllowed(shown.closed if shown else None)
        if passage.enrolment.learner_id != actor.pk:
            passage.record("read_evidence", item=str(item.public_id), circle=reader_of(actor, passage.enrolment))
        return _content(item)


def read_outside(*, item_id: int, audience: str) -> bytes:
    """The content of an item that the learner lets employers or everybody see. The caller proves the link."""
    item = found(EvidenceItem, item_id)
    with opened_award(enrolment_id=item.enrolment_id, actor=None) as passage:
        if audience not in OUTSIDE or not _open(passage, item, audience):
            raise NotAllowed(_("The learner does not show this item."))
        passage.record("read_evidence", item=str(item.public_id), circle=audience)
        return _content(item)


def _open(passage: AwardPassage, item: EvidenceItem, audience: str) -> bool:
    return any(s.item.pk == item.pk and not s.closed for s in shown_to(audience, passage.enrolment))


def _content(item: EvidenceItem) -> bytes:
    assert item.content is not None
    return keys.unseal(bytes(item.content), f"evidence:{item.public_id}")
