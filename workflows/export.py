"""Everything of a badge as files that work without us: documents, keys, lists, and the learner's own evidence (P3a)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from credentials import queries as badges
from credentials.lookups import OwnRows
from credentials.models import Credential
from people.models import User
from workflows import public
from workflows.actions import evidencing
from workflows.own_course import Course

README = "LISEZMOI-README.txt"


def bundle(user: User, badge: Credential, course: Course) -> bytes:
    """One zip archive. `verify_badge badge.json --folder .` in the unpacked folder needs nothing from this service."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(README, _readme(badge))
        for name, data in files(user, badge, course):
            archive.writestr(name, data)
    return packed.getvalue()


def files(user: User, badge: Credential, course: Course) -> Iterator[tuple[str, bytes]]:
    """The files of one badge, which belong into one folder."""
    yield from _documents(badge, course)
    yield from evidence_files(user, course)


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _documents(badge: Credential, course: Course) -> Iterator[tuple[str, bytes]]:
    lookup, document = OwnRows(), dict(badge.document or badge.plan)
    achievement = document["credentialSubject"]["achievement"]
    signed = [document, *achievement.get("endorsement", [])]
    yield "badge.json", _json(document)
    for place, endorsement in enumerate(signed[1:], start=1):
        name = slugify(endorsement["issuer"].get("name", "")) or "partner"
        yield f"endorsements/{place:02}-{name}.json", _json(endorsement)
    # lists before keys: a list that is signed for the first time brings its key along
    for url in sorted({each["credentialStatus"]["statusListCredential"] for each in signed}):
        yield from _lists(lookup, url)
    for did in sorted({each["issuer"]["id"] for each in signed}):
        found = lookup.did_document(did)
        if found is not None:
            yield f"did/{slugify(did.rsplit(':', 1)[-1])}.json", _json(found)
    content = public.snapshot_bytes(course.version.public_id, badge.achievement.snapshot_digest.removeprefix("sha256:"))
    if content is not None:
        yield "approved-content.json", content
    for statement in course.statements:
        yield f"statements/{statement.public_id}.json", _json(statement.document)


def _lists(lookup: OwnRows, url: str) -> Iterator[tuple[str, bytes]]:
    """A list of revocations and the list of suspensions beside it."""
    name = url.rsplit("/", 1)[-1]
    for kind, found in (("", lookup.status_list(url)), ("-suspensions", badges.suspensions_at(url))):
        if found is not None:
            yield f"status/{name}{kind}.json", _json(found)


def evidence_files(user: User, course: Course) -> Iterator[tuple[str, bytes]]:
    """What the learner handed in and is still kept."""
    for place, shown in enumerate(course.evidence, start=1):
        if not shown.closed:
            name = shown.item.file_name or f"{slugify(shown.item.what) or 'note'}.txt"
            yield f"evidence/{place:02}-{name}", evidencing.read(item_id=shown.item.pk, actor=user)


def _readme(badge: Credential) -> str:
    lines = [
        _("This archive holds your badge “%(title)s” and all that is needed to check it without the service.")
        % {"title": badge.achievement},
        "",
        _("badge.json: the badge. Any verifier of Open Badges 3.0 reads it."),
        _("endorsements/: who stands behind it, each signed by its own key; they are in the badge as well."),
        _("did/: the public keys. status/: the lists of what was revoked or suspended, as of today."),
        _("approved-content.json: what was approved; its SHA-256 is the digest that the endorsements carry."),
        _("evidence/: what you handed in. Nobody else gets it from here."),
        "",
        _("To check it with Imprimatur itself: manage.py verify_badge badge.json --folder ."),
    ]
    return "\n".join(lines) + "\n"
