"""Everything that is kept about one person as a learner, in one archive that needs nothing from us (P3a, P3b).

A folder for each course: how it went, as the record has it; evidence; consents; and for each badge the same files as
its own archive, so that `verify_badge badge.json --folder .` works in it. What others wrote about their own decisions
stays theirs, except what was said to this learner.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.text import slugify
from django.utils.translation import gettext as _

from credentials import sharing
from credentials.models import Credential
from people import mailboxes
from people.models import User
from workflows import evidence, export, ledger, own_course
from workflows.models import EvidenceConsent
from workflows.own_course import Course

Files = Iterable[tuple[str, bytes]]


def everything(user: User) -> IO[bytes]:
    """The archive, as an open file that is gone when it is closed; it never stands in memory as a whole."""
    packed = TemporaryFile()  # noqa: SIM115  (the answer closes it)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _files(user):
            archive.writestr(name, data)
    packed.seek(0)
    return packed


def _json(value: Any) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def _files(user: User) -> Iterator[tuple[str, bytes]]:
    courses = own_course.courses_of(user)
    yield export.README, _readme(len(courses)).encode()
    yield "account.json", _json(_account(user))
    for place, course in enumerate(reversed(courses), start=1):
        folder = f"{place:02}-{slugify(str(course.version)) or 'course'}"
        for name, data in _course_files(user, course):
            yield f"{folder}/{name}", data


def _account(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "addresses": [user.email, *mailboxes.further_of(user)],
        "language": user.language,
        "since": user.date_joined,
    }


def _course_files(user: User, course: Course) -> Files:
    yield "course.json", _json(_course(user, course))
    if course.badge is None:
        yield from export.evidence_files(user, course)
        for statement in course.statements:
            yield f"statements/{statement.public_id}.json", _json(statement.document)
        return
    yield "badge-and-links.json", _json(_badge(user, course.badge))
    yield from export.files(user, course.badge, course)


def _course(user: User, course: Course) -> dict[str, Any]:
    enrolment = course.enrolment
    return {
        "institution": course.version.institution.name,
        "title": course.dossier.identity.title.model_dump(),
        "cohort": course.cohort.name,
        "name_on_the_roster": enrolment.roster_name,
        "student_number": enrolment.student_number,
        "identity_level": enrolment.identity_level,
        "stage": enrolment.stage,
        "consent_to_enrol": {"given_at": enrolment.consented_at, "text": enrolment.consent},
        "record": [
            {"number": event.sequence, "at": event.at, "what": event.type, "hash": event.hash, "facts": event.data}
            for event in ledger.events_of(f"award:{enrolment.public_id}")
        ],
        "tries": _tries(course),
        "evidence": [_item(shown) for shown in course.evidence],
        "who_read_evidence": [{"at": at, "circle": circle} for at, circle in own_course.who_read(user, course)],
    }


def _tries(course: Course) -> list[dict[str, Any]]:
    """Each try whose result stands; scores that may still change are not hers to keep yet."""
    last = course.last
    tries = course.enrolment.attempts.exclude(assessed_at=None).order_by("ordinal")
    return [
        {
            "number": one.ordinal,
            "handed_in_at": one.submitted_at,
            "tasks": one.tasks,
            "assessed_at": one.assessed_at,
            "scores": one.scores,
            "passed": one.passed,
        }
        for one in tries
        if last is not None and one.ordinal <= last.ordinal
    ]


def _item(shown: evidence.Shown) -> dict[str, Any]:
    item = shown.item
    return {
        "id": item.public_id,
        "task": item.task,
        "what": item.what,
        "file_name": item.file_name,
        "digest": item.digest,
        "circle": item.visibility,
        "handed_in_at": item.made_at,
        "kept_until": item.delete_after,
        "deleted_at": item.deleted_at,
        "consents": [_consent(consent) for consent in item.consents.order_by("given_at")],
    }


def _consent(consent: EvidenceConsent) -> dict[str, Any]:
    return {
        "audience": consent.audience,
        "given_at": consent.given_at,
        "ends_on": consent.ends_on,
        "withdrawn_at": consent.withdrawn_at,
    }


def _badge(user: User, badge: Credential) -> dict[str, Any]:
    return {
        "status": badge.status,
        "acceptance": badge.acceptance,
        "consent_to_the_badge_at": badge.consented_at,
        "name_in_the_badge": badge.name_shown,
        "public_page": badge.public,
        "links": [
            {
                "for": link.label,
                "made_at": link.created_at,
                "ends_on": link.ends_on,
                "closed_at": link.ended_at,
                "items": link.items,
                "opened_at": [opening.opened_at for opening in link.openings.all()],
            }
            for link in sharing.links_of(badge)
        ],
        "wallets": [
            {"offered_at": offer.created_at, "taken_at": offer.taken_at, "the_wallet_said": offer.told}
            for offer in badge.wallet_offers.order_by("pk")
        ],
        "decided_and_asked": [
            {"at": decision.decided_at, "what": decision.choice, "reasons": decision.reasons}
            for decision in own_course.reasons_for(user, badge)
        ],
    }


def _readme(courses: int) -> str:
    lines = [
        _("This archive holds everything that is kept about you as a learner here, as of today."),
        _("Courses in it: %(number)d") % {"number": courses},
        "",
        _("account.json: your name and your addresses."),
        _("One folder for each course. In it:"),
        _("course.json: how it went, what you agreed to, your results, and when your evidence was read."),
        _("badge-and-links.json: how your badge stands, and who looked at the links that you gave."),
        _("evidence/: what you handed in, as you handed it in."),
        _("badge.json and the folders beside it: the badge and all that is needed to check it without the service."),
    ]
    return "\n".join(lines) + "\n"
