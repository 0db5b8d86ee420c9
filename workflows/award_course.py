"""The course of an award (`lifecycle.md` 5): its table, and the one door that moves a learner's stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from credentials.models import Credential
from people.models import User
from workflows import ledger, rights
from workflows.errors import NotFromHere, NotYours
from workflows.models import AwardStage, Enrolment, LedgerEvent, Version
from workflows.models import AwardStage as S

# verb -> (stages it starts from, stage it leads to)
COURSE: dict[str, tuple[frozenset[AwardStage], AwardStage]] = {
    "enrol": (frozenset({S.INVITED}), S.ENROLLED),
    "submit": (frozenset({S.ENROLLED, S.NOT_YET}), S.SUBMITTED),
    "take": (frozenset({S.SUBMITTED}), S.ASSESSING),
    "not_yet": (frozenset({S.ASSESSING}), S.NOT_YET),
    "score": (frozenset({S.ASSESSING}), S.ASSESSED),
    "open_moderation": (frozenset({S.ASSESSED}), S.MODERATING),
    "confirm_scores": (frozenset({S.MODERATING}), S.ASSESSED),
    "score_again": (frozenset({S.MODERATING}), S.ASSESSING),
    "recommend": (frozenset({S.ASSESSED}), S.RECOMMENDED),
    "hold": (frozenset({S.RECOMMENDED}), S.HELD),
    "award": (frozenset({S.RECOMMENDED, S.HELD}), S.AWARDED),
    "fail": (frozenset({S.NOT_YET}), S.FAILED),
    "leave": (
        frozenset({S.INVITED, S.ENROLLED, S.SUBMITTED, S.ASSESSING, S.NOT_YET, S.ASSESSED, S.RECOMMENDED, S.HELD}),
        S.WITHDREW,
    ),
    "close_held": (frozenset({S.HELD}), S.CLOSED),
}


UNDER_WAY = COURSE["leave"][0]


class AwardPassage:
    """One act on one locked enrolment."""

    def __init__(self, enrolment: Enrolment, actor: User | None) -> None:
        self.enrolment = enrolment
        self.actor = actor

    def own(self) -> None:
        """Refuse everybody but the learner, in the words that a foreign course gets."""
        if self.actor is None or self.enrolment.learner_id != self.actor.pk:
            raise NotYours

    def ask(self, verb: str) -> None:
        """Refuse when the table has no such way from here."""
        if self.enrolment.stage not in COURSE[verb][0]:
            raise NotFromHere(verb=verb.replace("_", " "), stage=AwardStage(self.enrolment.stage).label)

    def move(self, verb: str, **data: Any) -> LedgerEvent:
        """Move the learner's stage and record it in the award's own stream."""
        self.ask(verb)
        before, self.enrolment.stage = self.enrolment.stage, COURSE[verb][1]
        return self.record(verb, **{"from": str(before), "to": str(self.enrolment.stage), **data})

    def record(self, type_: str, **data: Any) -> LedgerEvent:
        """Write a fact about this learner's course that moves no stage."""
        self.enrolment.number += 1
        self.enrolment.save()
        return ledger.append(
            f"award:{self.enrolment.public_id}",
            type_,
            actor=self.actor,
            organization=str(self.enrolment.cohort.version.institution.public_id),
            data={"enrolment": str(self.enrolment.public_id), "number": self.enrolment.number, **data},
        )


@contextmanager
def opened_award(*, enrolment_id: int, actor: User | None) -> Iterator[AwardPassage]:
    """Lock one enrolment for one act. Raises `NotYours` for one that is unknown or not this person's."""
    with transaction.atomic():
        rows = Enrolment.objects.select_for_update(of=("self",)).select_related("cohort__version__institution")
        enrolment = rows.filter(pk=enrolment_id).first()
        if enrolment is None or (actor is not None and not rights.sees_enrolment(actor, enrolment)):
            raise NotYours
        yield AwardPassage(enrolment, actor)


def enrolment_of(credential: Credential) -> Enrolment:
    """The learner's course that a badge came from."""
    return Enrolment.objects.get(award__public_id=credential.award_reference)


def close_results(version: Version) -> None:
    """A12: with a rejected or withdrawn version ends what was held; the learner keeps a statement of results."""
    held = Enrolment.objects.filter(cohort__version=version, stage=S.HELD).order_by("pk")
    for key in held.values_list("pk", flat=True):
        with opened_award(enrolment_id=key, actor=None) as passage:
            passage.move("close_held")
