"""Turns a version's frozen snapshot into the public Achievement (`lifecycle.md` 11; Open Badges 3.0, B.1.1)."""

from __future__ import annotations

import re
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from credentials import documents
from credentials import queries as badges
from workflows import cases
from workflows.dossier import Criterion, Dossier, Rubric
from workflows.models import Version
from workflows.wording import common

_NUMBER = re.compile("[0-9]+([.][0-9]+)?")
MATCHED = {"exact", "close", "broad", "narrow", "related"}


def document(version: Version) -> dict[str, Any]:
    """The Achievement of a version, without context; arrays where there may be many, nothing empty."""
    assert version.snapshot is not None
    dossier = Dossier.model_validate(version.snapshot.content)
    url, language = cases.achievement_url(version), version.language
    members: dict[str, Any] = {
        "id": url,
        "type": ["Achievement"],
        "achievementType": "MicroCredential",
        "name": dossier.identity.title.said(language),
        "description": dossier.purpose.purpose.said(language),
        "criteria": {"id": f"{url}#criteria", "narrative": criteria(dossier, language)},
        "creator": documents.profile(version.institution),
        "image": documents.image(f"{url}/picture.png", dossier.presentation.image_alt.said(language)),
        "humanCode": version.micro_credential.code,
        "version": dossier.identity.edition or str(version.ordinal),
        "inLanguage": language,
        "fieldOfStudy": dossier.demand.sector,
        "related": _related(version, dossier),
        "alignment": _alignments(dossier, url, language),
        "resultDescription": [
            *(_result_description(url, criterion, dossier.rubric, language) for criterion in dossier.rubric.criteria),
            _status_description(url, language),
        ],
        "tag": list(dossier.presentation.tags),
    }
    filled = {name: value for name, value in members.items() if value}
    credits = dossier.pathways.credit.said(language).strip()
    return {**filled, **({"creditsAvailable": float(credits)} if _NUMBER.fullmatch(credits) else {})}


def criteria(dossier: Dossier, language: str) -> str:
    """What a holder has shown, in words: competencies, hours, what comes before, and when it is passed."""
    with translation.override(language):
        load = dossier.workload
        lines = [
            dossier.rubric.summary.said(language),
            *(
                f"{c.action.said(language)} {c.condition.said(language)} {c.standard.said(language)}".strip()
                for c in dossier.competencies
            ),
            _("Hours in all: %s") % f"{load.total_hours:g}" if load.total_hours else "",
            _("How it is delivered: %s") % str(common(load.mode)) if load.mode else "",
            _labelled(_("Before it: %s"), "; ".join(text.said(language) for text in load.entry_requirements)),
            _labelled(_("Passed when: %s"), dossier.rubric.pass_rule.said(language)),
            _labelled(_("Renewed by: %s"), dossier.validity.renewal.said(language)),
        ]
    return "\n".join(line for line in lines if line)


def _labelled(sentence: str, text: str) -> str:
    return sentence % text if text else ""


def _related(version: Version, dossier: Dossier) -> list[dict[str, Any]]:
    """The version that this one follows, and the editions in the other language, as far as they are public."""
    editions = Version.objects.filter(
        institution=version.institution, micro_credential__code__in=dossier.identity.related_editions
    )
    others = [*([version.successor_of] if version.successor_of else []), *editions.order_by("pk")]
    return [
        {
            "id": cases.achievement_url(other),
            "type": ["Related"],
            "version": str(other.ordinal),
            "inLanguage": other.language,
        }
        for other in others
        if badges.is_published(str(other.public_id))
    ]


def _alignments(dossier: Dossier, url: str, language: str) -> list[dict[str, Any]]:
    """Shared-framework skills, our own page of each competency, and the occupations that have an address.

    A skill that several competencies need stands here once. Each has an address, which the context of Open Badges
    foresees: what has one sorts before the badge in canonical form, so it is hashed once for all badges of a version.
    """
    skills = {
        a.uri: {
            "type": ["Alignment"],
            "targetName": a.label.said(language) or a.uri,
            "targetUrl": a.uri,
            "targetFramework": a.framework if a.framework == "ESCO" else f"{a.framework} {a.edition}".strip(),
            "targetType": "ext:ESCOSkill" if a.framework == "ESCO" else "ext:Standard",
        }
        for a in dossier.alignments
        if a.match in MATCHED and a.uri
    }
    competencies = [
        {
            "type": ["Alignment"],
            "targetName": c.action.said(language),
            "targetUrl": f"{url}#{c.code}",
            "targetCode": c.code,
            "targetType": "ext:Competency",
        }
        for c in dossier.competencies
    ]
    occupations = [
        {
            "type": ["Alignment"],
            "targetName": o.title.said(language) or o.code,
            "targetUrl": o.uri,
            "targetFramework": o.scheme,
            "targetType": "ext:Occupation",
            **({"targetCode": o.code} if o.code else {}),
        }
        for o in dossier.demand.occupations
        if o.uri
    ]
    listed: list[dict[str, Any]] = [*skills.values(), *competencies, *occupations]
    return [{"id": f"{url}#alignment-{place}", **one} for place, one in enumerate(listed, start=1)]


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


def _status_description(url: str, language: str) -> dict[str, Any]:
    with translation.override(language):
        name = _("Status of the award")
    return {"id": f"{url}#status", "type": ["ResultDescription"], "name": name, "resultType": "Status"}


def results(version: Version, scores: dict[str, dict[str, Any]], status: str = "Completed") -> list[dict[str, Any]]:
    """One Result per criterion, its achieved level being one of the described ones, and the status (badges.md 1.7)."""
    url = cases.achievement_url(version)
    levels = [
        {
            "type": ["Result"],
            "resultDescription": f"{url}#{code}",
            "achievedLevel": level_id(url, code, score["level"]),
        }
        for code, score in sorted(scores.items())
    ]
    return [*levels, {"type": ["Result"], "resultDescription": f"{url}#status", "status": status}]
