"""Carries a proposal through the whole course by the same verbs as the portals, with stated sample answers.

`Rehearsal(reading, proposal).until(stage)` is one transition after the other; `finish()` awards and issues.
Institutions use it to try a policy before they adopt it; the demo and tests use it to fill a database.
"""

from workflows.rehearsal.course import Rehearsal

__all__ = ["Rehearsal"]
