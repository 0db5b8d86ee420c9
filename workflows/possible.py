"""Which acts are open to a person on a version now: its stage, the person's grants, and the separation of duties.

Pages offer exactly these and refuse the others by name. The verbs in `workflows.actions` ask again under the lock.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials.errors import WrongStatus
from credentials.models import Credential
from people.models import User
from workflows.actions.revoking import KINDS, LIVE
from workflows.cases import agreements_in_force
from workflows.errors import NotAllowed, NotFromHere, OnHold, OwnWork, Refusal
from workflows.lifecycle import VersionCourse
from workflows.models import (
    Agreement,
    Cohort,
    Condition,
    Decision,
    Panel,
    PanelKind,
    Patch,
    Seat,
    SeatQuestion,
    SeatState,
)
from workflows.panels import BY_LINK
from workflows.queries import Case
from workflows.shelf import Badge
from workflows.stations import STATIONS, Stage
from workflows.withdrawals import AFTER_PILOT_APPROVAL, needs_agreement

# What a table row does not say: an act that its author may do too, because it decides nothing about the content.
AUTHORS_MAY = frozenset(
    {
        "add_demand_source",
        "close_pilot",
        "hold",
        "record_agreement",
        "ask_community",
        "resume",
        "return_from_endorsement",
        "return_from_relevance",
        "start_pilot",
    }
)
STANDS_STILL_TOO = frozenset({"resume", "record_agreement", "add_demand_source", "agree_to_withdrawal"})
# From here the registrar's signature is asked for; clause E5 waits for it at the final gate.
SIGNED_IN = frozenset(
    {
        Stage.ASSESSMENT_DESIGN,
        Stage.ENDORSEMENT,
        Stage.PILOT_APPROVAL,
        Stage.PILOT_READY,
        Stage.PILOTING,
        Stage.PILOT_EVALUATION,
        Stage.FINAL_APPROVAL,
    }
)
# Act on a badge -> who may do it, and in which states of the badge.
BADGE_ACTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "suspend_badge": (frozenset({"screen"}), frozenset({Credential.Status.ISSUED})),
    "reinstate_badge": (frozenset({"screen"}), frozenset({Credential.Status.SUSPENDED})),
    "ask_revocation": (frozenset(kind.asks for kind in KINDS.values()), frozenset(LIVE)),
    "replace_badge": (frozenset({"activate"}), frozenset({Credential.Status.ISSUED})),
}
GATES = frozenset({Stage.PILOT_APPROVAL, Stage.FINAL_APPROVAL})


def ways(verb: str) -> tuple[frozenset[str], frozenset[str]]:
    """From which stages the table of `workflows.lifecycle` lets a verb start, and which grants open it."""
    transitions = list(getattr(VersionCourse, verb).get_transitions())
    stages = frozenset(str(transition.source) for transition in transitions)
    grants = {name for transition in transitions for name in getattr(transition.permission, "codenames", ())}
    return stages, frozenset(grants)


def _seat(case: Case, person: User) -> Seat | None:
    """The person's seat on the open committee of the stage."""
    if case.panel is None or case.panel.kind in BY_LINK:
        return None
    return next((seat for seat in case.panel.seats.all() if seat.person_id == person.pk), None)


def decidable(panel: Panel) -> bool:
    """True when everybody on it was heard or their time has ended: only then can its votes be carried out."""
    waiting = any(seat.state == SeatState.OPEN for seat in panel.seats.all())
    return not waiting or timezone.now() >= panel.due_at


def _refuse_vote(case: Case, person: User) -> None:
    if case.version.stage not in GATES or case.panel is None:
        raise NotFromHere(verb=_("vote"), stage=Stage(case.version.stage).label)
    seat = _seat(case, person)
    if seat is None:
        raise NotAllowed(_("Only a member who holds a seat on this panel votes in it."))
    if seat.state != SeatState.OPEN:
        raise Refusal(_("Your seat is no longer open: you voted or stepped back, or it was closed."))


def _refuse_close(case: Case, person: User) -> None:
    if case.version.stage not in GATES or case.panel is None:
        raise NotFromHere(verb=_("close the panel"), stage=Stage(case.version.stage).label)
    if "decide" not in case.grants or _seat(case, person) is None:
        raise NotAllowed(_("Only a member of this panel closes it."))
    if not decidable(case.panel):
        raise Refusal(_("Some members have not voted yet, and their time has not ended."))


def _refuse_signature(case: Case, _person: User) -> None:
    if "register" not in case.grants:
        raise NotAllowed
    if case.version.stage not in SIGNED_IN:
        raise NotFromHere(verb=_("sign the transcript rule"), stage=Stage(case.version.stage).label)
    if case.version.registrar_signed_by_id is not None:
        raise Refusal(_("The transcript rule was already signed."))


