"""The course of an award (`lifecycle.md` 5): its table, and the one door that moves a learner's stage."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential
from people.among import among
from people.models import User
from workflows import ledger, rights
from workflows.errors import NotFromHere, NotYours
from workflows.models import AwardStage, Cohort, Enrolment, LedgerEvent, Version
from workflows.models import AwardStage as S

BEFORE_AWARD = frozenset(set(S) - {S.AWARDED, S.FAILED, S.WITHDREW, S.LAPSED, S.CLOSED})
# verb -> (stages it starts from, stage it leads to)
COURSE: dict[str, tuple[frozenset[AwardStage], AwardStage]] = {
    "enrol": (frozenset({S.INVITED}), S.ENROLLED),
    "submit": (frozenset({S.ENROLLED, S.NOT_YET}), S.SUBMITTED),
    "take": (frozenset({S.SUBMITTED}), S.ASSESSING),
    "release": (frozenset({S.ASSESSING}), S.SUBMITTED),
    "not_yet": (frozenset({S.ASSESSING}), S.NOT_YET),
    "score": (frozenset({S.ASSESSING}), S.ASSESSED),
    "open_moderation": (frozenset({S.ASSESSED}), S.MODERATING),
    "confirm_scores": (frozenset({S.MODERATING}), S.ASSESSED),
    "confirm_not_yet": (frozenset({S.NOT_YET}), S.NOT_YET),
    "score_again": (frozenset({S.MODERATING, S.NOT_YET}), S.ASSESSING),
    "recommend": (frozenset({S.ASSESSED}), S.RECOMMENDED),
    "hold": (frozenset({S.RECOMMENDED}), S.HELD),
    "award": (frozenset({S.RECOMMENDED, S.HELD}), S.AWARDED),
    "fail": (frozenset({S.NOT_YET}), S.FAILED),
    "assess_anew": (frozenset({S.NOT_YET, S.FAILED}), S.SUBMITTED),
    "leave": (BEFORE_AWARD, S.WITHDREW),
    "lapse": (frozenset({S.INVITED, S.ENROLLED, S.NOT_YET}), S.LAPSED),
    "close_held": (frozenset({S.HELD}), S.CLOSED),
}
# What each verb is called where a person reads it.
NAMES: dict[str, str | Promise] = {
    "enrol": _("enrol"),
    "submit": _("hand in evidence"),
    "take": _("take the work"),
    "release": _("give the work back"),
    "not_yet": _("score the work"),
    "score": _("score the work"),
    "open_moderation": _("open the moderation"),
    "confirm_scores": _("moderate"),
    "confirm_not_yet": _("moderate"),
    "score_again": _("send the work back"),
    "recommend": _("recommend"),
    "hold": _("hold the result"),
    "award": _("award"),
    "fail": _("end the course"),
    "assess_anew": _("assess anew after an appeal"),
    "leave": _("leave"),
    "lapse": _("let the place lapse"),
    "close_held": _("close a held result"),
}


UNDER_WAY = COURSE["leave"][0]


def stream_of(enrolment: Enrolment) -> str:
    """The name of a learner's course in the ledger."""
    return f"award:{enrolment.public_id}"


def not_from_here(enrolment: Enrolment, verb: str) -> NotFromHere:
    """The refusal of an act that the table does not have for this learner's stage."""
    return NotFromHere(
        _("“%(verb)s” is not possible while this learner's course is in “%(stage)s”."),
        verb=NAMES[verb],
        stage=AwardStage(enrolment.stage).label,
    )


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
            raise not_from_here(self.enrolment, verb)

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
            stream_of(self.enrolment),
            type_,
            actor=self.actor,
            organization=str(self.enrolment.cohort.version.institution.public_id),
            data={"enrolment": str(self.enrolment.public_id), "number": self.enrolment.number, **data},
        )


@contextmanager
def opened_award(*, enrolment_id: int, actor: User | None) -> Iterator[AwardPassage]:
    """Lock one enrolment for one act. Raises `NotYours` for one that is unknown or not this person's.

    `actor` None is the system itself.
    """
    with transaction.atomic():
        rows = Enrolment.objects.select_for_update(of=("self",)).select_related("cohort__version__institution")
        enrolment = rows.filter(pk=enrolment_id).first()
        # Rights are read anew under the lock; nothing cached on the request's user is believed.
        fresh = User.objects.get(pk=actor.pk) if actor is not None else None
        if enrolment is None or (fresh is not None and not rights.sees_enrolment(fresh, enrolment)):
            raise NotYours
        yield AwardPassage(enrolment, fresh)


