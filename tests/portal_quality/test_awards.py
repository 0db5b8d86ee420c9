"""Rosters are signed by a second person, and results awarded by a grantor, one or all, each with its own answer."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from credentials.models import Credential
from tests.cast import Cast
from tests.journeys import awards, course
from tests.portal_quality.office import auditor_of, get, path, post
from workflows.actions import deciding, evaluating, piloting
from workflows.models import Cohort, Version


def planned(cast: Cast) -> tuple[Version, Cohort]:
    version = course.drafted(cast)
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    today = timezone.localdate()
    cohort = piloting.make_cohort(
        version_id=version.pk, actor=cast.ana, name="Pilot", starts_on=today, ends_on=today + timedelta(days=42),
        stop_rule="two incidents", consent=awards.CONSENT,
    )  # fmt: skip
    rows = [piloting.Learner(f"lena{i}@learner.example", f"Lena {i}") for i in range(3)]
    piloting.enter_roster(cohort_id=cohort.pk, actor=cast.ana, learners=rows)
    piloting.name_assessor(cohort_id=cohort.pk, actor=cast.ana, person=cast.assessor, qualification="requalified")
    piloting.name_assessor(cohort_id=cohort.pk, actor=cast.ana, person=cast.moe, qualification="x", moderator=True)
    return version, cohort


def run(cohort: Cohort, act: str = "") -> str:
    return f"/quality/cohorts/{cohort.public_id}" + (f"/{act}" if act else "")


def test_a_roster_is_signed_by_an_officer_who_did_not_make_it(cast: Cast) -> None:
    version, cohort = planned(cast)
    assert run(cohort, "roster") in get(cast.quinn, "/quality/").content.decode()
    assert get(cast.mallory, run(cohort, "roster")).status_code == 404
    assert get(cast.ana, run(cohort, "roster")).status_code == 404
    for other in (cast.registrar, cast.chair, auditor_of(cast)):
        assert get(other, run(cohort, "roster")).status_code == 403
        assert post(other, run(cohort, "roster")).status_code == 403
    assert "Lena 2" in get(cast.quinn, run(cohort, "roster")).content.decode()
    assert post(cast.quinn, run(cohort, "roster")).status_code == 302
    cohort.refresh_from_db()
    assert cohort.signed_off_by == cast.quinn
    assert get(cast.quinn, run(cohort, "roster")).status_code == 409
    assert "signed by Quinn" in get(cast.registrar, run(cohort)).content.decode()
    assert path(version, "start_pilot") in get(cast.quinn, path(version)).content.decode()


def in_use(cast: Cast) -> tuple[Version, Cohort]:
    version, cohort = planned(cast)
    piloting.sign_off_roster(cohort_id=cohort.pk, actor=cast.quinn)
    piloting.start_pilot(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    for enrolment in cohort.enrolments.order_by("pk"):
        awards.held(cast, enrolment)
    awards.approved(cast, version)
    evaluating.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    return version, cohort


def test_nothing_is_awarded_before_the_version_is_in_use(cast: Cast) -> None:
    _version, cohort = planned(cast)
    refused = get(cast.grant, run(cohort, "award"))
    assert refused.status_code == 409
    assert "not issuing now" in refused.content.decode()


def test_results_are_awarded_one_by_one_or_all_at_once(cast: Cast) -> None:
    _version, cohort = in_use(cast)
    page = get(cast.grant, run(cohort, "award")).content.decode()
    assert "Award all 3 that are ready" in page
    assert post(cast.grant, run(cohort, "award")).status_code == 422
    first = cohort.enrolments.order_by("pk")[0]
    assert post(cast.grant, run(cohort, "award"), learners=[first.pk]).status_code == 302
    assert Credential.objects.count() == 1
    assert post(cast.grant, run(cohort, "award"), all="yes").status_code == 302
    assert Credential.objects.count() == 3
    assert "No result waits for you." in get(cast.grant, run(cohort, "award")).content.decode()


def test_one_refusal_holds_up_nobody_else_and_says_why(cast: Cast) -> None:
    _version, cohort = in_use(cast)
    first, second, _third = cohort.enrolments.order_by("pk")
    attempt = first.attempts.get()
    attempt.assessor = cast.grant
    attempt.save()
    page = get(cast.grant, run(cohort, "award")).content.decode()
    assert "Lena 0: You assessed this work" in page
    assert f'value="{first.pk}"' not in page
    client = Client()
    client.force_login(cast.grant)
    done = client.post(run(cohort, "award"), {"all": "yes"}, follow=True).content.decode()
    assert "2 badges awarded." in done
    # A row that was ready when the page was made, and is not any more, is named with its reason.
    late = client.post(run(cohort, "award"), {"learners": [second.pk]}, follow=True).content.decode()
    assert "Lena 1: " in late
    assert "is not possible while" in late


def test_only_grantors_award_and_the_auditor_reads(cast: Cast) -> None:
    _version, cohort = in_use(cast)
    for other in (cast.quinn, cast.registrar, cast.chair, auditor_of(cast)):
        assert get(other, run(cohort)).status_code == 200
        assert run(cohort, "award") not in get(other, run(cohort)).content.decode()
        assert get(other, run(cohort, "award")).status_code == 403
        assert post(other, run(cohort, "award"), all="yes").status_code == 403
    for stranger in (cast.mallory, cast.ana, cast.assessor):
        assert get(stranger, run(cohort)).status_code == 404
        assert post(stranger, run(cohort, "award"), all="yes").status_code == 404
    assert not Credential.objects.exists()
