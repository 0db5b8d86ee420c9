"""In a later round a reviewer sees what changed by word, the earlier answer beside it, and confirms in one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cast import Cast, proposal
from tests.journeys import course
from tests.journeys.awards import issued
from tests.journeys.test_next_version import edited, revised
from tests.portal_employer.mailed import F2, link, opened, page, relevance_seat, text
from workflows import reviews
from workflows.actions import deciding, proposing
from workflows.models import Decision, Interest, Seat, Validation


def _second_round(cast: Cast, first: Seat, change: Callable[[dict[str, Any]], object] = lambda _content: None) -> Seat:
    """The proposal comes back, one competency is sharper now, and Bob is asked again."""
    version = first.panel.version
    course.signed(first.panel.seats.get(person=cast.vera), "support")
    deciding.return_from_relevance(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), requests={"competencies": "Sharper."}
    )
    content = proposal()
    content["competencies"][0]["standard"] = {"en": "without touching the outside"}
    change(content)
    proposing.save_content(version_id=version.pk, actor=cast.ana, expected=course.number(version), content=content)
    for request in version.change_requests.all():
        proposing.answer_request(request_id=request.pk, actor=cast.ana, text="Done.")
    proposing.note_duplicates_seen(version_id=version.pk, actor=cast.ana)
    panel = course.in_relevance_review(cast, version)
    return panel.seats.get(person=cast.bob)


def test_the_difference_and_the_earlier_answer_stand_on_top(cast: Cast) -> None:
    first = relevance_seat(cast)
    opened(first).post(page(first), {**F2, "comment": "We hire ten a year."})
    seat = _second_round(cast, first)
    assert "Parts of it have changed since" in text(opened(seat).get(link(seat)))
    shown = text(opened(seat).get(page(seat)))
    assert "<ins>" in shown
    assert "the outside" in shown
    assert "Your earlier answer:" in shown
    assert "Our own vacancies" in shown
    assert "We hire ten a year." in shown
    assert "checked" not in shown.split("</head>")[1]


def test_one_step_confirms_the_earlier_answer_for_the_new_text(cast: Cast) -> None:
    first = relevance_seat(cast)
    opened(first).post(page(first), {**F2, "name_public": "on"})
    seat = _second_round(cast, first)
    assert opened(seat).post(page(seat), {"confirm": "1"})["Location"] == page(seat, "signed")
    old, new = Decision.objects.filter(actor=cast.bob).order_by("pk")
    assert (new.choice, new.answers, new.signed_name, new.signed_role, new.name_public) == (
        old.choice, old.answers, old.signed_name, old.signed_role, True,
    )  # fmt: skip
    assert new.snapshot == seat.panel.snapshot != old.snapshot
    assert [row.kinds for row in Interest.objects.filter(person=cast.bob)] == [["hires"], ["hires"]]
    assert Validation.objects.filter(decision=new).exists()


def test_an_answer_that_was_no_plain_support_is_given_anew(cast: Cast) -> None:
    first = relevance_seat(cast)
    sent = {"interests": ["none"], "name": "Bob", "role": "Head", "reasons": "We hire nobody."}
    opened(first).post(page(first, "answer/do_not_support"), sent)
    seat = _second_round(cast, first)
    bob = opened(seat)
    assert "Confirm: my answer stands" not in text(bob.get(page(seat)))
    assert bob.post(page(seat), {"confirm": "1"}).status_code == 404
    assert bob.post(page(seat), F2).status_code == 302


def test_in_the_first_round_there_is_nothing_to_confirm(cast: Cast) -> None:
    seat = relevance_seat(cast)
    assert opened(seat).post(page(seat), {"confirm": "1"}).status_code == 404
    assert not Decision.objects.filter(seat=seat).exists()


def test_a_new_competency_is_answered_about_and_one_step_is_not_enough(cast: Cast) -> None:
    first = relevance_seat(cast)
    opened(first).post(page(first), F2)
    seat = _second_round(cast, first, lambda content: content["competencies"].append(
        {**content["competencies"][0], "code": "C3", "action": {"en": "Undresses"}}
    ))  # fmt: skip
    bob = opened(seat)
    shown = text(bob.get(page(seat)))
    assert "New since then: C3." in shown
    assert "Undresses" in shown
    assert "Confirm: my answer stands" not in shown
    assert bob.post(page(seat), {"confirm": "1"}).status_code == 404


def test_in_the_next_version_the_difference_is_since_the_own_last_look(cast: Cast) -> None:
    version, _credential = issued(cast)
    following = revised(cast, version)
    edited(cast, following, lambda content: content["competencies"][0]["standard"].update(fr="sans toucher"))
    panel = course.in_relevance_review(cast, following)
    seat = panel.seats.get(person=cast.bob)
    shown = text(opened(seat).get(page(seat)))
    assert "What changed since your answer of" in shown
    assert 'class="diff" lang="fr"' in shown
    assert "sans toucher" in shown
    assert reviews.letter_of(seat).earlier.version == version
