"""The life of a badge: agreed to, signed, answered, suspended, given back, expired, replaced, revoked."""

from __future__ import annotations

import copy
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from credentials import keys, proofs, queries, status
from credentials.errors import WrongStatus
from credentials.models import Credential
from people.models import User
from tests.cast import Cast
from tests.journeys.awards import GOOD, approved, awarded, hearing, held, issued, piloting_version
from tests.journeys.course import number
from workflows import badge_contents, ledger, rights
from workflows.actions import awarding, evidencing, learning, piloting, revoking, stating
from workflows.errors import Missing, NotAllowed, NotYours, OwnWork, Refusal
from workflows.evidence import Item
from workflows.models import Award, Cohort, Decision, Enrolment, Version

F8 = {"alleged": "copied work, rule 4", "proof": "both files", "earner_answer": "none came", "finding": "copied"}


@pytest.fixture
def active(cast: Cast) -> Cohort:
    """A version in use, with one result on hold and Lena's place."""
    version, cohort = piloting_version(cast)
    held(cast, cohort.enrolments.order_by("pk")[0])
    approved(cast, version)
    piloting.activate(version_id=version.pk, actor=cast.issuer, expected=number(version))
    return cohort


@pytest.fixture
def prepared(active: Cohort, cast: Cast) -> Credential:
    return awarding.award(enrolment_id=active.enrolments.order_by("pk")[0].pk, actor=cast.grant)


def _verbs(credential: Credential) -> list[str]:
    enrolment = Enrolment.objects.get(award__public_id=credential.award_reference)
    return [event.type for event in ledger.events_of(f"award:{enrolment.public_id}")]


def test_nothing_is_signed_before_the_earner_has_seen_and_agreed(prepared: Credential, cast: Cast) -> None:
    assert (prepared.status, prepared.document, prepared.acceptance) == ("prepared", None, "")
    learner = prepared.recipient
    plain = awarding.preview_badge(credential_id=prepared.pk, actor=learner)
    named = awarding.preview_badge(credential_id=prepared.pk, actor=learner, name_shown=True)
    assert "Lena 0" not in json.dumps(plain)
    assert "Lena 0" in json.dumps(named)
    assert "proof" not in named
    offered = awarding.consent_to_badge(credential_id=prepared.pk, actor=learner, name_shown=True)
    assert {name: value for name, value in offered.document.items() if name != "proof"} == named
    assert (offered.status, offered.acceptance, offered.name_shown) == ("issued", "offered", True)
    assert awarding.preview_badge(credential_id=prepared.pk, actor=learner) == offered.document
    (event,) = [e for e in ledger.events_of(_stream(offered)) if e.type == "issue_badge"]
    assert (event.actor, event.data["digest"]) == ("system", queries.digest_of(offered))
    with pytest.raises(WrongStatus):
        awarding.consent_to_badge(credential_id=prepared.pk, actor=learner, name_shown=True)


def _stream(credential: Credential) -> str:
    return f"award:{Enrolment.objects.get(award__public_id=credential.award_reference).public_id}"


def test_nobody_else_sees_or_agrees_to_a_badge(prepared: Credential, cast: Cast) -> None:
    for other in (cast.grant, cast.quinn, cast.mallory):
        with pytest.raises(NotYours):
            awarding.preview_badge(credential_id=prepared.pk, actor=other)
        with pytest.raises(NotYours):
            awarding.consent_to_badge(credential_id=prepared.pk, actor=other, name_shown=False)
        with pytest.raises(NotYours):
            awarding.answer_badge(credential_id=prepared.pk, actor=other, accept=True)


def test_agreeing_and_accepting_is_one_step(prepared: Credential) -> None:
    accepted = awarding.answer_badge(credential_id=prepared.pk, actor=prepared.recipient, accept=True, name_shown=True)
    assert (accepted.status, accepted.acceptance, accepted.name_shown) == ("issued", "accepted", True)
    assert _verbs(accepted)[-3:] == ["consent_to_badge", "issue_badge", "accept_badge"]
    with pytest.raises(WrongStatus):
        awarding.answer_badge(credential_id=prepared.pk, actor=prepared.recipient, accept=False)


