"""The first screen of the quality office: what waits for whom, by due date, and for nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import User
from tests.cast import Cast, proposal
from tests.journeys import course
from tests.journeys.awards import approved, held, issued, pilot
from tests.portal_employer.mailed import asked_community
from workflows import rights, waiting
from workflows.actions import deciding, evaluating, proposing, reviewing, revoking, seating
from workflows.models import Version


def kinds(user: User) -> list[str]:
    return [item.kind for item in waiting.items(user)]


def named(cast: Cast, code: str, title: str) -> Version:
    content = {**proposal(), "identity": {"title": {"en": title}, "issuing_body": "Taravelle College"}}
    version = proposing.start(actor=cast.ana, institution=cast.college, code=code, content=content)
    proposing.note_duplicates_seen(version_id=version.pk, actor=cast.ana)
    proposing.declare_interest(version_id=version.pk, actor=cast.ana, kinds=["none"])
    return version


def page(client: Client, user: User, path: str = "/quality/") -> str:
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_submitted_proposal_waits_for_the_officer_and_for_nobody_else(cast: Cast, client: Client) -> None:
    course.submitted(cast, course.drafted(cast))
    assert kinds(cast.quinn) == ["screen"]
    for other in (cast.chair, *cast.members, cast.registrar, cast.issuer, cast.grant, cast.mallory):
        assert kinds(other) == []
    body = page(client, cast.quinn)
    assert "Cleanroom Gowning" in body
    assert "1 thing." in body
    assert "Cleanroom Gowning" not in page(client, cast.mallory)


def test_nothing_waits_and_the_oldest_elsewhere_is_named(cast: Cast, client: Client) -> None:
    assert "nothing is open elsewhere" in page(client, cast.chair)
    course.submitted(cast, course.drafted(cast))
    body = page(client, cast.chair)
    assert "Oldest open item elsewhere" in body
    assert "Cleanroom Gowning" in body


def test_what_is_due_first_stands_first_and_what_is_late_is_said_in_words(cast: Cast, client: Client) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=20)):
        late = course.submitted(cast, named(cast, "OLD", "Old one"))
    new = course.submitted(cast, named(cast, "NEW", "New one"))
    assert [item.version for item in waiting.items(cast.quinn)] == [late, new]
    body = page(client, cast.quinn)
    assert body.index("Old one") < body.index("New one")
    assert "1 is over its day." in body
    assert "days over" in body
    overdue = page(client, cast.quinn, "/quality/?show=overdue")
    assert "Old one" in overdue
    assert "New one" not in overdue


def test_whoever_wrote_is_not_asked_to_screen(cast: Cast) -> None:
    version = course.drafted(cast)
    proposing.note_contribution(version, cast.quinn)
    course.submitted(cast, version)
    assert kinds(cast.quinn) == []


def test_a_round_waits_for_the_officer_when_all_were_heard_or_somebody_is_silent(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.in_relevance_review(cast, version)
    assert kinds(cast.quinn) == []
    with time_machine.travel(panel.due_at + timedelta(days=1)):
        assert kinds(cast.quinn) == ["chase"]
    course.answered(panel, "support")
    assert kinds(cast.quinn) == ["close_round"]
    until = timezone.localdate() + timedelta(days=9)
    deciding.hold(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="x", until=until)
    assert kinds(cast.quinn) == []


def test_a_communitys_round_is_neither_closed_nor_chased(cast: Cast) -> None:
    version = course.drafted(cast)
    course.in_design(cast, version)
    course.in_endorsement(cast, version)
    seat = asked_community(cast, version)
    reviewing.answer(seat_id=seat.pk, actor=seat.person, choice="agree")
    assert kinds(cast.quinn) == []


def test_a_question_of_a_reviewer_waits_for_the_officer(cast: Cast) -> None:
    seat = course.in_relevance_review(cast, course.drafted(cast)).seats.get(person=cast.bob)
    question = reviewing.ask_question(seat_id=seat.pk, actor=cast.bob, text="Which level?")
    assert kinds(cast.quinn) == ["answer_question"]
    seating.answer_question(question_id=question.pk, actor=cast.quinn, text="Entry level.")
    assert kinds(cast.quinn) == []


def test_votes_wait_for_each_member_and_then_the_result_for_all(cast: Cast) -> None:
    version = course.drafted(cast)
    panel = course.at_pilot_approval(cast, version)
    committee = [cast.chair, *cast.members]
    assert [kinds(member) for member in committee] == [["vote"]] * 3
    assert kinds(cast.registrar) == ["sign_transcript_rule"]
    course.voted(panel, "approve", "approve", "approve")
    assert [kinds(member) for member in committee] == [["close_committee"]] * 3
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    assert [kinds(member) for member in committee] == [[]] * 3
    deciding.sign_transcript_rule(version_id=version.pk, actor=cast.registrar)
    assert kinds(cast.registrar) == []


def test_pilot_activation_award_and_revocation_wait_for_those_who_do_them(cast: Cast) -> None:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    cohort = pilot(cast, version)
    assert kinds(cast.quinn) == []
    for enrolment in cohort.enrolments.order_by("pk"):
        held(cast, enrolment)
    assert kinds(cast.grant) == []
    approved(cast, version)
    assert kinds(cast.issuer) == ["activate"]
    evaluating.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    assert [(item.kind, item.count) for item in waiting.items(cast.grant)] == [("award", 2)]


def test_a_revocation_waits_for_the_second_person(cast: Cast) -> None:
    _version, credential = issued(cast)
    asked = revoking.ask_revocation(
        credential_id=credential.pk, actor=cast.registrar, kind="issued_in_error", reason="wrong person"
    )
    assert kinds(cast.quinn) == ["confirm_revocation"]
    assert kinds(cast.registrar) == []
    revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn)
    assert kinds(cast.quinn) == []


def test_a_returned_version_stands_under_its_own_chip(cast: Cast, client: Client) -> None:
    version = course.submitted(cast, course.drafted(cast))
    deciding.return_from_screening(
        version_id=version.pk, actor=cast.quinn, expected=course.number(version), requests={"demand": "Where?"}
    )
    assert "Returned 1" in page(client, cast.quinn)
    assert "Cleanroom Gowning" in page(client, cast.quinn, "/quality/?show=returned")


def test_the_queue_asks_the_same_number_of_statements_for_one_row_and_for_many(cast: Cast, client: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            waiting.page_of(cast.quinn)
        return len(asked)

    course.submitted(cast, named(cast, "A0", "First"))
    course.answered(course.in_relevance_review(cast, named(cast, "B0", "Second")), "support")
    one = statements()
    for place in range(1, 4):
        course.submitted(cast, named(cast, f"A{place}", "First"))
        course.answered(course.in_relevance_review(cast, named(cast, f"B{place}", "Second")), "support")
    assert statements() == one == 3


@pytest.mark.parametrize("path", ["/quality/", "/quality/proposals"])
def test_only_the_office_enters(cast: Cast, client: Client, path: str) -> None:
    for stranger in (cast.ana, cast.bob, cast.vera, cast.assessor, cast.moe):
        client.force_login(stranger)
        assert client.get(path).status_code == 404


def test_all_proposals_are_found_by_stage_and_by_words(cast: Cast, client: Client) -> None:
    course.submitted(cast, named(cast, "NET-1", "Network security"))
    named(cast, "TRI-2", "Triage")
    everything = page(client, cast.quinn, "/quality/proposals")
    assert "2 proposals" in everything
    found = page(client, cast.quinn, "/quality/proposals?q=net-1")
    assert "Network security" in found
    assert "Triage" not in found
    assert "Triage" in page(client, cast.quinn, "/quality/proposals?stage=draft&q=ana")
    assert "No proposal is like that." in page(client, cast.quinn, "/quality/proposals?q=nothing")
    assert "0 proposals" in page(client, cast.mallory, "/quality/proposals")


def test_the_auditor_reads_the_queue_of_others(cast: Cast, client: Client) -> None:
    auditor = User.objects.create_user("aud@taravelle.example", name="Aud")
    rights.add_member(user=auditor, organization=cast.college, role="auditor")
    course.submitted(cast, course.drafted(cast))
    assert "With others 1" in page(client, auditor)


def titles(user: User, **view: str) -> list[str]:
    return [str(item.version) for item in waiting.page_of(user, waiting.View(**view)).items]


def test_words_are_found_in_both_languages_without_accents_in_the_plural_and_by_their_beginnings(cast: Cast) -> None:
    version = course.submitted(cast, named(cast, "SANTE-7", "Dementia care skills"))
    Version.objects.filter(pk=version.pk).update(title_fr="Compétences en soins aux aînés")
    course.submitted(cast, named(cast, "NET-1", "Network security"))
    for words in ("skill", "dement", "competence", "COMPÉTENCE aine", "santé-7 soin", "sante", "ana dementia"):
        assert titles(cast.quinn, words=words) == ["Dementia care skills"], words
    for words in ("dementia network", "kill", "d:*|n"):
        assert titles(cast.quinn, words=words) == [], words
    assert len(titles(cast.quinn, words="' & !")) == 2, "signs alone ask for nothing"


def test_a_list_is_narrowed_by_partner_and_stage_and_sorted_and_read_page_by_page(cast: Cast) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=9)):
        names = [str(course.submitted(cast, named(cast, f"P{place}", f"Part {place}"))) for place in range(4)]
    course.in_relevance_review(cast, named(cast, "REL", "Under review"))
    assert titles(cast.quinn, shown="others", partner="quellin") == ["Under review"]
    assert titles(cast.quinn, shown="others", partner="nobody") == []
    assert titles(cast.quinn, shown="others", stage="screening") == []
    for sort in waiting.SORTS:
        read: list[str] = []
        after = ""
        while True:
            page = waiting.page_of(cast.quinn, waiting.View(sort=sort, after=after), size=3)
            read += [str(item.version) for item in page.items]
            after = page.after
            if not after:
                break
        assert sorted(read) == names, sort
    assert len(titles(cast.quinn, after="bm90IGEga2V5")) == 4, "a key that nobody made is read as none"


def test_the_queue_has_one_first_heading_with_a_case_beside_it(cast: Cast, client: Client) -> None:
    version = course.submitted(cast, course.drafted(cast))
    for path in ("/quality/", f"/quality/cases/{version.public_id}"):
        assert page(client, cast.quinn, path).count("<h1") == 1, path


def test_a_hold_gives_the_screening_its_time_back(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    before = Version.objects.get(pk=version.pk).stage_due_on
    until = timezone.localdate() + timedelta(days=9)
    deciding.hold(version_id=version.pk, actor=cast.quinn, expected=course.number(version), reason="x", until=until)
    with time_machine.travel(timezone.now() + timedelta(days=7)):
        deciding.resume(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    after = Version.objects.get(pk=version.pk).stage_due_on
    assert before is not None
    assert after == before + timedelta(days=7)
