"""Reads skills of the ESCO classification, and brings the table of skills to what was read. Repeatable.

ESCO is published by the European Commission and may be reused with acknowledgement (`ACKNOWLEDGEMENT`). A migration
brings about a hundred skills whose labels were read in both languages, so that an installation works without import.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from workflows.models import Skill

BATCH = 1000
WHOLE = 10_000  # an edition has more than 13,000 skills; a smaller file is a part of one and retires nothing
SEED = Path(__file__).resolve().parent / "seeds" / "esco_skills.csv"
SEED_EDITION = "1.0"
# Shown wherever ESCO terms appear, with their edition; the terms of its reuse ask for these words.
ACKNOWLEDGEMENT = _("This service uses the ESCO classification of the European Commission.")


class Unusable(ValueError):
    """A file that is not the ESCO table that was expected; the sentence says what is wrong."""


@dataclass(frozen=True)
class Row:
    """One skill as read: its address, labels, English synonyms, kind and level of reuse."""

    uri: str
    label_en: str
    label_fr: str
    alt_en: tuple[str, ...] = ()
    skill_type: str = ""
    reuse_level: str = ""


@dataclass
class Report:
    """What an import did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    kept: int = 0
    whole: bool = True
    refused: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)  # addresses of skills that say something else now, or are gone


def _table(path: Path, needed: set[str]) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = needed - set(rows.fieldnames or [])
        if missing:
            raise Unusable(f"{path.name} has no column {', '.join(sorted(missing))}. Use the CSV files as published.")
        for row in rows:
            yield {name: value or "" for name, value in row.items() if name}


def _synonyms(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.replace("|", "\n").splitlines() if line.strip())


def read(path: Path) -> list[Row]:
    """Skills of one bilingual file, or of a folder with the published `skills_en.csv` and `skills_fr.csv`."""
    if path.is_dir():
        return _published(path)
    columns = {"conceptUri", "preferredLabel_en", "preferredLabel_fr"}
    return [
        Row(
            row["conceptUri"],
            row["preferredLabel_en"],
            row["preferredLabel_fr"],
            _synonyms(row.get("altLabels_en", "")),
            row.get("skillType", ""),
            row.get("reuseLevel", ""),
        )
        for row in _table(path, columns)
    ]


def _published(folder: Path) -> list[Row]:
    english, french = folder / "skills_en.csv", folder / "skills_fr.csv"
    if not english.is_file():
        bilingual = folder / "skills.csv"
        if bilingual.is_file():
            return read(bilingual)
        raise Unusable("The folder holds neither skills_en.csv nor skills.csv. Use the CSV files as published.")
    columns = {"conceptUri", "preferredLabel"}
    labels = {r["conceptUri"]: r["preferredLabel"] for r in _table(french, columns)} if french.is_file() else {}
    return [
        Row(
            row["conceptUri"],
            row["preferredLabel"],
            labels.get(row["conceptUri"], ""),
            _synonyms(row.get("altLabels", "")),
            row.get("skillType", ""),
            row.get("reuseLevel", ""),
        )
        for row in _table(english, columns)
    ]


def _wrong(row: Row) -> str | None:
    if not row.uri.startswith("http://data.europa.eu/esco/skill/"):
        return f"{row.uri or '(no address)'}: not the address of an ESCO skill"
    return None if row.label_en.strip() or row.label_fr.strip() else f"{row.uri}: no label in either language"


def newer(edition: str, other: str) -> bool:
    """Whether an edition such as 1.2 is newer than another one; one that is no number counts as newer than none."""

    def parts(text: str) -> tuple[int, ...]:
        return tuple(int(part) for part in text.lstrip("v").split(".") if part.isdigit())

    return parts(edition) > parts(other)


@transaction.atomic
def bring_in(rows: Iterable[Row], *, edition: str, tell: Callable[[int], None], whole: bool | None = None) -> Report:
    """Add what is new, change what differs, retire what the edition dropped; all or nothing.

    Only a whole edition can say that a skill was dropped, and only about skills of an older edition: what stands there
    from a newer one is kept as it is. `whole` None: judged by the number of rows. `tell` hears the number of rows
    looked at, once per batch.
    """
    rows = list(rows)
    report, seen = Report(whole=len(rows) >= WHOLE if whole is None else whole), set()
    stored = {skill.uri: skill for skill in Skill.objects.all()}
    new: list[Skill] = []
    changed: list[Skill] = []
    for place, row in enumerate(rows, start=1):
        wrong = _wrong(row) or (f"{row.uri}: stands twice in the file" if row.uri in seen else None)
        if wrong:
            report.refused.append(wrong)
            continue
        seen.add(row.uri)
        known = stored.get(row.uri)
        if known is not None and newer(known.edition, edition):
            report.kept += 1
        else:
            _sort(row, edition, known, new, changed)
        if place % BATCH == 0:
            tell(place)
    older = [skill for uri, skill in stored.items() if uri not in seen and newer(edition, skill.edition)]
    dropped = [skill for skill in older if report.whole and not skill.retired]
    for skill in dropped:
        skill.retired = True
    Skill.objects.bulk_create(new, batch_size=BATCH)
    names = ["label_en", "label_fr", "alt_en", "skill_type", "reuse_level", "edition", "retired"]
    Skill.objects.bulk_update([*changed, *dropped], names, batch_size=BATCH)
    report.touched = [skill.uri for skill in [*changed, *dropped]]
    report.added, report.changed, report.retired = len(new), len(changed), len(dropped)
    report.unchanged = len(seen) - len(new) - len(changed) - report.kept
    return report


def _sort(row: Row, edition: str, stored: Skill | None, new: list[Skill], changed: list[Skill]) -> None:
    values = {
        "label_en": row.label_en,
        "label_fr": row.label_fr,
        "alt_en": list(row.alt_en),
        "skill_type": row.skill_type,
        "reuse_level": row.reuse_level,
        "edition": edition,
        "retired": False,
    }
    if stored is None:
        new.append(Skill(uri=row.uri, **values))
    elif any(getattr(stored, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(stored, name, value)
        changed.append(stored)
