"""The three full samples through the pages: brought in as files, typed section by section, submitted and returned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal_faculty.sheets import Sheet
from tests.cast import Cast
from tests.journeys.awards import issued
from tests.portal_faculty.pages import number, opened, query, sent, typed
from tests.portal_faculty.test_sheets import FORMS
from workflows import dossier, proposals
from workflows.actions import deciding
from workflows.dossier import Dossier
from workflows.models import Skill, Version

SAMPLES = Path(proposals.__file__).parents[1] / "samples"
NAMES = sorted(path.name for path in SAMPLES.glob("*.json"))


def content_of(name: str) -> dict:
    return proposals.content_of(proposals.read_file(SAMPLES / name).as_given[0])


def upload(text: str | bytes) -> SimpleUploadedFile:
    data = text.encode() if isinstance(text, str) else text
    return SimpleUploadedFile("proposal.json", data, content_type="application/json")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_sample_is_lost_when_its_sections_are_shown_and_saved(name: str) -> None:
    content = content_of(name)
    for facet in FORMS:
        sheet = Sheet(facet, Dossier.model_validate(content), query(typed(facet, content)))
        assert sheet.is_valid(), (facet, sheet.form.errors)
        assert sheet.content()[facet] == content[facet], facet


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_brought_in_as_a_draft(cast: Cast, client: Client, name: str) -> None:
    data = {"file": upload((SAMPLES / name).read_bytes()), "chosen": "taravelle"}
    where = sent(client, cast.ana, "/faculty/bring", data)
    version = Version.objects.get()
    assert where == f"/faculty/{version.public_id}/write"
    assert dossier.digest(version.content) == dossier.digest(content_of(name))
    assert version.stage == "draft"
    opened(client, cast.ana, where)
    again = {"file": upload((SAMPLES / name).read_bytes()), "chosen": "taravelle"}
    assert "already" in sent(client, cast.ana, "/faculty/bring", again, 422)
    assert Version.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "This was not done"),
        ("[]", "This was not done"),
        (json.dumps({"proposals": [{"id": "x", "title": "X"}]}), "this member is missing"),
        ("", "empty"),
    ],
)
def test_a_file_that_is_no_proposal_is_refused_in_sentences(cast: Cast, client: Client, text: str, words: str) -> None:
    body = sent(client, cast.ana, "/faculty/bring", {"file": upload(text), "chosen": "taravelle"}, 422)
    assert words in body
    assert Version.objects.count() == 0


def test_a_file_with_one_wrong_proposal_brings_in_none(cast: Cast, client: Client) -> None:
    good = json.loads((SAMPLES / NAMES[0]).read_text())
    rows = good.get("proposals", [good])
    wrong = {**rows[0], "id": "second", "workload": {**rows[0]["workload"], "total_hours": 999}}
    text = json.dumps({"proposals": [rows[0], wrong]})
    sent(client, cast.ana, "/faculty/bring", {"file": upload(text), "chosen": "taravelle"}, 422)
    assert Version.objects.count() == 0
    client.force_login(cast.mallory)
    assert client.post("/faculty/bring", {"file": upload(text), "chosen": "taravelle"}).status_code == 422


def test_the_algonquin_sample_goes_from_start_to_submit_and_through_a_return(cast: Cast, client: Client) -> None:
    wanted = content_of("algonquin-gowning.json")
    title = wanted["identity"]["title"]
    start = {"title_en": title["en"], "title_fr": title["fr"], "code": "GMP-1", "language": "en"}
    start["institution"] = "taravelle"
    base = sent(client, cast.ana, "/faculty/start", start).removesuffix("/write")
    version = Version.objects.get()

    def save(facet: str, data: dict) -> None:
        sent(client, cast.ana, f"{base}/write/{facet}", {**data, "expected": number(version), "act": "save"})

    save("competencies", typed("competencies", wanted))
    save("rubric", {name: value for name, value in typed("rubric", wanted).items() if not name.startswith("criteria")})
    for facet in FORMS:
        save(facet, typed(facet, wanted))
    for match in wanted["alignments"]:
        if match["competency"] and match["uri"]:
            label = match["label"]
            skill, _made = Skill.objects.get_or_create(
                uri=match["uri"], defaults={"label_en": label["en"], "label_fr": label["fr"], "edition": "1.2"}
            )
            data = {"closeness": match["match"], "read": "on", "expected": number(version)}
            sent(client, cast.ana, f"{base}/skills/{match['competency']}/match/{skill.pk}", data)
    version.refresh_from_db()
    for facet in FORMS:
        assert version.content[facet] == wanted[facet], facet
    sent(client, cast.ana, f"{base}/near", {})
    sent(client, cast.ana, f"{base}/interests", {"kinds": ["none"]})
    if dossier.missing_answers(version.content):
        save("inclusion", {**typed("inclusion", version.content), "indigenous": "no", "barriers_en": "Sizes vary."})
        demand = {**typed("demand", version.content), "consultations-row": ["0"]}
        demand |= {"consultations-0-organization": "Quellin", "consultations-0-said_en": "Yes"}
        save("demand", demand)
    sent(client, cast.ana, f"{base}/check", {"expected": number(version)})
    deciding.return_from_screening(
        version_id=version.pk, actor=cast.quinn, expected=number(version), requests={"assessment": "Add a tear drill."}
    )
    assert "Add a tear drill." in opened(client, cast.ana, f"{base}/returned")
    version.refresh_from_db()
    save("assessment", {**typed("assessment", version.content), "tasks-1-title_en": "Work day with a tear drill"})
    request = version.change_requests.get()
    sent(client, cast.ana, f"{base}/returned", {"request": request.pk, f"{request.pk}-text": "Added to T2."})
    assert "tear drill" in opened(client, cast.ana, f"{base}/check").partition("since it was returned")[2]
    sent(client, cast.ana, f"{base}/check", {"expected": number(version)})
    version.refresh_from_db()
    assert version.stage == "screening"
    assert version.snapshots.count() == 2


def test_a_version_in_use_is_revised_beside_it_and_its_presentation_mended(cast: Cast, client: Client) -> None:
    version, _credential = issued(cast)
    base = f"/faculty/{version.public_id}"
    assert "Begin a new version" in opened(client, cast.ana, base)
    data = {**typed("presentation", version.content), "tags": "cleanroom"}
    same = {**typed("presentation", version.content), "reason": "x"}
    assert "a change" in sent(client, cast.ana, f"{base}/patch", same, 422)
    sent(client, cast.ana, f"{base}/patch", {**data, "reason": ""}, 422)
    sent(client, cast.ana, f"{base}/patch", {**data, "reason": "Tags help search."})
    assert version.patches.get().facets == ["presentation"]
    sent(client, cast.ana, f"{base}/revise", {"expected": number(version), "reason": ""}, 422)
    where = sent(client, cast.ana, f"{base}/revise", {"expected": number(version), "reason": "Longer practice"})
    following = Version.objects.get(ordinal=2)
    assert where == f"/faculty/{following.public_id}"
    assert "version 2" in opened(client, cast.ana, where)
    for other in (cast.mallory, cast.quinn):
        for page in ("revise", "patch"):
            opened(client, other, f"{base}/{page}", 404)
    opened(client, cast.ana, f"/faculty/{following.public_id}/patch", 404)
