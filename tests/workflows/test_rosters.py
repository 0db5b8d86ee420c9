"""A roster enters a cohort whole or not at all, unless the lead leaves the wrong rows out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import User
from tests.cast import Cast
from tests.journeys import course
from workflows import ledger, rights
from workflows.actions import deciding, piloting, rosters
from workflows.errors import NotAllowed, NotYours, OwnWork, Refusal, WrongRows
from workflows.models import Cohort, Enrolment

GOOD = b"courriel;nom;matricule;langue\nlena@learner.example;Lena Roy;0042;fr\nkai@learner.example;Kai;;\n"
MIXED = GOOD + b"nobody;Nobody;;\nlena@learner.example;Lena;;\n"


@pytest.fixture
def cohort(cast: Cast) -> Cohort:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    today = timezone.localdate()
    return piloting.make_cohort(
        version_id=version.pk, actor=cast.ana, name="Pilot", starts_on=today, ends_on=today + timedelta(days=42),
        stop_rule="two incidents", consent={"en": "x"},
    )  # fmt: skip


def test_a_good_file_invites_its_learners_in_their_language(cohort: Cohort, cast: Cast) -> None:
    entered = rosters.enter_file(cohort_id=cohort.pk, actor=cast.ana, data=GOOD)
    assert [(e.learner.email, e.roster_name, e.student_number) for e in entered] == [
        ("lena@learner.example", "Lena Roy", "0042"),
        ("kai@learner.example", "Kai", ""),
    ]
    assert [e.learner.language for e in entered] == ["fr", "en"]
    assert [event.type for event in ledger.events_of(f"award:{entered[0].public_id}")] == ["invite"]


def test_nothing_is_entered_while_a_row_is_wrong(cohort: Cohort, cast: Cast) -> None:
    with pytest.raises(WrongRows) as refused:
        rosters.enter_file(cohort_id=cohort.pk, actor=cast.ana, data=MIXED)
    assert [fault.line for fault in refused.value.preview.faults] == [4, 5]
    assert not Enrolment.objects.exists()
    assert not User.objects.filter(email__endswith="learner.example").exists()
    assert len(rosters.enter_file(cohort_id=cohort.pk, actor=cast.ana, data=MIXED, leave_out_wrong=True)) == 2


def test_a_file_that_cannot_be_read_cannot_be_entered_in_part(cohort: Cohort, cast: Cast) -> None:
    with pytest.raises(WrongRows):
        rosters.enter_file(cohort_id=cohort.pk, actor=cast.ana, data=b"", leave_out_wrong=True)


def test_who_is_in_the_cohort_or_assesses_in_it_is_named_in_the_preview(cohort: Cohort, cast: Cast) -> None:
    piloting.name_assessor(cohort_id=cohort.pk, actor=cast.ana, person=cast.assessor, qualification="2026")
    rosters.enter_file(cohort_id=cohort.pk, actor=cast.ana, data=GOOD)
    again = GOOD + f"{cast.assessor.email};Asa;;\n".encode()
    preview = rosters.preview_roster(cohort_id=cohort.pk, actor=cast.ana, data=again)
    words = [str(fault.sentence) for fault in preview.faults]
    assert [("already" in w, "assesses" in w) for w in words] == [(True, False), (True, False), (False, True)]
    with pytest.raises(OwnWork):
        piloting.enter_roster(
            cohort_id=cohort.pk, actor=cast.ana, learners=[piloting.Learner(cast.assessor.email, "Asa")]
        )


def test_only_the_lead_enters_and_only_a_second_person_signs(cohort: Cohort, cast: Cast) -> None:
    with pytest.raises(NotYours):
        rosters.preview_roster(cohort_id=cohort.pk, actor=cast.mallory, data=GOOD)
    with pytest.raises(NotAllowed):
        rosters.enter_file(cohort_id=cohort.pk, actor=cast.quinn, data=GOOD)
    rosters.enter_file(cohort_id=cohort.pk, actor=cast.ana, data=GOOD)
    rights.add_member(user=cast.ana, organization=cast.college, role="qa_officer")
    with pytest.raises(OwnWork):
        piloting.sign_off_roster(cohort_id=cohort.pk, actor=cast.ana)
    assert piloting.sign_off_roster(cohort_id=cohort.pk, actor=cast.quinn).signed_off_by == cast.quinn


def test_a_change_takes_the_second_signature_away(cohort: Cohort, cast: Cast) -> None:
    rosters.enter_file(cohort_id=cohort.pk, actor=cast.ana, data=GOOD)
    piloting.sign_off_roster(cohort_id=cohort.pk, actor=cast.quinn)
    rosters.enter_file(cohort_id=cohort.pk, actor=cast.ana, data=b"email,name\nnia@learner.example,Nia\n")
    cohort.refresh_from_db()
    assert cohort.signed_off_by is None
    Cohort.objects.update(closed_at=timezone.now())
    with pytest.raises(Refusal, match="closed"):
        rosters.enter_file(cohort_id=cohort.pk, actor=cast.ana, data=b"email,name\nzoe@learner.example,Zoe\n")
