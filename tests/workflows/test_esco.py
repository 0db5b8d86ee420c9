"""Skills come in repeatably, nothing is dropped silently, and a file of another kind changes nothing."""

from __future__ import annotations

import json
import re
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from workflows import esco
from workflows.models import Skill

ROOT = Path(__file__).resolve().parents[2]
HEAD = "conceptUri,skillType,reuseLevel,preferredLabel_en,preferredLabel_fr,altLabels_en\n"
BASE = "http://data.europa.eu/esco/skill/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_seed() -> None:
    Skill.objects.all().delete()


def _import(path: Path, edition: str = "1.0", **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("import_esco", str(path), edition=edition, stdout=out, stderr=StringIO(), **options)
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


def test_the_second_import_changes_nothing_and_the_next_edition_retires(tmp_path: Path) -> None:
    file = tmp_path / "skills.csv"
    file.write_text(HEAD + f"{BASE}1,,,gown,s’habiller,dress\n{BASE}2,,,clean rooms,nettoyer des locaux,\n")
    assert _import(file)["added"] == 2
    report = _import(file)
    assert (report["added"], report["changed"], report["unchanged"], report["retired"]) == (0, 0, 2, 0)
    file.write_text(HEAD + f"{BASE}1,,,put on gown,s’habiller,dress\n")
    report = _import(file, edition="1.2", whole=True)
    assert (report["changed"], report["retired"]) == (1, 1)
    assert Skill.objects.get(uri=f"{BASE}2").retired
    assert Skill.objects.get(uri=f"{BASE}1").label_en == "put on gown"


def test_a_part_of_an_edition_retires_nothing(tmp_path: Path) -> None:
    file = tmp_path / "skills.csv"
    file.write_text(HEAD + f"{BASE}1,,,gown,,\n{BASE}2,,,clean rooms,,\n")
    _import(file)
    file.write_text(HEAD + f"{BASE}3,,,new,,\n")
    report = _import(file, edition="1.2")
    assert (report["whole"], report["added"], report["retired"]) == (False, 1, 0)
    assert not Skill.objects.filter(retired=True).exists()


def test_an_older_edition_leaves_what_is_newer_alone(tmp_path: Path) -> None:
    file = tmp_path / "skills.csv"
    file.write_text(HEAD + f"{BASE}1,,,new label,,\n{BASE}2,,,only in the new one,,\n")
    _import(file, edition="1.2")
    file.write_text(HEAD + f"{BASE}1,,,old label,,\n{BASE}3,,,only in the old one,,\n")
    report = _import(file, edition="1.0", whole=True)
    assert (report["added"], report["changed"], report["kept"], report["retired"]) == (1, 0, 1, 0)
    assert Skill.objects.get(uri=f"{BASE}1").label_en == "new label"
    assert not Skill.objects.get(uri=f"{BASE}2").retired


def test_a_skill_that_comes_back_is_no_longer_retired(tmp_path: Path) -> None:
    file = tmp_path / "skills.csv"
    file.write_text(HEAD + f"{BASE}1,,,gown,,\n{BASE}2,,,drill,,\n")
    _import(file)
    file.write_text(HEAD + f"{BASE}1,,,gown,,\n")
    _import(file, edition="1.1", whole=True)
    file.write_text(HEAD + f"{BASE}1,,,gown,,\n{BASE}2,,,drill,,\n")
    _import(file, edition="1.2", whole=True)
    assert not Skill.objects.filter(retired=True).exists()


@pytest.mark.parametrize(
    ("edition", "other", "newer"),
    [("1.2", "1.0", True), ("1.10", "1.9", True), ("1.0", "1.0", False), ("1.0", "1.2", False), ("v1.2", "1.1", True),
     ("1.2.1", "1.2", True), ("custom", "1.0", False), ("1.0", "custom", True)],
)  # fmt: skip
def test_editions_are_compared_as_numbers(edition: str, other: str, newer: bool) -> None:
    assert esco.newer(edition, other) is newer


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


def test_the_acknowledgement_is_said(tmp_path: Path) -> None:
    file, err = tmp_path / "skills.csv", StringIO()
    file.write_text(HEAD + f"{BASE}1,,,gown,,\n")
    call_command("import_esco", str(file), edition="1.0", stdout=StringIO(), stderr=err)
    assert "This service uses the ESCO classification of the European Commission." in err.getvalue()
    assert "nothing that they lack was retired" in err.getvalue()


# -- the seed -------------------------------------------------------------------------------------------------------


def _seed() -> None:
    import_module("workflows.migrations.0010_seed_of_skills").bring(apps, None)


def test_the_seed_is_about_a_hundred_skills_in_both_languages() -> None:
    _seed()
    assert 100 <= Skill.objects.count() <= 150
    assert not Skill.objects.filter(label_en="").exists()
    assert not Skill.objects.filter(label_fr="").exists()
    assert set(Skill.objects.values_list("edition", flat=True)) == {esco.SEED_EDITION}


def test_the_seed_comes_once_and_changes_nothing_that_is_there() -> None:
    Skill.objects.create(uri=esco.read(esco.SEED)[0].uri, label_en="as imported", edition="1.2")
    _seed()
    _seed()
    assert Skill.objects.count() == len(esco.read(esco.SEED))
    assert Skill.objects.get(edition="1.2").label_en == "as imported"


def test_every_skill_of_the_samples_is_in_the_seed_with_the_same_labels() -> None:
    _seed()
    known = {skill.uri: skill for skill in Skill.objects.all()}
    for path in (ROOT / "workflows" / "samples").glob("*.json"):
        text = path.read_text()
        assert set(re.findall(rf"{BASE}[0-9a-f-]+", text)) <= set(known)
        for competency in json.loads(text)["proposals"][0]["competencies"]:
            for alignment in competency["alignments"]:
                if alignment["uri"] is not None:
                    skill = known[alignment["uri"]]
                    assert (skill.label_en, skill.label_fr) == (alignment["label_en"], alignment["label_fr"])


def test_the_trap_is_in_the_seed_so_that_its_french_label_shows_it() -> None:
    _seed()
    assert Skill.objects.get(label_en="clean rooms").label_fr == "nettoyer des locaux"


def test_a_part_of_a_later_edition_does_not_retire_the_seed(tmp_path: Path) -> None:
    _seed()
    file = tmp_path / "skills.csv"
    file.write_text(HEAD + f"{BASE}new,,,new,,\n")
    _import(file, edition="1.2")
    assert not Skill.objects.filter(retired=True).exists()