def test_who_declines_keeps_the_award_and_nothing_was_ever_signed(prepared: Credential) -> None:
    declined = awarding.answer_badge(credential_id=prepared.pk, actor=prepared.recipient, accept=False)
    assert (declined.status, declined.acceptance, declined.document) == ("prepared", "declined", None)
    assert Award.objects.get().ended_at is None
    with pytest.raises(WrongStatus):
        awarding.consent_to_badge(credential_id=prepared.pk, actor=prepared.recipient, name_shown=False)


def test_a_suspended_micro_credential_issues_nothing_meanwhile(prepared: Credential) -> None:
    Version.objects.update(stage="suspended")
    with pytest.raises(Refusal, match="Your award stands"):
        awarding.consent_to_badge(credential_id=prepared.pk, actor=prepared.recipient, name_shown=False)
    Version.objects.update(stage="periodic_review")
    awarding.consent_to_badge(credential_id=prepared.pk, actor=prepared.recipient, name_shown=False)


def test_a_cohort_is_awarded_by_the_same_verb_and_nobody_twice(active: Cohort, cast: Cast) -> None:
    own = active.enrolments.order_by("pk")[1]
    Enrolment.objects.filter(pk=own.pk).update(stage="recommended", learner=cast.grant)
    own.attempts.create(ordinal=1, scores=GOOD, assessor=cast.assessor)
    batch = awarding.award_cohort(cohort_id=active.pk, actor=cast.grant)
    assert len(batch.badges) == 1
    assert [(e.pk, type(refusal)) for e, refusal in batch.refused] == [(own.pk, OwnWork)]
    assert awarding.award_cohort(cohort_id=active.pk, actor=cast.grant).badges == []
    with pytest.raises(NotYours):
        awarding.award_cohort(cohort_id=active.pk, actor=cast.mallory)


def test_the_badge_says_what_was_shown_and_nothing_private(cast: Cast) -> None:
    version, cohort = piloting_version(cast)
    first = cohort.enrolments.order_by("pk")[0]
    learning.enrol(enrolment_id=first.pk, actor=first.learner, consent=True)
    items = [
        Item("T1", text="Secret note", visibility="employers", what="checklist", file_name="lena-roy.txt"),
        Item("T1", text="Private thought", visibility="private"),
        Item("T1", text="For assessors"),
        Item("T1", text="Held back", visibility="public"),
    ]
    learning.submit_evidence(
        enrolment_id=first.pk, actor=first.learner, items=items, own_work=True, prior_learning=True
    )
    _shared, _private, _inside, third = first.evidence.order_by("pk")
    evidencing.withhold(item_id=third.pk, actor=cast.assessor)
    _finish(cast, first)
    approved(cast, version)
    piloting.activate(version_id=version.pk, actor=cast.issuer, expected=number(version))
    document = awarded(cast, first).document
    task, item = document["evidence"]
    assert task["name"] == "Three gownings"
    assert "R1: L2" in task["narrative"]
    assert "Recognition of prior learning" in task["narrative"]
    assert item["digestMultibase"].startswith("uEi")
    assert (item["name"], item["genre"]) == ("checklist", "Text")
    text = json.dumps(document)
    for private in ("Secret note", "Private thought", "For assessors", "Held back", "lena-roy", "lena0@"):
        assert private not in text
    results = document["credentialSubject"]["result"]
    assert [r.get("status") for r in results] == [None, None, "Completed"]
    described = {d["id"] for d in document["credentialSubject"]["achievement"]["resultDescription"]}
    assert {r["resultDescription"] for r in results} == described
    assert "Hours in all: 18" in document["credentialSubject"]["achievement"]["criteria"]["narrative"]


def _finish(cast: Cast, enrolment: Enrolment) -> None:
    from workflows.actions import assessing

    assessing.take(enrolment_id=enrolment.pk, actor=cast.assessor)
    assessing.score(enrolment_id=enrolment.pk, actor=cast.assessor, scores=GOOD)
    assessing.moderate(enrolment_id=enrolment.pk, actor=cast.moe, confirm=True, note="")
    assessing.recommend(enrolment_id=enrolment.pk, actor=cast.ana)


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("P12M", "2026-01-31T10:00:00+00:00", "2027-01-31T10:00:00+00:00"),
        ("P1M", "2026-01-31T10:00:00+00:00", "2026-02-28T10:00:00+00:00"),
        ("P3Y", "2024-02-29T10:00:00+00:00", "2027-02-28T10:00:00+00:00"),
        ("P60D", "2026-01-01T10:00:00+00:00", "2026-03-02T10:00:00+00:00"),
        ("", "2026-01-01T10:00:00+00:00", None),
    ],
)
def test_a_badge_ends_when_the_design_says(period: str, start: str, end: str | None) -> None:
    from datetime import datetime

    found = badge_contents.validity_end(period, datetime.fromisoformat(start))
    assert (found and found.isoformat()) == end


