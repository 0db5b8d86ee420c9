"""What a run found about one case, in sentences: on its page and in its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.dates import long_day
from workflows import wording
from workflows.dossier import Text
from workflows.models import PanelKind, PolicyFinding
from workflows.policies.gates import WORDS as GATES
from workflows.policy import State
from workflows.stations import Stage

STATES: dict[str, str | Promise] = {
    State.MET: gettext_lazy("met"),
    State.OPEN: gettext_lazy("still open"),
    State.OUT_OF_REACH: gettext_lazy("out of reach"),
}


@dataclass(frozen=True)
class Row:
    """One case of a run."""

    finding: PolicyFinding
    title: Text
    stage: str
    verdict: str
    lost: list[str]
    different: list[str]


def row_of(finding: PolicyFinding, *, moved: bool) -> Row:
    """A finding for readers; `moved` is true once the step was done and is not only tried."""
    version, effect = finding.version, finding.effect
    stays = _("stays with its edition")
    goes = _("was moved") if moved else _("would move")
    return Row(
        finding,
        Text(en=version.title_en, fr=version.title_fr),
        str(Stage(finding.stage).label),
        goes if finding.moves else stays,
        *(sentences(effect) if finding.moves else (sentences(effect)[0], [])),  # nothing differs for a case that stays
    )


def sentences(effect: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What would be lost, and what would be different besides."""
    clocks, asked = map(_clock, effect["clocks"]), map(_asked, effect["asked"])
    return [_lost(one) for one in effect["lost"]], [*_quorums(effect), *clocks, *asked]


LOST: dict[str, str | Promise] = {
    "quorum": gettext_lazy("%(panel)s: the quorum is %(before)s and would be %(after)s."),
    "committee": gettext_lazy("%(panel)s: a committee of %(seats)d sits, and the edition asks for %(members)d."),
    "votes": gettext_lazy("%(panel)s: the votes carry “%(before)s” and would carry “%(after)s”."),
    "sources": gettext_lazy("Its sources of demand are older than %(months)d months."),
    "exemption": gettext_lazy("An exemption from clause %(clause)s was asked for, which the edition does not allow."),
}


def _lost(one: dict[str, Any]) -> str:
    known: Mapping[str, str | Promise] = STATES if one["what"] == "quorum" else wording.CHOICES
    words: dict[str, Any] = {name: known.get(one[name], one[name]) for name in ("before", "after") if name in one}
    panel = {"panel": _panel(one["kind"])} if "kind" in one else {}
    said: dict[str, Any] = {**one, **words, **panel}
    return str(LOST[one["what"]]) % said


def _panel(kind: str) -> str:
    words = str(PanelKind(kind).label)
    return words[:1].upper() + words[1:]


def _quorums(effect: dict[str, Any]) -> list[str]:
    lost = {one.get("kind") for one in effect["lost"]}
    changed = [(kind, *states) for kind, states in effect["quorum"].items() if states[0] != states[1]]
    return [
        _("%(panel)s: the quorum is %(before)s and would be %(after)s.")
        % {"panel": _panel(kind), "before": STATES[before], "after": STATES[after]}
        for kind, before, after in changed
        if kind not in lost
    ]


def _clock(one: dict[str, str]) -> str:
    words = {
        "who": one["who"] or _("The quality office"),
        "before": long_day(date.fromisoformat(one["before"])),
        "after": long_day(date.fromisoformat(one["after"])),
    }
    if one["before"] == one["after"]:
        return _("%(who)s: other reminders, due %(after)s as before.") % words
    return _("%(who)s: due %(after)s instead of %(before)s.") % words


def _asked(one: dict[str, Any]) -> str:
    if one["what"] == "ratings":
        words = {"who": one["who"], "codes": ", ".join(one["competencies"])}
        return _("%(who)s replies to the ratings of %(codes)s too.") % words
    if one["what"] == "gate":
        return _("%(gate)s asks for these clauses too: %(codes)s.") % {
            "gate": GATES[one["gate"]], "codes": ", ".join(one["clauses"]),
        }  # fmt: skip
    return _("A clause of the institution is asked for too: %s.") % ", ".join(one["clauses"])
