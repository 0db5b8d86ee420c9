"""The approval record of a version, told once for the page and for the paper: plain words in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from people.dates import long_day
from workflows import cases, framework, proceedings
from workflows.door import stream_of
from workflows.dossier import Text
from workflows.models import Condition, Decision, Exemption, PanelKind, SeatState, Version
from workflows.proceedings import Place, Round
from workflows.stations import Stage
from workflows.timeline import timeline

Told = dict[str, Any]


def told(version: Version) -> Told:
    """Everything on it, the oldest first: JSON values only, so that the paper is set from the same words."""
    rounds = proceedings.rounds(version)
    return {
        "title": Text(en=version.title_en, fr=version.title_fr).said((get_language() or "en")[:2]),
        "code": version.micro_credential.code,
        "institution": str(version.institution),
        "facts": _facts(version),
        "contents": [
            {"ordinal": one.ordinal, "day": _day(one.made_at), "by": str(one.made_by), "digest": one.digest}
            for one in version.snapshots.select_related("made_by").order_by("ordinal")
        ],
        "rounds": [_round(one) for one in reversed(rounds)],
        "outcomes": [_outcome(one) for one in reversed(proceedings.outcomes(version))],
        "conditions": [_condition(one) for one in proceedings.conditions(version)],
        "exemptions": [_exemption(one) for one in proceedings.exemptions(version)],
        "clauses": [_clause(one) for one in framework.check(cases.facts(version))],
        "happenings": [
            {
                "at": _day(one.at), "words": str(one.words), "detail": one.detail, "who": one.who,
                "digest": one.digest, "row": one.hash,
            }
            for one in timeline(stream_of(version))
        ],
    }  # fmt: skip


def _day(moment: datetime | None) -> str:
    return long_day(timezone.localtime(moment).date()) if moment is not None else ""


def _facts(version: Version) -> list[dict[str, str]]:
    stage = str(Stage(version.stage).label)
    return [
        {"name": _("Institution"), "words": str(version.institution)},
        {"name": _("Code and version"), "words": f"{version.micro_credential.code}, {version.ordinal}"},
        {"name": _("Proposed by"), "words": str(version.proposer)},
        {"name": _("Stage"), "words": f"{stage[:1].upper()}{stage[1:]}, {_day(version.stage_since)}"},
        {"name": _("Rules"), "words": f"{version.policy.edition}"},
    ]


def _round(one: Round) -> Told:
    return {
        "title": one.title,
        "digest": one.panel.snapshot.digest,
        "ended": _("Closed on %(day)s: %(outcome)s") % {"day": _day(one.panel.closed_at), "outcome": one.outcome_words}
        if one.panel.closed_at
        else _("Open"),
        "places": [_place(place, by_link=one.by_link) for place in one.places],
    }


def _place(place: Place, *, by_link: bool) -> Told:
    seat, decision = place.seat, place.decision
    meta = [str(seat.person), str(place.kind_words)] if by_link else []
    if place.interest_words:
        meta.append(_("declared interest: %s") % place.interest_words)
    if by_link and not seat.independent:
        meta.append(_("not independent"))
    answer = str(place.answer_words) if decision is not None else str(SeatState(seat.state).label)
    if place.rests_on:
        told = {
            "number": place.rests_on.round,
            "version": place.rests_on.version,
            "day": _day(place.rests_on.day),
            "digest": place.rests_on.short,
        }
        words = _("carried over from round %(number)d of version %(version)d, %(day)s, over the text %(digest)s")
        answer += " (" + words % told + ")"
    return {
        "who": str(seat.organization) if by_link else str(seat.person),
        "meta": " · ".join(meta),
        "answer": answer[:1].upper() + answer[1:],
        "reasons": decision.reasons if decision is not None else seat.recusal_reason or seat.closing_reason,
        "day": _day(decision.decided_at) if decision is not None else "",
    }


def _outcome(one: Decision) -> Told:
    words = str(proceedings.OUTCOMES.get(one.choice, one.choice))
    panel = str(PanelKind(one.panel.kind).label) if one.panel is not None else ""
    return {
        "what": _("%(panel)s: %(outcome)s") % {"panel": panel[:1].upper() + panel[1:], "outcome": words},
        "who": str(one.actor),
        "day": _day(one.decided_at),
        "reasons": one.reasons,
        "digest": one.snapshot.digest if one.snapshot is not None else "",
    }


def _condition(one: Condition) -> Told:
    state = _("Kept, closed on %s") % _day(one.closed_at) if one.closed_at else _("Still open")
    meta = [_("set by %s") % one.set_by]
    if one.owner is not None:
        meta.append(_("owner %s") % one.owner)
    if one.due_on is not None:
        meta.append(_("until %s") % long_day(one.due_on))
    return {"text": one.text, "state": state, "meta": " · ".join(meta), "proof": one.proof}


def _exemption(one: Exemption) -> Told:
    state = _("Signed on %s") % _day(one.signed_at) if one.signed_at else _("Asked for")
    meta = [_("asked for by %s") % one.asked_by, _("until %s") % long_day(one.ends_on)]
    return {"clause": one.clause, "text": one.reason, "state": state, "meta": " · ".join(meta), "tried": one.tried}


def _clause(one: framework.ClauseResult) -> Told:
    return {
        "code": one.code,
        "title": str(one.title),
        "state": one.state.value,
        "word": str(one.state.word),
        "reasons": " ".join(str(reason) for reason in one.reasons),
    }