def _refuse_confirmation_of_suspension(case: Case, person: User) -> None:
    _refuse_transition(case, "lift")  # the same people, from the same stage
    order = case.version.suspensions.filter(ended_at=None).first()
    if order is None or order.confirmed_at is not None:
        raise Refusal(_("This suspension was already confirmed."))
    if order.ordered_by_id == person.pk:
        raise OwnWork(_("An interim order is confirmed by somebody else than the person who gave it."))


def _refuse_use(case: Case, _person: User) -> None:
    """What the office does for the freshness of a version in use."""
    if "screen" not in case.grants:
        raise NotAllowed
    if not STATIONS[Stage(case.version.stage)].issues:
        raise NotFromHere(verb=_("ask again"), stage=Stage(case.version.stage).label)


def _refuse_import(case: Case, _person: User) -> None:
    _refuse_transition(case, "import_approved")
    if not case.version.decisions.filter(choice="prove_import").exists():
        raise Refusal(_("Something is missing: the proof of the earlier approval, entered by the quality office."))


def _refuse_urgent(case: Case, _person: User) -> None:
    _refuse_transition(case, "release_urgently")
    before = case.version.successor_of
    if before is None or before.stage != Stage.ACTIVE:
        raise Refusal(_("Only the successor of a version in use can be released urgently."))


def _refuse_agreement(case: Case, _person: User) -> None:
    if "screen" not in case.grants:
        raise NotAllowed
    if STATIONS[Stage(case.version.stage)].stop is None:
        raise NotFromHere(verb=_("record an agreement"), stage=Stage(case.version.stage).label)


def _refuse_asking_community(case: Case, person: User) -> None:
    _refuse_agreement(case, person)
    if case.version.snapshot is None or not agreements_in_force(case.version):
        raise Refusal(_("No agreement with a community is in force."))
    open_seats = Seat.objects.filter(panel__version=case.version, panel__kind=PanelKind.COMMUNITY)
    if open_seats.filter(panel__closed_at=None, state=SeatState.OPEN).exists():
        raise Refusal(_("A round of this kind is open already."))


def _refuse_agreeing_to_withdrawal(case: Case, _person: User) -> None:
    if "screen" not in case.grants:
        raise NotAllowed
    if case.version.stage not in AFTER_PILOT_APPROVAL:
        raise NotFromHere(verb=_("agree to a withdrawal"), stage=Stage(case.version.stage).label)
    if not needs_agreement(case.version):
        raise Refusal(_("The quality office has agreed already; the proposer can withdraw it."))


# Acts that are no row of the table of transitions, or ask more than it says.
OWN_RULES: dict[str, Callable[[Case, User], None]] = {
    "vote": _refuse_vote,
    "recuse": _refuse_vote,
    "delegate": _refuse_vote,
    "close_committee": _refuse_close,
    "sign_transcript_rule": _refuse_signature,
    "confirm_suspension": _refuse_confirmation_of_suspension,
    "ask_again": _refuse_use,
    "add_demand_source": _refuse_use,
    "import_approved": _refuse_import,
    "ask_urgent_release": _refuse_urgent,
    "release_urgently": _refuse_urgent,
    "record_agreement": _refuse_agreement,
    "ask_community": _refuse_asking_community,
    "agree_to_withdrawal": _refuse_agreeing_to_withdrawal,
}


def _refuse_transition(case: Case, verb: str) -> None:
    stages, grants = ways(verb)
    if not grants & case.grants:
        raise NotAllowed
    if case.version.stage not in stages:
        raise NotFromHere(verb=verb.replace("_", " "), stage=Stage(case.version.stage).label)
    if verb == "resume" and not case.version.on_hold:
        raise Refusal(_("This version is not on hold."))
    if verb == "hold" and case.version.on_hold:
        raise OnHold


def refuse(case: Case, person: User, act: str) -> None:
    """Raise the named refusal that stands in the way of an act, or let it go on."""
    if act in OWN_RULES:
        OWN_RULES[act](case, person)
    else:
        _refuse_transition(case, act)
    if act not in AUTHORS_MAY and (case.wrote or case.version.proposer_id == person.pk):
        raise OwnWork
    if case.version.on_hold and act not in STANDS_STILL_TOO:
        raise OnHold


def _refuse_office(case: Case, person: User, *grants: str) -> None:
    """What every act of the office on a seat, a condition or a question asks."""
    if not case.grants & set(grants):
        raise NotAllowed
    if case.wrote or case.version.proposer_id == person.pk:
        raise OwnWork
    if case.version.on_hold:
        raise OnHold


