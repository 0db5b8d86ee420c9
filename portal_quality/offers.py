"""The decision bar of a case: exactly the acts that this person may do now, each with the page that does it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from people.models import User
from workflows import cases, proceedings
from workflows.framework import Result
from workflows.models import Condition, Seat
from workflows.possible import (
    may,
    passes,
    refuse_confirmation,
    refuse_on_badge,
    refuse_on_condition,
    refuse_on_seat,
)
from workflows.proceedings import Round
from workflows.queries import Case
from workflows.shelf import Badge
from workflows.stations import Stage

Words = str | Promise


@dataclass(frozen=True)
class Offer:
    """One act: the verb on its button, its page, the key that opens the page, and how it looks."""

    act: str
    words: Words
    address: str
    key: str = ""
    main: bool = False
    bad: bool = False
    beside: bool = False


# In the order of the bar: what moves the case on, what sends it back, what ends it, what stands beside it.
ACTS: tuple[tuple[str, Words, str], ...] = (
    ("vote", _("Vote"), "a"),
    ("close_committee", _("Carry out the result"), "a"),
    ("accept", _("Accept for review"), "a"),
    ("return_from_screening", _("Return for changes"), "r"),
    ("confirm_demand", _("Confirm the demand"), "a"),
    ("return_from_relevance", _("Return for changes"), "r"),
    ("go_on_without_partner", _("Go on without a partner"), ""),
    ("confirm_endorsement", _("Confirm the endorsement"), "a"),
    ("return_from_endorsement", _("Return for changes"), "r"),
    ("start_pilot", _("Start the pilot"), "a"),
    ("close_pilot", _("Close the pilot"), ""),
    ("redesign", _("Send back to the design"), "r"),
    ("activate", _("Activate"), "a"),
    ("confirm_suspension", _("Confirm the suspension"), "a"),
    ("lift", _("Lift the suspension"), ""),
    ("mend_while_suspended", _("Mend it in a new version"), ""),
    ("import_approved", _("Confirm the import"), "a"),
    ("release_urgently", _("Release urgently"), "a"),
    ("ask_urgent_release", _("Ask a partner for an urgent release"), ""),
    ("close_review", _("Close the review"), "a"),
    ("recuse", _("Step back from my seat"), ""),
    ("delegate", _("Let somebody stand in"), ""),
    ("sign_transcript_rule", _("Sign the transcript rule"), ""),
    ("agree_to_withdrawal", _("Agree to a withdrawal"), ""),
    ("resume", _("Resume"), ""),
    ("hold", _("Put it on hold"), ""),
    ("ask_again", _("Ask partners again"), ""),
    ("add_demand_source", _("Add a source of demand"), ""),
    ("record_agreement", _("Record an agreement"), ""),
    ("ask_community", _("Ask the community"), ""),
    ("suspend", _("Suspend"), ""),
    ("wind_down", _("Wind down"), ""),
    ("reject_at_relevance", _("Reject"), ""),
)
ENDS = {"suspend", "reject_at_relevance"}
# Acts beside the course: folded away where the course itself waits for an act.
BESIDE = {
    "resume", "hold", "delegate", "ask_again", "add_demand_source", "record_agreement", "ask_community", "suspend",
    "wind_down", "agree_to_withdrawal", "mend_while_suspended", "ask_urgent_release", "reject_at_relevance",
    "go_on_without_partner",
}  # fmt: skip
# The transition whose clauses stand in the way of an act.
CODES: dict[str, str | dict[str, str]] = {
    "accept": "T3",
    "confirm_demand": "T4",
    "confirm_endorsement": "T8",
    "vote": {"pilot_approval": "T10", "final_approval": "T15"},
    "close_committee": {"pilot_approval": "T10", "final_approval": "T15"},
    "activate": "T18",
    "import_approved": "T18",
    "close_review": "T22",
}


def code_of(act: str, stage: str) -> str:
    """The number of the transition that an act leads to, where clauses of the framework can block it."""
    code = CODES.get(act, "")
    return code if isinstance(code, str) else code.get(stage, "")


def in_the_way(case: Case, act: str) -> list[str]:
    """Codes of the clauses that block an act today."""
    code = code_of(act, case.version.stage)
    held = {Result.MET, Result.EXEMPT}
    return [result.code for result in case.strip if code in result.blocks and result.state not in held]


@dataclass(frozen=True)
class Bar:
    """The offers, and a sentence about what stands in the way of the first one."""

    offers: list[Offer]
    note: str
    can_reply: bool = False

    @property
    def course(self) -> list[Offer]:
        """What moves the case; all of them where nothing does."""
        return [offer for offer in self.offers if not offer.beside] or self.offers

    @property
    def beside(self) -> list[Offer]:
        """What is folded away."""
        return [offer for offer in self.offers if offer not in self.course]


def of(case: Case, person: User) -> Bar:
    """The bar of a case for one person."""
    offers: list[Offer] = []
    for act, words, key in ACTS:
        if not may(case, person, act):
            continue
        address = reverse(f"quality:{act}", args=[case.version.public_id])
        beside = act in BESIDE
        offers.append(Offer(act, words, address, key, main=not (offers or beside), bad=act in ENDS, beside=beside))
    return Bar(offers, _note(case, offers), can_reply=bool(case.grants & {"submit", "design", "screen"}))


def _note(case: Case, offers: list[Offer]) -> str:
    if not offers:
        return ""
    codes = in_the_way(case, offers[0].act)
    if not codes:
        return ""
    words = ngettext("Clause %s stands in the way.", "Clauses %s stand in the way.", len(codes))
    return words % ", ".join(codes)


def stands_in_the_way(case: Case) -> list[str]:
    """Sentences that say what keeps an approval of the open gate from being carried out."""
    version = case.version
    community = cases.community_open(version) if version.stage == Stage.PILOT_APPROVAL else []
    return cases.blocking(version, code_of("close_committee", version.stage)) + community


SEAT_ACTS: tuple[tuple[str, Words], ...] = (
    ("extend_seat", _("Give more time")),
    ("replace_seat", _("Ask somebody else")),
    ("close_seat", _("Close as “no answer”")),
)


def on_seats(case: Case, person: User, rounds: list[Round]) -> dict[int, list[Offer]]:
    """For each open seat, by its key, what this person may do about it."""
    return {
        seat.pk: [
            Offer(act, words, reverse(f"quality:{act}", args=[seat.public_id]))
            for act, words in SEAT_ACTS
            if passes(partial(refuse_on_seat, case, person, seat, act))
        ]
        if _concerns(case, person, seat)
        else []
        for round_ in rounds
        if round_.open
        for seat in (place.seat for place in round_.waiting)
    }


def _concerns(case: Case, person: User, seat: Seat) -> bool:
    """A seat is the officer's business; the chair's once it is late (`lifecycle.md` 6.2); never one's own."""
    late = seat.due_at < timezone.now()
    return seat.person_id != person.pk and ("screen" in case.grants or late)


