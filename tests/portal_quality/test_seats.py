"""Silent seats, questions and conditions: who may act on them, when, and what they keep."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from people.models import User
from tests.cast import Cast
from tests.journeys import course
from tests.portal_employer.mailed import community_seat
from tests.portal_quality.office import auditor_of, get, path, post
from workflows import rights
from workflows.actions import reviewing
from workflows.models import Condition, InitiativePartner, Panel, Seat, SeatQuestion, Version


def seat_page(seat: Seat, act: str) -> str:
    return f"/quality/seats/{seat.public_id}/{act}"


def body(person: User, address: str) -> str:
    answer = get(person, address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def asked(cast: Cast) -> tuple[Version, Panel, Seat]:
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    return version, panel, panel.seats.get(person=cast.bob)


@pytest.mark.parametrize("act", ["extend", "replace", "close"])
def test_only_the_officer_and_the_chair_act_on_a_seat(cast: Cast, act: str) -> None:
    _version, _panel, seat = asked(cast)
    for stranger in (cast.ana, cast.bob, cast.mallory):
        assert get(stranger, seat_page(seat, act)).status_code == 404
        assert post(stranger, seat_page(seat, act), reason="x").status_code == 404
    for other in (cast.registrar, cast.members[0], auditor_of(cast)):
        assert get(other, seat_page(seat, act)).status_code == 403
        assert post(other, seat_page(seat, act), reason="x").status_code == 403
    expected = 409 if act == "close" else 200
    assert get(cast.quinn, seat_page(seat, act)).status_code == expected
    assert get(cast.chair, seat_page(seat, act)).status_code == expected


def test_the_case_offers_on_each_open_seat_what_is_possible_now(cast: Cast) -> None:
    version, panel, seat = asked(cast)
    early = body(cast.quinn, path(version))
    assert seat_page(seat, "extend") in early
    assert seat_page(seat, "replace") in early
    assert seat_page(seat, "close") not in early
    assert "/quality/seats/" not in body(cast.registrar, path(version))
    with time_machine.travel(panel.due_at + timedelta(days=1)):
        late = body(cast.quinn, path(version))
    assert "Silent" in late
    assert seat_page(seat, "close") in late
    assert seat_page(seat, "replace") not in late


def test_a_reviewer_gets_more_time_but_not_for_ever(cast: Cast) -> None:
    _version, _panel, seat = asked(cast)
    until = timezone.localdate() + timedelta(days=29)
    assert post(cast.quinn, seat_page(seat, "extend"), until="2000-01-01").status_code == 422
    far = post(cast.quinn, seat_page(seat, "extend"), until="2100-01-01")
    assert far.status_code == 409
    assert "30 calendar days" in far.content.decode()
    assert "2100-01-01" in far.content.decode()
    assert post(cast.quinn, seat_page(seat, "extend"), until=until.isoformat()).status_code == 302
    seat.refresh_from_db()
    assert timezone.localtime(seat.due_at).date() == until


def test_somebody_else_is_asked_instead(cast: Cast) -> None:
    version, _panel, seat = asked(cast)
    typed = {
        "seat_class": "partner", "new_organization": "Ormond Laboratories", "kind": "employer", "name": "Nell",
        "email": "nell@ormond.example", "language": "en",
    }  # fmt: skip
    assert post(cast.quinn, seat_page(seat, "replace"), **typed).status_code == 422
    assert post(cast.quinn, seat_page(seat, "replace"), **typed, reason="Bob moved").status_code == 302
    seat.refresh_from_db()
    assert seat.person.email == "nell@ormond.example"
    assert seat.organization.name_en == "Ormond Laboratories"
    assert "Ormond Laboratories" in body(cast.quinn, path(version))


def test_a_silent_seat_is_closed_with_a_reason_after_its_time(cast: Cast) -> None:
    version, panel, seat = asked(cast)
    with time_machine.travel(panel.due_at + timedelta(days=1)):
        assert post(cast.quinn, seat_page(seat, "close"), reason=" ").status_code == 422
        assert post(cast.quinn, seat_page(seat, "close"), reason="Two reminders unanswered").status_code == 302
        again = post(cast.quinn, seat_page(seat, "close"), reason="Once more")
        assert again.status_code == 409
        assert "Once more" in again.content.decode()
    assert "Two reminders unanswered" in body(cast.quinn, path(version))


def test_somebody_else_speaks_for_a_community_which_stays_no_partner(cast: Cast) -> None:
    seat = community_seat(cast)
    page = body(cast.quinn, seat_page(seat, "replace"))
    assert "seat_class" not in page
    typed = {"name": "Wanda", "email": "wanda@wenora.example", "language": "en", "reason": "Winona is away."}
    foreign = post(cast.quinn, seat_page(seat, "replace"), organization=cast.clinic.pk, **typed)
    assert foreign.status_code == 422
    assert "named in a community" in html.unescape(foreign.content.decode())
    done = post(cast.quinn, seat_page(seat, "replace"), organization=seat.organization_id, **typed)
    assert done.status_code == 302
    seat.refresh_from_db()
    assert (seat.person.name, seat.seat_class, seat.weight) == ("Wanda", "community", 0)
    assert not InitiativePartner.objects.filter(organization=seat.organization).exists()


def test_a_member_of_the_committee_is_replaced_by_another(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.at_pilot_approval(cast, version)
    nora = User.objects.create_user("nora@taravelle.example", name="Nora")
    rights.add_member(user=nora, organization=cast.college, role="committee_member", unit="Law")
    seat = panel.seats.get(person=cast.members[1])
    page = body(cast.chair, seat_page(seat, "replace"))
    assert "Nora, Law" in page
    assert "Mia" not in page.split("<form")[-1]
    refused = post(cast.chair, seat_page(seat, "replace"), member=nora.pk, reason="Max is ill")
    assert refused.status_code == 422
    assert "outside the proposing unit" in refused.content.decode()
    done = post(cast.chair, seat_page(seat, "replace"), member=nora.pk, outside="on", reason="Max is ill")
    assert done.status_code == 302
    seat.refresh_from_db()
    assert seat.person == nora


def test_a_question_is_answered_once(cast: Cast) -> None:
    version, _panel, seat = asked(cast)
    question = reviewing.ask_question(seat_id=seat.pk, actor=cast.bob, text="Which level is meant?")
    address = f"/quality/questions/{question.public_id}"
    assert "Which level is meant?" in body(cast.quinn, path(version))
    assert address in body(cast.quinn, path(version))
    assert address not in body(cast.registrar, path(version))
    assert get(cast.registrar, address).status_code == 403
    assert get(cast.mallory, address).status_code == 404
    assert post(cast.quinn, address, text="Entry level.").status_code == 302
    assert SeatQuestion.objects.get().answer == "Entry level."
    late = post(cast.quinn, address, text="Or not.")
    assert late.status_code == 409
    assert "Or not." in late.content.decode()
    assert get(cast.quinn, "/quality/questions/00000000-0000-4000-8000-000000000000").status_code == 404


def partner_condition(cast: Cast) -> tuple[Version, Condition]:
    version = course.drafted(cast)
    course.in_design(cast, version)
    panel = course.in_endorsement(cast, version)
    for seat in panel.seats.order_by("pk"):
        course.signed(seat, "endorse_with_condition", reasons="Add a drill")
    return version, version.conditions.order_by("pk").first()


def test_a_partners_condition_gets_owner_and_date(cast: Cast) -> None:
    version, condition = partner_condition(cast)
    address = f"/quality/conditions/{condition.public_id}/complete"
    assert address in body(cast.quinn, path(version))
    assert "no owner yet" in body(cast.registrar, path(version))
    assert get(cast.registrar, address).status_code == 403
    assert get(cast.mallory, address).status_code == 404
    assert post(cast.quinn, address, owner_id=cast.quinn.pk, due_on="2100-01-01").status_code == 422
    assert post(cast.quinn, address, owner_id=cast.ana.pk, due_on="2000-01-01").status_code == 422
    assert post(cast.quinn, address, owner_id=cast.ana.pk, due_on="2100-01-01").status_code == 302
    condition.refresh_from_db()
    assert condition.owner == cast.ana
    assert address not in body(cast.quinn, path(version))


def test_a_condition_is_closed_by_whoever_set_it(cast: Cast) -> None:
    version, _first = partner_condition(cast)
    mine = Condition.objects.create(
        version=version, text="Train assessors", set_by=cast.chair, set_at_gate="pilot_approval", owner=cast.ana,
        due_on=timezone.localdate(),
    )  # fmt: skip
    address = f"/quality/conditions/{mine.public_id}/close"
    assert address in body(cast.chair, path(version))
    for other in (cast.quinn, cast.members[0]):
        assert get(other, address).status_code == 403
        assert post(other, address, proof="x").status_code == 403
    assert post(cast.chair, address, proof="Three were trained").status_code == 302
    assert "Three were trained" in body(cast.chair, path(version))
    assert get(cast.chair, address).status_code == 409
