"""What the public achievement says of a version: related ones, credits where given, occupations with an address."""

from __future__ import annotations

from typing import Any

import pytest

from credentials import actions
from tests.cast import Cast
from tests.journeys import course
from workflows import achievements, cases
from workflows.models import MicroCredential, Version


def _version(cast: Cast, **changes: Any) -> Version:
    version = course.submitted(cast, course.drafted(cast))
    version.refresh_from_db()
    assert version.snapshot is not None
    content = version.snapshot.content
    for facet, values in changes.items():
        content[facet] = {**content[facet], **values}
    return version


def test_the_version_before_and_the_other_edition_are_named_where_they_are_public(cast: Cast) -> None:
    version = _version(cast, identity={"related_editions": ["SALLE"]})
    french = MicroCredential.objects.create(
        institution=cast.college, initiative=version.micro_credential.initiative, code="SALLE"
    )
    edition = Version.objects.create(
        micro_credential=french, institution=cast.college, language="fr", policy=version.policy, proposer=cast.ana
    )
    before = Version.objects.create(
        micro_credential=version.micro_credential, institution=cast.college, ordinal=7, policy=version.policy,
        proposer=cast.ana,
    )  # fmt: skip
    version.successor_of = before
    assert "related" not in achievements.document(version)
    for other in (before, edition):
        actions.publish_achievement(
            public_id=other.public_id, issuer=cast.college, document={}, snapshot_digest="sha256:" + "0" * 64
        )
    assert achievements.document(version)["related"] == [
        {"id": cases.achievement_url(before), "type": ["Related"], "version": "7", "inLanguage": "en"},
        {"id": cases.achievement_url(edition), "type": ["Related"], "version": "1", "inLanguage": "fr"},
    ]


@pytest.mark.parametrize(("credit", "said"), [("3", 3.0), ("1.5", 1.5), ("three credits", None), ("", None)])
def test_credits_are_stated_only_where_they_are_given_as_a_number(cast: Cast, credit: str, said: float | None) -> None:
    version = _version(cast, pathways={"credit": {"en": credit}})
    assert achievements.document(version).get("creditsAvailable") == said


def test_alignments_name_skills_our_own_competencies_and_occupations_with_an_address(cast: Cast) -> None:
    occupations = [
        {"code": "94140", "title": {"en": "Process control"}, "uri": "https://noc.example/94140"},
        {"code": "94141", "title": {"en": "Labourer"}},
    ]
    version = _version(cast, demand={"occupations": occupations})
    listed = achievements.document(version)["alignment"]
    assert [entry["targetType"] for entry in listed] == [
        "ext:ESCOSkill", "ext:Competency", "ext:Competency", "ext:Occupation",
    ]  # fmt: skip
    assert listed[1]["targetUrl"] == f"{cases.achievement_url(version)}#C1"
    assert listed[3]["targetCode"] == "94140"


def test_the_criteria_are_told_in_the_language_of_the_version(cast: Cast) -> None:
    version = _version(cast)
    assert "Hours in all: 18" in achievements.document(version)["criteria"]["narrative"]
    version.language = "fr"
    assert "Heures en tout" in achievements.document(version)["criteria"]["narrative"]
