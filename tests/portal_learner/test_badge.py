"""Lena sees what the badge will say, accepts it, shows it, takes it along, gives it back; nobody else can."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from openbadgeslib.ob3.did import resolve_did
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from pypdf import PdfReader

from credentials import baking, bundles, jose, keys, sharing
from credentials.lookups import OwnRows
from credentials.models import Credential, ShareLink, ShareOpening
from credentials.texts import Opened, of_token
from credentials.verdict import verify
from credentials.wallet import offers
from people.models import User
from tests.cast import Cast
from tests.journeys.awards import WEAK, approved, assessed, held, piloting_version
from tests.journeys.course import number
from workflows.actions import awarding, evaluating, revoking
from workflows.models.ledger import LedgerEvent


@pytest.fixture
def offered(cast: Cast) -> tuple[Client, Credential]:
    """Lena's badge is awarded and prepared; nothing is signed before she agrees."""
    version, cohort = piloting_version(cast)
    first, second = cohort.enrolments.order_by("pk")
    held(cast, first)
    assessed(cast, second, WEAK)
    approved(cast, version)
    evaluating.activate(version_id=version.pk, actor=cast.issuer, expected=number(version))
    badge = awarding.award(enrolment_id=first.pk, actor=cast.grant)
    client = Client()
    client.force_login(first.learner)
    return client, badge


@pytest.fixture
def hers(offered: tuple[Client, Credential]) -> tuple[Client, Credential]:
    client, badge = offered
    client.post(f"{_at(badge)}/offer", {"name_shown": "no", "agree": "on"})
    badge.refresh_from_db()
    assert badge.acceptance == "accepted"
    return client, badge


def _at(badge: Credential) -> str:
    return f"/learning/badges/{badge.public_id}"


def _page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return str(answer.content.decode())


def test_she_sees_what_the_badge_will_say_before_anything_is_signed(offered: tuple[Client, Credential]) -> None:
    client, badge = offered
    assert "see what the badge says, and accept it" in _page(client, "/learning/")
    page = _page(client, f"{_at(badge)}/offer")
    for words in ("You earned “Cleanroom Gowning”", "2 of 2, L2", "Quellin Hospital", "Nobody, until you show it"):
        assert words in page
    assert "checked" not in page.replace("data-checked", "")
    badge.refresh_from_db()
    assert badge.document is None
    refused = client.post(f"{_at(badge)}/offer", {"agree": "on"})
    assert refused.status_code == 422
    assert "Choose whether your name stands in the badge" in refused.content.decode()
    badge.refresh_from_db()
    assert badge.document is None


def test_she_agrees_and_accepts_in_one_step_with_her_name(offered: tuple[Client, Credential]) -> None:
    client, badge = offered
    assert client.post(f"{_at(badge)}/offer", {"name_shown": "yes", "agree": "on"}).status_code == 303
    badge.refresh_from_db()
    assert (badge.status, badge.acceptance, badge.public) == ("issued", "accepted", False)
    assert "Lena 0" in json.dumps(badge.document)
    page = _page(client, _at(badge))
    assert "You earned it on" in page
    assert 'data-status="issued"' in page
    assert client.post(f"{_at(badge)}/offer", {"name_shown": "no", "agree": "on"}).status_code == 303
    badge.refresh_from_db()
    assert badge.name_shown  # the second click changed nothing


def test_she_declines_on_a_page_of_its_own(offered: tuple[Client, Credential]) -> None:
    client, badge = offered
    assert "No badge is signed" in _page(client, f"{_at(badge)}/decline")
    assert client.post(f"{_at(badge)}/decline").status_code == 303
    badge.refresh_from_db()
    assert (badge.acceptance, badge.document) == ("declined", None)
    assert "You declined the badge." in _page(client, _at(badge))
    for path in ("badge.json", "certificate.pdf", "picture.png", "picture.svg", "all.zip", "share"):
        _page(client, f"{_at(badge)}/{path}", 404)


def test_an_implementation_of_others_accepts_what_she_saves(hers: tuple[Client, Credential]) -> None:
    client, badge = hers
    saved = client.get(f"{_at(badge)}/badge.json")
    assert saved["Content-Type"] == "application/vc+ld+json"
    assert 'filename="cleanroom-gowning.json"' in saved["Content-Disposition"]
    public = keys.did_document(badge.issuer)["verificationMethod"][0]["publicKeyMultibase"]
    OB3LdpVerifier(pubkey_pem=resolve_did(f"did:key:{public}")).verify(json.loads(saved.content))


