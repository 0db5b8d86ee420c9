"""Lena takes along all that is kept about her; nobody else's is in it, and it checks without us."""

from __future__ import annotations

import io
import json
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from credentials.models import Credential
from people.models import User
from tests.cast import Cast
from tests.journeys.awards import issued
from workflows.actions import awarding


def _taken(client: Client, into: Path) -> set[str]:
    answer = client.post("/learning/everything.zip")
    assert answer["Content-Disposition"] == 'attachment; filename="imprimatur.zip"'
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[attr-defined]
        archive.extractall(into)
        return set(archive.namelist())


def _said(path: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(path.read_text())
    return said


def test_everything_of_hers_is_in_one_archive_that_checks_without_us(cast: Cast, tmp_path: Path) -> None:
    _version, badge = issued(cast)
    lena = badge.recipient
    awarding.answer_badge(credential_id=badge.pk, actor=lena, accept=True)
    client = Client()
    client.force_login(lena)
    assert client.get("/learning/everything.zip").status_code == 405
    names = _taken(client, tmp_path)
    (folder,) = {name.split("/")[0] for name in names if "/" in name}
    assert _said(tmp_path / "account.json")["addresses"] == [lena.email]
    course = _said(tmp_path / folder / "course.json")
    assert [event["what"] for event in course["record"]][:3] == ["invite", "enrol", "submit"]
    assert course["consent_to_enrol"]["given_at"]
    assert course["tries"][0]["passed"] is True
    assert course["evidence"][0]["consents"][0]["audience"] == "employers"
    assert "Lena 1" not in json.dumps(course)
    assert (tmp_path / folder / "evidence" / "01-note.txt").read_text() == "Three gownings observed"
    Credential.objects.all().update(status="revoked")  # our own rows play no part
    out = StringIO()
    where = tmp_path / folder
    with pytest.raises(SystemExit) as ended:
        call_command("verify_badge", str(where / "badge.json"), "--folder", str(where), stdout=out, stderr=StringIO())
    assert ended.value.code == 0, out.getvalue()


def test_who_has_no_badge_yet_takes_along_the_course_and_its_result(cast: Cast, tmp_path: Path) -> None:
    issued(cast)
    other = User.objects.get(email="lena1@learner.example")
    client = Client()
    client.force_login(other)
    names = _taken(client, tmp_path)
    assert not any(name.endswith("badge.json") for name in names)
    (course,) = [_said(tmp_path / name) for name in names if name.endswith("course.json")]
    assert (course["stage"], course["name_on_the_roster"]) == ("not_yet", "Lena 1")
    assert [one["passed"] for one in course["tries"]] == [False]


def test_who_never_learned_here_gets_an_archive_that_says_so(cast: Cast, tmp_path: Path) -> None:
    client = Client()
    client.force_login(cast.vera)
    assert _taken(client, tmp_path) == {"LISEZMOI-README.txt", "account.json"}
