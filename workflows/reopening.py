"""Whom an edit asks again, and whose answers stand: what an author sees before handing it in (`lifecycle.md` 7)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from workflows import dossier, lineage, wording
from workflows.differences import SECTIONS
from workflows.models import Decision, PanelKind, Version
from workflows.proceedings import Rests, rests_on
from workflows.voices import STANDING, is_live, origin, statement_of


@dataclass(frozen=True)
class Effect:
    """One supporting answer, and the changed sections that ask for it again."""

    decision: Decision
    sections: tuple[str | Promise, ...]
    ended: bool
    rests_on: Rests | None

    @property
    def stands(self) -> bool:
        """True when the answer carries over: every section it covers is unchanged, and its statement is in force."""
        return not self.sections and not self.ended

    @property
    def panel(self) -> str | Promise:
        """What it was asked for."""
        kind = self.decision.panel.kind if self.decision.panel is not None else ""
        return PanelKind(kind).label if kind else ""

    @property
    def words(self) -> str | Promise:
        """What it answered."""
        return wording.CHOICES.get(self.decision.choice, self.decision.choice)


def answers(version: Version) -> list[Decision]:
    """Each reviewer's last answer of each kind, here or on the versions before, where it supports."""
    rows = Decision.objects.filter(version__in=lineage.ids(version), seat__isnull=False)
    latest = rows.order_by("panel__kind", "actor", "-decided_at", "-pk").distinct("panel__kind", "actor")
    related = ("panel", "organization", "actor", "snapshot", "version", "carried_from__panel", "carried_from__snapshot")
    return [row for row in latest.select_related(*related, "carried_from__version") if row.choice in STANDING]


def effects(version: Version) -> list[Effect]:
    """What the content as it is now does to each answer; those that are asked again first."""
    digests = dossier.facet_digests(version.content)
    found = [_effect(decision, digests) for decision in answers(version)]
    return sorted(found, key=lambda effect: (effect.stands, str(effect.decision.organization)))


def _effect(decision: Decision, digests: dict[str, str]) -> Effect:
    statement = statement_of(decision)
    changed = tuple(SECTIONS[name] for name, digest in decision.facets.items() if digests.get(name) != digest)
    ended = statement is not None and not is_live(statement)
    return Effect(decision, changed, ended, rests_on(origin(decision)))