def refuse_on_seat(case: Case, person: User, seat: Seat, act: str) -> None:
    """Raise what stands in the way of extending, replacing or closing a seat (`lifecycle.md` 6.2)."""
    _refuse_office(case, person, "screen", "chair")
    if seat.state != SeatState.OPEN or seat.panel.closed_at is not None:
        raise Refusal(_("This seat is no longer open: it was answered, passed on or closed."))
    ended = seat.due_at < timezone.now()
    if act == "close_seat" and seat.panel.kind == PanelKind.COMMUNITY:
        raise Refusal(_("No clock runs against a community, and its silence is never an answer."))
    if act == "close_seat" and not ended:
        raise Refusal(_("The time of this seat has not ended. Extend or replace it instead."))
    if act == "replace_seat" and ended:
        raise Refusal(_("The time of this seat has ended. Extend it first, then name somebody else."))


def refuse_on_condition(case: Case, person: User, condition: Condition, act: str) -> None:
    """Raise what stands in the way of closing a condition, or of giving it owner and date."""
    if act == "close_condition" and (condition.set_by_id != person.pk or condition.owner_id == person.pk):
        raise NotAllowed(_("A condition is closed by the person who set it, and never by its owner."))
    if act == "complete_condition" and not case.grants & {"design", "screen"}:
        raise NotAllowed
    if condition.closed_at is not None:
        raise Refusal(_("This condition is already closed."))


def refuse_on_question(case: Case, question: SeatQuestion) -> None:
    """Raise what stands in the way of answering what a reviewer asked."""
    if not case.grants & {"submit", "design", "screen"}:
        raise NotAllowed
    if question.answered_at is not None:
        raise Refusal(_("This question was already answered."))


def refuse_on_roster(case: Case, person: User, cohort: Cohort) -> None:
    """Raise what stands in the way of signing a roster off."""
    if "screen" not in case.grants:
        raise NotAllowed
    if cohort.made_by_id == person.pk or "design" in case.grants:
        raise OwnWork(_("A roster is signed off by a second person who is not on it."))
    if cohort.signed_off_by_id is not None or cohort.closed_at is not None:
        raise Refusal(_("This roster is signed off already, or its cohort is closed."))


def refuse_on_awards(case: Case) -> None:
    """Raise what stands in the way of granting awards on a version."""
    if "grant" not in case.grants:
        raise NotAllowed
    if not STATIONS[Stage(case.version.stage)].issues or case.version.issuing_paused:
        raise Refusal(_("The version is not issuing now. The result stays on hold and is not lost."))


def refuse_on_badge(case: Case, person: User, badge: Badge, act: str) -> None:
    """Raise what stands in the way of an act on one badge (`lifecycle.md` 5, C4 to C9)."""
    grants, statuses = BADGE_ACTS[act]
    if not grants & case.grants:
        raise NotAllowed
    if badge.credential.recipient_id == person.pk:
        raise OwnWork(_("Nobody decides about his or her own badge."))
    if act == "replace_badge" and badge.enrolment.attempts.filter(assessor=person).exists():
        raise OwnWork(_("The issuer did not assess the work and is not the earner."))
    if badge.credential.status not in statuses:
        raise WrongStatus
    if act == "ask_revocation" and badge.asked is not None:
        raise Refusal(_("A revocation of this badge was asked for already, and waits for a second person."))


def refuse_confirmation(case: Case, person: User, badge: Badge, asked: Decision) -> None:
    """Raise what stands in the way of the second person of a revocation."""
    if KINDS[asked.answers["kind"]].confirms not in case.grants:
        raise NotAllowed
    sat = str(person.public_id) in asked.answers.get("panel", [])
    if person.pk in {badge.credential.recipient_id, asked.actor_id} or sat:
        raise OwnWork(_("Two different persons revoke, and neither is the earner or sat on the panel."))
    if badge.credential.status not in LIVE:
        raise WrongStatus


def refuse_on_patch(case: Case, person: User, patch: Patch) -> None:
    """Raise what stands in the way of releasing a patch (T23)."""
    _refuse_transition(case, "patch")
    if case.wrote or case.version.proposer_id == person.pk:
        raise OwnWork
    if patch.proposed_by_id == person.pk:
        raise OwnWork(_("A patch is released by somebody else than the person who proposed it."))
    if patch.released_at is not None:
        raise Refusal(_("This patch was already released."))


def refuse_on_agreement(case: Case, agreement: Agreement) -> None:
    """Raise what stands in the way of recording that a party took its agreement back."""
    if "screen" not in case.grants:
        raise NotAllowed
    if agreement.withdrawn_at is not None:
        raise Refusal(_("This agreement was already withdrawn."))


def passes(gate: Callable[[], None]) -> bool:
    """True when a gate raises no refusal."""
    try:
        gate()
    except Refusal:
        return False
    return True


def may(case: Case, person: User, act: str) -> bool:
    """True when nothing stands in the way of an act, as far as a page can know."""
    return passes(lambda: refuse(case, person, act))
