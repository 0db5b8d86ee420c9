"""What a study records: instruments, consent apart from enrolment, sample, findings (`lifecycle.md` 3). Pure."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from workflows.dossier import Line, Text


class Part(BaseModel):
    """No part of a version's content, and as strict: members that it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Instrument(Part):
    """One way of asking: whom, with what, and when after the award, in days."""

    name: Text
    audience: Annotated[str, Field(pattern="^(learner|employer|staff|public)$")]
    days_after_award: Annotated[int, Field(ge=0)] | None = None
    questions: list[Text] = []


class Sample(Part):
    """Who was to be reached and how many were."""

    whom: Text = Text()
    planned: Annotated[int, Field(ge=0)] = 0
    reached: Annotated[int, Field(ge=0)] = 0


class Finding(Part):
    """One finding, from whose view; it may propose a clause of the framework, in the form that a policy takes."""

    view: Annotated[str, Field(pattern="^(learner|employer|staff|public)?$")] = ""
    text: Text = Text()
    proposes_clause: dict[str, Any] | None = None


class StudyRecord(Part):
    """The whole record. `consent` is asked for the study alone and is never the consent of an enrolment."""

    question: Text = Text()
    about_version: Line = ""
    instruments: list[Instrument] = []
    consent: Text = Text()
    sample: Sample = Sample()
    findings: list[Finding] = []

    def by_view(self) -> dict[str, list[str]]:
        """The findings side by side: one column for each view."""
        columns: dict[str, list[str]] = {}
        for finding in self.findings:
            columns.setdefault(finding.view, []).append(finding.text.en or finding.text.fr)
        return columns
