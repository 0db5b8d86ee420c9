"""The gates in the order of the framework, and at which of them a policy looks at which clause. Pure.

The framework says at which gate each clause must hold at the latest (`lifecycle.md` 2). An institution may ask for a
clause earlier, at more gates, and may not ask for one later, leave one out, or change the order of the gates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict

Name = Literal["screening", "relevance", "design", "endorsement", "pilot_approval", "final_approval", "activation"]
# Gate -> the transition that it guards, in the one order that the framework allows.
ORDER: dict[str, str] = {
    "screening": "T3",
    "relevance": "T4",
    "design": "T7",
    "endorsement": "T8",
    "pilot_approval": "T10",
    "final_approval": "T15",
    "activation": "T18",
}
WORDS: dict[str, str | Promise] = {
    "screening": gettext_lazy("Screening"),
    "relevance": gettext_lazy("Employer relevance review"),
    "design": gettext_lazy("Assessment design"),
    "endorsement": gettext_lazy("Partner endorsement"),
    "pilot_approval": gettext_lazy("Pilot approval"),
    "final_approval": gettext_lazy("Final approval"),
    "activation": gettext_lazy("Opening for use"),
}
# Before this gate a clause cannot hold, because what it looks at does not exist yet.
EARLIEST = {
    "P1a": "relevance",
    "P1b": "relevance",
    "P2a": "activation",
    "E4a": "design",
    "E4b": "design",
    "E5": "endorsement",
    "E6a": "relevance",
    "E6b": "endorsement",
    "P2b": "design",
}
Clause = Literal[
    "P1a", "P1b", "P2a", "P2b", "P3a", "P3b", "P4", "E1", "E2a", "E2b", "E3", "E4a", "E4b", "E5", "E6a", "E6b"
]


class Gate(BaseModel):
    """One gate and the clauses that the institution asks for there, beside those of the framework."""

    model_config = ConfigDict(extra="forbid", strict=True)
    gate: Name
    clauses: list[Clause] = []


def wrong_gates(gates: list[Gate]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong with the gates of a policy: their order, or a clause before it can hold."""
    order = list(ORDER)
    places = [order.index(gate.gate) for gate in gates]
    for number, place in enumerate(places):
        if number and place <= places[number - 1]:
            words = ", ".join(str(WORDS[name]) for name in order)
            yield ("gates", number, "gate"), _("The gates stand in the order of the framework, each once: %s.") % words
    for number, gate in enumerate(gates):
        for clause in gate.clauses:
            earliest = EARLIEST.get(clause, "screening")
            if places[number] < order.index(earliest):
                sentence = _("Clause %(clause)s cannot hold before this gate: %(gate)s.")
                yield ("gates", number, "clauses"), sentence % {"clause": clause, "gate": WORDS[earliest]}


def asked_at(gates: list[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """Which clauses a policy asks for at each transition, beside those of the framework."""
    return {ORDER[gate["gate"]]: frozenset(gate.get("clauses", [])) for gate in gates}
