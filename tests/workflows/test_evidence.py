"""Evidence: what is taken, who sees what, and that consent can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from tests.journeys.awards import GOOD, piloting_version
from workflows import ledger
from workflows.actions import assessing, evidencing, learning
from workflows.errors import Missing, NotAllowed, NotYours, Refusal
from workflows.evidence import MOST_BYTES, Item, evidence_for, media_type, safe_name, shown_to
from workflows.models import Enrolment, EvidenceConsent, EvidenceItem

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
KINDS = {
    b"%PDF-1.7 x": "application/pdf",
    PNG: "image/png",
    b"\xff\xd8\xff\xe0 x": "image/jpeg",
    "Zoé\nobserved".encode(): "text/plain",
}
OTHERS = [b"\x00\x01", b"GIF89a\x00", b"PK\x03\x04\x00", b"MZ\x90\x00", b"\xff\xfe\x00", b"x\x07"]


@pytest.mark.parametrize(("data", "kind"), list(KINDS.items()))
def test_a_file_is_what_its_first_bytes_say(data: bytes, kind: str) -> None:
    assert media_type(data) == kind


@pytest.mark.parametrize("data", OTHERS)
def test_other_kinds_are_not_taken(data: bytes) -> None:
    assert media_type(data) is None


@given(st.text(max_size=300))
def test_a_file_name_never_leaves_its_folder_or_its_header(name: str) -> None:
    safe = safe_name(name)
    assert not set(safe) & set('/\\"\r\n\x00')
    assert len(safe) <= 200
    assert safe not in {".", ".."}


@pytest.fixture
def lena(cast: Cast) -> Enrolment:
    _version, cohort = piloting_version(cast)
    enrolment = cohort.enrolments.order_by("pk")[0]
    return learning.enrol(enrolment_id=enrolment.pk, actor=enrolment.learner, consent=True)


def _hand_in(enrolment: Enrolment, *items: Item, **more: Any) -> None:
    learning.submit_evidence(
        enrolment_id=enrolment.pk, actor=enrolment.learner, items=list(items), own_work=True, **more
    )


def test_items_are_kept_sealed_with_digest_term_and_consent(lena: Enrolment) -> None:
    _hand_in(
        lena,
        Item("T1", data=PNG, file_name="../gown.png", what="Checklist", visibility="public"),
        Item("T1", text="What I felt", visibility="private"),
    )
    photo, note = EvidenceItem.objects.order_by("pk")
    assert (photo.kind, photo.media_type, photo.file_name, photo.size) == ("file", "image/png", "gown.png", 28)
    assert photo.delete_after == timezone.localdate() + timedelta(days=365)
    assert sorted(c.audience for c in photo.consents.all()) == ["employers", "public"]
    assert not note.consents.exists()
    assert b"What I felt" not in bytes(note.content)
    assert evidencing.read(item_id=note.pk, actor=lena.learner) == b"What I felt"
    assert lena.attempts.get().manifest == sorted([photo.digest, note.digest])
    (event,) = ledger.events_of(f"award:{lena.public_id}", type_="submit")
    assert event.data["manifest"] == lena.attempts.get().manifest


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (Item("T1", text="x", third_person=True), "another person"),
        (Item("T9", text="x"), "task"),
        (Item("T1", text=" "), "content"),
        (Item("T1", data=b"x" * (MOST_BYTES + 1)), "5 MiB"),
        (Item("T1", data=b"GIF89a\x00"), "PDF, PNG, JPEG"),
        (Item("T1", text="x", visibility="world"), "who may see"),
    ],
)
def test_what_cannot_be_handed_in_is_refused_and_nothing_is_kept(lena: Enrolment, item: Item, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        _hand_in(lena, Item("T1", text="good"), item)
    assert not EvidenceItem.objects.exists()
    assert Enrolment.objects.get(pk=lena.pk).stage == "enrolled"


def test_what_the_policy_never_makes_public_is_refused_as_public(lena: Enrolment) -> None:
    version = lena.cohort.version
    version.content["evidence"]["never_public"] = [{"en": "Contact plates", "fr": "Géloses contact"}]
    version.save()
    with pytest.raises(Refusal, match="never lets"):
        _hand_in(lena, Item("T1", data=PNG, what="géloses contact", visibility="public"))
    _hand_in(lena, Item("T1", data=PNG, what="géloses contact", visibility="employers"))


def test_the_two_statements_are_asked(lena: Enrolment) -> None:
    with pytest.raises(Missing, match="own work"):
        learning.submit_evidence(enrolment_id=lena.pk, actor=lena.learner, items=[Item("T1", text="x")], own_work=False)
    with pytest.raises(Missing, match="at least one"):
        _hand_in(lena)


def test_earlier_learning_enters_by_the_same_door_where_there_is_a_route(lena: Enrolment) -> None:
    version = lena.cohort.version
    version.content["pathways"]["prior_learning_route"] = False
    version.save()
    with pytest.raises(Refusal, match="no route"):
        _hand_in(lena, Item("T1", text="x"), prior_learning=True)
    version.content["pathways"]["prior_learning_route"] = True
    version.save()
    _hand_in(lena, Item("T1", text="x"), prior_learning=True)
    assert lena.attempts.get().prior_learning


def _open(user_or_circle: Any, enrolment: Enrolment) -> list[bool]:
    shown = (
        shown_to(user_or_circle, enrolment)
        if isinstance(user_or_circle, str)
        else evidence_for(user_or_circle, enrolment)
    )
    return [not entry.closed for entry in shown]


def test_each_circle_sees_what_the_table_says(lena: Enrolment, cast: Cast) -> None:
    _hand_in(
        lena,
        Item("T1", text="public", visibility="public"),
        Item("T1", text="employers", visibility="employers"),
        Item("T1", text="assessors"),
        Item("T1", text="reflection", visibility="private"),
    )
    assert _open(lena.learner, lena) == [True, True, True, True]
    assert _open(cast.assessor, lena) == [True, True, True, True]
    assert _open(cast.moe, lena) == [True, True, True, True]
    assert _open(cast.quinn, lena) == [True, True, True, False]
    assert _open(cast.ana, lena) == [False, False, False, False]
    assert _open("employers", lena) == [True, True, False]
    assert _open("public", lena) == [True, False, False]
    for stranger in (cast.mallory, cast.bob):
        with pytest.raises(NotYours):
            evidence_for(stranger, lena)
        with pytest.raises(NotYours):
            evidencing.read(item_id=EvidenceItem.objects.first().pk, actor=stranger)


def test_reading_is_on_record_for_the_learner(lena: Enrolment, cast: Cast) -> None:
    _hand_in(lena, Item("T1", text="x", visibility="employers"))
    item = EvidenceItem.objects.get()
    evidencing.read(item_id=item.pk, actor=lena.learner)
    evidencing.read(item_id=item.pk, actor=cast.assessor)
    assert evidencing.read_outside(item_id=item.pk, audience="employers") == b"x"
    events = ledger.events_of(f"award:{lena.public_id}", type_="read_evidence")
    assert [event.data["circle"] for event in events] == ["assessor", "employers"]
    with pytest.raises(NotAllowed):
        evidencing.read_outside(item_id=item.pk, audience="public")
    with pytest.raises(NotAllowed, match="only with the learner's consent"):
        evidencing.read(item_id=item.pk, actor=cast.ana)


def test_consent_is_given_per_item_and_circle_and_can_be_withdrawn(lena: Enrolment, cast: Cast) -> None:
    _hand_in(lena, Item("T1", text="a"), Item("T1", text="r", visibility="private"))
    item, reflection = EvidenceItem.objects.order_by("pk")
    with pytest.raises(NotYours):
        evidencing.give_consent(item_id=item.pk, actor=cast.assessor, audience="public")
    with pytest.raises(Missing):
        evidencing.give_consent(item_id=item.pk, actor=lena.learner, audience="assessors")
    with pytest.raises(Refusal, match="private reflection"):
        evidencing.give_consent(item_id=reflection.pk, actor=lena.learner, audience="public")
    today = timezone.localdate()
    with pytest.raises(Missing, match="in the past"):
        evidencing.give_consent(
            item_id=item.pk, actor=lena.learner, audience="public", ends_on=today - timedelta(days=1)
        )
    evidencing.give_consent(item_id=item.pk, actor=lena.learner, audience="employers", ends_on=today)
    evidencing.give_consent(item_id=item.pk, actor=lena.learner, audience="employers", ends_on=today)
    assert EvidenceConsent.objects.filter(withdrawn_at=None).count() == 1
    assert _open("employers", lena) == [True]
    assert [not s.closed for s in shown_to("employers", lena, today=today + timedelta(days=1))] == [False]
    evidencing.withdraw_consent(item_id=item.pk, actor=lena.learner, audience="employers")
    assert _open("employers", lena) == [False]
    with pytest.raises(Refusal, match="nothing to withdraw"):
        evidencing.withdraw_consent(item_id=item.pk, actor=lena.learner, audience="employers")


def test_a_reviewer_holds_back_what_shows_a_third_person(lena: Enrolment, cast: Cast) -> None:
    _hand_in(lena, Item("T1", text="x", visibility="public"))
    item = EvidenceItem.objects.get()
    with pytest.raises(NotAllowed):
        evidencing.withhold(item_id=item.pk, actor=lena.learner)
    evidencing.withhold(item_id=item.pk, actor=cast.assessor)
    evidencing.withhold(item_id=item.pk, actor=cast.moe)
    assert len(ledger.events_of(f"award:{lena.public_id}", type_="withhold_evidence")) == 1
    assert _open("public", lena) == [False]
    assert _open(cast.assessor, lena) == [True]
    with pytest.raises(Refusal, match="held back"):
        evidencing.give_consent(item_id=item.pk, actor=lena.learner, audience="public")


def test_after_its_term_the_content_is_closed_to_everybody(lena: Enrolment, cast: Cast) -> None:
    _hand_in(lena, Item("T1", text="x", visibility="public"))
    EvidenceItem.objects.update(deleted_at=timezone.now(), content=None)
    for reader in (lena.learner, cast.assessor, cast.quinn, "public"):
        assert _open(reader, lena) == [False]
    with pytest.raises(NotAllowed, match="digest stays"):
        evidencing.read(item_id=EvidenceItem.objects.get().pk, actor=lena.learner)


def test_the_content_cannot_be_moved_to_another_item(lena: Enrolment) -> None:
    from credentials.errors import DoesNotOpen

    _hand_in(lena, Item("T1", text="mine"), Item("T1", text="other"))
    first, second = EvidenceItem.objects.order_by("pk")
    EvidenceItem.objects.filter(pk=first.pk).update(content=second.content)
    with pytest.raises(DoesNotOpen):
        evidencing.read(item_id=first.pk, actor=lena.learner)


def test_scores_stay_with_whoever_took_the_work(lena: Enrolment, cast: Cast) -> None:
    _hand_in(lena, Item("T1", text="x"))
    assessing.take(enrolment_id=lena.pk, actor=cast.assessor)
    with pytest.raises(NotAllowed):
        assessing.score(enrolment_id=lena.pk, actor=cast.moe, scores=GOOD)
