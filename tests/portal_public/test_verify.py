"""Somebody checks a badge: pasted, as a file, by its link, or by a program."""

from __future__ import annotations

import base64
import copy
import html
import json
import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from credentials import actions, baking, documents, jose, keys, learner_record, life, proofs
from credentials.models import Credential, Endorsement
from credentials.picture import picture_of
from people.limits import CHECKING
from people.models import Organization
from portal_public.forms import MOST_REQUEST_BYTES
from tests.cast import Cast
from tests.credentials.hostile import BOMBS
from tests.credentials.test_proofs import Foreign
from tests.portal_public.conftest import JSON, PAGE, Shown
from workflows.actions import revoking


def _paste(client: Client, document: dict[str, Any], **more: str) -> str:
    answer = client.post("/verify", {"badge": json.dumps(document), **more}, headers=PAGE)
    assert answer.status_code == 200
    return str(answer.content.decode())


def _verdict(client: Client, document: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/verify", json.dumps(document), content_type="application/json", headers=JSON)
    assert answer.status_code == 200
    return dict(answer.json())


def test_a_good_badge_is_valid_and_says_what_was_proved_and_who_stands_behind_it(
    lenas: Shown, stranger: Client
) -> None:
    page = _paste(stranger, lenas.credential.document)
    assert 'data-verdict="valid"' in page
    assert page.count('data-endorsement="valid"') == 5
    assert "Taravelle College issued this badge on" in page
    assert "2 of 2, <span>L2</span>" in page
    assert "Three gownings" in page
    assert "Quellin Hospital" in page
    assert page.index('id="v"') < page.index('id="em"') < page.index('id="p"') < page.index('id="who"')
    assert page.index('id="who"') < page.index('id="c"') < page.index("step by step") < page.index("For machines")


def test_the_steps_of_the_approval_name_no_person(lenas: Shown, cast: Cast, stranger: Client) -> None:
    page = _paste(stranger, lenas.credential.document)
    steps = page[page.index('<ol class="log">') : page.index("For machines")]
    assert "Demand confirmed" in steps
    assert "Opened for use" in steps
    assert steps.count("<code") >= 10
    for person in (cast.ana, cast.quinn, cast.chair, cast.bob, cast.issuer):
        assert f" {person.name}" not in steps


def test_a_revoked_badge_says_when_and_never_why(lenas: Shown, cast: Cast, stranger: Client) -> None:
    asked = revoking.ask_revocation(
        credential_id=lenas.credential.pk, actor=cast.registrar, kind="issued_in_error", reason="copied work"
    )
    revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn)
    page = _paste(stranger, lenas.credential.document)
    assert 'data-verdict="not_valid"' in page
    assert 'data-cause="revoked"' in page
    assert "revoked this badge on" in page
    assert "copied" not in page
    assert "in_error" not in page
    answered = _verdict(stranger, lenas.credential.document)
    assert (answered["verdict"], answered["cause"]) == ("not_valid", "revoked")
    assert "since" in answered


def test_a_suspended_badge_is_not_valid_until_it_is_reinstated(lenas: Shown, cast: Cast, stranger: Client) -> None:
    badge = lenas.credential
    revoking.suspend_badge(credential_id=badge.pk, actor=cast.quinn, reason="a report came in")
    page = _paste(stranger, badge.document)
    assert 'data-verdict="not_valid"' in page
    assert 'data-cause="suspended"' in page
    assert "may be reinstated" in page
    assert "a report" not in page
    life.reinstate(credential=badge)
    assert 'data-verdict="valid"' in _paste(stranger, badge.document)


def _signed_again(lenas: Shown, **changes: Any) -> dict[str, Any]:
    """The same badge with other content, signed by its true issuer."""
    document = {**copy.deepcopy(lenas.credential.document), **changes}
    del document["proof"]
    return proofs.sign(
        document, keys.signer(keys.active_key(lenas.credential.issuer, "badges")), created=datetime.now(UTC)
    )