@pytest.mark.parametrize("name", ["certificate.pdf", "picture.png", "picture.svg"])
def test_every_file_holds_the_signed_badge_and_is_kept_by_no_cache(hers: tuple[Client, Credential], name: str) -> None:
    client, badge = hers
    assert f"{_at(badge)}/{name}" in _page(client, _at(badge))
    answer = client.get(f"{_at(badge)}/{name}")
    (text,) = baking.unbake(answer.content)
    assert json.loads(text) == badge.document
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer


def test_her_certificate_speaks_her_language(hers: tuple[Client, Credential]) -> None:
    client, badge = hers
    for language, word in (("en", "CERTIFICATE"), ("fr", "ATTESTATION")):
        client.post("/language", {"language": language, "next": _at(badge)})
        answer = client.get(f"{_at(badge)}/certificate.pdf")
        assert word in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()


def test_she_gathers_her_badges_of_one_institution_into_one_record(hers: tuple[Client, Credential]) -> None:
    client, badge = hers
    assert client.get(f"{_at(badge)}/record").status_code == 405
    answer = client.post(f"{_at(badge)}/record")
    assert answer["Content-Disposition"] == 'attachment; filename="taravelle-college.clr.json"'
    record = answer.json()
    assert record["credentialSubject"]["verifiableCredential"] == [badge.document]
    assert bundles.judge(Opened(record), lookup=OwnRows()).answer.value == "valid"
    (told,) = LedgerEvent.objects.filter(type="gather_record")
    assert told.data["record"] == record["id"]
    Credential.objects.filter(pk=badge.pk).update(status="suspended")
    assert client.post(f"{_at(badge)}/record").status_code == 409


def test_everything_she_takes_along_verifies_without_us(hers: tuple[Client, Credential], tmp_path: Path) -> None:
    client, badge = hers
    saved = client.get(f"{_at(badge)}/all.zip")
    with zipfile.ZipFile(io.BytesIO(saved.content)) as archive:
        archive.extractall(tmp_path)
        names = set(archive.namelist())
    assert sum(name.startswith("endorsements/") for name in names) == 5
    assert {"badge.json", "approved-content.json", "did/taravelle.json", "did/quellin.json"} <= names
    assert (tmp_path / "evidence" / "01-note.txt").read_text() == "Three gownings observed"
    Credential.objects.all().update(status="revoked")  # our own rows play no part
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "verify_badge", str(tmp_path / "badge.json"), "--folder", str(tmp_path), stdout=out, stderr=StringIO()
        )
    assert ended.value.code == 0, out.getvalue()
    verdict = json.loads(out.getvalue())
    endorsements = [c["outcome"] for c in verdict["checks"] if c["name"].startswith("endorsement_")]
    assert endorsements == ["passed"] * 5


def test_she_shares_by_a_link_and_sees_who_looked(hers: tuple[Client, Credential]) -> None:
    client, badge = hers
    assert "You gave no link yet" in _page(client, _at(badge))
    day = (timezone.localdate() + timedelta(days=20)).isoformat()
    assert client.post(f"{_at(badge)}/share", {"label": "", "ends_on": day}).status_code == 422
    assert client.post(f"{_at(badge)}/share", {"label": "Ms. Roy", "ends_on": "2020-01-01"}).status_code == 422
    assert client.post(f"{_at(badge)}/share", {"label": "Ms. Roy", "ends_on": day}).status_code == 303
    link = ShareLink.objects.get()
    page = _page(client, _at(badge))
    assert f"/s/{sharing.token_of(link)}" in page
    assert "Not opened yet." in page
    assert Client().get(f"/s/{sharing.token_of(link)}").status_code == 200
    assert ShareOpening.objects.count() == 1
    assert "Opened 1 time:" in _page(client, _at(badge))
    assert client.post(f"{_at(badge)}/links/{link.public_id}/end").status_code == 303
    assert Client().get(f"/s/{sharing.token_of(link)}").status_code == 404
    assert client.post(f"{_at(badge)}/links/{link.public_id}/end").status_code == 409


def test_she_makes_it_public_and_hides_it(hers: tuple[Client, Credential]) -> None:
    client, badge = hers
    stranger, page = Client(), f"/badges/{badge.public_id}"
    assert stranger.get(page).status_code == 404
    assert "linkedin.com" not in _page(client, _at(badge))
    client.post(f"{_at(badge)}/visibility", {"public": "yes"})
    assert stranger.get(page).status_code == 200
    assert f"certId={badge.public_id}" in _page(client, _at(badge))
    client.post(f"{_at(badge)}/visibility", {"public": "no"})
    assert stranger.get(page).status_code == 404