class CohortPassage:
    """One act on many locked enrolments of one cohort, set-wise."""

    def __init__(self, enrolments: list[Enrolment], version: Version, actor: User | None) -> None:
        self.enrolments, self.version, self.actor = enrolments, version, actor

    def move(self, verb: str, facts: dict[int, dict[str, str]]) -> None:
        """Move these enrolments, by key, and record each move with its facts in the award's own stream."""
        froms, to = COURSE[verb]
        before = {enrolment.pk: str(enrolment.stage) for enrolment in self.enrolments}
        moves = {pk: {"from": before[pk], "to": str(to), **data} for pk, data in facts.items()}
        self._write(verb, moves, Enrolment.objects.filter(stage__in=froms), stage=to)

    def record(self, type_: str, facts: dict[int, dict[str, str]]) -> None:
        """Write one fact about each of these courses."""
        self._write(type_, facts, Enrolment.objects.all())

    def _write(self, type_: str, facts: dict[int, dict[str, str]], rows: QuerySet[Enrolment], **values: Any) -> None:
        entries = []
        for enrolment in self.enrolments:
            if enrolment.pk in facts:
                enrolment.number += 1
                own: dict[str, str | int | bool] = {
                    "enrolment": str(enrolment.public_id),
                    "number": enrolment.number,
                    **facts[enrolment.pk],
                }
                entries.append(ledger.Entry(stream_of(enrolment), type_, own))
        if not entries:
            return
        written = rows.filter(among("pk", facts)).update(number=F("number") + 1, **values)
        assert written == len(facts), "Each was read behind the lock in its stage."
        ledger.append_many(entries, actor=self.actor, organization=str(self.version.institution.public_id))


def next_free(rows: QuerySet[Enrolment], last: int, most: int) -> list[int]:
    """The next of these enrolments behind a lock; those that another run holds are that run's."""
    free = rows.select_for_update(of=("self",), skip_locked=True).filter(pk__gt=last).order_by("pk")
    return list(free.values_list("pk", flat=True)[:most])


# What acts on a cohort read of each learner; whole rows would cost more than the acts.
NEEDED_BY_SYSTEM = ("public_id", "cohort_id", "roster_name", "stage", "number")
NEEDED = (*NEEDED_BY_SYSTEM, "learner__email", "learner__name")


@contextmanager
def opened_awards(*, cohort_id: int, enrolments: Collection[int], actor: User | None) -> Iterator[CohortPassage]:
    """Lock enrolments of one cohort for one act, in one order, so that two such acts never wait in a ring.

    Those that are not of this cohort, or not this person's, are left out, as if there were none.
    """
    with transaction.atomic():
        rows = Enrolment.objects.select_for_update(of=("self",)).filter(among("pk", enrolments), cohort=cohort_id)
        read = rows.select_related("learner").only(*NEEDED) if actor is not None else rows.only(*NEEDED_BY_SYSTEM)
        locked = list(read.order_by("pk"))
        fresh = User.objects.get(pk=actor.pk) if actor is not None else None
        if not locked:
            raise NotYours
        cohort = Cohort.objects.select_related("version__institution").get(pk=cohort_id)
        for enrolment in locked:
            enrolment.cohort = cohort
        version = cohort.version
        if fresh is not None and not rights.works_on(fresh, version):
            locked = [enrolment for enrolment in locked if rights.sees_enrolment(fresh, enrolment)]
        yield CohortPassage(locked, version, fresh)


def enrolment_of(credential: Credential) -> Enrolment:
    """The learner's course that a badge came from."""
    return Enrolment.objects.get(award__public_id=credential.award_reference)


def close_results(version: Version) -> None:
    """A12: with a rejected or withdrawn version ends what was held; the learner keeps a statement of results."""
    held = Enrolment.objects.filter(cohort__version=version, stage=S.HELD).order_by("pk")
    for key in held.values_list("pk", flat=True):
        with opened_award(enrolment_id=key, actor=None) as passage:
            passage.move("close_held")
