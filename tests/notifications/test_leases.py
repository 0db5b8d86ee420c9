"""Taking work: one of many takers wins, three broken starts are enough, and what may wait waits as long as it must."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from notifications import actions, leases, queries, wake
from notifications.models import Alert, Beat
from people import post
from people.models import OutgoingMail
from people.work import Work
from tests import worker
from tests.cast import Cast
from tests.journeys import course
from workflows import rights
from workflows.errors import NotYours
from workflows.models import OutboxEvent


def _mail(cast: Cast) -> OutgoingMail:
    return post.post_code(person=cast.ana, kind="sign_in", good_until=timezone.now() + timedelta(hours=9))[0]


def _nothing(_work: Work) -> dict[str, object]:
    return {}


def _breaks(_work: Work) -> dict[str, object]:
    raise ValueError("ana@taravelle.example cannot be told")


def _later(_work: Work) -> dict[str, object]:
    raise leases.Later("the mail server did not take it")


def _make_due() -> None:
    OutgoingMail.objects.update(next_at=None)


def test_work_that_is_done_is_not_taken_again(cast: Cast) -> None:
    mail = _mail(cast)
    leases.attempt(OutgoingMail, mail.pk, _nothing)
    mail.refresh_from_db()
    assert mail.done_at is not None
    assert leases.claim(OutgoingMail, mail.pk) is None
    assert leases.due(OutgoingMail, 10) == []


def test_work_that_another_worker_holds_is_not_taken_until_its_lease_ends(cast: Cast) -> None:
    mail = _mail(cast)
    held = leases.claim(OutgoingMail, mail.pk)
    assert held is not None
    assert leases.claim(OutgoingMail, mail.pk) is None
    OutgoingMail.objects.update(lease_until=Now() - timedelta(seconds=1))
    taken = leases.claim(OutgoingMail, mail.pk, suspect=True)
    assert taken is not None
    assert not leases.finish(held), "the first worker woke after its lease and may not end what is another's"
    assert leases.finish(taken)


@pytest.mark.django_db(transaction=True)
def test_of_twelve_workers_one_takes_the_work(cast: Cast) -> None:
    mail = _mail(cast)
    takers: list[OutgoingMail] = []
    start = threading.Barrier(12)

    def take() -> None:
        start.wait()
        taken = leases.claim(OutgoingMail, mail.pk)
        if taken is not None:
            takers.append(taken)
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(takers) == 1
    mail.refresh_from_db()
    assert mail.starts == 1


def test_work_that_fails_three_times_is_set_aside_with_an_alert_and_the_rest_goes_on(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    poison, sound = _mail(cast), _mail(cast)
    for life in range(5):
        _make_due()
        leases.attempt(OutgoingMail, poison.pk, _breaks, suspect=life > 0)
    leases.attempt(OutgoingMail, sound.pk, _nothing)
    poison.refresh_from_db()
    sound.refresh_from_db()
    assert (poison.starts, poison.set_aside_at is not None) == (3, True)
    assert sound.done_at is not None
    assert Alert.objects.get().trouble == "ValueError in _breaks"
    assert "taravelle" not in caplog.text, "an error's text may quote an address"


def test_work_that_kills_its_worker_is_counted_and_set_aside_by_the_sweeper(cast: Cast) -> None:
    mail = _mail(cast)
    for life in range(3):
        assert leases.claim(OutgoingMail, mail.pk, suspect=life > 0) is not None
        OutgoingMail.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert leases.claim(OutgoingMail, mail.pk, suspect=True) is None
    wake.sweep()
    mail.refresh_from_db()
    assert mail.set_aside_at is not None
    assert Alert.objects.get().trouble == leases.DIED


def test_work_that_a_killed_worker_left_is_done_again_one_after_another(cast: Cast) -> None:
    left = [_mail(cast) for _each in range(3)]
    for mail in left:
        leases.claim(OutgoingMail, mail.pk)
    OutgoingMail.objects.update(lease_until=Now() - timedelta(seconds=1))
    wake.sweep()
    calls = worker.messages()
    assert [call.actor_name for call in calls] == ["try_suspects", "beat"]
    worker.run(*calls)
    assert not OutgoingMail.objects.filter(done_at=None).exists()


def test_what_the_other_side_cannot_take_waits_for_hours_and_is_never_set_aside(cast: Cast) -> None:
    mail = _mail(cast)
    waits = []
    for _try in range(30):
        leases.attempt(OutgoingMail, mail.pk, _later)
        mail.refresh_from_db()
        assert mail.next_at is not None
        waits.append(round((mail.next_at - timezone.now()).total_seconds()))
        _make_due()
    assert waits[:5] == [30, 60, 120, 240, 480]
    assert set(waits[5:]) == {600}
    assert (mail.set_aside_at, mail.starts, mail.retries) == (None, 0, 30)
    leases.attempt(OutgoingMail, mail.pk, _nothing)
    mail.refresh_from_db()
    assert (mail.done_at is not None, mail.trouble) == (True, "")


def test_work_that_waits_is_not_taken_before_its_time(cast: Cast) -> None:
    mail = _mail(cast)
    leases.attempt(OutgoingMail, mail.pk, _later)
    assert leases.claim(OutgoingMail, mail.pk) is None
    assert leases.due(OutgoingMail, 10) == []
    OutgoingMail.objects.update(next_at=F("next_at") - timedelta(minutes=1))
    assert [work.pk for work in leases.due(OutgoingMail, 10)] == [mail.pk]


def test_while_no_worker_answers_the_sweeper_calls_only_a_few(cast: Cast) -> None:
    for _each in range(wake.FEW + 5):
        _mail(cast)
    assert wake.sweep() == wake.FEW
    Beat.objects.create(name="worker", at=timezone.now())
    assert wake.sweep() == wake.FEW + 5


def test_messages_without_a_row_do_nothing(cast: Cast) -> None:
    _mail(cast)
    wake.sweep()
    for call in worker.messages():
        if call.args:
            worker.run(call.copy(args=(call.args[0] + 100_000,)))
    assert OutgoingMail.objects.get().starts == 0


def test_a_message_holds_a_key_and_nothing_about_a_person(cast: Cast) -> None:
    course.in_relevance_review(cast, course.drafted(cast))
    _mail(cast)
    wake.sweep()
    calls = worker.messages()
    assert len(calls) > 5
    for call in calls:
        assert all(isinstance(argument, int) for argument in call.args)
        assert (call.kwargs, set(call.options)) == ({}, set())


def _set_aside(cast: Cast) -> tuple[OutboxEvent, Alert]:
    course.drafted(cast)
    event = OutboxEvent.objects.latest("pk")
    work = leases.claim(OutboxEvent, event.pk)
    assert work is not None
    leases.set_aside(work, "the mail server refused the message: 554")
    return event, Alert.objects.get()


def test_the_quality_office_sees_what_was_set_aside_and_tries_again(cast: Cast, client: Client) -> None:
    event, alert = _set_aside(cast)
    assert queries.alerts_of(cast.quinn) == [alert]
    client.force_login(cast.quinn)
    assert "refused the message: 554" in client.get("/notices/").content.decode()
    client.post(f"/notices/alerts/{alert.pk}/again")
    assert queries.alerts_of(cast.quinn) == []
    worker.settle()
    event.refresh_from_db()
    assert event.done_at is not None
    alert.refresh_from_db()
    assert alert.closed_by == cast.quinn


def test_nobody_else_sees_it_or_tries_it(cast: Cast) -> None:
    _event, alert = _set_aside(cast)
    for stranger in (cast.ana, cast.bob, cast.mallory, cast.assessor):
        assert queries.alerts_of(stranger) == []
        with pytest.raises(NotYours):
            actions.try_again(alert_id=alert.pk, actor=stranger)


def test_what_belongs_to_no_institution_goes_to_administrators(cast: Cast) -> None:
    work = leases.claim(OutgoingMail, _mail(cast).pk)
    assert work is not None
    leases.set_aside(work, "the mail server refused the address: 550")
    assert queries.alerts_of(cast.quinn) == []
    rights.add_member(user=cast.moe, organization=cast.college, role="administrator")
    assert len(queries.alerts_of(cast.moe)) == 1


def test_a_second_click_on_try_again_finds_nothing(cast: Cast) -> None:
    _event, alert = _set_aside(cast)
    actions.try_again(alert_id=alert.pk, actor=cast.quinn)
    with pytest.raises(NotYours):
        actions.try_again(alert_id=alert.pk, actor=cast.quinn)
