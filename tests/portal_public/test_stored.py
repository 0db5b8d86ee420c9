"""The short way to the verdict of a stored badge says what the full way says, and never remembers over a change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.test import Client
from django.utils import timezone

from credentials import keys, life, stored
from credentials.lookups import OwnRows
from credentials.models import Credential, Endorsement, PublishedAchievement, SigningKey, StatusList
from credentials.stored import Judged
from credentials.verdict import Answer, verify
from portal_public.views import verdict_pages
from tests.cast import Cast
from tests.portal_public.conftest import PAGE, Shown
from tests.workflows import cohorts
from workflows.actions import awarding, issuing
from workflows.models import Award, LedgerEvent, Validation


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside did not happen."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def both_ways(credential: Credential, now: datetime, earner: str | None = None) -> Judged:
    row = stored.of(credential)
    assert row is not None
    short = stored.judged(row, now=now, earner=earner)
    full = verify(short.document, lookup=OwnRows(), now=now, earner=earner)
    assert short.verdict == full
    return short


def test_the_short_way_says_what_the_full_way_says_before_and_after_every_change(lenas: Shown) -> None:
    credential, now = lenas.credential, datetime.now(UTC)
    both_ways(credential, now)  # the first reader lets the list be published
    before = both_ways(credential, now)
    assert (before.verdict.answer, before.verdict.trusted) == (Answer.VALID, "yes")
    assert before.around is not None, "The short way was taken."
    for earner in (lenas.lena.email, "other@learner.example"):
        asked = both_ways(credential, now, earner)
        assert (asked.around, asked.number) == (before.around, before.number)
    row, endorsement = Credential.objects.filter(pk=credential.pk), Endorsement.objects.filter(kind="demand")
    slots, proof = list(credential.slots or []), list(credential.proof or [])

    changes: dict[str, tuple[Callable[[], object], Answer, str]] = {
        "suspended": (lambda: life.suspend(credential=credential), Answer.NOT_VALID, "suspended"),
        "revoked": (lambda: life.revoke(credential=credential), Answer.NOT_VALID, "revoked"),
        "replaced": (lambda: row.update(status="replaced", replaced_at=now), Answer.NOT_VALID, "replaced"),
        "key lost": (
            lambda: keys.mark_compromised(SigningKey.objects.get(purpose="badges"), now), Answer.NOT_VALID,
            "key_withdrawn",
        ),
        "text changed": (lambda: row.update(slots=[*slots[:-1], slots[-1] + "x"]), Answer.NOT_VALID, ""),
        "signature changed": (
            lambda: row.update(proof=[*proof[:2], "z" + proof[2][:0:-1]]), Answer.NOT_VALID, "changed",
        ),
        "endorsement withdrawn": (lambda: endorsement.update(withdrawn_at=now), Answer.VALID, ""),
        "text published anew": (
            lambda: PublishedAchievement.objects.update(snapshot_digest="sha256:00", facets={}), Answer.VALID, "",
        ),
        "list changed": (lambda: StatusList.objects.update(changes=9), Answer.VALID, ""),
    }  # fmt: skip
    for what, (change, answer, cause) in changes.items():
        with undone():
            change()
            credential.refresh_from_db()
            found = both_ways(credential, now)
            assert found.verdict.answer == answer, what
            assert not cause or found.verdict.cause == cause, what
            if what.startswith(("endorsement", "text published")):
                assert found.around not in {None, before.around}, what
                assert found.verdict != before.verdict
        credential.refresh_from_db()
        assert both_ways(credential, now).verdict == before.verdict, f"{what}, undone"

    until = min(Endorsement.objects.values_list("valid_until", flat=True))
    both_ways(credential, until - timedelta(seconds=20))
    ended = both_ways(credential, until + timedelta(seconds=1))
    assert any(found.name.startswith("endorsement") and found.outcome == "failed" for found in ended.verdict.checks)
    both_ways(credential, now - timedelta(days=1))  # before anything was valid


def test_the_page_shows_at_once_what_changed(public: Shown, stranger: Client) -> None:
    def page(**more: str) -> str:
        return stranger.get(public.address, more, headers=PAGE).content.decode()

    whole = page()
    assert 'data-verdict="valid"' in whole
    assert 'data-endorsement="invalid"' not in whole
    assert page(lang="fr") != whole
    statement = Validation.objects.filter(endorsement__kind="demand").select_related("endorsement").first()
    assert statement is not None
    assert statement.endorsement is not None
    Endorsement.objects.filter(pk=statement.endorsement.pk).update(withdrawn_at=timezone.now())
    assert 'data-endorsement="invalid"' in page()
    Validation.objects.filter(pk=statement.pk).update(assurance="c")
    assert page().count("<section") == whole.count("<section")
    steps = page().count("<code title=")
    last = LedgerEvent.objects.filter(stream=f"version:{public.version.public_id}").order_by("-sequence").first()
    assert last is not None
    last.pk, last.sequence, last.type = None, last.sequence + 1, "suspend"
    last.save(force_insert=True)
    assert page().count("<code title=") == steps + 1
    life.suspend(credential=public.credential)
    assert 'data-cause="suspended"' in page()
    life.reinstate(credential=public.credential)
    assert 'data-verdict="valid"' in page()
    keys.mark_compromised(SigningKey.objects.get(purpose="badges"), timezone.now())
    assert 'data-verdict="valid"' not in page()
    assert "What was proved" not in page()


def test_a_page_filled_into_its_form_is_the_page_that_would_be_drawn(
    public: Shown, cast: Cast, stranger: Client
) -> None:
    cohort = cohorts.recommended(cast, public.version, 3)
    awarding.award_cohort(cohort_id=cohort.pk, actor=cast.grant)
    cohorts.agreed(cohort)
    issuing.issue_agreed(cohort_id=cohort.pk, actor=cast.issuer)
    awards = Award.objects.filter(enrolment__cohort=cohort).values("public_id")
    rows = Credential.objects.filter(award_reference__in=awards)
    rows.update(acceptance="accepted", public=True)
    ids = list(rows.values_list("public_id", flat=True))

    def page(public_id: UUID, **more: str) -> str:
        text = stranger.get(f"/badges/{public_id}", more, headers=PAGE).content.decode()
        return re.sub(r'<time datetime="[^"]*T[^<]*</time>', "now", text)

    for public_id in ids:
        page(public_id)
        page(public_id, lang="fr")
    for public_id in ids:
        for more in ({}, {"lang": "fr"}):
            filled = page(public_id, **more)
            assert str(public_id) in filled
            assert not any(str(other) in filled for other in ids if other != public_id)
            verdict_pages._FORMS.clear()
            assert page(public_id, **more) == filled
            drawn = page(public_id, **more, no_form="1")  # a word that no form knows
            assert drawn.replace("&amp;no_form=1", "").replace("?no_form=1&amp;", "?") == filled
