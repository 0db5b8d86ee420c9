"""The drill of a compromised key (`promises.md` PR11): stop, rotate, sign everything anew, tell everyone, go on.

Every step is found in the rows and not in a memory: a drill that was killed at any moment goes on where it stood when
it is run again, and what is done already is not done twice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from credentials import keys, reissue, stops
from credentials.models import Credential, Endorsement, KeyDrill, SigningKey
from people.locks import only_one
from people.models import Organization
from workflows import renewing
from workflows.actions import operating
from workflows.door import opened, stream_of
from workflows.errors import Refusal
from workflows.models import Award, LedgerEvent

CHUNK = 200  # badges in one transaction
LOCK = 0x6B657973
ENDED_LATELY = timedelta(days=1)
S = SigningKey.Status


@dataclass
class Report:
    """How a drill stands, or with `dry_run` what it would do."""

    organization: str
    purpose: str
    compromised: str
    since: str
    state: str
    dry_run: bool = False
    replacement: str = ""
    badges_replaced: int = 0
    badges_left: int = 0
    holders_told: int = 0
    approvals_signed_again: int = 0
    partners_asked_again: int = 0
    endorsements_left: int = 0
    statements_signed_again: int = 0
    statements_left: int = 0
    versions_told: int = 0
    seconds: float = 0.0
    refused: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """True when nothing is left that the compromised key carried."""
        return not (self.badges_left or self.endorsements_left or self.statements_left)

    def as_data(self) -> dict[str, Any]:
        """For the command's JSON."""
        return asdict(self)


def _key(organization: Organization, purpose: str, public: str) -> SigningKey:
    """The key that is meant: the named one, else the active one, else the last that was marked compromised."""
    if public:
        return keys.find_key(organization, purpose, "", public)
    for status in (S.ACTIVE, S.COMPROMISED):
        if organization.signing_keys.filter(purpose=purpose, status=status).exists():
            return keys.find_key(organization, purpose, status)
    return keys.find_key(organization, purpose, S.RETIRED)


def _under_way(organization: Organization, purpose: str, public: str) -> KeyDrill | None:
    """The drill that is to go on; or, unless a key is named, the one that ended lately: none begins by mistake."""
    own = KeyDrill.objects.filter(key__organization=organization, key__purpose=purpose).select_related("key")
    if public:
        return own.filter(key__public_multibase=public).first()
    lately = own.filter(ended_at__gt=timezone.now() - ENDED_LATELY).order_by("-pk").first()
    return own.filter(ended_at=None).first() or lately


@transaction.atomic
def begin(*, organization: Organization, purpose: str, public: str = "", since: datetime | None = None) -> KeyDrill:
    """The switch, the new key and the mark on the old one, in one transaction; or the drill that is under way.

    Raises `NoKey`.
    """
    stops.wait_for_issuers(organization)
    drill = _under_way(organization, purpose, public)
    if drill is not None:
        return drill
    key = _key(organization, purpose, public)
    if not organization.signing_keys.filter(purpose=key.purpose, status=S.ACTIVE).exclude(pk=key.pk).exists():
        operating.rotate_key(organization=organization, purpose=key.purpose)
        key.refresh_from_db()
    if key.status != S.COMPROMISED:
        key = operating.mark_compromised(key=key, since=since or timezone.now())
    drill = KeyDrill.objects.create(key=key)
    operating.record("begin_drill", key)
    return drill


def run(drill: KeyDrill, *, chunk: int = CHUNK) -> Report:
    """Everything that follows, as far as it is not done; with nothing left the drill ends, and issuing goes on."""
    if drill.ended_at is not None:
        return report(drill)
    with only_one(LOCK) as alone:
        if not alone:
            raise Refusal(_("A drill is running already. Wait until it has ended."))
        refused = [
            *renewing.endorsements(drill.key),
            *renewing.badges(drill.key, chunk),
            *renewing.statements(drill.key),
        ]
        _tell_partners(drill.key)
        if report(drill).complete:
            _end(drill)
            drill.refresh_from_db()
        found = report(drill)
        found.refused = refused
        return found


@transaction.atomic
def _end(drill: KeyDrill) -> None:
    if KeyDrill.objects.filter(pk=drill.pk, ended_at=None).update(ended_at=timezone.now()):
        operating.record("end_drill", drill.key)


def _replaced(drill: KeyDrill) -> QuerySet[Credential]:
    hit = reissue.badges_hit_by(drill.key)
    return hit.filter(status=Credential.Status.REPLACED, replaced_at__gte=drill.began_at)


def _tell_partners(key: SigningKey) -> None:
    """Each version whose badges were made anew tells its partners, once."""
    drill = KeyDrill.objects.get(key=key)
    awards = Award.objects.filter(public_id__in=list(_replaced(drill).values_list("award_reference", flat=True)))
    for version_id in awards.order_by("version").values_list("version", flat=True).distinct():
        with opened(version_id=version_id, actor=None) as passage:
            told = LedgerEvent.objects.filter(stream=stream_of(passage.version), type="reissue_badges")
            if not told.filter(data__key=key.public_multibase).exists():
                passage.remark("reissue_badges", key=key.public_multibase)


def report(drill: KeyDrill) -> Report:
    """How it stands, counted from the rows."""
    key = drill.key
    owner = key.organization
    replaced, ended = _replaced(drill), reissue.endorsements_signed_with(key).filter(withdrawn_at__gte=drill.began_at)
    own, active = ended.filter(kind=Endorsement.Kind.QUALITY), owner.signing_keys.filter(purpose=key.purpose)
    told = LedgerEvent.objects.filter(type="reissue_badges", data__key=key.public_multibase)
    return Report(
        organization=owner.slug,
        purpose=key.purpose,
        compromised=key.public_multibase,
        since=key.compromised_since.isoformat() if key.compromised_since else "",
        state="ended" if drill.ended_at else "under way",
        replacement=active.filter(status=S.ACTIVE).values_list("public_multibase", flat=True).first() or "",
        badges_replaced=replaced.count(),
        badges_left=reissue.badges_hit_by(key).filter(status__in=reissue.LIVE).count(),
        holders_told=LedgerEvent.objects.filter(type="reissue_badge", data__key=key.public_multibase).count(),
        approvals_signed_again=own.count(),
        partners_asked_again=ended.count() - own.count(),
        endorsements_left=len(renewing.endorsements_left(key)),
        statements_signed_again=LedgerEvent.objects.filter(
            type="sign_statement_again", data__key=key.public_multibase
        ).count(),
        statements_left=renewing.statements_left(key).count(),
        versions_told=told.count(),
        seconds=round(((drill.ended_at or timezone.now()) - drill.began_at).total_seconds(), 1),
    )


def preview(*, organization: Organization, purpose: str, public: str = "", since: datetime | None = None) -> Report:
    """What a drill would do; nothing is written. Raises `NoKey`."""
    drill = _under_way(organization, purpose, public)
    key = drill.key if drill is not None else _key(organization, purpose, public)
    found = report(drill or KeyDrill(key=key))
    found.dry_run, found.state = True, found.state if drill is not None else "not begun"
    found.since = found.since or (since or timezone.now()).isoformat()
    return found
