"""Settings: administrators give and end roles, never their own; partners are described; rules and keys are read."""

from __future__ import annotations

import pytest
from django.db import connection

from people.models import Membership, Organization, User
from tests.cast import Cast
from tests.journeys import awards, course
from tests.portal_quality.office import auditor_of, get, path, post
from workflows import rights, waiting
from workflows.actions import administering, proposing, reviewing
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import LedgerEvent, Seat


@pytest.fixture
def adele(cast: Cast) -> User:
    """The administrator."""
    person = User.objects.create_user("adele@taravelle.example", name="Adele")
    rights.add_member(user=person, organization=cast.college, role="administrator")
    return person


def room(cast: Cast, name: str = "people") -> str:
    return f"/quality/settings/{cast.college.public_id}/{name}"


def body(person: User, address: str) -> str:
    answer = get(person, address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_one_institution_is_opened_straight_on(cast: Cast, adele: User) -> None:
    assert get(adele, "/quality/settings").headers["Location"] == room(cast)
    rights.add_member(user=adele, organization=Organization.objects.get(slug="rival"), role="administrator")
    assert "Rival College" in body(adele, "/quality/settings")


@pytest.mark.parametrize("name", ["people", "organizations", "policy", "keys"])
def test_settings_are_read_by_administrator_officer_and_auditor(cast: Cast, adele: User, name: str) -> None:
    for reader in (adele, cast.quinn, auditor_of(cast)):
        assert body(reader, room(cast, name))
    for other in (cast.registrar, cast.ana, cast.mallory, cast.bob):
        assert get(other, room(cast, name)).status_code == 404
    # Who adopts the policy reads it, and nothing else of the settings.
    assert get(cast.chair, room(cast, name)).status_code == (200 if name == "policy" else 404)


def test_a_role_is_given_and_ended_at_once(cast: Cast, adele: User) -> None:
    assert "Quinn" in body(adele, room(cast))
    assert post(adele, room(cast, "people/add"), name="Nora").status_code == 422
    typed = {"name": "Nora", "email": "Nora@Taravelle.example", "role": "committee_member", "unit": "Law"}
    assert post(adele, room(cast, "people/add"), **typed).status_code == 302
    membership = Membership.objects.get(user__email="nora@taravelle.example")
    assert (membership.role, membership.unit) == ("committee_member", "Law")
    twice = post(adele, room(cast, "people/add"), **typed)
    assert twice.status_code == 409
    assert "Nora holds this role already." in twice.content.decode()
    end = room(cast, f"people/{membership.pk}/end")
    assert "signed out everywhere" in body(adele, end)
    assert post(adele, end, sure="yes").status_code == 302
    assert get(adele, end).status_code == 404
    assert "Nora" not in body(adele, room(cast))
    stream = LedgerEvent.objects.filter(stream=f"institution:{cast.college.public_id}").order_by("sequence")
    assert list(stream.values_list("type", flat=True)) == ["give_role", "end_role"]


def test_nobody_changes_a_role_of_his_or_her_own(cast: Cast, adele: User) -> None:
    typed = {"name": "Adele", "email": adele.email, "role": "committee_chair"}
    own = post(adele, room(cast, "people/add"), **typed)
    assert own.status_code == 403
    assert "Nobody gives a role to himself or herself." in own.content.decode()
    mine = Membership.objects.get(user=adele)
    assert f"people/{mine.pk}/end" not in body(adele, room(cast))
    assert post(adele, room(cast, f"people/{mine.pk}/end"), sure="yes").status_code == 403


def test_only_administrators_change_roles(cast: Cast, adele: User) -> None:
    membership = Membership.objects.get(user=cast.grant)
    typed = {"name": "X", "email": "x@taravelle.example", "role": "proposer"}
    for other in (cast.quinn, cast.registrar, auditor_of(cast), cast.mallory, cast.ana):
        for address in (room(cast, "people/add"), room(cast, f"people/{membership.pk}/end")):
            assert get(other, address).status_code == 404
            assert post(other, address, **typed).status_code == 404
    with pytest.raises(NotAllowed):
        administering.give_role(
            institution_id=cast.college.pk, actor=cast.quinn, email="x@x.example", name="X", role="proposer"
        )
    with pytest.raises(NotYours):
        administering.end_role(membership_id=membership.pk, actor=cast.mallory)
    with pytest.raises(Missing):
        administering.give_role(
            institution_id=cast.college.pk, actor=adele, email="x@x.example", name="X", role="signatory"
        )
    other_house = Membership.objects.get(user=cast.mallory, role="proposer")
    assert get(adele, room(cast, f"people/{other_house.pk}/end")).status_code == 404


def test_a_member_who_leaves_loses_open_seats_and_the_officer_names_somebody(cast: Cast, adele: User) -> None:
    version = course.drafted(cast)
    panel = course.at_pilot_approval(cast, version)
    seat = panel.seats.get(person=cast.members[0])
    administering.end_role(membership_id=Membership.objects.get(user=cast.members[0]).pk, actor=adele)
    with pytest.raises((Refusal, NotYours)):
        reviewing.answer(seat_id=seat.pk, actor=cast.members[0], choice="approve")
    assert [item.kind for item in waiting.items(cast.quinn)] == ["vacant"]
    assert f"/quality/seats/{seat.public_id}/replace" in body(cast.quinn, "/quality/")
    assert Seat.objects.get(pk=seat.pk).state == "open"
    with pytest.raises(Refusal, match="ended already"):
        administering.end_role(membership_id=Membership.objects.get(user=cast.members[0]).pk, actor=adele)


def test_a_partner_is_described_and_its_domain_proves_it(cast: Cast, adele: User) -> None:
    version = course.drafted(cast)
    assert "No partner is known yet" in body(adele, room(cast, "organizations"))
    course.in_relevance_review(cast, version)
    address = room(cast, f"organizations/{cast.clinic.public_id}")
    assert "Brevanth Clinic" in body(adele, room(cast, "organizations"))
    typed = {
        "name_en": "Brevanth Clinic", "name_fr": "Clinique Brevanth", "kind": "public_employer",
        "domain": "@Brevanth.example", "part_of": cast.hospital.pk,
    }  # fmt: skip
    assert post(cast.quinn, address, **typed).status_code == 302
    cast.clinic.refresh_from_db()
    assert (cast.clinic.kind, cast.clinic.domain) == ("public_employer", "brevanth.example")
    assert cast.clinic.part_of == cast.hospital
    for domain, said in (
        ("gmail.com", "proves no organization"),
        ("no domain", "a mail domain such as"),
        ("taravelle.example", "never signs for a partner"),
        ("x.taravelle.example", "never signs for a partner"),
    ):
        refused = post(adele, address, **{**typed, "domain": domain})
        assert refused.status_code in {403, 409, 422}
        assert said in refused.content.decode()
    circle = room(cast, f"organizations/{cast.hospital.public_id}")
    whole = {"name_en": "Quellin", "kind": "public_employer", "domain": "quellin.example", "part_of": cast.clinic.pk}
    assert "not a part of itself" in post(adele, circle, **whole).content.decode()
    assert post(adele, circle, **{**whole, "name_en": "", "part_of": ""}).status_code == 422


def test_a_partner_of_another_institution_is_not_ours_to_describe(cast: Cast, adele: User) -> None:
    assert get(adele, room(cast, f"organizations/{cast.hospital.public_id}")).status_code == 404
    for person in (cast.registrar, auditor_of(cast), cast.mallory):
        assert get(person, room(cast, f"organizations/{cast.hospital.public_id}")).status_code == 404
    described = {"kind": "employer", "domain": "", "part_of": None, "name_en": "Q", "name_fr": ""}
    with pytest.raises(NotYours):
        administering.describe_organization(
            organization_id=cast.hospital.pk, institution_id=cast.college.pk, actor=adele, **described
        )
    course.in_relevance_review(cast, course.drafted(cast))
    rival = Organization.objects.get(slug="rival")
    shared = proposing.start(actor=cast.mallory, institution=rival, code="R", content={})
    shared.micro_credential.initiative.partners.create(organization=cast.hospital)
    with pytest.raises(Refusal, match="Another institution works"):
        administering.describe_organization(
            organization_id=cast.hospital.pk, institution_id=cast.college.pk, actor=adele, **described
        )
    with pytest.raises(NotYours):
        administering.describe_organization(
            organization_id=rival.pk, institution_id=cast.college.pk, actor=adele, **described
        )
    with pytest.raises(OwnWork):
        administering.give_role(institution_id=cast.college.pk, actor=adele, email=adele.email, name="A", role="issuer")


def test_the_policy_is_read_in_plain_words(cast: Cast, adele: User) -> None:
    assert "The default policy applies" in body(adele, room(cast, "policy"))
    course.drafted(cast)
    words = body(adele, room(cast, "policy"))
    for sentence in (
        "default/1", "At least 1 independent partner supports it.", "At least 2 employer voices are heard.",
        "At least 3 members sit.", "Screening: 5 business days", "Sector body: 2 voices", "50, 80, 100 % of the time",
        "A light review every 12 months.", "Nothing is ever approved by time.",
    ):  # fmt: skip
        assert sentence in words


def test_keys_show_their_public_halves_and_which_is_active(cast: Cast, adele: User) -> None:
    page = body(adele, room(cast, "keys"))
    key = cast.college.signing_keys.get()
    assert key.public_multibase in page
    assert "Active" in page
    assert bytes(key.wrapped).hex() not in page


def test_the_auditor_checks_the_ledger_and_sees_the_broken_place(cast: Cast) -> None:
    version, _credential = awards.issued(cast)
    auditor = auditor_of(cast)
    assert path(version, "ledger") in body(auditor, path(version))
    whole = body(auditor, path(version, "ledger"))
    assert "Broken" not in whole
    assert "together they lead to the stage" in whole
    assert get(cast.mallory, path(version, "ledger")).status_code == 404
    event = LedgerEvent.objects.filter(stream=f"version:{version.public_id}").order_by("sequence")[3]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE workflows_ledgerevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE workflows_ledgerevent SET type = 'reject_pilot' WHERE id = %s", [event.pk])
    broken = body(auditor, path(version, "ledger"))
    assert "Broken" in broken
    assert "its content is not what was hashed" in broken


def test_the_auditor_reads_everything_and_is_offered_nothing(cast: Cast) -> None:
    version, credential = awards.issued(cast)
    auditor = auditor_of(cast)
    for address in (
        path(version),
        f"/quality/badges/{credential.public_id}",
        "/quality/register",
        "/quality/proposals",
    ):
        page = body(auditor, address).split("<main")[1]
        assert 'class="acts"' not in page
        assert 'method="post"' not in page
