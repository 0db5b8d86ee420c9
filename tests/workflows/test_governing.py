"""How the rules change: written by one, seconded by another, adopted by the chair; no running case changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from people.models import User
from tests.cast import Cast
from tests.journeys import course
from tests.workflows import policies
from workflows import rights
from workflows.actions import governing
from workflows.actions.governing import WrongPolicy
from workflows.errors import Missing, MovedOn, NotAllowed, NotYours, OwnWork, Refusal
from workflows.models import LedgerEvent, PolicyDraft
from workflows.policies import editions
from workflows.policies.text import parse


@pytest.fixture
def adele(cast: Cast) -> User:
    return policies.adele_of(cast)


def put_forward(cast: Cast, draft: PolicyDraft, days: int = 0) -> PolicyDraft:
    day = timezone.localdate() + timedelta(days=days)
    return governing.put_forward(
        draft_id=draft.pk, actor=policies.adele_of(cast), expected=draft.number, in_force_from=day
    )


def test_three_people_change_the_rules_and_running_cases_keep_theirs(cast: Cast, adele: User) -> None:
    before = course.drafted(cast)
    edition = policies.adopted(cast, relevance={"employer_voices": 3})
    assert (edition.seconded_by, edition.adopted_by) == (cast.quinn, cast.chair)
    after = course.drafted(cast, code="LATER")
    before.refresh_from_db()
    assert (before.policy.edition, after.policy.edition) == ("default/1", "taravelle/2")
    types = LedgerEvent.objects.filter(stream=f"institution:{cast.college.public_id}").order_by("sequence")
    assert list(types.values_list("type", flat=True)) == [
        "begin_policy_draft", "write_policy_draft", "put_forward_policy", "second_policy", "adopt_policy",
    ]  # fmt: skip
    assert types.last().data["digest"] == editions.digest(edition.data)  # type: ignore[union-attr]


def test_the_first_draft_brings_the_holidays_of_ontario_and_the_next_one_the_edition_in_force(
    cast: Cast, adele: User
) -> None:
    first = governing.begin_draft(institution_id=cast.college.pk, actor=adele)
    assert parse(first.text)[0].calendar.rule == "ontario"
    assert parse(first.text)[0].policy == "taravelle/1"
    edition = policies.adopted(cast, relevance={"employer_voices": 4})
    again = governing.begin_draft(institution_id=cast.college.pk, actor=cast.quinn)
    assert parse(again.text)[0].relevance.employer_voices == 4
    assert again.begun_from == edition


def test_a_bad_policy_is_refused_by_its_lines_and_nothing_is_saved(cast: Cast, adele: User) -> None:
    draft = policies.written(cast)
    bad = draft.text.replace("employer_voices: 2", "employer_voices: 1").replace("members_min: 3", "members_min: 2")
    with pytest.raises(WrongPolicy) as refused:
        governing.save_draft(draft_id=draft.pk, actor=adele, expected=draft.number, text=bad, reason="x")
    wrong = {one.path: bad.splitlines()[one.line - 1].strip() for one in refused.value.wrong}
    assert wrong == {"relevance.employer_voices": "employer_voices: 1", "committee.members_min": "members_min: 2"}
    draft.refresh_from_db()
    assert bad != draft.text


def test_nobody_seconds_or_adopts_what_he_or_she_wrote(cast: Cast, adele: User) -> None:
    rights.add_member(user=adele, organization=cast.college, role="committee_chair")
    rights.add_member(user=adele, organization=cast.college, role="qa_officer")
    draft = put_forward(cast, policies.written(cast))
    with pytest.raises(OwnWork):
        governing.second(draft_id=draft.pk, actor=adele, expected=draft.number)
    with pytest.raises(OwnWork):
        governing.adopt(draft_id=draft.pk, actor=adele, expected=draft.number)
    with pytest.raises(Missing, match="second person"):
        governing.adopt(draft_id=draft.pk, actor=cast.chair, expected=draft.number)
    draft = governing.second(draft_id=draft.pk, actor=cast.chair, expected=draft.number)
    with pytest.raises(OwnWork, match="seconded"):
        governing.adopt(draft_id=draft.pk, actor=cast.chair, expected=draft.number)


def test_each_act_has_its_roles(cast: Cast, adele: User) -> None:
    for person, refusal in ((cast.ana, NotAllowed), (cast.chair, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            governing.begin_draft(institution_id=cast.college.pk, actor=person)
    draft = put_forward(cast, policies.written(cast))
    for person, refusal in ((cast.ana, NotAllowed), (cast.registrar, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            governing.second(draft_id=draft.pk, actor=person, expected=draft.number)
        with pytest.raises(refusal):
            governing.adopt(draft_id=draft.pk, actor=person, expected=draft.number)
    with pytest.raises(NotAllowed):
        governing.adopt(draft_id=draft.pk, actor=cast.quinn, expected=draft.number)


def test_a_draft_goes_its_way_once_and_a_stale_page_is_refused(cast: Cast, adele: User) -> None:
    draft = policies.written(cast)
    again = {"draft_id": draft.pk, "actor": adele}
    with pytest.raises(Missing, match="not past"):
        put_forward(cast, draft, days=-1)
    with pytest.raises(MovedOn):
        governing.put_forward(**again, expected=draft.number - 1, in_force_from=timezone.localdate())
    with pytest.raises(Refusal, match="still being written"):
        governing.second(draft_id=draft.pk, actor=cast.quinn, expected=draft.number)
    draft = put_forward(cast, draft)
    with pytest.raises(Refusal, match="put forward already"):
        put_forward(cast, draft)
    with pytest.raises(Refusal, match="written on only after"):
        governing.save_draft(**again, expected=draft.number, text=draft.text, reason="x")
    draft = governing.second(draft_id=draft.pk, actor=cast.quinn, expected=draft.number)
    with pytest.raises(Missing, match="a reason"):
        governing.send_back_draft(draft_id=draft.pk, actor=cast.chair, expected=draft.number, reason=" ")
    draft = governing.send_back_draft(draft_id=draft.pk, actor=cast.chair, expected=draft.number, reason="Say why.")
    assert (draft.state, draft.seconded_by, draft.sent_back) == ("written", None, "Say why.")
    draft = governing.drop_draft(**again, expected=draft.number)
    with pytest.raises(Refusal, match="closed"):
        governing.save_draft(**again, expected=draft.number, text=draft.text, reason="x")


def test_an_edition_holds_from_its_day_on(cast: Cast, adele: User) -> None:
    course.drafted(cast)
    draft = put_forward(cast, policies.written(cast), days=30)
    draft = governing.second(draft_id=draft.pk, actor=cast.quinn, expected=draft.number)
    edition = governing.adopt(draft_id=draft.pk, actor=cast.chair, expected=draft.number)
    assert course.drafted(cast, code="NOW").policy.edition == "default/1"
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert course.drafted(cast, code="THEN").policy == edition
    assert [one.edition for one in editions.history(cast.college)] == ["taravelle/2", "default/1"]


def test_a_name_of_an_edition_is_used_once(cast: Cast, adele: User) -> None:
    policies.adopted(cast)
    with pytest.raises(WrongPolicy) as refused:
        policies.written(cast)
    assert [(one.path, one.line) for one in refused.value.wrong] == [("policy", 1)]


def test_an_initiative_asks_more_and_never_less(cast: Cast, adele: User) -> None:
    version = course.drafted(cast)
    initiative = version.micro_credential.initiative
    more = {
        "relevance": {"employer_voices": 4, "voices_of": {"sector_body": 1}},
        "committee": {"carries": "two_thirds"},
    }
    governing.tighten(initiative_id=initiative.pk, actor=cast.quinn, asked=more)
    initiative.refresh_from_db()
    rules = editions.current(cast.college, initiative)
    assert rules.data["relevance"]["employer_voices"] == 4
    assert rules.data["committee"]["carries"] == "two_thirds"
    assert rules.tightened_from == editions.in_force(cast.college)
    assert editions.current(cast.college, initiative) == rules
    assert editions.current(cast.college).edition == "default/1"
    voices = [{"relevance": {"employer_voices": number}} for number in (1, 99)]
    for less in (*voices, {"clocks_days": {"relevance": 99}}):
        with pytest.raises(WrongPolicy):
            governing.tighten(initiative_id=initiative.pk, actor=cast.quinn, asked=less)
    for person, refusal in ((cast.ana, NotAllowed), (adele, NotAllowed), (cast.mallory, NotYours)):
        with pytest.raises(refusal):
            governing.tighten(initiative_id=initiative.pk, actor=person, asked=more)
    stricter = policies.adopted(cast, relevance={"employer_voices": 6})
    assert editions.for_initiative(stricter, initiative).data["relevance"]["employer_voices"] == 6
