"""A partner sees each use of its key, and everybody sees how an endorsement was signed (`lifecycle.md` 6.6)."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast
from tests.journeys.awards import issued
from tests.portal_quality.office import get
from workflows import key_uses, ledger
from workflows.actions import operating
from workflows.models import LedgerEvent, Validation, Version


@pytest.fixture
def version(cast: Cast) -> Version:
    return issued(cast)[0]


def test_each_signature_by_a_partners_key_is_a_row_that_the_partner_reads(cast: Cast, version: Version) -> None:
    signed = Validation.objects.filter(organization=cast.hospital, endorsement__isnull=False)
    uses = LedgerEvent.objects.filter(stream=key_uses.key_stream(cast.hospital), type="use_key")
    assert {use.data["endorsement"] for use in uses} == {str(one.endorsement.public_id) for one in signed}
    assert {use.actor for use in uses} == {str(cast.bob.public_id)}
    key = cast.hospital.signing_keys.get(purpose="endorsements")
    assert {use.data["key"] for use in uses} == {key.public_multibase}
    page = get(cast.bob, "/reviews/").content.decode()
    assert "What was done with your organization’s key" in page
    assert page.count("signed an endorsement") == signed.count()
    assert "Brevanth" not in page.split("key-title")[-1]
    assert list(ledger.faults()) == []


def test_what_the_operator_does_with_it_is_seen_as_well(cast: Cast, version: Version) -> None:
    operating.rotate_key(organization=cast.hospital, purpose="endorsements")
    assert [event.words for event in key_uses.for_partner(cast.bob)][:2] == [
        "a key became active",
        "a key was prepared",
    ]


def test_nobody_else_sees_them(cast: Cast, version: Version) -> None:
    for other in (cast.ana, cast.quinn, cast.mallory):
        assert key_uses.for_partner(other) == []
    assert {event.organization for event in key_uses.for_partner(cast.vera)} == {cast.clinic}


def test_the_institution_reads_what_was_done_with_its_own_keys(cast: Cast, version: Version) -> None:
    page = get(cast.quinn, f"/quality/settings/{cast.college.public_id}/keys").content.decode()
    assert "What was done with them" in page
    assert "signed an endorsement" in page


def test_how_it_was_signed_is_shown_to_the_office_and_to_strangers(cast: Cast, version: Version) -> None:
    kept = "By a signatory whose mailbox at the verified domain was proved; this service keeps the key."
    committee = "By decision of the institution’s committee"
    case = get(cast.quinn, f"/quality/cases/{version.public_id}").content.decode()
    assert kept in case
    public = Client().get(f"/achievements/{version.public_id}", headers={"Accept": "text/html"}).content.decode()
    assert kept in public
    assert committee in public
    Validation.objects.filter(organization=cast.clinic).update(assurance="c")
    case = get(cast.quinn, f"/quality/cases/{version.public_id}").content.decode()
    assert "Not verified: heard as a voice." in case
