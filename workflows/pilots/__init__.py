"""Reads a list of pilots and makes initiatives, partners, draft versions and studies of it. Repeatable."""

from workflows.pilots.form import PilotList, read_file
from workflows.pilots.importing import Report, bring_in

__all__ = ["PilotList", "Report", "bring_in", "read_file"]