def test_an_expired_badge_says_when_it_ended(lenas: Shown, stranger: Client) -> None:
    before = datetime.now(UTC) - timedelta(days=400)
    expired = _signed_again(
        lenas, validFrom=proofs.stamp(before), validUntil=proofs.stamp(before + timedelta(days=365))
    )
    page = _paste(stranger, expired)
    assert 'data-cause="expired"' in page
    assert "This badge expired on" in page
    row = Credential.objects.filter(pk=lenas.credential.pk)
    row.update(template=None, slots=None, proof=None, text_digest=None, whole_plan={}, whole_document=expired)
    keys.mark_compromised(keys.active_key(lenas.credential.issuer, "badges"), datetime.now(UTC))
    assert 'data-cause="expired"' in _paste(stranger, expired), "Not forged, though its key is no longer listed."
    assert 'data-cause="forged"' in _paste(stranger, {**expired, "name": "Surgery"})


def test_a_forged_badge_shows_nothing_of_what_it_claims(lenas: Shown, stranger: Client) -> None:
    forged = copy.deepcopy(lenas.credential.document)
    forged["credentialSubject"]["achievement"]["name"] = "Brain Surgery"
    page = _paste(stranger, forged)
    assert 'data-verdict="not_valid"' in page
    assert 'data-cause="changed"' in page
    assert "Brain Surgery" not in page.replace("&quot;name&quot;: &quot;Brain Surgery&quot;", "")
    assert 'id="p"' not in page
    assert "<svg xmlns" not in page


def test_a_badge_signed_by_anothers_key_in_the_issuers_name_is_forged(
    lenas: Shown, cast: Cast, stranger: Client
) -> None:
    forged = {**copy.deepcopy(lenas.credential.document), "name": "Brain Surgery"}
    del forged["proof"]
    other = keys.ensure_key(cast.hospital, "endorsements")
    page = _paste(stranger, proofs.sign(forged, keys.signer(other), created=datetime.now(UTC)))
    assert 'data-verdict="not_valid"' in page
    assert 'data-trusted="yes"' not in page
    assert "no signature of that issuer holds" in page
    assert "Brain Surgery" not in page.replace("&quot;name&quot;: &quot;Brain Surgery&quot;", "")
    assert "<svg xmlns" not in page


def test_a_look_alike_is_not_trusted(lenas: Shown, stranger: Client) -> None:
    assert 'data-trusted="yes"' in _paste(stranger, lenas.credential.document)
    issuer = {**lenas.credential.document["issuer"], "id": "did:web:taravelle-college.example"}
    page = _paste(stranger, {**lenas.credential.document, "issuer": issuer})
    assert 'data-trusted="no"' in page
    assert 'data-verdict="valid"' not in page


def test_a_badge_of_an_issuer_that_nobody_here_knows_cannot_be_told(lenas: Shown, stranger: Client) -> None:
    foreign = copy.deepcopy(lenas.credential.document)
    foreign["issuer"]["id"] = "did:web:elsewhere.example"
    foreign["proof"][0]["verificationMethod"] = "did:web:elsewhere.example#key"
    page = _paste(stranger, foreign)
    assert 'data-verdict="cannot_tell"' in page
    assert 'data-trusted="yes"' not in page
    assert "neither yes nor no" in page


def test_a_withdrawn_endorsement_is_struck_and_the_badge_stays_valid(lenas: Shown, stranger: Client) -> None:
    lost = Endorsement.objects.get(kind="job_performance", issuer__slug="quellin")
    actions.withdraw_endorsement(endorsement=lost)
    page = _paste(stranger, lenas.credential.document)
    assert 'data-verdict="valid"' in page
    assert page.count('data-endorsement="valid"') == 4
    assert page.count('class="off" data-endorsement="invalid"') == 1
    assert "1 of 5 endorsements does not hold today" in page
    assert "Withdrawn on" in page


