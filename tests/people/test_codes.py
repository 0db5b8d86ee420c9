"""A code proves a mailbox once, for one purpose, in one browser, for ten minutes and five tries."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.forms.models import model_to_dict
from django.utils import timezone, translation

from people import codes, post
from people.models import MailCode, OutgoingMail
from tests.cast import Cast
from tests.threads import at_once

PURPOSE = "invitation:1b4e28ba-2fa1-11d2-883f-0016d3cca427"


def _mailed(cast: Cast, purpose: str = PURPOSE, browser: str = "Bob's phone") -> str:
    codes.ask(person=cast.bob, purpose=purpose, browser=browser, kind="invitation")
    return post.code_of(OutgoingMail.objects.latest("pk"))


def _prove(cast: Cast, code: str, purpose: str = PURPOSE, browser: str = "Bob's phone") -> object:
    return codes.prove(person=cast.bob, purpose=purpose, browser=browser, code=code)


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_code_of_the_mail_proves_the_mailbox_and_says_when(cast: Cast) -> None:
    before = timezone.now()
    assert before <= _prove(cast, _mailed(cast)) <= timezone.now()


def test_a_code_that_ended_long_ago_is_deleted_used_or_not_and_a_younger_one_stays(cast: Cast) -> None:
    _prove(cast, _mailed(cast))
    _mailed(cast, browser="Bob's desk")
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        young = _mailed(cast)
        assert codes.forget_old() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert codes.forget_old() == 2
        assert MailCode.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        _prove(cast, young)


def test_digits_in_two_groups_are_the_same_code(cast: Cast) -> None:
    code = _mailed(cast)
    assert _prove(cast, f" {code[:3]} {code[3:]} ")


def test_a_code_works_once(cast: Cast) -> None:
    code = _mailed(cast)
    _prove(cast, code)
    with pytest.raises(codes.NoCode):
        _prove(cast, code)


def test_a_code_of_another_browser_purpose_or_person_is_none(cast: Cast) -> None:
    code = _mailed(cast)
    for other in ({"browser": "Mallory's laptop"}, {"purpose": "sign_in"}):
        with pytest.raises(codes.NoCode):
            _prove(cast, code, **other)
    with pytest.raises(codes.NoCode):
        codes.prove(person=cast.vera, purpose=PURPOSE, browser="Bob's phone", code=code)
    assert _prove(cast, code)


def test_a_code_lives_ten_minutes(cast: Cast) -> None:
    code = _mailed(cast)
    with time_machine.travel(timezone.now() + timedelta(minutes=9, seconds=58)):
        assert _prove(cast, code)
    code = _mailed(cast)
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)), pytest.raises(codes.NoCode):
        _prove(cast, code)


def test_five_wrong_codes_end_it_and_each_says_how_many_tries_are_left(cast: Cast) -> None:
    code = _mailed(cast)
    for sentence in ("4 more tries", "3 more tries", "2 more tries", "1 more try", "last try"):
        with pytest.raises(codes.WrongCode, match=sentence):
            _prove(cast, _other(code))
    with pytest.raises(codes.NoCode):
        _prove(cast, code)


def test_the_fifth_try_may_still_be_right(cast: Cast) -> None:
    code = _mailed(cast)
    for _ in range(4):
        with pytest.raises(codes.WrongCode):
            _prove(cast, _other(code))
    assert _prove(cast, code)


def test_a_new_code_ends_the_old_one_also_of_another_browser(cast: Cast) -> None:
    old = _mailed(cast)
    new = _mailed(cast, browser="Bob's desk")
    with pytest.raises(codes.NoCode):
        _prove(cast, old)
    assert _prove(cast, new, browser="Bob's desk")


def test_codes_of_two_purposes_live_side_by_side(cast: Cast) -> None:
    one, two = _mailed(cast), _mailed(cast, purpose="sign_in")
    assert _prove(cast, one)
    assert _prove(cast, two, purpose="sign_in")


def test_the_row_tells_neither_the_code_nor_the_browser(cast: Cast) -> None:
    code = _mailed(cast)
    row = str(model_to_dict(MailCode.objects.get(), exclude=["id", "person"]))
    assert code not in row
    assert "Bob's phone" not in row


def test_refusals_speak_french(cast: Cast) -> None:
    code = _mailed(cast)
    with translation.override("fr"), pytest.raises(codes.WrongCode, match="Il vous reste 4 essais"):
        _prove(cast, _other(code))


@pytest.mark.django_db(transaction=True)
def test_a_dozen_right_posts_at_once_prove_it_once(cast: Cast) -> None:
    code = _mailed(cast)
    results = at_once(*[lambda: _prove(cast, code) for _ in range(12)])
    assert sum(isinstance(result, codes.NoCode) for result in results) == 11


@pytest.mark.django_db(transaction=True)
def test_a_hundred_guesses_at_once_are_five_tries(cast: Cast) -> None:
    code = _mailed(cast)
    results = at_once(*[lambda: _prove(cast, _other(code)) for _ in range(20)])
    assert sum(isinstance(result, codes.WrongCode) for result in results) == codes.TRIES
    assert MailCode.objects.get().tries == codes.TRIES


@pytest.mark.django_db(transaction=True)
def test_two_browsers_that_ask_at_once_leave_one_live_code(cast: Cast) -> None:
    at_once(*[lambda b=browser: _mailed(cast, browser=b) for browser in "abcd"])
    assert MailCode.objects.filter(expires_at__gt=timezone.now()).count() == 1