def test_only_endorsements_of_what_is_published_enter_a_badge(active: Cohort, cast: Cast) -> None:
    version = active.version
    version.refresh_from_db()
    before = badge_contents.endorsements_in_force(version)
    assert len(before) == 5
    job = next(e for e in before if e.kind == "job_performance")
    type(job).objects.filter(pk=job.pk).update(
        snapshot_digest="sha256:" + "0" * 64, facets={**job.facets, "rubric": "sha256:" + "1" * 64}
    )
    assert job.pk not in {e.pk for e in badge_contents.endorsements_in_force(version)}


def test_a_replacement_is_offered_before_the_old_one_ends_and_keeps_the_award(cast: Cast) -> None:
    _version, old = issued(cast)
    User.objects.filter(pk=old.recipient_id).update(name="Lena Roy")
    act = lambda actor, kind="name", reason="married": awarding.replace_badge(  # noqa: E731
        credential_id=old.pk, actor=actor, kind=kind, reason=reason
    )
    with pytest.raises(NotAllowed):
        act(cast.quinn)
    with pytest.raises(Missing):
        act(cast.issuer, kind="whim")
    with pytest.raises(Missing):
        act(cast.issuer, reason=" ")
    fresh = act(cast.issuer)
    old.refresh_from_db()
    assert (old.status, old.replaced_by, old.entry.revoked) == ("replaced", fresh, True)
    assert (fresh.status, fresh.acceptance, fresh.award_reference) == ("issued", "offered", old.award_reference)
    assert fresh.document["awardedDate"] == old.document["awardedDate"]
    assert fresh.document["validFrom"] >= old.document["validFrom"]
    assert Award.objects.get().ended_at is None
    with pytest.raises(WrongStatus):
        act(cast.issuer)
    assert proofs.verify(fresh.document, keys.did_document(cast.college))


def test_the_issuer_of_a_replacement_did_not_assess(cast: Cast) -> None:
    _version, badge = issued(cast)
    rights.add_member(user=cast.assessor, organization=cast.college, role="issuer")
    with pytest.raises(OwnWork):
        awarding.replace_badge(credential_id=badge.pk, actor=cast.assessor, kind="name", reason="x")


def test_a_suspension_is_answered_and_lifted_by_a_new_panel_of_three(cast: Cast) -> None:
    _version, badge = issued(cast)
    with pytest.raises(NotYours, match="nothing to answer"):
        revoking.answer_suspension(credential_id=badge.pk, actor=badge.recipient, text="x")
    with pytest.raises(NotAllowed):
        revoking.suspend_badge(credential_id=badge.pk, actor=cast.ana, reason="a report")
    with pytest.raises(Missing):
        revoking.suspend_badge(credential_id=badge.pk, actor=cast.quinn, reason=" ")
    revoking.suspend_badge(credential_id=badge.pk, actor=cast.quinn, reason="a report")
    with pytest.raises(WrongStatus):
        revoking.suspend_badge(credential_id=badge.pk, actor=cast.quinn, reason="again")
    with pytest.raises(Missing):
        revoking.answer_suspension(credential_id=badge.pk, actor=badge.recipient, text=" ")
    revoking.answer_suspension(credential_id=badge.pk, actor=badge.recipient, text="It was not me")
    members = hearing(cast)
    lift = lambda panel: revoking.reinstate_badge(  # noqa: E731
        credential_id=badge.pk, actor=cast.quinn, reason="unfounded", panel=panel
    )
    with pytest.raises(Missing, match="three members"):
        lift(members[:2])
    with pytest.raises(Missing, match="three members"):
        lift([members[0]] * 3)
    with pytest.raises(OwnWork, match="belong to the institution"):
        lift([*members[:2], cast.bob])
    for acted in (cast.assessor, cast.moe, cast.grant, cast.quinn):
        with pytest.raises(OwnWork, match="is new"):
            lift([*members[:2], acted])
    assert lift(members).status == "issued"
    assert Decision.objects.get(choice="reinstate_badge").answers["panel"] == [str(m.public_id) for m in members]
    text = json.dumps([event.data for event in ledger.events_of(_stream(badge))])
    assert "a report" not in text
    assert "It was not me" not in text


