"""Awards and revocations at the same instant, and halves that never stay (`promises.md` PR1, PR4, PR5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from credentials import life, status
from credentials.models import Credential, StatusEntry, StatusList
from people.models import User
from tests.cast import Cast, gather
from tests.credentials.maker import Made, make
from tests.journeys.awards import approved, held, issued, piloting_version
from tests.journeys.course import number
from tests.threads import at_once
from workflows import ledger, rights
from workflows.actions import awarding, piloting, revoking
from workflows.errors import Refusal
from workflows.models import Award, Enrolment, LedgerEvent, OutboxEvent

REVOCATIONS = 50


def _revoke(credential: Credential) -> Credential:
    with transaction.atomic():
        return life.revoke(credential=credential)


def _another(made: Made, place: int) -> Credential:
    return Credential.objects.create(
        issuer=made.college, achievement=made.achievement, recipient=made.badge.recipient, whole_plan={},
        whole_document={},
        award_reference=f"{place:08d}-0000-4000-8000-0000000000ff", entry=status.allocate(made.college),
        status=Credential.Status.ISSUED, awarded_at=made.badge.awarded_at,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_fifty_revocations_at_once_all_show_in_the_list() -> None:
    with transaction.atomic():
        made = make()
        badges = [made.badge, *(_another(made, place) for place in range(REVOCATIONS - 1))]
    results = at_once(*[lambda one=badge: _revoke(one) for badge in badges])
    assert all(isinstance(result, Credential) for result in results), results
    status_list = StatusList.objects.get(issuer=made.college)
    assert not status_list.due
    indices = sorted(StatusEntry.objects.filter(credential__in=badges).values_list("index", flat=True))
    assert len(indices) == REVOCATIONS
    assert status_list.document is not None
    assert status_list.document["credentialSubject"]["encodedList"] == status.encoded(status_list.size, indices)


@pytest.mark.django_db(transaction=True)
def test_two_grantors_award_at_once_and_one_badge_comes_of_it() -> None:
    cast = gather()
    second = User.objects.create_user("gus@taravelle.example", name="Gus")
    rights.add_member(user=second, organization=cast.college, role="grantor")
    version, cohort = piloting_version(cast)
    first = cohort.enrolments.order_by("pk")[0]
    held(cast, first)
    approved(cast, version)
    piloting.activate(version_id=version.pk, actor=cast.issuer, expected=number(version))
    results = at_once(
        *[lambda who=who: awarding.award(enrolment_id=first.pk, actor=who) for who in (cast.grant, second)] * 3
    )
    assert sum(isinstance(result, Credential) for result in results) == 1, results
    assert sum(isinstance(result, Refusal) for result in results) == 5, results
    assert (Award.objects.count(), Credential.objects.count()) == (1, 1)
    credential = Credential.objects.get()
    agreed = at_once(
        *[
            lambda: awarding.answer_badge(credential_id=credential.pk, actor=first.learner, accept=True)
            for _ in range(4)
        ]
    )
    assert sum(isinstance(result, Credential) for result in agreed) == 1, agreed
    assert list(ledger.faults()) == []


@contextmanager
def failing(table: str, act: str = "INSERT") -> Iterator[None]:
    """The database refuses every insert into one table, as a full disk or a broken constraint would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION planted_fault() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'planted'; END $$"
        )
        cursor.execute(f"CREATE TRIGGER planted BEFORE {act} ON {table} EXECUTE FUNCTION planted_fault()")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER planted ON {table}")


def _rows() -> tuple[int, ...]:
    models = (Award, Credential, StatusEntry, StatusList, LedgerEvent, OutboxEvent)
    return tuple(model.objects.count() for model in models)


@pytest.fixture
def recommended(cast: Cast) -> Enrolment:
    version, cohort = piloting_version(cast)
    first = cohort.enrolments.order_by("pk")[0]
    held(cast, first)
    approved(cast, version)
    piloting.activate(version_id=version.pk, actor=cast.issuer, expected=number(version))
    return first


def _leaves_nothing(act: Callable[[], object], *faults: tuple[str, str]) -> None:
    """Each fault in turn makes the act fail whole; afterwards it works."""
    before, stages = _rows(), list(Enrolment.objects.order_by("pk").values_list("stage", "number"))
    badges = list(Credential.objects.order_by("pk").values_list("status", "acceptance", "entry__revoked"))
    for table, kind in faults:
        with failing(table, kind), pytest.raises(DatabaseError, match="planted"):
            act()
        assert _rows() == before, table
        assert list(Enrolment.objects.order_by("pk").values_list("stage", "number")) == stages, table
        assert list(Credential.objects.order_by("pk").values_list("status", "acceptance", "entry__revoked")) == badges
    act()


EVENTS = (("workflows_ledgerevent", "INSERT"), ("workflows_outboxevent", "INSERT"))


def test_an_award_is_whole_or_not_at_all(recommended: Enrolment, cast: Cast) -> None:
    _leaves_nothing(
        lambda: awarding.award(enrolment_id=recommended.pk, actor=cast.grant),
        ("workflows_award", "INSERT"),
        ("credentials_statusentry", "INSERT"),
        ("credentials_credential", "INSERT"),
        ("workflows_enrolment", "UPDATE"),
        *EVENTS,
    )
    assert Enrolment.objects.get(pk=recommended.pk).stage == "awarded"


def test_a_badge_is_agreed_to_signed_and_accepted_or_nothing_of_it(recommended: Enrolment, cast: Cast) -> None:
    prepared = awarding.award(enrolment_id=recommended.pk, actor=cast.grant)
    _leaves_nothing(
        lambda: awarding.answer_badge(credential_id=prepared.pk, actor=recommended.learner, accept=True),
        ("credentials_credential", "UPDATE"),
        *EVENTS,
    )


def test_a_revocation_and_a_replacement_are_whole_or_not_at_all(cast: Cast) -> None:
    _version, badge = issued(cast)
    _leaves_nothing(
        lambda: awarding.replace_badge(credential_id=badge.pk, actor=cast.issuer, kind="name", reason="married"),
        ("credentials_statusentry", "INSERT"),
        ("credentials_credential", "INSERT"),
        ("credentials_statusentry", "UPDATE"),
        ("credentials_statuslist", "UPDATE"),
        *EVENTS,
    )
    fresh = Credential.objects.get(status="issued")
    asked = revoking.ask_revocation(
        credential_id=fresh.pk, actor=cast.registrar, kind="issued_in_error", reason="wrong person"
    )
    _leaves_nothing(
        lambda: revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn),
        ("credentials_credential", "UPDATE"),
        ("credentials_statusentry", "UPDATE"),
        ("credentials_statuslist", "UPDATE"),
        *EVENTS,
    )
    assert Credential.objects.get(pk=fresh.pk).entry.revoked
