"""Lena enrols, hands in evidence, reads “not yet”, tries again; nobody else sees any of it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from people.models import User
from tests.cast import Cast
from tests.journeys.awards import GOOD, WEAK, piloting_version
from workflows.actions import assessing
from workflows.models import Enrolment, EvidenceItem, PilotAnswer, Version


@pytest.fixture
def lena(cast: Cast) -> tuple[Client, Enrolment]:
    _version, cohort = piloting_version(cast)
    enrolment = cohort.enrolments.order_by("pk")[0]
    client = Client()
    client.force_login(enrolment.learner)
    return client, enrolment


def _page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return str(answer.content.decode())


def _stage(enrolment: Enrolment) -> str:
    return str(Enrolment.objects.get(pk=enrolment.pk).stage)


def _evidence(**more: object) -> dict[str, object]:
    return {
        "T1-note": "I gowned three times.",
        "T1-note_circle": "employers",
        "T1-file_circle": "assessors",
        "T1-third": "no",
        "own_work": "on",
        **more,
    }


def _course(enrolment: Enrolment) -> str:
    return f"/learning/courses/{enrolment.public_id}"


def test_the_first_screen_says_what_waits(lena: tuple[Client, Enrolment]) -> None:
    client, enrolment = lena
    page = _page(client, "/learning/")
    assert "1 thing waits for you" in page
    assert "Enrol in “Cleanroom Gowning”" in page
    assert f"{_course(enrolment)}/enrol" in page


def test_an_empty_first_screen_says_what_will_appear(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.vera)
    assert "What will appear here" in _page(client, "/learning/")


def test_nothing_is_stored_without_her_consent(lena: tuple[Client, Enrolment]) -> None:
    client, enrolment = lena
    page = _page(client, f"{_course(enrolment)}/enrol")
    for words in ("What is stored, who sees it, how long.", "Nothing, until you accept a badge", "asked again"):
        assert words in page
    refused = client.post(f"{_course(enrolment)}/enrol", {})
    assert refused.status_code == 422
    assert "Tick this if you agree" in refused.content.decode()
    assert _stage(enrolment) == "invited"
    assert client.post(f"{_course(enrolment)}/enrol", {"consent": "on"}).status_code == 303
    assert _stage(enrolment) == "enrolled"
    assert client.post(f"{_course(enrolment)}/enrol", {"consent": "on"}).status_code == 303  # a second click
    assert Enrolment.objects.get(pk=enrolment.pk).number == enrolment.number + 1


def test_she_hands_in_a_note_and_a_file_each_for_its_own_readers(lena: tuple[Client, Enrolment]) -> None:
    client, enrolment = lena
    client.post(f"{_course(enrolment)}/enrol", {"consent": "on"})
    page = _page(client, f"{_course(enrolment)}/evidence")
    assert "Does the note or the file show or name another person?" in page
    assert "A private reflection" in page
    file = SimpleUploadedFile("sheet.pdf", b"%PDF-1.7 checklist")
    done = client.post(f"{_course(enrolment)}/evidence", {**_evidence(), "T1-file": file})
    assert done.status_code == 303
    note, sheet = EvidenceItem.objects.order_by("pk")
    assert (note.visibility, sheet.visibility) == ("employers", "assessors")
    assert (sheet.file_name, sheet.media_type) == ("sheet.pdf", "application/pdf")
    assert "Your evidence is handed in" in _page(client, _course(enrolment))
    back = client.get(f"{_course(enrolment)}/evidence/{sheet.public_id}")
    assert back.content == b"%PDF-1.7 checklist"
    assert back["Content-Disposition"].startswith("attachment")


def test_she_decides_per_item_who_outside_may_see_it(lena: tuple[Client, Enrolment], cast: Cast) -> None:
    client, enrolment = lena
    client.post(f"{_course(enrolment)}/enrol", {"consent": "on"})
    client.post(f"{_course(enrolment)}/evidence", _evidence(**{"T1-note_circle": "assessors"}))
    item = EvidenceItem.objects.get()
    consent = f"{_course(enrolment)}/evidence/{item.public_id}/consent"
    assert consent in _page(client, _course(enrolment))
    assert "Nobody outside may see it." in _page(client, consent)
    assert client.post(consent, {"audience": "moon"}).status_code == 422
    assert client.post(consent, {"audience": "employers", "ends_on": "2020-01-01"}).status_code == 422
    assert client.post(consent, {"audience": "employers"}).status_code == 303
    assert "Take it back" in _page(client, consent)
    assert client.post(consent, {"withdraw": "employers"}).status_code == 303
    assert "Nobody outside may see it." in _page(client, consent)
    assert client.post(consent, {"withdraw": "employers"}).status_code == 409
    stranger = Client()
    stranger.force_login(cast.assessor)
    assert stranger.get(consent).status_code == 404
    assert stranger.post(consent, {"audience": "public"}).status_code == 404
    EvidenceItem.objects.update(visibility="private")
    _page(client, consent, 404)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"T1-third": "yes"}, "shows another person"),
        ({"T1-third": ""}, "Say whether it shows or names another person."),
        ({"T1-note": ""}, "at least one item of evidence"),
        ({"own_work": ""}, "Tick this if it is your own work."),
        ({"T1-file": SimpleUploadedFile("x.exe", b"MZ\x00\x01")}, "of a kind that is not taken"),
        ({"T1-note_circle": "nobody"}, "valid choice"),
    ],
)
def test_what_cannot_be_handed_in_says_why_and_keeps_the_text(
    lena: tuple[Client, Enrolment], change: dict[str, object], sentence: str
) -> None:
    client, enrolment = lena
    client.post(f"{_course(enrolment)}/enrol", {"consent": "on"})
    answer = client.post(f"{_course(enrolment)}/evidence", _evidence(**change))
    assert answer.status_code in {409, 422}
    assert sentence in answer.content.decode()
    if "T1-note" not in change:
        assert "I gowned three times." in answer.content.decode()
    assert EvidenceItem.objects.count() == 0
    assert _stage(enrolment) == "enrolled"


def _assess(cast: Cast, enrolment: Enrolment, scores: dict) -> None:
    assessing.take(enrolment_id=enrolment.pk, actor=cast.assessor)
    assessing.score(enrolment_id=enrolment.pk, actor=cast.assessor, scores=scores)


def test_not_yet_is_said_kindly_with_what_to_do_next(lena: tuple[Client, Enrolment], cast: Cast) -> None:
    client, enrolment = lena
    client.post(f"{_course(enrolment)}/enrol", {"consent": "on"})
    client.post(f"{_course(enrolment)}/evidence", _evidence())
    _assess(cast, enrolment, WEAK)
    page = _page(client, _course(enrolment))
    assert "Your result: not yet" in page
    assert "Touched the sleeve" in page
    assert "1 try is left" in page
    assert page.index("R1") < page.index("R2")  # what is missing stands first
    assert "fail" not in page.lower()
    assert "Try what is still missing" in _page(client, "/learning/")
    assert client.post(f"{_course(enrolment)}/evidence", _evidence()).status_code == 303
    _assess(cast, enrolment, GOOD)
    provisional = _page(client, _course(enrolment))
    assert "A second person checks the scores" in provisional
    assert "Your result" not in provisional  # scores that may still change are not shown


def test_her_view_of_the_pilot_is_asked_once(lena: tuple[Client, Enrolment]) -> None:
    client, enrolment = lena
    _page(client, f"{_course(enrolment)}/evaluation", 404)
    client.post(f"{_course(enrolment)}/enrol", {"consent": "on"})
    client.post(f"{_course(enrolment)}/evidence", _evidence())
    assert "Say what the pilot was like" in _page(client, _course(enrolment))
    assert "Are you ready for the job?" in _page(client, f"{_course(enrolment)}/evaluation")
    assert client.post(f"{_course(enrolment)}/evaluation", {"clear": "yes"}).status_code == 422
    answers = dict.fromkeys(("clear", "fair", "useful", "worth", "ready"), "partly")
    assert client.post(f"{_course(enrolment)}/evaluation", answers).status_code == 303
    assert PilotAnswer.objects.get().answers["ready"] == "partly"
    assert client.post(f"{_course(enrolment)}/evaluation", answers).status_code == 404


def test_she_leaves_on_a_page_that_says_what_it_means(lena: tuple[Client, Enrolment]) -> None:
    client, enrolment = lena
    assert "cannot be undone" in _page(client, f"{_course(enrolment)}/leave")
    assert _stage(enrolment) == "invited"
    assert client.post(f"{_course(enrolment)}/leave").status_code == 303
    assert _stage(enrolment) == "withdrew"
    assert "You left." in _page(client, _course(enrolment))
    _page(client, f"{_course(enrolment)}/leave", 404)


def test_a_signed_statement_is_given_on_request(lena: tuple[Client, Enrolment], cast: Cast) -> None:
    client, enrolment = lena
    assert client.post(f"{_course(enrolment)}/statement").status_code == 409
    client.post(f"{_course(enrolment)}/enrol", {"consent": "on"})
    client.post(f"{_course(enrolment)}/evidence", _evidence())
    _assess(cast, enrolment, GOOD)
    statement = client.post(f"{_course(enrolment)}/statement")
    assert statement["Content-Type"] == "application/vc+ld+json"
    assert statement.json()["credentialSubject"]["result"]


def test_nobody_else_gets_any_page_of_her_course(lena: tuple[Client, Enrolment], cast: Cast) -> None:
    _client, enrolment = lena
    other = User.objects.get(email="lena1@learner.example")
    paths = ["", "/enrol", "/evidence", "/evaluation", "/leave", f"/evidence/{enrolment.public_id}"]
    for person in (other, cast.mallory, cast.assessor, cast.ana, cast.quinn):
        stranger = Client()
        stranger.force_login(person)
        for path in paths:
            assert stranger.get(_course(enrolment) + path).status_code == 404, (person, path)
            assert stranger.post(_course(enrolment) + path).status_code in {404, 405}
        assert stranger.post(f"{_course(enrolment)}/statement").status_code == 404
    assert _stage(enrolment) == "invited"
    nobody = Client()
    assert nobody.get(_course(enrolment))["Location"].startswith("/sign-in")


def test_every_page_of_hers_is_in_her_language(lena: tuple[Client, Enrolment]) -> None:
    client, enrolment = lena
    User.objects.filter(pk=enrolment.learner_id).update(language="fr")
    Version.objects.filter(pk=enrolment.cohort.version_id).update(title_fr="Habillage")
    assert "vous attend" in _page(client, "/learning/")
    assert "J’ai lu ce texte" in _page(client, f"{_course(enrolment)}/enrol")