def test_the_earner_is_compared_and_the_address_is_not_shown_again(lenas: Shown, stranger: Client) -> None:
    right = _paste(stranger, lenas.credential.document, em=" LENA0@learner.example ")
    assert "was issued to this address" in right
    assert "learner.example" not in right.lower()
    assert "was not issued to this address" in _paste(stranger, lenas.credential.document, em="bob@quellin.example")


@pytest.mark.parametrize(
    ("handed", "sentence"),
    [
        ("", "Nothing was handed in"),
        ("{", "not complete JSON"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ("[]", "not an object"),
        ("hello", "not complete JSON"),
        ("https://elsewhere.example/badges/1", "Only links to badges on this site"),
        ("http://[", "Only links to badges on this site"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence_and_422(db: None, stranger: Client, handed: str, sentence: str) -> None:
    answer = stranger.post("/verify", {"badge": handed}, headers=PAGE)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "<title>Error: Check a badge" in answer.content.decode()
    told = stranger.post("/verify", {"badge": handed}, headers=JSON)
    assert (told.status_code, told.json()["verdict"]) == (422, "unreadable")


def test_a_badge_is_taken_out_of_the_picture_that_carries_it(lenas: Shown, stranger: Client) -> None:
    document = lenas.credential.document
    baked = baking.baked_png(picture_of(document), baking.text_of(document))
    answer = stranger.post("/verify", {"file": SimpleUploadedFile("x.txt", baked)}, headers=PAGE)
    assert 'data-verdict="valid"' in answer.content.decode()
    assert answer.content.decode().count('data-endorsement="valid"') == 5
    told = stranger.post("/verify", baked, content_type="image/png")
    assert (told.json()["verdict"], told.json()["trusted"]) == ("valid", "yes")
    plain = SimpleUploadedFile("badge.png", baking.drawn(picture_of(document), size=60))
    empty = stranger.post("/verify", {"file": plain}, headers=PAGE)
    assert empty.status_code == 422
    assert "no badge in this file" in empty.content.decode()
    assert "CarriesNothing" in empty.content.decode()


@pytest.mark.parametrize("name", ["poison graph", "pixel flood", "text-chunk bomb", "entities", "brackets"])
def test_a_bomb_gets_its_sentence_in_time(db: None, stranger: Client, name: str) -> None:
    data = BOMBS[name]()
    before = time.monotonic()
    answer = stranger.post("/verify", data, content_type="application/octet-stream")
    assert time.monotonic() - before < 6
    assert answer.json()["verdict"] in {"unreadable", "not_valid", "cannot_tell"}
    assert answer.json()["sentence"].endswith(".")


def test_programs_of_any_origin_get_every_reason(lenas: Shown, stranger: Client) -> None:
    told = stranger.post("/verify", json.dumps(lenas.credential.document), content_type="application/json")
    assert told["Access-Control-Allow-Origin"] == "*"
    answer = told.json()
    assert (answer["verdict"], answer["trusted"], answer["earner"]) == ("valid", "yes", "not_checked")
    assert all({"name", "outcome", "sentence", "deciding"} <= set(check) for check in answer["checks"])
    assert [endorsement["state"] for endorsement in answer["endorsements"]] == ["valid"] * 5
    french = stranger.post(
        "/verify?lang=fr", json.dumps(lenas.credential.document), content_type="application/json", headers=JSON
    ).json()
    assert [c["outcome"] for c in french["checks"]] == [c["outcome"] for c in answer["checks"]]
    assert french["checks"][0]["sentence"] != answer["checks"][0]["sentence"]


def test_what_is_too_large_is_refused_before_it_is_read(db: None, stranger: Client) -> None:
    page = stranger.post("/verify", {"badge": "x" * (MOST_REQUEST_BYTES + 1)}, headers=PAGE)
    assert page.status_code == 413
    told = stranger.post("/verify", b"x" * (MOST_REQUEST_BYTES + 1), content_type="application/json", headers=JSON)
    assert told.status_code == 413
    within = stranger.post("/verify", b'{"a": "' + b"x" * 1024 * 1024 + b'"}', content_type="application/json")
    assert within.status_code == 413


def test_a_file_is_read_like_pasted_text(lenas: Shown, stranger: Client) -> None:
    data = json.dumps(lenas.credential.document).encode()
    file = SimpleUploadedFile("badge.json", data, content_type="application/octet-stream")
    answer = stranger.post("/verify", {"file": file}, headers=PAGE)
    assert 'data-verdict="valid"' in answer.content.decode()


def test_a_checked_badge_leaves_no_trace(lenas: Shown, stranger: Client, caplog: pytest.LogCaptureFixture) -> None:
    def rows() -> dict[str, int]:
        return {model._meta.label: model._default_manager.count() for model in apps.get_models()}

    _verdict(stranger, lenas.credential.document)  # the status lists are signed at their first reading
    before = rows()
    with caplog.at_level(logging.DEBUG):
        _paste(stranger, lenas.credential.document, em="lena0@learner.example")
        stranger.post("/verify", {"badge": '{"secret": "planted-secret"'}, headers=PAGE)
    assert rows() == before
    told = [record for record in caplog.records if record.name.split(".")[0] != "faker"]
    words = " ".join(record.getMessage() for record in told if not record.name.startswith("django.db"))
    assert "planted-secret" not in words
    assert "learner.example" not in words


def test_a_link_of_ours_opens_the_badge_only_if_its_earner_shows_it(lenas: Shown, stranger: Client) -> None:
    link = lenas.credential.document["id"]
    assert stranger.post("/verify", {"badge": link}, headers=JSON).status_code == 422
    lenas.credential.public = True
    lenas.credential.save()
    opened = stranger.post("/verify?lang=fr", {"badge": link}, headers=PAGE)
    assert opened.status_code == 302
    assert opened["Location"] == f"{lenas.address}?lang=fr"
    assert stranger.post("/verify", {"badge": link}, headers=JSON).json()["verdict"] == "valid"


def test_samples_are_offered_in_the_demo_alone(public: Shown, stranger: Client, settings: Any) -> None:
    assert "Or try a sample" not in stranger.get("/verify", headers=PAGE).content.decode()
    assert stranger.post("/verify", {"sample": "good"}, headers=PAGE).status_code == 422
    settings.DEMO = True
    assert "A forged one" in stranger.get("/verify", headers=PAGE).content.decode()
    good = stranger.post("/verify", {"sample": "good"}, headers=PAGE).content.decode()
    assert 'data-verdict="valid"' in good
    assert ">SAMPLE</text>" in good
    forged = stranger.post("/verify", {"sample": "forged"}, headers=PAGE).content.decode()
    assert 'data-cause="changed"' in forged


def test_the_other_language_needs_the_badge_once_more(lenas: Shown, stranger: Client) -> None:
    page = _paste(stranger, lenas.credential.document)
    assert 'action="/verify?lang=fr"' in page
    french = stranger.post(
        "/verify?lang=fr", {"badge": json.dumps(lenas.credential.document)}, headers=PAGE
    ).content.decode()
    assert '<html lang="fr-CA">' in french
    assert "Valide" in french


def test_a_name_that_is_markup_stays_text(lenas: Shown, stranger: Client) -> None:
    evil = '"><script>alert(1)</script>'
    Organization.objects.filter(pk=lenas.credential.issuer_id).update(name_en=evil)
    issuer = {**lenas.credential.document["issuer"], "name": evil}
    page = _paste(stranger, _signed_again(lenas, issuer=issuer))
    assert "<script>alert" not in page


@pytest.mark.django_db
def test_one_address_hands_in_so_many_badges_a_minute_and_others_are_not_held_up(
    stranger: Client, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {CHECKING: "2/1m/key"}
    for _ in range(2):
        assert stranger.post("/verify", {"badge": "no badge"}, headers=PAGE).status_code == 422
    refused = stranger.post("/verify?lang=en", {"badge": "no badge"}, headers=PAGE)
    assert refused.status_code == 429
    assert "Wait a minute, then hand it in again." in refused.content.decode()
    french = stranger.post("/verify?lang=fr", {"badge": "no badge"}, headers=PAGE)
    assert "Attendez une minute" in french.content.decode()
    program = stranger.post("/verify", "{}", content_type="application/json", headers=JSON)
    assert (program.status_code, program.json()["sentence"][:8]) == (429, "Too many")
    assert stranger.get("/verify").status_code == 200
    assert stranger.post("/verify", {"badge": "no badge"}, headers=PAGE, REMOTE_ADDR="198.51.100.7").status_code == 422
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM cache")
        assert "127.0.0.1" not in str(cursor.fetchall())


def test_a_record_and_a_presentation_are_judged_badge_by_badge(lenas: Shown, stranger: Client) -> None:
    badge, college = lenas.credential.document, lenas.credential.issuer
    identity = documents.hashed_identity(lenas.lena.email, "5a17")
    record = learner_record.sign(issuer=college, name="Badges of Lena", identities=[identity], badges=[badge])
    forged = {**badge, "name": "Surgery"}
    shown = {"@context": badge["@context"][:1], "type": ["VerifiablePresentation"], "verifiableCredential": [badge]}
    told = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "ES256"}, shown)
    ]
    envelope = {**jose.enveloped(""), "type": "EnvelopedVerifiablePresentation"}
    enveloped = {**envelope, "id": f"data:application/vp+jwt,{told[0]}.{told[1]}.{told[0]}"}
    cases: list[tuple[dict[str, Any], str, list[str]]] = [
        (record, "valid", ["valid"]),
        (shown, "valid", ["valid"]),
        (enveloped, "valid", ["valid"]),
        ({**record, "name": "More badges of Lena"}, "not_valid", ["valid"]),
        ({**shown, "verifiableCredential": [badge, forged]}, "not_valid", ["valid", "not_valid"]),
        ({**shown, "verifiableCredential": record}, "not_valid", ["not_valid"]),
        ({**shown, "verifiableCredential": []}, "not_valid", []),
        ({**shown, "verifiableCredential": [badge] * 21}, "not_valid", []),
        ({**shown, "verifiableCredential": [badge, "text"]}, "not_valid", []),
    ]  # fmt: skip
    for document, answer, badges in cases:
        found = _verdict(stranger, document)
        assert (found["verdict"], [one["verdict"] for one in found["badges"]]) == (answer, badges)
    page = _paste(stranger, cases[4][0])
    assert page.count('<li data-verdict="valid"') == page.count('<li data-verdict="not_valid"') == 1
    assert "Not valid" in page
    assert "Who presents it was not checked" in page
    assert "Surgery" not in page.replace(html.escape(json.dumps(forged)), "").replace("&quot;Surgery&quot;", "")


def test_not_revoked_is_never_said_where_nobody_looked(stranger: Client, lenas: Shown) -> None:
    foreign = Foreign()
    seen = {"type": ["Evidence"], "id": "https://x.example/e", "name": "Ward week", "narrative": "<b>Watched</b> twice"}
    document = {**foreign.document(), "evidence": [seen]}  # it names no status at all
    page = _paste(stranger, {**document, "proof": foreign.prove(document)})
    assert 'data-verdict="valid" data-trusted="unknown"' in page
    assert "This badge was signed in the name of Elsewhere on" in page
    assert "<b>Ward week</b> &lt;b&gt;Watched&lt;/b&gt; twice" in page
    assert "revoked" not in page[page.index('class="lede"') : page.index('class="earner"')]
    assert "It is not revoked." in _paste(stranger, lenas.credential.document)
