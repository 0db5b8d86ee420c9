"""Many badges of one achievement, set-wise: planned by COPY, signed by template, offered by one statement.

The rules are those of `credentials.actions`, which does the same for one: intent and index before the signature, the
earner's consent before the signature, and an independent reader before the offer.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.db import connection, transaction
from django.utils import timezone

from credentials import actions, documents, keys, status, stops, storing
from credentials.actions import Contents
from credentials.badge_template import Pen, proof_value, sign_plan, template_of
from credentials.compact import Shape
from credentials.compiled import Template, Unsound
from credentials.errors import WrongStatus
from credentials.models import Credential, PublishedAchievement, SigningKey, StatusEntry, shape_under
from people.among import among
from people.copying import copy, reserved
from people.models import Organization, User

SPECIALIZED_FROM = 30  # a group this large is worth a template of its own, with all that its badges share filled in
IDENTITY = "credentialSubject.identifier.0"
COLUMNS = (
    "id", "public_id", "issuer_id", "achievement_id", "award_reference", "recipient_id", "status", "acceptance",
    "entry_id", "template_id", "slots", "awarded_at", "valid_until", "consented_at", "name_shown", "public",
)  # fmt: skip
OFFER = """
    UPDATE credentials_credential AS badge
    SET status = 'issued', acceptance = 'offered', offered_at = %s, proof = signed.proof::jsonb,
        text_digest = signed.digest
    FROM unnest(%s::bigint[], %s::text[], %s::bytea[]) AS signed (id, proof, digest)
    WHERE badge.id = signed.id AND badge.status = 'prepared' AND badge.consented_at IS NOT NULL
        AND badge.acceptance <> 'declined'
"""


@dataclass(frozen=True)
class Planned:
    """One badge of a batch. Those that share one `contents` differ only in the values of `own`, named by place."""

    recipient: User
    award_reference: UUID
    contents: Contents
    own: Mapping[str, str] = field(default_factory=dict)
    consented_at: datetime | None = None
    name_shown: bool = False


@dataclass(frozen=True)
class Offered:
    """What came of one badge: its row, its address, its award, and the digest of its text for the ledger."""

    pk: int
    public_id: UUID
    award_reference: UUID
    digest: str


class _Form:
    """The plan of one group, with gaps for what is each badge's own."""

    def __init__(self, first: Planned, achievement: PublishedAchievement, taken: status.Taken, now: datetime) -> None:
        entry = StatusEntry(pk=taken.pk, status_list=taken.status_list, index=taken.index)
        sample = Credential(issuer=achievement.issuer, achievement=achievement, recipient=first.recipient, entry=entry)
        self.shape, self._slots = storing.cut(actions.plan_of(sample, first.contents, secrets.token_hex(16), now))
        self._gap = {name: gap for gap, name in enumerate(self.shape.names)}

    def filled(self, one: Planned, public_id: UUID, entry: status.Taken) -> str:
        """The values of one badge, as its row keeps them."""
        identity = documents.hashed_identity(one.recipient.email, secrets.token_hex(16))
        standing = status.entry_document(entry)
        slots, gap = self._slots[:], self._gap
        slots[gap["id"]] = documents.address("badges", public_id)
        slots[gap[f"{IDENTITY}.identityHash"]] = identity["identityHash"]
        slots[gap[f"{IDENTITY}.salt"]] = identity["salt"]
        for member in ("id", "statusListIndex", "statusListCredential"):
            slots[gap[f"credentialStatus.{member}"]] = standing[member]
        for place, value in one.own.items():
            slots[gap[place]] = value
        return orjson.dumps(slots).decode()


@transaction.atomic
def prepare_many(*, achievement: PublishedAchievement, planned: Sequence[Planned]) -> list[tuple[int, UUID]]:
    """C1 for many: store each plan with its status index, before anything is signed; key and public id of each."""
    now = timezone.now()
    entries = status.take_many(achievement.issuer, len(planned))
    ids = reserved(Credential, len(planned))
    forms: dict[int, _Form] = {}
    rows: list[tuple[Any, ...]] = []
    for pk, one, entry in zip(ids, planned, entries, strict=True):
        form = forms.get(id(one.contents))
        if form is None:
            form = forms[id(one.contents)] = _Form(one, achievement, entry, now)
        public_id = uuid4()
        rows.append(
            (
                pk, public_id, achievement.issuer_id, achievement.pk, one.award_reference, one.recipient.pk, "prepared",
                "", entry.pk, form.shape.key, form.filled(one, public_id, entry), one.contents.awarded_at,
                one.contents.valid_until, one.consented_at, one.name_shown, False,
            )
        )  # fmt: skip
    storing.keep_templates([form.shape for form in forms.values()])
    copy(Credential, COLUMNS, rows)
    return [(pk, public_id) for pk, public_id, *_rest in rows]


