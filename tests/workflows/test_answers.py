"""What an answer needs, what it signs, and whose voice counts for how much."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import Organization, User
from tests.cast import Cast
from tests.journeys import course
from workflows import cases
from workflows.actions import deciding, proposing, reviewing
from workflows.errors import Blocked, Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import Condition, PanelKind, Seat, Validation, Version
from workflows.panels import Place
from workflows.voices import voices


def _seat(cast: Cast, kind: str) -> Seat:
    version = course.drafted(cast)
    if kind == PanelKind.RELEVANCE:
        return course.in_relevance_review(cast, version).seats.get(person=cast.bob)
    if kind == PanelKind.ENDORSEMENT:
        course.in_design(cast, version)
        return course.in_endorsement(cast, version).seats.get(person=cast.bob)
    return course.at_pilot_approval(cast, version).seats.get(person=cast.chair)


NEED_REASONS = [
    (kind, choice)
    for kind in (PanelKind.RELEVANCE, PanelKind.ENDORSEMENT, PanelKind.PILOT_APPROVAL)
    for choice in reviewing.CHOICES[kind]
    if choice not in {"support", "endorse", "approve", "abstain"}
]


@pytest.mark.parametrize(("kind", "choice"), NEED_REASONS)
def test_every_answer_that_is_not_plain_support_gives_its_reasons(cast: Cast, kind: str, choice: str) -> None:
    seat = _seat(cast, kind)
    with pytest.raises(Missing, match="reasons"):
        course.signed(seat, choice)
    decision = course.signed(seat, choice, reasons="Because of the new code.")
    assert (decision.choice, decision.reasons) == (choice, "Because of the new code.")
    supports = choice in {"support_with_suggestions", "endorse_with_condition"}
    assert Validation.objects.filter(decision=decision).exists() is supports


@pytest.mark.parametrize(
    ("kind", "choice"),
    [(PanelKind.RELEVANCE, "support"), (PanelKind.ENDORSEMENT, "endorse"), (PanelKind.PILOT_APPROVAL, "approve")],
)
def test_plain_support_needs_no_reasons(cast: Cast, kind: str, choice: str) -> None:
    assert course.signed(_seat(cast, kind), choice).choice == choice


def test_a_choice_of_another_form_and_an_undeclared_interest_are_refused(cast: Cast) -> None:
    seat = _seat(cast, PanelKind.RELEVANCE)
    with pytest.raises(Missing, match="choices"):
        course.signed(seat, "endorse")
    with pytest.raises(Missing, match="interest"):
        course.signed(seat, "support", interests=[])
    for months in (0, 37):
        with pytest.raises(Missing, match="1 to 36"):
            course.signed(seat, "support", valid_months=months)
    assert seat.panel.decisions.count() == 0


def test_a_proved_mailbox_at_the_verified_domain_signs(cast: Cast) -> None:
    proved = timezone.now()
    decision = course.signed(
        _seat(cast, PanelKind.RELEVANCE), "support", proved_at=proved, signed_name="Robert Quell",
        signed_role="Head of training", language="fr",
        questions=[{"code": "gap", "asked": {"en": "Which gap?", "fr": "Quelle lacune ?"}}],
    )  # fmt: skip
    assert (decision.signed_name, decision.signed_role, decision.language) == ("Robert Quell", "Head of training", "fr")
    assert decision.questions[0]["asked"]["en"] == "Which gap?"
    assert decision.proved_at == proved
    assert decision.validation.assurance == "b"
    assert decision.validation.endorsement is not None


def test_an_unproved_mailbox_is_heard_as_a_voice_and_signs_nothing(cast: Cast) -> None:
    seat = _seat(cast, PanelKind.RELEVANCE)
    decision = course.signed(seat, "support", proved_at=None)
    assert (decision.validation.assurance, decision.validation.endorsement) == ("c", None)
    assert (decision.signed_name, decision.language) == ("Bob", "en")
    course.signed(seat.panel.seats.get(person=cast.vera), "support")
    version = seat.panel.version
    assert [voice.partner for voice in voices(version, PanelKind.RELEVANCE)] == [False, False]
    assert cases.facts(version).employer_voices == 2
    with pytest.raises(Blocked, match="E6a"):
        deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version))


def test_a_proved_mailbox_elsewhere_signs_nothing_either(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.hospital.pk).update(domain="other.example")
    decision = course.signed(_seat(cast, PanelKind.RELEVANCE), "support")
    assert (decision.validation.assurance, decision.validation.endorsement) == ("c", None)


@pytest.mark.parametrize("hours", [-1.1, 0.1])
def test_a_proof_from_another_hour_is_refused_by_name(cast: Cast, hours: float) -> None:
    seat = _seat(cast, PanelKind.RELEVANCE)
    with pytest.raises(Refusal, match="new code"):
        course.signed(seat, "support", proved_at=timezone.now() + timedelta(hours=hours))
    assert seat.panel.decisions.count() == 0


def test_each_suggestion_waits_for_a_reply_and_not_for_consent(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    bob, vera = panel.seats.order_by("pk")
    course.signed(bob, "support_with_suggestions", reasons="Good.", suggestions=["Add a drill", " ", "Add a film"])
    course.signed(vera, "support_with_suggestions", reasons="Shorter.")
    first, second, third = course.suggestions_of(version)
    assert [first.text, second.text, third.text] == ["Add a drill", "Add a film", "Shorter."]

    def confirm() -> Version:
        return deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version))

    with pytest.raises(Blocked, match="A suggestion of Quellin Hospital waits") as blocked:
        confirm()
    assert len(blocked.value.reasons) == 3
    with pytest.raises(NotAllowed):
        proposing.reply_to_suggestion(suggestion_id=first.pk, actor=cast.quinn, text="x")
    with pytest.raises(NotYours):
        proposing.reply_to_suggestion(suggestion_id=first.pk, actor=cast.mallory, text="x")
    with pytest.raises(Missing):
        proposing.reply_to_suggestion(suggestion_id=first.pk, actor=cast.ana, text=" ")
    for suggestion in (first, second, third):
        proposing.reply_to_suggestion(suggestion_id=suggestion.pk, actor=cast.ana, text="Not in eighteen hours.")
    with pytest.raises(Refusal, match="reply already"):
        proposing.reply_to_suggestion(suggestion_id=first.pk, actor=cast.ana, text="x")
    assert confirm().stage == "assessment_design"


def test_an_endorsement_with_a_condition_counts_once_it_has_owner_and_date(cast: Cast) -> None:
    seat = _seat(cast, PanelKind.ENDORSEMENT)
    version = seat.panel.version
    course.signed(seat, "endorse_with_condition", reasons="A second mirror in the change room.")
    condition = Condition.objects.get(version=version)
    assert (condition.set_by, condition.owner, condition.blocks) == (cast.bob, None, "approve")
    assert Version.objects.get(pk=version.pk).conditions_open
    course.signed(seat.panel.seats.get(person=cast.vera), "endorse")

    def confirm() -> object:
        return deciding.confirm_endorsement(
            version_id=version.pk, actor=cast.quinn, expected=course.number(version), committee=cast.committee()
        )

    with pytest.raises(Blocked, match="E6b"):
        confirm()
    soon = timezone.localdate() + timedelta(days=20)
    with pytest.raises(NotAllowed):
        deciding.complete_condition(condition_id=condition.pk, actor=cast.vera, owner=cast.ana, due_on=soon)
    with pytest.raises(OwnWork):
        deciding.complete_condition(condition_id=condition.pk, actor=cast.quinn, owner=cast.bob, due_on=soon)
    with pytest.raises(Missing):
        deciding.complete_condition(
            condition_id=condition.pk, actor=cast.quinn, owner=cast.ana, due_on=soon - timedelta(days=30)
        )
    deciding.complete_condition(condition_id=condition.pk, actor=cast.quinn, owner=cast.ana, due_on=soon)
    confirm()
    with pytest.raises(NotAllowed):
        deciding.close_condition(condition_id=condition.pk, actor=cast.ana, proof="Hung.")
    closed = deciding.close_condition(condition_id=condition.pk, actor=cast.bob, proof="Seen on a visit.")
    assert closed.closed_by == cast.bob
    with pytest.raises(Refusal, match="already closed"):
        deciding.complete_condition(condition_id=condition.pk, actor=cast.quinn, owner=cast.ana, due_on=soon)
    assert not Version.objects.get(pk=version.pk).conditions_open


def test_a_partner_may_name_the_owner_but_not_be_it(cast: Cast) -> None:
    seat = _seat(cast, PanelKind.ENDORSEMENT)
    soon = timezone.localdate() + timedelta(days=20)
    with pytest.raises(OwnWork):
        course.signed(
            seat, "endorse_with_condition", reasons="x",
            condition=reviewing.PartnerCondition("A mirror", cast.bob, soon),
        )  # fmt: skip
    course.signed(
        seat, "endorse_with_condition", reasons="x", condition=reviewing.PartnerCondition("A mirror", cast.ana, soon)
    )
    assert cases.facts(seat.panel.version).job == "met"


def _round_of(cast: Cast, *places: Place) -> list[Seat]:
    version = course.drafted(cast)
    course.submitted(cast, version)
    panel = deciding.accept(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), sheet=course.SHEET,
        places=list(places),
    )  # fmt: skip
    return list(panel.seats.order_by("pk"))


@pytest.mark.parametrize(
    ("kind", "weight"),
    [("employer", 1), ("public_employer", 1), ("sector_body", 2), ("internal_unit", 0), ("community", 0)],
)
def test_weight_follows_the_kind_of_organization(cast: Cast, kind: str, weight: int) -> None:
    Organization.objects.filter(pk=cast.hospital.pk).update(kind=kind)
    cast.hospital.refresh_from_db()
    (seat,) = _round_of(cast, Place(cast.bob, cast.hospital, "partner"))
    assert seat.weight == weight
    assert seat.independent is (kind != "internal_unit")


def test_a_part_of_the_institution_is_never_the_independent_supporter(cast: Cast) -> None:
    lab = Organization.objects.create(slug="lab", kind="employer", name_en="Lab", part_of=cast.college)
    shop = Organization.objects.create(slug="shop", kind="employer", name_en="Shop", part_of=lab)
    sia = User.objects.create_user("sia@shop.example", name="Sia")
    (seat,) = _round_of(cast, Place(sia, shop, "partner"))
    assert (seat.independent, seat.related_group, seat.weight) == (False, "taravelle", 1)


def test_related_organizations_count_once_together(cast: Cast) -> None:
    group = Organization.objects.create(slug="group", kind="employer", name_en="Group")
    Organization.objects.filter(pk__in=[cast.hospital.pk, cast.clinic.pk]).update(part_of=group)
    for organization in (cast.hospital, cast.clinic):
        organization.refresh_from_db()
    seats = _round_of(cast, *cast.employers())
    version = seats[0].panel.version
    for seat in seats:
        course.signed(seat, "support")
    assert cases.facts(version).employer_voices == 1
    with pytest.raises(Blocked, match="P1b"):
        deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version))


@pytest.mark.parametrize("interest", ["sells", "funds", "delivers", "owner", "member"])
def test_a_declared_gain_ends_independence_also_for_the_next_seat(cast: Cast, interest: str) -> None:
    seat = _seat(cast, PanelKind.RELEVANCE)
    course.signed(seat, "support", interests=[interest])
    assert not Seat.objects.get(pk=seat.pk).independent
    assert not Validation.objects.get(organization=cast.hospital).independent
    vera = seat.panel.seats.get(person=cast.vera)
    course.signed(vera, "support")
    assert Seat.objects.get(pk=vera.pk).independent
