"""Partners stand by what they said: the short form before a statement ends, and the yearly question between.

Renewing is an answer in a seat like any other, signed after a code, and makes a fresh statement. The yearly question
is lighter: one link, one button, no code. Its answer is on record and signs nothing; a "no" opens the review at once.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people import invitations
from people.models import User
from workflows.door import Passage, found, opened
from workflows.errors import Missing, NotYours, Refusal
from workflows.freshness import in_use, refresh
from workflows.models import DemandQuestion, PanelKind, Validation
from workflows.panels import Place
from workflows.rounds import LONGEST_LINK, days_of, open_round
from workflows.voices import is_live

# Statements that end within this time of each other are renewed in one round.
TOGETHER = timedelta(days=120)


def kind_of(validation: Validation) -> PanelKind:
    """Which panel asks for such a statement."""
    return PanelKind.RELEVANCE if validation.kind == Validation.Kind.DEMAND else PanelKind.ENDORSEMENT


def ask_to_renew(passage: Passage, validation: Validation) -> None:
    """Ask those whose statements of this kind end soon, in one round. The system acts, once for all of them."""
    ends_by = timezone.now() + TOGETHER
    related = ("decision__seat__person", "decision__seat__organization")
    rows = Validation.objects.filter(version=passage.version, kind=validation.kind, valid_until__lte=ends_by)
    ending = rows.select_related(*related).order_by("-valid_from", "-pk")
    ask_signatories(passage, [row for row in ending if is_live(row)])


def ask_signatories(passage: Passage, statements: list[Validation]) -> None:
    """Open a round afresh for those who signed these statements; nothing happens while a round of the kind is open."""
    version = passage.version
    if not statements or not in_use(version):
        return
    kind = kind_of(statements[0])
    if version.panels.filter(kind=kind, closed_at=None).exists():
        return
    places: dict[int, Place] = {}
    for statement in statements:
        seat = statement.decision.seat
        if seat is not None and seat.person.is_active:
            places.setdefault(seat.person_id, Place(seat.person, seat.organization, seat.seat_class))
    if places:
        panel = open_round(version, kind, list(places.values()), days_of(version, kind.value), afresh=True)
        passage.record("ask_again", panel=str(kind), round=panel.round, seats=len(places))


def ask_yearly(passage: Passage, validation: Validation) -> bool:
    """Mail the one-button question about a statement of demand; True when it was asked."""
    person = validation.decision.actor
    if not in_use(passage.version) or not is_live(validation) or not person.is_active:
        return False
    invitation, _token = invitations.make(
        person=person, organization=validation.organization, expires_at=timezone.now() + LONGEST_LINK
    )
    question = DemandQuestion.objects.create(validation=validation, invitation=invitation)
    passage.remark("ask_still_in_demand", question=str(question.public_id))
    return True


def answer_yearly(*, question_id: int, actor: User, still: bool, words: str = "", language: str = "") -> DemandQuestion:
    """Yes or no, once, by the person who made the statement. A no says why, and the review opens."""
    question = found(DemandQuestion, question_id)
    if question.validation.decision.actor_id != actor.pk:
        raise NotYours
    with opened(version_id=question.validation.version_id, actor=actor) as passage:
        question.refresh_from_db()
        if question.answered_at is not None:
            raise Refusal(_("This question was already answered. What you said stands in the record."))
        if not invitations.is_open(question.invitation):
            raise Refusal(_("This link's time has passed. Nobody answered for you."))
        if not still and not words.strip():
            raise Missing(what=_("what changed"))
        question.still, question.words, question.language = still, words.strip(), language or actor.language
        question.answered_at = timezone.now()
        question.save()
        invitations.end(question.invitation)
        passage.record("say_still_in_demand" if still else "say_no_longer", question=str(question.public_id))
        if not still:
            refresh(passage, trigger="demand_answer")
        return question