@transaction.atomic
def sign_many(*, issuer: Organization, badges: Sequence[int], drill: bool = False) -> list[Offered]:
    """C2 for many: sign each plan to which its earner agreed, read a sample back, offer. Raises `WrongStatus`.

    Badges that are not prepared, or to which nobody agreed, take the whole call with them. Raises `IssuingStopped`;
    only a `drill`, which stopped it, goes on.
    """
    if not drill:
        stops.refuse_stopped({issuer.pk})
    storing.compact(badges)
    now, signed = timezone.now(), _Signed()
    with keys.opened_signer(keys.active_key(issuer, SigningKey.Purpose.BADGES)) as signer:
        pen = Pen(signer, created=now)
        for template_id, rows in _groups(badges).items():
            signed.add(shape_under(template_id), rows, pen)
    with connection.cursor() as cursor:
        cursor.execute(OFFER, [now, signed.keys, signed.proofs, signed.digests])
        if not cursor.rowcount == len(badges) == len(signed.keys):
            raise WrongStatus
    looked_at = {signed.keys[place] for place in actions.sample(len(signed.keys))} | signed.full
    read = Credential.objects.filter(pk__in=looked_at)
    actions.read_back_all((credential.document or {} for credential in read), issuer)
    return signed.offered


REPLACED_BY = """
    UPDATE credentials_credential AS old SET replaced_by_id = pair.fresh
    FROM unnest(%s::bigint[], %s::bigint[]) AS pair (old, fresh) WHERE old.id = pair.old
"""


@transaction.atomic
def replace_many(
    *, achievement: PublishedAchievement, old: Sequence[Credential], planned: Sequence[Planned], drill: bool = False
) -> list[Offered]:
    """C9 for many, in their order: fresh badges signed and offered before the old ones' bits are set, all in one.

    Who agreed to the old badge agreed to this one. Raises `WrongStatus` when one of the old ones is not issued now.
    """
    keys_ = [credential.pk for credential in old]
    live = Credential.objects.filter(among("pk", keys_), status=Credential.Status.ISSUED)
    if live.update(status=Credential.Status.REPLACED, replaced_at=timezone.now(), surrender_asked_at=None) != len(
        keys_
    ):
        raise WrongStatus
    fresh = [pk for pk, _public_id in prepare_many(achievement=achievement, planned=planned)]
    by_key = {one.pk: one for one in sign_many(issuer=achievement.issuer, badges=fresh, drill=drill)}
    with connection.cursor() as cursor:
        cursor.execute(REPLACED_BY, [keys_, fresh])
    status.revoke_many([credential.entry for credential in old])
    return [by_key[pk] for pk in fresh]


Row = tuple[int, UUID, UUID, list[str]]


def _groups(badges: Sequence[int]) -> dict[UUID, list[Row]]:
    """The rows behind a lock, by the template that they share."""
    rows = Credential.objects.select_for_update(of=("self",)).filter(among("pk", badges)).order_by("pk")
    groups: dict[UUID, list[Row]] = {}
    for pk, public_id, award, template, slots in rows.values_list(
        "pk", "public_id", "award_reference", "template_id", "slots"
    ):
        groups.setdefault(template, []).append((pk, public_id, award, slots or []))
    return groups


class _Signed:
    """The signatures of one call, as the columns that are written."""

    def __init__(self) -> None:
        self.keys: list[int] = []
        self.proofs: list[str] = []
        self.digests: list[bytes] = []
        self.full: set[int] = set()
        self.offered: list[Offered] = []

    def add(self, shape: Shape, rows: list[Row], pen: Pen) -> None:
        """Sign the badges of one shape."""
        template = _template(shape, [row[3] for row in rows])
        for pk, public_id, award, slots in rows:
            value = _value(template, shape.named(slots), pen)
            if value is None:
                self.full.add(pk)
                value = sign_plan(shape.document(slots), pen).proof_value
            proof = (pen.method, pen.created, value)
            digest = hashlib.sha256(shape.text(slots, proof).encode())
            self.keys.append(pk)
            self.proofs.append(orjson.dumps(proof).decode())
            self.digests.append(digest.digest())
            self.offered.append(Offered(pk, public_id, award, f"sha256:{digest.hexdigest()}"))


def _value(template: Template | None, slots: Mapping[str, str], pen: Pen) -> str | None:
    """The signature by template; None for values that need the full algorithm."""
    try:
        return proof_value(template, slots, pen) if template is not None else None
    except Unsound:
        return None


def _template(shape: Shape, slots: list[list[str]]) -> Template | None:
    """The compiled shape, with all that these badges share filled in; None when it needs the full algorithm."""
    try:
        template = template_of(shape.document(slots[0]))
        if len(slots) < SPECIALIZED_FROM:
            return template
        first = slots[0]
        same = [all(own[gap] == first[gap] for own in slots) for gap in range(len(first))]
        return template.specialized({name: first[gap] for gap, name in enumerate(shape.names) if same[gap]})
    except Unsound:
        return None
