"""A cohort of badges for tests of the drill, made set-wise by the real verbs."""

from __future__ import annotations

from django.utils import timezone

from credentials import batch
from credentials import queries as badge_queries
from credentials.models import Credential
from people.models import User
from tests.cast import Cast
from tests.journeys.awards import issued
from workflows import badge_contents
from workflows.models import Attempt, Award, Enrolment, Version


def badges(cast: Cast, number: int) -> tuple[Version, list[Credential]]:
    """Lena's badge, and those of many others in her cohort, accepted; their courses are copies of hers."""
    version, first = issued(cast)
    version.refresh_from_db()
    lena = Enrolment.objects.get(award__public_id=first.award_reference)
    attempt = lena.attempts.latest("ordinal")
    people = User.objects.bulk_create(
        User(email=f"learner{n}@learner.example", name=f"Learner {n}") for n in range(number - 1)
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(cohort=lena.cohort, learner=person, stage="awarded") for person in people
    )
    Attempt.objects.bulk_create(
        Attempt(enrolment=one, ordinal=1, assessor=attempt.assessor, scores=attempt.scores, assessed_at=timezone.now())
        for one in enrolments
    )
    awards = Award.objects.bulk_create(
        Award(
            version=version, enrolment=one, learner=one.learner, occasion=str(lena.cohort.public_id),
            granted_by=cast.grant, awarded_at=timezone.now(),
        )
        for one in enrolments
    )  # fmt: skip
    for start in range(0, len(awards), 500):
        some = awards[start : start + 500]
        shared = badge_contents.SharedContents(some)
        planned = []
        for award in some:
            contents, own = shared.of(award, name_shown=False)
            planned.append(batch.Planned(award.learner, award.public_id, contents, own, timezone.now(), False))
        achievement = badge_queries.achievement_of(version.public_id)
        keys = [pk for pk, _public_id in batch.prepare_many(achievement=achievement, planned=planned)]
        batch.sign_many(issuer=cast.college, badges=keys)
    Credential.objects.filter(status="issued").update(acceptance="accepted")
    return version, list(Credential.objects.order_by("pk"))
