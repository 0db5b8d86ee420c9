"""The JSON Schema of proposal files, made from the types. `docs/proposal.schema.json` is this, and a test says so."""

from __future__ import annotations

from typing import Any

from workflows.proposals.form import WORDS
from workflows.proposals.form_design import ProposalFile


def schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12: a file of proposals, or one proposal alone."""
    whole = _by_reference(ProposalFile.model_json_schema())
    definitions = whole.pop("$defs")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Proposal file",
        "description": "A file of micro-credential proposals for `manage.py rehearse`, or one proposal alone.",
        "anyOf": [{"$ref": "#/$defs/ProposalFile"}, {"$ref": "#/$defs/Proposal"}],
        "$defs": {**definitions, "ProposalFile": whole, "Words": WORDS},
    }


def _by_reference(value: Any) -> Any:
    """The same schema with each text as a reference to `Words`, and without titles that repeat a member's name."""
    if isinstance(value, list):
        return [_by_reference(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("description") == WORDS["description"]:
        return {"$ref": "#/$defs/Words"}
    return {name: _by_reference(item) for name, item in value.items() if name != "title" or not isinstance(item, str)}
