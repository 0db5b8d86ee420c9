"""Steps of an award that several journeys share."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from credentials.models import Credential
from people.models import User
from tests.cast import Cast
from tests.journeys import course
from tests.remembered import remembered
from workflows import rights
from workflows.actions import assessing, awarding, deciding, learning, piloting
from workflows.evidence import Item
from workflows.models import Cohort, Enrolment, Version

CONSENT = {"en": "What is stored, who sees it, how long."}
GOOD = {"R1": {"level": "L2", "comment": ""}, "R2": {"level": "L2", "comment": ""}}
WEAK = {"R1": {"level": "L1", "comment": "Touched the sleeve"}, "R2": {"level": "L2", "comment": ""}}


@remembered
def piloting_version(cast: Cast, learners: int = 2) -> tuple[Version, Cohort]:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    return version, pilot(cast, version, learners)


@remembered
def pilot(cast: Cast, version: Version, learners: int = 2) -> Cohort:
    today = timezone.localdate()
    cohort = piloting.make_cohort(
        version_id=version.pk, actor=cast.ana, name="Pilot", starts_on=today, ends_on=today + timedelta(days=42),
        stop_rule="two incidents", consent=CONSENT,
    )  # fmt: skip
    rows = [piloting.Learner(f"lena{i}@learner.example", f"Lena {i}") for i in range(learners)]
    piloting.enter_roster(cohort_id=cohort.pk, actor=cast.ana, learners=rows)
    piloting.name_assessor(cohort_id=cohort.pk, actor=cast.ana, person=cast.assessor, qualification="requalified 2026")
    piloting.name_assessor(
        cohort_id=cohort.pk, actor=cast.ana, person=cast.moe, qualification="ten years", moderator=True
    )
    piloting.sign_off_roster(cohort_id=cohort.pk, actor=cast.quinn)
    piloting.start_pilot(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    return cohort


def assessed(cast: Cast, enrolment: Enrolment, scores: dict) -> None:
    learner = enrolment.learner
    enrolment.refresh_from_db(fields=["stage"])
    if enrolment.stage == "invited":
        learning.enrol(enrolment_id=enrolment.pk, actor=learner, consent=True)
    items = [Item("T1", text="Three gownings observed", visibility="employers")]
    learning.submit_evidence(enrolment_id=enrolment.pk, actor=learner, items=items, own_work=True)
    assessing.take(enrolment_id=enrolment.pk, actor=cast.assessor)
    assessing.score(enrolment_id=enrolment.pk, actor=cast.assessor, scores=scores)


@remembered
def held(cast: Cast, enrolment: Enrolment) -> None:
    assessed(cast, enrolment, GOOD)
    assessing.moderate(enrolment_id=enrolment.pk, actor=cast.moe, confirm=True, note="")
    assessing.recommend(enrolment_id=enrolment.pk, actor=cast.ana)


@remembered
def approved(cast: Cast, version: Version) -> None:
    learner = Enrolment.objects.filter(cohort__version=version).first().learner
    piloting.answer_pilot(version_id=version.pk, actor=learner, audience="learner", answers={"clear": "yes"})
    piloting.answer_pilot(version_id=version.pk, actor=cast.ana, audience="employer", answers={"hire": "yes"})
    piloting.close_pilot(version_id=version.pk, actor=cast.ana, expected=course.number(version))
    panel = piloting.report(
        version_id=version.pk, actor=cast.ana, expected=course.number(version), measures={},
        committee=cast.committee(),
    )  # fmt: skip
    deciding.sign_transcript_rule(version_id=version.pk, actor=cast.registrar)
    course.voted(panel, "approve", "approve", "approve")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))


@remembered
def issued(cast: Cast) -> tuple[Version, Credential]:
    version, cohort = piloting_version(cast)
    first, second = cohort.enrolments.order_by("pk")
    held(cast, first)
    assessed(cast, second, WEAK)
    approved(cast, version)
    piloting.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    return version, awarded(cast, first)


@remembered
def awarded(cast: Cast, enrolment: Enrolment) -> Credential:
    """Awarded by the grantor, agreed to by the learner, signed and offered."""
    prepared = awarding.award(enrolment_id=enrolment.pk, actor=cast.grant)
    return awarding.consent_to_badge(credential_id=prepared.pk, actor=enrolment.learner, name_shown=False)


def hearing(cast: Cast) -> list[User]:
    """Three members of the college who had no part in the case."""
    persons = [User.objects.create_user(f"{name}@taravelle.example", name=name) for name in ("Hana", "Hugo", "Huda")]
    for person in persons:
        rights.add_member(user=person, organization=cast.college, role="committee_member")
    return persons