def on_conditions(case: Case, person: User) -> list[tuple[Condition, list[Offer]]]:
    """Each condition of a case with what this person may do about it; the open ones first."""
    acts = (("close_condition", _("Close")), ("complete_condition", _("Set owner and date")))
    return [
        (
            condition,
            [
                Offer(act, words, reverse(f"quality:{act}", args=[condition.public_id]))
                for act, words in acts
                if passes(partial(refuse_on_condition, case, person, condition, act))
                and (act == "close_condition" or condition.owner_id is None or condition.due_on is None)
            ],
        )
        for condition in proceedings.conditions(case.version)
    ]


BADGE_WORDS: tuple[tuple[str, Words], ...] = (
    ("suspend_badge", _("Suspend")),
    ("reinstate_badge", _("Reinstate")),
    ("replace_badge", _("Replace")),
    ("ask_revocation", _("Ask for revocation")),
)


def on_badge(case: Case, person: User, badge: Badge) -> list[Offer]:
    """What this person may do about a badge now."""
    found = [
        Offer(act, words, reverse(f"quality:{act}", args=[badge.credential.public_id]), bad=act == "ask_revocation")
        for act, words in BADGE_WORDS
        if passes(partial(refuse_on_badge, case, person, badge, act))
    ]
    asked = badge.asked
    if asked is not None and passes(partial(refuse_confirmation, case, person, badge, asked)):
        address = reverse("quality:confirm_revocation", args=[asked.public_id])
        found.insert(0, Offer("confirm_revocation", _("Confirm the revocation"), address, bad=True))
    return found
