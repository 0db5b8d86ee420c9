"""What a compromised key carried, made anew: badges, statements of results, approvals, and what partners said.

Each piece is a transaction of its own, found by what it still is and not by what was done before, so that all of this
may be killed and run again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from credentials import keys, reissue
from credentials.batch import Planned
from credentials.models import Credential, Endorsement, SigningKey
from workflows import badge_contents
from workflows.actions import operating
from workflows.actions.standing_by import ask_signatories
from workflows.actions.validating import take_back
from workflows.award_course import opened_award, opened_awards
from workflows.door import opened
from workflows.errors import Refusal
from workflows.models import Award, Statement, Validation


def _chunks(key: SigningKey, size: int) -> Iterator[tuple[int, list[int]]]:
    """Live badges that hold no more, by cohort: the cohort's key and those of its enrolments."""
    live = reissue.badges_hit_by(key).filter(status__in=reissue.LIVE)
    references = list(live.values_list("award_reference", flat=True))
    rows = Award.objects.filter(public_id__in=references).order_by("enrolment")
    cohorts: dict[int, list[int]] = defaultdict(list)
    for cohort, enrolment in rows.values_list("enrolment__cohort", "enrolment"):
        cohorts[cohort].append(enrolment)
    for cohort, enrolments in cohorts.items():
        for start in range(0, len(enrolments), size):
            yield cohort, enrolments[start : start + size]


def badges(key: SigningKey, size: int) -> list[str]:
    """Replace them chunk by chunk; what a chunk refuses is tried one by one, and the sentences are answered."""
    refused: list[str] = []
    for cohort, enrolments in _chunks(key, size):
        try:
            _replace(key, cohort, enrolments)
        except Refusal:
            for enrolment in enrolments:
                try:
                    _replace(key, cohort, [enrolment])
                except Refusal as refusal:
                    refused.append(f"{enrolment}: {refusal.sentence}")
    return refused


def _replace(key: SigningKey, cohort: int, enrolments: Sequence[int]) -> None:
    """One chunk in one transaction: new badges, old bits, one row of the ledger and one notice for each holder."""
    with opened_awards(cohort_id=cohort, enrolments=enrolments, actor=None) as passage:
        awards = {
            award.public_id: award
            for award in Award.objects.filter(enrolment__in=enrolments)
            .select_related("version__snapshot", "version__institution", "enrolment__learner")
            .order_by("enrolment")
        }
        old = list(
            reissue.badges_hit_by(key)
            .filter(status__in=reissue.LIVE, award_reference__in=awards)
            .select_related("issuer", "achievement", "entry", "recipient")
        )
        if not old:
            return
        shared = badge_contents.SharedContents([awards[badge.award_reference] for badge in old])
        planned = [_planned(badge, awards[badge.award_reference], shared) for badge in old]
        fresh = reissue.replace_all(old=old, planned=planned)
        passage.record(
            "reissue_badge",
            {
                awards[badge.award_reference].enrolment_id: {
                    "badge": str(badge.public_id),
                    "by": str(new.public_id),
                    "digest": new.digest,
                    "key": key.public_multibase,
                }
                for badge, new in zip(old, fresh, strict=True)
            },
        )


def _planned(badge: Credential, award: Award, shared: badge_contents.SharedContents) -> Planned:
    contents, own = shared.of(award, name_shown=badge.name_shown)
    return Planned(
        badge.recipient, award.public_id, contents, own, badge.consented_at or timezone.now(), badge.name_shown
    )


def endorsements_left(key: SigningKey) -> list[Endorsement]:
    signed = reissue.endorsements_signed_with(key).filter(withdrawn_at=None, valid_until__gt=timezone.now())
    return list(signed.select_related("issuer", "entry").order_by("pk"))


def endorsements(key: SigningKey) -> list[str]:
    """The institution signs its own approvals again; a partner's signatories are asked anew."""
    refused = []
    for endorsement in endorsements_left(key):
        try:
            if endorsement.kind == Endorsement.Kind.QUALITY:
                _sign_approval_again(key, endorsement)
            else:
                _ask_partner_again(key, endorsement)
        except Refusal as refusal:
            refused.append(f"{endorsement.public_id}: {refusal.sentence}")
    return refused


@transaction.atomic
def _sign_approval_again(key: SigningKey, endorsement: Endorsement) -> None:
    fresh = reissue.sign_again(endorsement)
    operating.record("sign_approval_again", key, endorsement=str(endorsement.public_id), by=str(fresh.public_id))


def _ask_partner_again(key: SigningKey, endorsement: Endorsement) -> None:
    """The statement holds no more, and a round asks its signatory again: a partner's key signs on no other's act."""
    validation = Validation.objects.select_related("decision__seat").get(endorsement=endorsement)
    with opened(version_id=validation.version_id, actor=None) as passage:
        validation.refresh_from_db()
        if validation.withdrawn_at is not None:
            return
        reason = _("The key that signed it was compromised. The organization is asked to sign again.")
        take_back(passage, validation, "withdraw_for_key", reason, key=key.public_multibase)
        ask_signatories(passage, [validation])  # else the office asks by its own round; it reads of it by the event


def statements_left(key: SigningKey) -> QuerySet[Statement]:
    """Statements of results that this key signed."""
    signed = [{"verificationMethod": keys.method_of(key)}]
    return Statement.objects.filter(document__proof__contains=signed).order_by("pk")


def statements(key: SigningKey) -> list[str]:
    """Sign them again as they stand: they say what was shown on a day, and no list revokes them."""
    refused = []
    for statement in statements_left(key):
        try:
            with opened_award(enrolment_id=statement.enrolment_id, actor=None) as passage:
                statement.document = reissue.signed_again(statement.document, key.organization)
                statement.save(update_fields=["document"])
                passage.record("sign_statement_again", statement=str(statement.public_id), key=key.public_multibase)
        except Refusal as refusal:
            refused.append(f"{statement.public_id}: {refusal.sentence}")
    return refused