def test_nobody_decides_about_the_own_badge(cast: Cast) -> None:
    _version, badge = issued(cast)
    for role in ("qa_officer", "registrar"):
        rights.add_member(user=badge.recipient, organization=cast.college, role=role)
    with pytest.raises(OwnWork):
        revoking.suspend_badge(credential_id=badge.pk, actor=badge.recipient, reason="x")
    with pytest.raises(OwnWork):
        revoking.ask_revocation(credential_id=badge.pk, actor=badge.recipient, kind="issued_in_error", reason="x")
    asked = revoking.ask_revocation(credential_id=badge.pk, actor=cast.registrar, kind="issued_in_error", reason="x")
    with pytest.raises(OwnWork):
        revoking.confirm_revocation(decision_id=asked.pk, actor=badge.recipient)


def test_a_fault_is_found_by_three_confirmed_by_a_second_person_and_ends_the_award(cast: Cast) -> None:
    _version, badge = issued(cast)
    members = hearing(cast)
    ask = lambda **more: revoking.ask_revocation(  # noqa: E731
        credential_id=badge.pk, actor=cast.registrar, kind="false_evidence", reason="copied", **more
    )
    with pytest.raises(Missing, match="three members"):
        ask(answers=F8)
    with pytest.raises(Missing, match="what the earner answered"):
        ask(panel=members, answers={**F8, "earner_answer": ""})
    with pytest.raises(Missing, match="the kind"):
        revoking.ask_revocation(credential_id=badge.pk, actor=cast.registrar, kind="dislike", reason="x")
    asked = ask(panel=members, answers=F8)
    assert asked.answers["impact"]["earner"] == str(badge.recipient.public_id)
    rights.add_member(user=members[0], organization=cast.college, role="qa_officer")
    with pytest.raises(OwnWork):
        revoking.confirm_revocation(decision_id=asked.pk, actor=members[0])
    revoked = revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn)
    assert (revoked.status, revoked.entry.revoked) == ("revoked", True)
    assert Award.objects.get().ended_at is not None
    public = json.dumps([event.data for event in ledger.events_of(_stream(badge))])
    for private in ("copied", "false_evidence", "misconduct"):
        assert private not in public
    with pytest.raises(WrongStatus):
        revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn)


def test_a_compromised_key_is_the_issuers_and_the_chairs_affair(cast: Cast) -> None:
    _version, badge = issued(cast)
    with pytest.raises(NotAllowed):
        revoking.ask_revocation(credential_id=badge.pk, actor=cast.registrar, kind="key_compromise", reason="stolen")
    asked = revoking.ask_revocation(credential_id=badge.pk, actor=cast.issuer, kind="key_compromise", reason="stolen")
    with pytest.raises(NotAllowed):
        revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn)
    assert revoking.confirm_revocation(decision_id=asked.pk, actor=cast.chair).status == "revoked"
    assert Award.objects.get().ended_at is None


def test_a_badge_that_was_only_prepared_can_be_revoked_too(prepared: Credential, cast: Cast) -> None:
    asked = revoking.ask_revocation(
        credential_id=prepared.pk, actor=cast.registrar, kind="issued_in_error", reason="wrong person"
    )
    assert revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn).status == "revoked"
    with pytest.raises(WrongStatus):
        awarding.consent_to_badge(credential_id=prepared.pk, actor=prepared.recipient, name_shown=False)


