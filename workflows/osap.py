"""Whether a micro-credential fits the student aid of Ontario (OSAP), computed from the content. Pure.

The limits are dated data. Those of 2022-23 are public; whether they hold today is unconfirmed (`interface.md` 11), so
that the answer is an advice and blocks nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.dossier import MOST_NOC_CODES, Dossier

RULES_OF = "2022-23"
LEAST_HOURS, MOST_HOURS = 5, 300
WEEKS_BELOW = 12


@dataclass(frozen=True)
class Fit:
    """One rule: what it asks, and whether the content fits; None while the answer is missing."""

    words: str | Promise
    fits: bool | None


def fit(content: dict[str, Any]) -> list[Fit]:
    """Every rule with its answer."""
    document = Dossier.model_validate(content)
    hours, weeks = document.workload.total_hours, document.workload.weeks
    codes = [row for row in document.demand.occupations if row.scheme.startswith("NOC") and row.code]
    return [
        Fit(_("5 to 300 hours in all"), LEAST_HOURS <= hours <= MOST_HOURS if hours else None),
        Fit(_("fewer than 12 weeks"), weeks < WEEKS_BELOW if weeks else None),
        Fit(_("a CIP 2021 code"), True if document.demand.cip else None),
        Fit(_("one to three NOC 2021 codes"), len(codes) <= MOST_NOC_CODES if codes else None),
        Fit(_("how it is delivered"), True if document.workload.mode else None),
    ]
