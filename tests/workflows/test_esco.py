"""Skills come in repeatably, nothing is dropped silently, and a file of another kind changes nothing."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from workflows.models import Skill

HEAD = "conceptUri,skillType,reuseLevel,preferredLabel_en,preferredLabel_fr,altLabels_en\n"
BASE = "http://data.europa.eu/esco/skill/"

pytestmark = pytest.mark.django_db


def _import(path: Path, edition: str = "1.0") -> dict[str, Any]:
    out = StringIO()
    call_command("import_esco", str(path), edition=edition, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_the_second_import_changes_nothing_and_the_next_edition_retires(tmp_path: Path) -> None:
    file = tmp_path / "skills.csv"
    file.write_text(HEAD + f"{BASE}1,,,gown,s’habiller,dress\n{BASE}2,,,clean rooms,nettoyer des locaux,\n")
    assert _import(file)["added"] == 2
    assert _import(file) == {"added": 0, "changed": 0, "unchanged": 2, "retired": 0, "refused": []}
    file.write_text(HEAD + f"{BASE}1,,,put on gown,s’habiller,dress\n")
    report = _import(file, edition="1.2")
    assert (report["changed"], report["retired"]) == (1, 1)
    assert Skill.objects.get(uri=f"{BASE}2").retired
    assert Skill.objects.get(uri=f"{BASE}1").label_en == "put on gown"


def test_wrong_rows_are_named_and_the_rest_comes_in(tmp_path: Path) -> None:
    file = tmp_path / "skills.csv"
    file.write_text(
        HEAD + f"{BASE}1,,,gown,,\n{BASE}1,,,gown,,\nnowhere,,,x,,\n{BASE}3,,,,,\n{BASE}4,,,,en français,\n"
    )
    report = _import(file)
    assert report["added"] == 2
    assert len(report["refused"]) == 3


def test_published_files_of_each_language_are_joined(tmp_path: Path) -> None:
    (tmp_path / "skills_en.csv").write_text(f"conceptUri,preferredLabel,altLabels\n{BASE}1,gown,\n")
    (tmp_path / "skills_fr.csv").write_text(f"conceptUri,preferredLabel,altLabels\n{BASE}1,s’habiller,\n")
    _import(tmp_path)
    assert Skill.objects.get().label_fr == "s’habiller"


def test_a_file_of_another_kind_is_refused_whole(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(SystemExit) as ended:
        _import(file)
    assert ended.value.code == 1
    assert not Skill.objects.exists()