def test_an_earner_gives_a_badge_back_and_may_think_again(cast: Cast) -> None:
    _version, badge = issued(cast)
    with pytest.raises(NotYours):
        revoking.surrender_badge(credential_id=badge.pk, actor=cast.quinn)
    asked = revoking.surrender_badge(credential_id=badge.pk, actor=badge.recipient)
    assert (asked.status, asked.surrender_asked_at is not None) == ("issued", True)
    with pytest.raises(WrongStatus):
        revoking.surrender_badge(credential_id=badge.pk, actor=badge.recipient)
    kept = revoking.keep_badge(credential_id=badge.pk, actor=badge.recipient)
    assert kept.surrender_asked_at is None
    with pytest.raises(WrongStatus):
        revoking.keep_badge(credential_id=badge.pk, actor=badge.recipient)


def test_a_held_result_can_be_stated_and_the_statement_is_no_badge(cast: Cast) -> None:
    from credentials.lookups import OwnRows
    from credentials.verdict import Answer, verify

    _version, cohort = piloting_version(cast)
    first, second = cohort.enrolments.order_by("pk")
    with pytest.raises(Refusal, match="no results"):
        stating.state_results(enrolment_id=second.pk, actor=second.learner)
    held(cast, first)
    with pytest.raises(NotYours):
        stating.state_results(enrolment_id=first.pk, actor=cast.ana)
    statement = stating.state_results(enrolment_id=first.pk, actor=first.learner)
    assert proofs.verify(statement.document, keys.did_document(cast.college))
    assert statement.document["credentialSubject"]["result"][-1]["status"] == "OnHold"
    forged = copy.deepcopy(statement.document)
    forged["credentialSubject"]["result"][-1]["status"] = "Completed"
    assert not proofs.verify(forged, keys.did_document(cast.college))
    assert verify(statement.document, lookup=OwnRows()).answer == Answer.NOT_VALID


def test_who_is_invited_again_renews_what_was_earned_before(cast: Cast) -> None:
    version, badge = issued(cast)
    today = timezone.localdate()
    cohort = piloting.make_cohort(
        version_id=version.pk, actor=cast.ana, name="Second", starts_on=today, ends_on=today + timedelta(days=9),
        stop_rule="", consent={"en": "x"},
    )  # fmt: skip
    assert not cohort.pilot
    (again,) = piloting.enter_roster(
        cohort_id=cohort.pk, actor=cast.ana, learners=[piloting.Learner(badge.recipient.email, "Lena 0")]
    )
    assert again.renews == Enrolment.objects.get(award__public_id=badge.award_reference)
    piloting.name_assessor(cohort_id=cohort.pk, actor=cast.ana, person=cast.assessor, qualification="2026")
    piloting.name_assessor(cohort_id=cohort.pk, actor=cast.ana, person=cast.moe, qualification="x", moderator=True)
    piloting.sign_off_roster(cohort_id=cohort.pk, actor=cast.quinn)
    held(cast, again)
    renewed = awarded(cast, again)
    badge.refresh_from_db()
    assert (renewed.status, badge.status) == ("issued", "issued")
    assert renewed.award_reference != badge.award_reference


def test_suspensions_stand_in_a_second_signed_list_with_the_same_index(cast: Cast) -> None:
    _version, badge = issued(cast)
    entry = badge.entry
    revoking.suspend_badge(credential_id=badge.pk, actor=cast.quinn, reason="a report")
    lists = [queries.status_document(entry.status_list.public_id, purpose) for purpose in ("revocation", "suspension")]
    assert [d["credentialSubject"]["statusPurpose"] for d in lists] == ["revocation", "suspension"]
    assert [d["credentialSubject"]["encodedList"] for d in lists] == [
        status.encoded(131072, []),
        status.encoded(131072, [entry.index]),
    ]
    assert lists[1]["id"] == lists[0]["id"] + "/suspensions"
    assert all(proofs.verify(document, keys.did_document(cast.college)) for document in lists)
    revoking.reinstate_badge(credential_id=badge.pk, actor=cast.quinn, reason="unfounded", panel=hearing(cast))
    after = queries.status_document(entry.status_list.public_id, "suspension")
    assert after["credentialSubject"]["encodedList"] == status.encoded(131072, [])
    assert after["name"] > lists[1]["name"]


def test_assessed_work_of_a_learner_who_left_is_not_awarded(active: Cohort, cast: Cast) -> None:
    first = active.enrolments.order_by("pk")[0]
    learning.leave(enrolment_id=first.pk, actor=first.learner)
    with pytest.raises(Refusal, match="withdrew"):
        awarding.award(enrolment_id=first.pk, actor=cast.grant)
