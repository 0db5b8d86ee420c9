"""A verdict as JSON values: the same for the command, for programs that ask the page, and for other software."""

from __future__ import annotations

from typing import Any

from credentials.reading import Endorser, Reading
from credentials.verdict import Answer, Check, Outcome, Verdict


def report(verdict: Verdict, reading: Reading) -> dict[str, Any]:
    """What was found, check by check with reasons, and each endorsement with its own."""
    worst = verdict.worst
    dates = {"awardedDate": reading.awarded, "validFrom": reading.starts, "validUntil": reading.ends}
    return {
        "verdict": verdict.answer.value,
        **({"sentence": str(worst.sentence)} if worst else {}),
        **({"cause": verdict.cause.value} if verdict.cause else {}),
        **({"since": verdict.since.isoformat()} if verdict.since else {}),
        "trusted": verdict.trusted.value,
        "earner": next((c.outcome.value for c in verdict.checks if c.name == "earner"), Outcome.NOT_CHECKED.value),
        "badge": {
            "id": reading.address,
            "name": reading.title,
            "issuer": {"id": reading.issuer_id, "name": reading.issuer},
            **{name: moment.isoformat() for name, moment in dates.items() if moment},
        },
        "checks": [_check(check) for check in verdict.checks],
        "endorsements": [_endorsement(endorser) for endorser in reading.endorsers],
    }


def bundle_report(answer: Answer, whole: Verdict, badges: list[dict[str, Any]]) -> dict[str, Any]:
    """A record or a presentation: the verdict of all, what was found of the whole, and the report of each badge."""
    worst = whole.worst
    return {
        "verdict": answer.value,
        **({"sentence": str(worst.sentence)} if worst else {}),
        **({"cause": whole.cause.value} if whole.cause else {}),
        "checks": [_check(check) for check in whole.checks],
        "badges": badges,
    }


def unreadable(sentence: str, detail: str = "") -> dict[str, Any]:
    """The answer to what holds no badge."""
    return {"verdict": "unreadable", "sentence": sentence, **({"detail": detail} if detail else {})}


def _check(check: Check) -> dict[str, Any]:
    return {"name": check.name, "outcome": check.outcome.value, "deciding": check.deciding, **_reason(check)}


def _reason(check: Check) -> dict[str, Any]:
    return {
        "sentence": str(check.sentence),
        **({"cause": check.cause.value} if check.cause else {}),
        **({"since": check.since.isoformat()} if check.since else {}),
        **({"detail": check.detail} if check.detail else {}),
    }


def _endorsement(endorser: Endorser) -> dict[str, Any]:
    withdrawn = endorser.check.since if endorser.check.cause == "revoked" else None
    return {
        "id": endorser.address,
        "kind": endorser.kind,
        "issuer": {"id": endorser.issuer_id, "name": endorser.issuer},
        "state": endorser.state,
        "outcome": endorser.check.outcome.value,
        **_reason(endorser.check),
        **({"withdrawn": withdrawn.isoformat()} if withdrawn else {}),
    }
