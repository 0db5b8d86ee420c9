"""The public register: what is in use, expiring or retired, of all institutions, found by words in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from people.models import Organization
from workflows import cases
from workflows.dossier import Dossier
from workflows.models import Version
from workflows.public import STANDING, published_versions

REGISTERED = ("active", "expiring", "retired")
MOST_ROWS = 100


@dataclass(frozen=True)
class Row:
    """One line of the register."""

    version: Version
    dossier: Dossier
    standing: str

    def as_data(self) -> dict[str, Any]:
        """The line as JSON values."""
        title = self.dossier.identity.title
        return {
            "id": cases.achievement_url(self.version),
            "name": {language: words for language, words in (("en", title.en), ("fr", title.fr)) if words},
            "institution": {"name": self.version.institution.name, "slug": self.version.institution.slug},
            "status": self.standing,
            "version": str(self.version.ordinal),
            "hours": self.dossier.workload.total_hours,
            "language": self.version.language,
            "sector": self.dossier.demand.sector,
            "skills": sorted({alignment.uri for alignment in self.dossier.alignments if alignment.uri}),
        }


def register(
    *, words: str = "", institution: str = "", standing: str = "", sector: str = "", skill: str = ""
) -> list[Row]:
    """Micro-credentials in use, expiring or retired, by title; every word must be found in either language."""
    kept = [stage for stage, public in STANDING.items() if public in ({standing} & set(REGISTERED) or REGISTERED)]
    rows = published_versions().filter(stage__in=kept)
    if institution:
        rows = rows.filter(institution__slug=institution)
    if sector:
        rows = rows.filter(snapshot__content__demand__sector=sector)
    if skill:
        rows = rows.filter(snapshot__content__alignments__contains=[{"uri": skill}])
    for word in words.split()[:8]:
        rows = rows.filter(
            Q(title_en__icontains=word)
            | Q(title_fr__icontains=word)
            | Q(micro_credential__code__icontains=word)
            | Q(snapshot__content__purpose__icontains=word)
            | Q(snapshot__content__competencies__icontains=word)
            | Q(snapshot__content__alignments__icontains=word)
        )
    found = rows.order_by("title_en", "title_fr", "pk")[: MOST_ROWS + 1]
    return [Row(v, Dossier.model_validate(v.snapshot.content), STANDING[v.stage]) for v in found if v.snapshot]


def registered_institutions() -> list[Organization]:
    """The institutions that have something in the register, by name."""
    ids = published_versions().values("institution")
    return list(Organization.objects.filter(pk__in=ids).order_by("name_en", "name_fr"))


def registered_sectors() -> list[str]:
    """The sectors that the register knows."""
    found = published_versions().values_list("snapshot__content__demand__sector", flat=True)
    return sorted({sector for sector in found if sector})
