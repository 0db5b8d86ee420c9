"""What the public may read, and what it may not: badges, achievements, the register, documents."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import rfc8785
from django.test import Client

from credentials import baking, keys, proofs
from credentials.claims import NAMES
from credentials.models import Endorsement
from tests.cast import Cast
from tests.portal_public.conftest import JSON, PAGE, Shown
from workflows.models import Exemption, Snapshot, Version

STATIC = ["/", "/verify", "/register", "/about", "/accessibility", "/privacy", "/terms/demand", "/healthz"]

PAGES_ONLY = {"/", "/verify", "/about", "/accessibility", "/privacy", "/terms/demand", "/healthz"}


def _addresses(shown: Shown) -> list[str]:
    endorsement = Endorsement.objects.first()
    status = shown.credential.entry.status_list.public_id
    assert endorsement is not None
    assert shown.version.snapshot is not None
    return [
        *STATIC,
        "/o/taravelle",
        "/o/taravelle/did.json",
        shown.address,
        f"{shown.address}/picture.svg",
        f"{shown.address}/picture.png",
        f"/achievements/{shown.version.public_id}",
        f"/achievements/{shown.version.public_id}/picture.png",
        f"/achievements/{shown.version.public_id}/snapshots/{shown.version.snapshot.digest.removeprefix('sha256:')}",
        f"/endorsements/{endorsement.public_id}",
        f"/status/{status}",
        f"/status/{status}/suspensions",
    ]


def test_no_public_address_sets_a_cookie_to_a_stranger_or_to_somebody_signed_in(
    public: Shown, cast: Cast, stranger: Client
) -> None:
    quinn = Client()
    quinn.force_login(cast.quinn)
    for address in [*_addresses(public), "/nothing-here", f"/badges/{uuid4()}"]:
        for headers in (PAGE, JSON):
            for client in (stranger, quinn):
                answer = client.get(address, headers=headers)
                assert not answer.cookies or (client is quinn and answer.status_code == 404), address
                if answer.status_code == 200 and address != "/healthz":
                    assert "Cookie" not in answer.get("Vary", ""), address
    strict = Client(enforce_csrf_checks=True)
    for address, body in [("/verify", {"badge": "x"}), ("/", {"badge": "x"}), (public.address, {"em": "a@b.example"})]:
        answer = strict.post(address, body, headers=PAGE)
        assert answer.status_code in {200, 422}
        assert not answer.cookies


def test_documents_can_be_read_from_any_origin_and_need_not_be_read_twice(public: Shown, stranger: Client) -> None:
    for address in [address for address in _addresses(public) if address not in PAGES_ONLY]:
        first = stranger.get(address, headers=JSON)
        assert first.status_code == 200, address
        assert first["Access-Control-Allow-Origin"] == "*", address
        assert first["Access-Control-Expose-Headers"] == "ETag"
        assert "Cookie" not in first["Vary"]
        tag = first["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = stranger.get(address, headers={**JSON, "if-none-match": known})
            assert (again.status_code, again.content) == (304, b""), (address, known)
            assert (again["ETag"], again["Cache-Control"]) == (tag, first["Cache-Control"])
            assert again["Access-Control-Allow-Origin"] == "*"
        assert stranger.get(address, headers={**JSON, "if-none-match": '"other"'}).status_code == 200


def test_a_wallet_in_a_browser_is_told_that_it_may_read(public: Shown, stranger: Client) -> None:
    for address in [*_addresses(public), f"/badges/{uuid4()}"]:
        if address in PAGES_ONLY:
            continue
        asked = stranger.options(address, headers={"origin": "https://wallet.example"})
        assert (asked.status_code, asked.content) == (204, b""), address
        assert asked["Access-Control-Allow-Origin"] == "*"
        assert asked["Access-Control-Allow-Methods"] == "GET, HEAD"
        assert "if-none-match" in asked["Access-Control-Allow-Headers"].lower()


def test_pages_are_for_people_and_not_for_the_scripts_of_other_sites(public: Shown, stranger: Client) -> None:
    for address in _addresses(public):
        answer = stranger.get(address, headers=PAGE)
        if answer["Content-Type"].startswith("text/html"):
            assert "Access-Control-Allow-Origin" not in answer, address
    for address in PAGES_ONLY - {"/", "/verify"}:  # these two take badges from anywhere
        assert stranger.options(address).status_code == 405, address


def test_an_issuer_is_a_profile_for_programs(public: Shown, stranger: Client) -> None:
    answer = stranger.get("/o/taravelle", headers={"accept": "application/ld+json"})
    assert answer["Content-Type"] == "application/ld+json"
    profile = answer.json()
    assert profile["@context"] == public.credential.document["@context"]
    assert {name: value for name, value in profile.items() if name != "@context"} == public.credential.document[
        "issuer"
    ]
    assert profile["id"] == stranger.get("/o/taravelle/did.json").json()["id"]
    assert stranger.get("/o/nobody").status_code == 404


def test_a_badge_is_known_by_both_names_of_its_media_type(public: Shown, stranger: Client) -> None:
    for name in ("application/vc+ld+json", "application/vc"):
        answer = stranger.get(public.address, headers={"accept": name})
        assert answer["Content-Type"] == name
        handed = stranger.post("/verify", answer.content, content_type=name, headers=JSON)
        assert handed.json()["verdict"] == "valid"


def test_the_public_picture_holds_the_badge(public: Shown, stranger: Client) -> None:
    for kind, media_type in (("png", "image/png"), ("svg", "image/svg+xml")):
        answer = stranger.get(f"{public.address}/picture.{kind}", headers=JSON)
        assert answer["Content-Type"] == media_type
        (text,) = baking.unbake(answer.content)
        assert json.loads(text) == public.credential.document


def test_browsers_get_pages_and_programs_get_documents_on_one_address(public: Shown, stranger: Client) -> None:
    for address, media_type in [
        (public.address, "application/vc+ld+json"),
        (f"/achievements/{public.version.public_id}", "application/ld+json"),
    ]:
        assert stranger.get(address)["Content-Type"] == media_type
        assert stranger.get(address, headers=JSON)["Content-Type"] == "application/json"
        assert stranger.get(address, headers={"accept": media_type})["Content-Type"] == media_type
        page = stranger.get(address, headers=PAGE)
        assert page["Content-Type"].startswith("text/html")
        assert f'<link rel="alternate" type="{media_type}"' in page.content.decode()
        assert "Accept" in page["Vary"]


def test_a_badge_that_is_not_public_looks_like_one_that_does_not_exist(lenas: Shown, stranger: Client) -> None:
    for headers in (PAGE, JSON):
        hidden, unknown = (stranger.get(address, headers=headers) for address in (lenas.address, f"/badges/{uuid4()}"))
        assert (hidden.status_code, unknown.status_code) == (404, 404)
        assert hidden.content == unknown.content
    for kind in ("png", "svg"):
        assert stranger.get(f"{lenas.address}/picture.{kind}").status_code == 404
    assert stranger.post(lenas.address, {"em": "lena0@learner.example"}).status_code == 404


def test_nothing_of_a_learner_is_public_by_default(lenas: Shown, stranger: Client) -> None:
    for address in _addresses(lenas):
        for headers in (PAGE, JSON):
            said = stranger.get(address, headers=headers).content.decode(errors="replace")
            assert "Lena" not in said, address
            assert "learner.example" not in said, address
            assert str(lenas.credential.public_id) not in said, address


def test_a_public_badge_is_found_by_no_search_engine(public: Shown, stranger: Client) -> None:
    page = stranger.get(public.address, headers=PAGE)
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    picture = stranger.get(f"{public.address}/picture.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert "Cleanroom" in picture.content.decode()


def test_the_achievement_says_what_a_holder_can_do_and_how_it_was_approved(public: Shown, stranger: Client) -> None:
    Exemption.objects.create(
        version=public.version, clause="P4", reason="It stands alone.", asked_by=public.version.proposer,
        signed_at=public.version.stage_since, ends_on="2099-01-01",
    )  # fmt: skip
    page = stranger.get(f"/achievements/{public.version.public_id}", headers=PAGE).content.decode()
    for words in ("Gowns", "Three gownings", "18", "In use", "Demand confirmed", "It stands alone.", "Brevanth Clinic"):
        assert words in page
    assert page.count('data-endorsement="valid"') == 5
    assert 'data-standing="active"' in page


def test_the_page_stays_whatever_becomes_of_its_use(public: Shown, stranger: Client) -> None:
    said = {
        "suspended": "No badge is issued for now",
        "expiring": "Winding down",
        "retired": "no longer offered",
        "superseded": "Replaced by a newer version",
    }
    for stage, words in said.items():
        Version.objects.filter(pk=public.version.pk).update(**{"stage": stage})
        answer = stranger.get(f"/achievements/{public.version.public_id}", headers=PAGE)
        assert answer.status_code == 200
        assert words in answer.content.decode()


def test_a_proposal_that_is_not_approved_has_no_page(public: Shown, stranger: Client) -> None:
    Version.objects.filter(pk=public.version.pk).update(**{"stage": "final_approval"})
    assert stranger.get(f"/achievements/{public.version.public_id}", headers=PAGE).status_code == 404


def test_the_content_that_was_endorsed_is_served_as_the_bytes_of_its_digest(public: Shown, stranger: Client) -> None:
    for endorsement in Endorsement.objects.all():
        resource = endorsement.document["relatedResource"][0]
        path = resource["id"].partition("://")[2].partition("/")[2]
        body = stranger.get(f"/{path}").content
        raw = b"\x12\x20" + hashlib.sha256(body).digest()
        assert resource["digestMultibase"] == "u" + base64.urlsafe_b64encode(raw).decode().rstrip("=")
        assert rfc8785.dumps(json.loads(body)) == body
        facets = {r["id"].rpartition("#")[2]: r["digestMultibase"] for r in endorsement.document["relatedResource"][1:]}
        for facet, stated in facets.items():
            form = rfc8785.dumps({"facet": facet, "schema": "1", "content": json.loads(body)[facet]})
            raw = b"\x12\x20" + hashlib.sha256(form).digest()
            assert stated == "u" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_a_snapshot_that_nobody_endorsed_stays_inside(public: Shown, stranger: Client) -> None:
    draft = Snapshot.objects.create(
        version=public.version, ordinal=99, content={"identity": {}}, digest="sha256:" + "ab" * 32, facets={},
        made_by=public.version.proposer,
    )  # fmt: skip
    assert stranger.get(f"/achievements/{public.version.public_id}/snapshots/{draft.digest[7:]}").status_code == 404
    assert stranger.get(f"/achievements/{public.version.public_id}/snapshots/none").status_code == 404


SEARCHES = {
    "": 1,
    "?q=gowning": 1,
    "?q=salle blanche": 1,
    "?q=gowning+nothing": 0,
    "?institution=taravelle": 1,
    "?institution=rival": 0,
    "?status=active": 1,
    "?status=retired": 0,
    "?status=draft": 1,  # an unknown state narrows nothing
    "?sector=space": 0,
    "?skill=http://data.europa.eu/esco/skill/0e21e183-e787-4f23-a240-93b416c088c2": 1,
    "?skill=x": 0,
    "?q=%25": 0,
}


def test_the_register_is_searched_in_both_languages(public: Shown, stranger: Client) -> None:
    for query, found in SEARCHES.items():
        rows = stranger.get(f"/register{query}", headers=JSON).json()["items"]
        assert len(rows) == found, query
        page = stranger.get(f"/register{query}", headers=PAGE).content.decode()
        assert ("Cleanroom Gowning</a>" in page) is bool(found), query


def test_an_endorsement_has_a_page_of_its_own(public: Shown, stranger: Client) -> None:
    endorsement = Endorsement.objects.get(kind="demand", issuer__slug="quellin")
    address = urlsplit(endorsement.document["id"]).path
    assert address == f"/achievements/{public.version.public_id}/endorsements/{endorsement.public_id}"
    assert stranger.get(f"/achievements/{uuid4()}/endorsements/{endorsement.public_id}").status_code == 404
    at_root = f"/endorsements/{endorsement.public_id}"  # where those signed before have their address
    assert stranger.get(at_root).json() == stranger.get(address).json()
    page = stranger.get(address, headers=PAGE).content.decode()
    assert "Endorsement by Quellin Hospital" in page
    assert 'data-endorsement="valid"' in page
    assert proofs.verify(stranger.get(address).json(), keys.did_document(endorsement.issuer))


def test_the_suspensions_are_a_second_signed_list(public: Shown, stranger: Client) -> None:
    status = public.credential.entry.status_list.public_id
    document: dict[str, Any] = stranger.get(f"/status/{status}/suspensions").json()
    assert document["credentialSubject"]["statusPurpose"] == "suspension"
    assert proofs.verify(document, keys.did_document(public.credential.issuer))


def test_a_language_cookie_of_the_portals_means_nothing_here(public: Shown) -> None:
    """A public page is the same for everybody who asks for the same: caches keep one copy per language of browsers."""
    client = Client()
    client.cookies["django_language"] = "fr"
    assert '<html lang="en-CA">' in client.get("/register", headers={**PAGE, "accept-language": "en"}).content.decode()
    assert '<html lang="fr-CA">' in client.get("/register", headers={**PAGE, "accept-language": "fr"}).content.decode()
    assert '<html lang="en-CA">' in client.get("/register", headers={**PAGE, "accept-language": "de"}).content.decode()


def test_a_crawler_that_follows_every_link_meets_no_learner(lenas: Shown, stranger: Client) -> None:
    """Promises H14: nothing of a learner is listed anywhere."""
    seen: set[str] = set()
    waiting = ["/", "/register", f"/achievements/{lenas.version.public_id}"]
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith(("/static/", "/sign-in")):
            continue
        seen.add(address)
        for headers in (PAGE, JSON):
            answer = stranger.get(address, headers=headers)
            said = answer.content.decode(errors="replace")
            for secret in ("Lena", "learner.example", str(lenas.credential.public_id), "Three gownings observed"):
                assert secret not in said, address
            waiting += [link.replace("&amp;", "&") for link in re.findall(r'(?:href|action)="(/[^"#]*)', said)]
    assert len(seen) > 12


def test_a_page_of_another_origin_may_send_a_badge(db: None, stranger: Client) -> None:
    asked = stranger.options("/verify")
    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Origin"] == "*"
    assert "content-type" in asked["Access-Control-Allow-Headers"].lower()


def test_every_page_exists_in_french(public: Shown, stranger: Client) -> None:
    for address in _addresses(public):
        answer = stranger.get(f"{address}?lang=fr", headers=PAGE)
        if answer["Content-Type"].startswith("text/html"):
            assert '<html lang="fr-CA">' in answer.content.decode(), address
            assert 'href="/register?lang=fr"' in answer.content.decode(), address


def test_french_pages_name_the_kind_of_an_endorsement_in_french(public: Shown, stranger: Client) -> None:
    quality = Endorsement.objects.filter(kind=Endorsement.Kind.QUALITY).latest("pk")
    pages = {
        f"/endorsements/{quality.public_id}": "Qualité approuvée",
        f"/achievements/{public.version.public_id}": "Qualité approuvée",
        public.address: "Qualité approuvée",
    }
    for address, words in pages.items():
        page = html.unescape(stranger.get(address, {"lang": "fr"}, headers=PAGE).content.decode())
        assert words in page, address
        for name in NAMES.values():  # the signed name, which is English by design
            assert name not in page, address
