"""Three badges to try in the demo: a good one, a revoked one and a forged one."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from credentials import queries

NAMES = ("good", "revoked", "forged")


def shown() -> list[str]:
    """The samples that this installation offers; none outside of the demo."""
    return [name for name in NAMES if document_of(name) is not None]


def document_of(name: str) -> dict[str, Any] | None:
    """One sample. The forged one is the good one with its title changed after it was signed."""
    if not settings.DEMO or name not in NAMES:
        return None
    found = queries.sample_badge(revoked=name == "revoked")
    if found is None or name != "forged":
        return found
    return {**found, "name": f"{found.get('name', '')} (Gold)"}