def test_she_gives_it_back_and_may_keep_it_after_all(hers: tuple[Client, Credential]) -> None:
    client, badge = hers
    assert "After seven days" in _page(client, f"{_at(badge)}/surrender")
    assert client.post(f"{_at(badge)}/surrender").status_code == 303
    assert "For seven days you can still keep it." in _page(client, _at(badge))
    _page(client, f"{_at(badge)}/surrender", 404)
    assert client.post(f"{_at(badge)}/keep").status_code == 303
    badge.refresh_from_db()
    assert (badge.status, badge.surrender_asked_at) == ("issued", None)


def test_only_she_reads_why_it_is_suspended_and_she_answers(hers: tuple[Client, Credential], cast: Cast) -> None:
    client, badge = hers
    _page(client, f"{_at(badge)}/answer", 404)
    revoking.suspend_badge(credential_id=badge.pk, actor=cast.quinn, reason="The checklist may be another's.")
    page = _page(client, _at(badge))
    assert "Your badge is suspended." in page
    assert "may be another&#x27;s" in page
    assert client.post(f"{_at(badge)}/answer", {"text": ""}).status_code == 422
    assert client.post(f"{_at(badge)}/answer", {"text": "It is mine."}).status_code == 303
    assert "It is mine." in _page(client, _at(badge))


def test_she_asks_for_her_name_to_be_corrected(hers: tuple[Client, Credential]) -> None:
    client, badge = hers
    assert "replaces this one" in _page(client, f"{_at(badge)}/name")
    assert client.post(f"{_at(badge)}/name", {"text": "Léna"}).status_code == 303
    assert "Léna" in _page(client, _at(badge))


def test_nobody_else_gets_any_page_of_her_badge(hers: tuple[Client, Credential], cast: Cast) -> None:
    _client, badge = hers
    other = User.objects.get(email="lena1@learner.example")
    gets = [
        "",
        "/offer",
        "/decline",
        "/share",
        "/name",
        "/answer",
        "/surrender",
        "/badge.json",
        "/wallet",
        "/picture.svg",
        "/picture.png",
        "/certificate.pdf",
        "/all.zip",
    ]
    posts = [
        "/offer",
        "/decline",
        "/share",
        "/visibility",
        "/name",
        "/answer",
        "/surrender",
        "/keep",
        "/record",
        "/badge.jwt",
        "/wallet",
    ]
    for person in (other, cast.mallory, cast.assessor, cast.ana, cast.quinn, cast.grant):
        stranger = Client()
        stranger.force_login(person)
        for path in gets:
            assert stranger.get(_at(badge) + path).status_code == 404, (person, path)
        for path in posts:
            assert stranger.post(_at(badge) + path).status_code == 404, (person, path)
        assert stranger.post(f"{_at(badge)}/links/{badge.public_id}/end").status_code == 404
    badge.refresh_from_db()
    assert (badge.public, badge.acceptance) == (False, "accepted")


def test_she_adds_it_to_her_wallet_by_an_offer_that_only_she_sees(hers: tuple[Client, Credential]) -> None:
    client, badge = hers
    path = f"{_at(badge)}/wallet"
    assert path in _page(client, _at(badge))
    assert "Make the offer" in _page(client, path)
    assert client.post(path).status_code == 303
    page = _page(client, path)
    offer = offers.open_offer(badge)
    assert offer is not None
    digits = offers.digits_of(offer)
    assert f"{digits[:3]}\u00a0{digits[3:]}" in page
    assert "openid-credential-offer://?credential_offer_uri=http" in page
    assert "<svg" in page
    Credential.objects.filter(pk=badge.pk).update(status="suspended")
    assert "not in force" in _page(client, path)
    assert client.post(path).status_code == 409


def test_she_takes_it_as_a_token(hers: tuple[Client, Credential]) -> None:
    client, badge = hers
    assert client.get(f"{_at(badge)}/badge.jwt").status_code == 405
    answer = client.post(f"{_at(badge)}/badge.jwt")
    assert answer["Content-Type"] == "application/vc+jwt"
    token = jose.read(answer.content.decode())
    assert token.document["credentialSubject"]["id"] == f"urn:uuid:{badge.award_reference}"
    assert verify(of_token(answer.content.decode()), lookup=OwnRows()).answer.value == "valid"
