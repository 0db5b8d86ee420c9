"""Turns a version's frozen snapshot into the public Achievement (`lifecycle.md` 11; Open Badges 3.0, B.1.1)."""

from __future__ import annotations

from typing import Any

from credentials import documents
from workflows import cases
from workflows.dossier import Alignment, Criterion, Dossier, Rubric
from workflows.models import Version

MATCHED = {"exact", "close", "broad", "narrow", "related"}


def document(version: Version) -> dict[str, Any]:
    """The Achievement of a version, without context; arrays where there may be many, nothing empty."""
    assert version.snapshot is not None
    dossier = Dossier.model_validate(version.snapshot.content)
    url, language = cases.achievement_url(version), version.language
    lines = [
        f"{c.action.said(language)} {c.condition.said(language)} {c.standard.said(language)}".strip()
        for c in dossier.competencies
    ]
    members: dict[str, Any] = {
        "id": url,
        "type": ["Achievement"],
        "achievementType": "MicroCredential",
        "name": dossier.identity.title.said(language),
        "description": dossier.purpose.purpose.said(language),
        "criteria": {"narrative": "\n".join(lines)},
        "creator": documents.profile(version.institution),
        "humanCode": version.micro_credential.code,
        "version": str(version.ordinal),
        "inLanguage": language,
        "alignment": [_alignment(a, language) for a in dossier.alignments if a.match in MATCHED],
        "resultDescription": [
            _result_description(url, criterion, dossier.rubric, language) for criterion in dossier.rubric.criteria
        ],
        "tag": list(dossier.presentation.tags),
    }
    return {name: value for name, value in members.items() if value}


def _alignment(alignment: Alignment, language: str) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetName": alignment.label.said(language) or alignment.uri,
        "targetUrl": alignment.uri,
        "targetFramework": alignment.framework,
        "targetType": "ext:ESCOSkill",
    }


def level_id(url: str, criterion: str, level: str) -> str:
    """The address of one level of one criterion."""
    return f"{url}#{criterion}-{level}"


def _result_description(url: str, criterion: Criterion, rubric: Rubric, language: str) -> dict[str, Any]:
    return {
        "id": f"{url}#{criterion.code}",
        "type": ["ResultDescription"],
        "name": criterion.name.said(language) or criterion.code,
        "resultType": "RubricCriterionLevel",
        "requiredLevel": level_id(url, criterion.code, criterion.required_level),
        "rubricCriterionLevel": [
            {
                "id": level_id(url, criterion.code, level.code),
                "type": ["RubricCriterionLevel"],
                "name": level.name.said(language) or level.code,
                "points": str(level.points),
            }
            for level in rubric.levels
        ],
    }


def results(version: Version, scores: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """One Result per criterion, its achieved level being one of the described ones (badges.md 1.7)."""
    url = cases.achievement_url(version)
    return [
        {
            "type": ["Result"],
            "resultDescription": f"{url}#{code}",
            "achievedLevel": level_id(url, code, score["level"]),
        }
        for code, score in sorted(scores.items())
    ]
