"""The whole course through the pages of the quality office, from a return to a revoked badge."""

from __future__ import annotations

from django.utils import timezone

from credentials.models import Credential
from tests.cast import Cast
from tests.journeys import awards, course
from tests.portal_quality.office import employers, get, judged, path, post, send, sheet
from workflows import ledger
from workflows.actions import awarding, deciding, piloting, proposing
from workflows.models import Cohort, Decision, Panel, Version


def done(answer: object) -> None:
    assert answer.status_code == 302, answer.content.decode()[:2000]  # type: ignore[attr-defined]


def stage(version: Version) -> str:
    return Version.objects.get(pk=version.pk).stage


def through_screening_and_relevance(cast: Cast, version: Version) -> None:
    done(send(cast.quinn, version, "return_from_screening", request_demand="Where are the vacancies counted?"))
    request = version.change_requests.get()
    proposing.answer_request(request_id=request.pk, actor=cast.ana, text="In our own survey; said so now.")
    course.submitted(cast, version)
    done(send(cast.quinn, version, "accept", **sheet(), **employers(cast)))
    course.answered(Panel.objects.get(version=version, closed_at=None), "support")
    done(send(cast.quinn, version, "confirm_demand"))


def through_endorsement(cast: Cast, version: Version) -> None:
    deciding.sign_moderation(version_id=version.pk, actor=cast.moe)
    course.answered(course.in_endorsement(cast, version), "endorse")
    members = [person.pk for person in (cast.chair, *cast.members)]
    done(send(cast.quinn, version, "confirm_endorsement", members=members, outside=[cast.members[1].pk]))


def through_gate(cast: Cast, version: Version, kind: str, *, condition: dict | None = None) -> None:
    choice = "approve_with_conditions" if condition else "approve"
    for person in (cast.chair, *cast.members):
        done(send(person, version, "vote", **judged(version, kind, choice, reasons="As the rubric shows.")))
    rows = {"condition-TOTAL_FORMS": 4, "condition-INITIAL_FORMS": 0}
    typed = {f"condition-0-{name}": value for name, value in (condition or {}).items()}
    done(send(cast.chair, version, "close_committee", **rows, **typed))


def piloted(cast: Cast, version: Version) -> Cohort:
    cohort = piloting.make_cohort(
        version_id=version.pk, actor=cast.ana, name="Pilot", starts_on=timezone.localdate(),
        ends_on=timezone.localdate(), stop_rule="two incidents", consent=awards.CONSENT,
    )  # fmt: skip
    rows = [piloting.Learner("lena@learner.example", "Lena")]
    piloting.enter_roster(cohort_id=cohort.pk, actor=cast.ana, learners=rows)
    piloting.name_assessor(cohort_id=cohort.pk, actor=cast.ana, person=cast.assessor, qualification="requalified")
    piloting.name_assessor(cohort_id=cohort.pk, actor=cast.ana, person=cast.moe, qualification="x", moderator=True)
    done(post(cast.quinn, f"/quality/cohorts/{cohort.public_id}/roster", sure="yes"))
    done(send(cast.quinn, version, "start_pilot"))
    awards.held(cast, cohort.enrolments.get())
    return cohort


def test_from_a_return_to_a_revoked_badge(cast: Cast) -> None:
    version = course.submitted(cast, course.drafted(cast))
    through_screening_and_relevance(cast, version)
    through_endorsement(cast, version)
    through_gate(cast, version, "pilot_approval")
    cohort = piloted(cast, version)
    learner = cohort.enrolments.get().learner
    piloting.answer_pilot(version_id=version.pk, actor=learner, audience="learner", answers={"clear": "yes"})
    piloting.answer_pilot(version_id=version.pk, actor=cast.ana, audience="employer", answers={"hire": "yes"})
    piloting.close_pilot(version_id=version.pk, actor=cast.ana, expected=course.number(version))
    piloting.report(
        version_id=version.pk, actor=cast.ana, expected=course.number(version), measures={},
        committee=cast.committee(),
    )  # fmt: skip
    done(send(cast.registrar, version, "sign_transcript_rule"))
    condition = {"text": "Train two assessors", "owner": cast.ana.pk, "due_on": "2100-01-01", "blocks": "activate"}
    through_gate(cast, version, "final_approval", condition=condition)
    assert stage(version) == "approved"

    blocked = send(cast.issuer, version, "activate")
    assert blocked.status_code == 409
    kept = version.conditions.get()
    done(post(cast.chair, f"/quality/conditions/{kept.public_id}/close", proof="Both were trained."))
    done(send(cast.issuer, version, "activate"))
    done(post(cast.grant, f"/quality/cohorts/{cohort.public_id}/award", all="yes"))
    badge = Credential.objects.get()
    awarding.answer_badge(credential_id=badge.pk, actor=learner, accept=True)

    page = f"/quality/badges/{badge.public_id}"
    done(post(cast.quinn, f"{page}/suspend", reason="A report came in."))
    done(post(cast.registrar, f"{page}/revoke", kind="issued_in_error", reason="Wrong person."))
    asked = Decision.objects.get(choice="ask_revocation")
    done(post(cast.quinn, f"/quality/revocations/{asked.public_id}", sure="yes"))
    badge.refresh_from_db()
    assert badge.status == "revoked"
    assert "together they lead to the stage" in get(cast.quinn, path(version, "ledger")).content.decode()
    assert list(ledger.faults()) == []
