"""A large cohort whose results wait for their awards, put into the database at once."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from credentials.models import Credential
from people.models import User
from tests.cast import Cast
from tests.journeys.awards import GOOD, WEAK, approved, held, piloting_version
from tests.journeys.course import number
from workflows.actions import piloting
from workflows.models import Attempt, Award, Cohort, Enrolment, Version


def active(cast: Cast) -> tuple[Version, Cohort]:
    """A version in use, with one learner recommended in its cohort of two."""
    version, cohort = piloting_version(cast)
    held(cast, cohort.enrolments.order_by("pk")[0])
    approved(cast, version)
    piloting.activate(version_id=version.pk, actor=cast.issuer, expected=number(version))
    version.refresh_from_db()
    return version, cohort


def recommended(cast: Cast, version: Version, learners: int, name: str = "Many") -> Cohort:
    """A further cohort of the version in which everybody was assessed and recommended."""
    today = timezone.localdate()
    cohort = Cohort.objects.create(
        version=version, name=name, starts_on=today, ends_on=today, made_by=cast.ana, signed_off_by=cast.quinn
    )
    password = make_password(None)
    people = User.objects.bulk_create(
        [
            User(
                email=f"{name}{place}@learner.example".lower().replace(" ", ""),
                name=f"{name} {place}",
                password=password,
            )
            for place in range(learners)
        ],
        batch_size=5000,
    )
    enrolments = Enrolment.objects.bulk_create(
        [
            Enrolment(cohort=cohort, learner=person, roster_name=person.name, stage="recommended", number=7)
            for person in people
        ],
        batch_size=5000,
    )
    levels = [GOOD, {**GOOD, "R2": WEAK["R1"]}]
    now = timezone.now()
    Attempt.objects.bulk_create(
        [
            Attempt(
                enrolment=enrolment, ordinal=1, scores=levels[place % 2], passed=True, assessor=cast.assessor,
                assessed_at=now,
            )
            for place, enrolment in enumerate(enrolments)
        ],
        batch_size=5000,
    )  # fmt: skip
    return cohort


def agreed(cohort: Cohort) -> int:
    """Everybody's consent 2, as if each had agreed while nothing could be signed."""
    awards = Award.objects.filter(enrolment__cohort=cohort).values("public_id")
    badges = Credential.objects.filter(award_reference__in=awards, status="prepared", consented_at=None)
    return badges.update(consented_at=timezone.now())
