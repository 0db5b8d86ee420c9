"""docs/api.md: its examples run, and its tables are those of the code."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation
from pytest_django.live_server_helper import LiveServer

from people.tokens import SCOPES
from portal_api.problems import code_of
from tests.cast import Cast
from tests.journeys import course
from tests.portal_api.program import Program
from workflows.models import Version

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.mark.django_db(transaction=True)
def test_every_example_of_the_guide_runs_as_it_is_written(cast: Cast, live_server: LiveServer) -> None:
    version = course.drafted(cast)
    course.submitted(cast, version)
    number = str(Version.objects.get(pk=version.pk).number)
    given = {
        "BASE": live_server.url, "TOKEN": Program(cast.quinn, cast.college).text, "VERSION": str(version.public_id),
        "NUMBER": number, "PATH": "/usr/bin:/bin",
    }  # fmt: skip
    examples = re.findall(r"```sh\n(.+?)```", GUIDE, re.DOTALL)
    assert len(examples) == 5
    for example in examples:
        ran = subprocess.run(["sh", "-c", example], env=given, capture_output=True, text=True, check=True)
        answer = json.loads(ran.stdout)
        assert "code" not in answer or "stage" in answer, answer
    held = Version.objects.get(pk=version.pk)
    assert held.on_hold
    assert held.hold_until - timezone.localdate() > timedelta(days=1)


def test_the_guide_lists_the_scopes_of_the_code() -> None:
    with translation.override("en"):
        rows = [f"| `{scope}` | {words} |" for scope, words in SCOPES.items()]
    assert [row for row in rows if row not in GUIDE] == []


def test_the_guide_names_codes_that_exist() -> None:
    from people.errors import Refusal

    def kinds(kind: type[Exception]) -> set[str]:
        return {code_of(kind)}.union(*(kinds(one) for one in kind.__subclasses__()))

    table = GUIDE.split("## Refusals")[1]
    named = {
        code
        for row in re.findall(r"^\| \d{3} \|([^|]+)\|", table, re.MULTILINE)
        for code in re.findall(r"`(\w+)`", row)
    }
    assert named - {"not_readable"} <= kinds(Refusal)
