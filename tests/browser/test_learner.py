"""Lena’s way in a browser: enrol, hand in, read “not yet”, accept, share; on a phone, in French, without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from credentials.models import Credential, ShareLink
from tests.browser.conftest import OpenPage
from tests.browser.judge import sound
from tests.cast import Cast
from tests.journeys.awards import WEAK, approved, assessed, held, piloting_version
from tests.journeys.course import number
from workflows.actions import assessing, awarding, evaluating
from workflows.models import Enrolment


def _open_details(page: object) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true })")  # type: ignore[attr-defined]


@pytest.mark.parametrize(("language", "width", "scripts"), [("en", 1280, True), ("fr", 390, True), ("fr", 320, False)])
def test_lena_enrols_hands_in_and_reads_not_yet(
    open_page: OpenPage, cast: Cast, language: str, width: int, scripts: bool
) -> None:
    _version, cohort = piloting_version(cast)
    enrolment = cohort.enrolments.order_by("pk")[0]
    page = open_page("/learning/", person=enrolment.learner, language=language, width=width, scripts=scripts)

    def check() -> None:
        if scripts:
            _open_details(page)
            sound(page)

    check()
    page.locator(".rows a").first.click()
    check()
    page.locator("main .btn.main").click()  # without the tick: refused, with words
    check()
    page.locator("input[name=consent]").check()
    page.locator("main .btn.main").click()
    check()
    page.locator("main .btn.main").click()
    check()
    page.locator("textarea[name=T1-note]").fill("I gowned three times.")
    page.locator("input[name=own_work]").check()
    page.locator("main .btn.main").click()  # the question about others is still open
    assert page.locator("textarea[name=T1-note]").input_value() == "I gowned three times."
    check()
    page.locator("input[name=T1-third][value=no]").check()
    page.locator("main .btn.main").click()
    assert Enrolment.objects.get(pk=enrolment.pk).stage == "submitted"
    assessing.take(enrolment_id=enrolment.pk, actor=cast.assessor)
    assessing.score(enrolment_id=enrolment.pk, actor=cast.assessor, scores=WEAK)
    page.reload()
    assert "Touched the sleeve" in page.inner_text("main")
    check()
    page.goto(f"/learning/courses/{enrolment.public_id}/evaluation")
    for question in ("clear", "fair", "useful", "worth", "ready"):
        page.locator(f"input[name={question}][value=yes]").check()
    check()
    page.locator("main .btn.main").click()
    page.goto(f"/learning/courses/{enrolment.public_id}/leave")
    check()


@pytest.mark.parametrize(("language", "width", "scripts"), [("en", 1280, True), ("fr", 390, False)])
def test_lena_accepts_and_shares_her_badge(
    open_page: OpenPage, cast: Cast, language: str, width: int, scripts: bool
) -> None:
    version, cohort = piloting_version(cast)
    first, second = cohort.enrolments.order_by("pk")
    held(cast, first)
    assessed(cast, second, WEAK)
    approved(cast, version)
    evaluating.activate(version_id=version.pk, actor=cast.issuer, expected=number(version))
    awarding.award(enrolment_id=first.pk, actor=cast.grant)
    page = open_page("/learning/", person=first.learner, language=language, width=width, scripts=scripts)

    def check() -> None:
        if scripts:
            _open_details(page)
            sound(page)

    page.locator(".rows a").first.click()
    check()
    page.locator("input[name=name_shown][value=yes]").check()
    page.locator("input[name=agree]").check()
    page.locator("main .btn.main").click()
    assert Credential.objects.get().acceptance == "accepted"
    assert page.locator("main").get_attribute("data-status") == "issued"
    check()
    page.locator("main .btn.main").first.click()
    check()
    page.locator("input[name=label]").fill("Mme Roy, Hôpital Quellin")
    page.locator("input[name=ends_on]").fill((timezone.localdate() + timedelta(days=20)).isoformat())
    page.locator("main .btn.main").click()
    assert ShareLink.objects.count() == 1
    check()
    page.locator("button[name=public]").click()
    assert Credential.objects.get().public
    check()
    for path in ("name", "surrender"):
        page.goto(f"/learning/badges/{Credential.objects.get().public_id}/{path}")
        check()
    page.goto("/learning/")
    check()
