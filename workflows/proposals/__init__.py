"""Proposal files: read one strictly, and turn each proposal into the content of a version.

`docs/proposal.schema.json` documents the format; `workflows/samples/` holds three full ones.
"""

from workflows.proposals.content import content_of
from workflows.proposals.form_design import Proposal
from workflows.proposals.reading import Reading, Unusable, read, read_file
from workflows.proposals.schema import schema

__all__ = ["Proposal", "Reading", "Unusable", "content_of", "read", "read_file", "schema"]
