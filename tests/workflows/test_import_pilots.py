"""A list of pilots becomes initiatives, partners, drafts and studies; nothing in it is dropped, and twice is once."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from people.models import Organization, User
from workflows.models import Initiative, InitiativePartner, LedgerEvent, MicroCredential, Study, Version
from workflows.pilots import PilotList, bring_in, read_file
from workflows.pilots.importing import names_of

FILE = Path(__file__).resolve().parents[1] / "data" / "pilots.json"
pytestmark = pytest.mark.django_db


def _import(path: Path = FILE, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("import_pilots", str(path), stdout=out, stderr=StringIO(), **options)
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


def _counts() -> list[int]:
    rows = [Initiative, InitiativePartner, Organization, User, MicroCredential, Version, Study, LedgerEvent]
    return [model.objects.count() for model in rows]


def _written(tmp_path: Path, document: dict[str, Any]) -> Path:
    path = tmp_path / "pilots.json"
    path.write_text(json.dumps(document))
    return path


def test_all_pilots_come_in_and_a_second_run_changes_nothing() -> None:
    report = _import()
    assert (report["added"], report["institutions"], report["organizations"]) == (22, 22, 36)
    assert (report["partners"], report["drafts"], report["studies"]) == (36, 32, 3)
    assert report["contradictions"] == []
    before = _counts()
    again = _import()
    assert (again["added"], again["changed"], again["unchanged"], again["drafts"]) == (0, 0, 22, 0)
    assert _counts() == before


def test_every_member_of_every_pilot_is_kept_as_it_was_given() -> None:
    _import()
    document = json.loads(FILE.read_text())
    about = {name: value for name, value in document.items() if name != "pilots"}
    for pilot in document["pilots"]:
        initiative = Initiative.objects.get(pilot_reference=pilot["id"])
        kept = initiative.facts["pilot"]
        assert {name: kept[name] for name in pilot if name != "partners"} == {
            name: value for name, value in pilot.items() if name != "partners"
        }
        for given, stored in zip(pilot["partners"], kept["partners"], strict=True):
            assert {name: stored[name] for name in given} == given
        assert initiative.facts["list"] == about
        assert initiative.kind == pilot["kind"]
        assert initiative.institution.name_en == pilot["institution"]


@pytest.mark.parametrize(
    ("pilot", "number"),
    [
        ("algonquin-gmp", 2), ("mcmaster-data-lifecycle", 5), ("ontariotech-ipc", 3), ("sault-indigenous-forestry", 3),
        ("utoronto-cultural-safety", 4), ("hearst-interculturel", 2), ("boreal-bev", 1), ("humber-impact-research", 0),
    ],
)  # fmt: skip
def test_there_are_as_many_drafts_as_the_list_names(pilot: str, number: int) -> None:
    _import()
    versions = Version.objects.filter(micro_credential__initiative__pilot_reference=pilot)
    assert versions.count() == number
    assert {version.stage for version in versions} <= {"draft"}


def test_a_french_pilot_is_drafted_in_french() -> None:
    _import()
    version = Version.objects.get(micro_credential__code="hearst-interculturel-2")
    assert version.language == "fr"
    assert (version.title_fr, version.title_en) == ("Offre active", "")
    assert version.content["purpose"]["purpose"]["fr"].startswith("Nouveau contenu")


def test_a_classification_as_indigenous_stays_an_unconfirmed_fact() -> None:
    _import()
    partner = InitiativePartner.objects.get(organization__slug="marten-falls-first-nation")
    assert partner.organization.kind == "other"
    assert partner.facts["indigenous"] is True
    open_field = InitiativePartner.objects.get(organization__slug="indigenous-community-engagement")
    assert open_field.facts["indigenous"] is None


def test_an_internal_unit_is_a_part_of_its_institution() -> None:
    _import()
    unit = Organization.objects.get(kind="internal_unit")
    assert unit.part_of is not None
    assert unit.part_of.name_en.startswith("University of Toronto")


def test_research_becomes_a_study_without_a_credential() -> None:
    _import()
    studies = Study.objects.filter(initiative__kind="research")
    assert studies.count() == 3
    assert not MicroCredential.objects.filter(initiative__kind="research").exists()


def test_what_people_wrote_since_stays() -> None:
    _import()
    partner = InitiativePartner.objects.get(organization__slug="avid-technology-inc")
    assert partner.role == "vendor"
    partner.role = "tool maker"
    partner.save()
    _import()
    partner.refresh_from_db()
    assert partner.role == "tool maker"


def test_a_changed_list_changes_the_record_of_it(tmp_path: Path) -> None:
    _import()
    document = json.loads(FILE.read_text())
    document["pilots"][0]["partners"][0]["note"] = "met in spring"
    report = _import(_written(tmp_path, document))
    assert (report["changed"], report["unchanged"]) == (1, 21)
    assert InitiativePartner.objects.get(facts__note="met in spring").note == ""


def test_a_named_person_writes_the_drafts_and_nobody_signs_in_as_a_stand_in() -> None:
    ana = User.objects.create_user("ana@taravelle.example", name="Ana")
    _import(proposer="Ana@taravelle.example")
    assert set(Version.objects.values_list("proposer__email", flat=True)) == {ana.email}
    Version.objects.all()
    assert not User.objects.filter(email__startswith="proposer@").exists()


def test_without_one_the_drafts_wait_for_somebody_to_be_named() -> None:
    _import()
    people = User.objects.filter(pk__in=Version.objects.values("proposer"))
    assert people.count() == 19
    assert not people.filter(is_active=True).exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"pilots": []}, "pilots: it is empty"),
        ({"pilots": [{"id": "x"}]}, "x, institution: this member is missing"),
        ({"pilots": [{"id": "x", "institution": "A", "titel": "B"}]}, "Did you mean “title”?"),
        ({"pilots": [{"id": "x", "institution": "A", "title": "B", "kind": "sell"}]}, "sell is none of"),
        ({"pilots": [{"id": "x", "institution": "A", "title": "B"}] * 2}, "The id x stands twice"),
    ],
)
def test_a_malformed_list_changes_nothing(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_pilots", str(_written(tmp_path, change)), stdout=StringIO(), stderr=err)
    assert ended.value.code == 2
    assert sentence in err.getvalue()
    assert not Initiative.objects.exists()


@pytest.mark.parametrize("name", ["README.md", "nothing.json"])
def test_another_file_is_refused(name: str) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("import_pilots", str(FILE.parents[2] / name), stdout=StringIO(), stderr=StringIO())
    assert ended.value.code == 2


def test_an_unknown_proposer_is_refused() -> None:
    with pytest.raises(SystemExit) as ended:
        _import(proposer="nobody@taravelle.example")
    assert ended.value.code == 2
    assert not Initiative.objects.exists()


def test_a_list_that_contradicts_itself_is_told_of_it() -> None:
    document = json.loads(FILE.read_text())
    document["counts"]["pilots"] = 23
    document["pilots"][0].update(partner_count=7, organizations_total=9, traits=["unheard_of"])
    report = bring_in(PilotList.model_validate(document))
    assert len(report.contradictions) == 4


@pytest.mark.parametrize(
    ("title", "number"),
    [("Safety (four key areas)", 4), ("Sécurité : trois volets", 3), ("3 units on care", 3), ("Four winds", 1)],
)
def test_a_number_in_the_title_says_how_many(title: str, number: int) -> None:
    pilot = read_file(FILE).pilots[3].model_copy(update={"title": title})
    names = names_of(pilot)
    assert len(names) == number
    assert len(set(names)) == number
