"""The whole course in a real browser: the gowning sample, from a file to a badge that strangers verify, and its end.

One return round, two partner endorsements by mailed links, a pilot cohort of six with one not yet competent, a final
approval with a condition, issue, accept, verify, suspend, reinstate, revoke.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from credentials.models import Credential
from people.models import User
from tests.browser.conftest import OpenPage
from tests.browser.judge import sound
from tests.cast import Cast
from tests.journeys import course
from tests.portal_employer import mailed
from tests.portal_faculty.test_samples import SAMPLES
from workflows import ledger
from workflows.models import Cohort, Enrolment, PanelKind, Seat, Version
from workflows.proposals import read_file
from workflows.rehearsal.answers import completed
from workflows.rehearsal.script import enough, script_of

SAMPLE = SAMPLES / "algonquin-gowning.json"


class Walk:
    """Each person in a browser of his or her own, and one proposal on its way."""

    def __init__(self, open_page: OpenPage, cast: Cast) -> None:
        self.open_page, self.cast = open_page, cast
        self.pages: dict[int, Page] = {}

    @property
    def version(self) -> Version:
        return Version.objects.get()

    def see(self, person: User, path: str) -> Page:
        if person.pk not in self.pages:
            self.pages[person.pk] = self.open_page(path, person=person)
            self.pages[person.pk].set_default_timeout(10_000)
        page = self.pages[person.pk]
        page.goto(path)
        return page

    def send(self, page: Page, button: str = "", **typed: Any) -> Page:
        """Fill the form by the names of its fields, press its main button, and want no refusal."""
        for name, value in typed.items():
            _fill(page, name.replace("__", "-"), value)
        kinds = [button] if button else [f"main form[method=post] button{kind}" for kind in (".main", ".bad", "")]
        found = next(page.locator(kind) for kind in kinds if page.locator(kind).count())
        found.last.click()
        page.wait_for_load_state()
        refused = page.locator(".errors")
        assert refused.count() == 0, (page.url, refused.first.inner_text())
        return page

    def act(self, person: User, name: str, **typed: Any) -> Page:
        """One decision of the quality office."""
        return self.send(self.see(person, f"/quality/cases/{self.version.public_id}/{name}"), **typed)

    def stage(self) -> str:
        return str(self.version.stage)


def _fill(page: Page, name: str, value: Any) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach((folded) => (folded.open = true))")
    fields = page.locator(f'main [name="{name}"]')
    kind = fields.first.get_attribute("type")
    if value == "on":
        fields.first.check()
    elif kind in {"radio", "checkbox"}:
        for one in value if isinstance(value, list) else [value]:
            page.locator(f'main [name="{name}"][value="{one}"]').check()
    elif fields.first.evaluate("field => field.tagName") == "SELECT":
        fields.first.select_option(str(value))
    elif kind == "file":
        fields.first.set_input_files(value)
    else:
        fields.first.fill(str(value))


def _proposed(walk: Walk) -> None:
    """Ana brings the file in, says what it leaves open, looks at what is near, declares, checks, submits."""
    ana = walk.cast.ana
    page = walk.see(ana, "/faculty/bring")
    walk.send(page, file=str(SAMPLE))
    _complete(walk)
    base = f"/faculty/{walk.version.public_id}"
    walk.send(walk.see(ana, f"{base}/near"))
    walk.send(walk.see(ana, f"{base}/interests"), kinds="none")
    page = walk.see(ana, f"{base}/check")
    sound(page)
    walk.send(page)
    assert walk.stage() == "screening"


def _complete(walk: Walk) -> None:
    """The file states no dates and no confirmers; Ana types the date of the first source, the rest is written down."""
    from workflows.actions import proposing

    version, reading = walk.version, read_file(SAMPLE)
    script = script_of(reading.under_stand_ins[0], reading.domain_of)
    done = completed(version.content, script, enough(script), walk.cast.ana.name, timezone.localdate())
    proposing.save_content(
        version_id=version.pk, actor=walk.cast.ana, expected=course.number(version), content=done.content
    )


def _relevant(walk: Walk) -> None:
    """Quinn accepts; Bob and Vera answer by their links; Quinn confirms the demand."""
    cast = walk.cast
    rows: dict[str, Any] = {}
    for place, (seat_class, house, person) in enumerate(
        [("partner", cast.hospital, cast.bob), ("partner", cast.clinic, cast.vera)]
    ):
        rows |= {
            f"reviewer__{place}__seat_class": seat_class, f"reviewer__{place}__organization": house.pk,
            f"reviewer__{place}__name": person.name, f"reviewer__{place}__email": person.email,
        }  # fmt: skip
    walk.act(cast.quinn, "accept", in_scope="yes", indigenous_question="answered", partner_relations="recorded", **rows)
    codes = [competency["code"] for competency in walk.version.content["competencies"]]
    for seat in _seats(walk, PanelKind.RELEVANCE):
        ratings = {f"importance__{code}": "5" for code in codes}
        _by_link(walk, seat, interests="hires", needed="now", basis="own_vacancies", **ratings)
    walk.act(cast.quinn, "confirm-demand")
    assert walk.stage() == "assessment_design"


def _seats(walk: Walk, kind: PanelKind) -> list[Seat]:
    return list(Seat.objects.filter(panel__version=walk.version, panel__kind=kind, state="open").order_by("pk"))


def _by_link(walk: Walk, seat: Seat, **typed: Any) -> None:
    """A mailed link, a code, one form, on a phone."""
    phone = walk.open_page(mailed.link(seat), width=390)
    phone.set_default_timeout(10_000)
    walk.send(phone)
    walk.send(phone, code=mailed.code())
    for name, value in {**typed, "statement": "on", "months": "24", "role": "Head of training"}.items():
        _fill(phone, name.replace("__", "-"), value)
    walk.send(phone, button=".signbox button.main")
    assert phone.url.endswith("/signed")


def _designed(walk: Walk) -> None:
    """Moe, who did not write, signs what stands now; Ana asks the partners."""
    walk.send(walk.see(walk.cast.moe, f"/faculty/assessing/design/{walk.version.public_id}"))
    page = walk.see(walk.cast.ana, f"/faculty/{walk.version.public_id}/design")
    walk.send(page, again=[walk.cast.bob.pk, walk.cast.vera.pk])
    assert walk.stage() == "endorsement"


def _endorsed(walk: Walk) -> None:
    """One partner returns the design; Ana changes it and answers; both endorse in the second round."""
    cast = walk.cast
    _designed(walk)
    seat = _seats(walk, PanelKind.ENDORSEMENT)[0]
    bob = walk.open_page(mailed.link(seat), width=390)
    walk.send(bob)
    walk.send(bob, code=mailed.code())
    bob.goto(mailed.page(seat, "answer/return"))
    walk.send(bob, interests="hires", section__assessment="Add a planned disturbance.", role="Head of training")
    walk.act(cast.quinn, "return-from-endorsement", request_assessment="Add a planned disturbance, as Bob asks.")
    assert walk.stage() == "assessment_design"
    _mend(walk)
    _designed(walk)
    tasks = [task["code"] for task in walk.version.content["assessment"]["tasks"]]
    for seat in _seats(walk, PanelKind.ENDORSEMENT):
        compared = {f"compared__{code}": "same" for code in tasks}
        _by_link(walk, seat, interests="hires", convincing="yes", trust="enough", **compared)
    members = [place.person.pk for place in cast.committee()]
    walk.act(cast.quinn, "confirm-endorsement", members=members, outside=[cast.members[0].pk])
    assert walk.stage() == "pilot_approval"


def _mend(walk: Walk) -> None:
    base = f"/faculty/{walk.version.public_id}"
    page = walk.see(walk.cast.ana, f"{base}/write/assessment")
    strategy = page.locator('main [name="strategy_en"]')
    strategy.fill(strategy.input_value() + " A planned disturbance is part of it.")
    walk.send(page)
    page = walk.see(walk.cast.ana, f"{base}/returned")
    page.locator("main textarea").first.fill("A disturbance is planned in task 2.")
    walk.send(page)


def _voted(walk: Walk, *choices: str) -> None:
    for place, choice in zip(walk.cast.committee(), choices, strict=True):
        page = walk.see(place.person, f"/quality/cases/{walk.version.public_id}/vote")
        for judged in page.locator('main select[name^="judged_"]').all():
            judged.select_option("met")
        for question in ("validators_independent", "level_credible", "assessment_sound", "information_true"):
            _fill(page, question, "yes")
        reasons = {"reasons": "One thing is to be done first."} if choice != "approve" else {}
        walk.send(page, choice=choice, **reasons)


def _piloted(walk: Walk) -> list[Enrolment]:
    """Ana plans the cohort; Quinn signs the roster and starts; five are competent, one is not yet."""
    cast, ana = walk.cast, walk.cast.ana
    today = timezone.localdate()
    base = f"/faculty/{walk.version.public_id}/pilot"
    page = walk.see(ana, f"{base}/cohort")
    walk.send(page, name="Spring", starts_on=today, ends_on=today + timedelta(days=42), stop_rule="two incidents",
              consent_en="What is stored, who sees it, how long.")  # fmt: skip
    cohort = Cohort.objects.get()
    rows = "\n".join(["email,name", *(f"lena{place}@learner.example,Lena {place}" for place in range(6))])
    page = walk.see(ana, f"/faculty/cohorts/{cohort.public_id}/roster")
    page.locator("main input[type=file]").set_input_files(
        {"name": "roster.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    walk.send(page)
    page.locator('main button[value="enter"]').click()
    for person, moderator in ((cast.assessor, "no"), (cast.moe, "yes")):
        page = walk.see(ana, f"/faculty/cohorts/{cohort.public_id}/assessors")
        walk.send(page, person=person.pk, moderator=moderator, qualification="requalified this year")
    walk.send(walk.see(cast.quinn, f"/quality/cohorts/{cohort.public_id}/roster"))
    walk.act(cast.quinn, "start-pilot")
    enrolments = list(cohort.enrolments.order_by("pk"))
    for place, enrolment in enumerate(enrolments):
        _learned(walk, enrolment, weak=place == 5)
    return enrolments


def _learned(walk: Walk, enrolment: Enrolment, *, weak: bool) -> None:
    lena, asa = enrolment.learner, walk.cast.assessor
    mine, work = f"/learning/courses/{enrolment.public_id}", f"/faculty/assessing/{enrolment.public_id}"
    walk.send(walk.see(lena, f"{mine}/enrol"), consent="on")
    page = walk.see(lena, f"{mine}/evidence")
    for field in page.locator('main textarea[name$="-note"]').all():
        field.fill("Done three times, observed.")
    for choice in ('-note_circle"][value="employers"', '-file_circle"][value="assessors"', '-third"][value="no"'):
        for one in page.locator(f'main input[name$="{choice}]').all():
            one.check()
    walk.send(page, own_work="on")
    walk.send(walk.see(asa, work), button=f'form[action$="{work}/take"] button')
    page = walk.see(asa, f"{work}/score")
    for place, criterion in enumerate(walk.version.content["rubric"]["criteria"]):
        level = "L1" if weak and place == 0 else "L3"
        _fill(page, f"{criterion['code']}-level", level)
        if level == "L1":
            _fill(page, f"{criterion['code']}-comment", "Entered with an excluded item.")
    for button in ("see", "keep"):
        page.locator(f'main button[value="{button}"]').first.click()
        page.wait_for_load_state()
    enrolment.refresh_from_db()
    if enrolment.stage == "moderating" or weak:
        walk.send(walk.see(walk.cast.moe, f"{work}/moderate"), confirm="yes")


def _approved(walk: Walk, enrolments: list[Enrolment]) -> None:
    """Views of learner and employer, close, report; the registrar signs; approved with a condition; activated."""
    cast, ana = walk.cast, walk.cast.ana
    base = f"/faculty/{walk.version.public_id}/pilot"
    learner = enrolments[0].learner
    agree = dict.fromkeys(("clear", "fair", "useful", "worth", "ready"), "4")
    page = walk.see(learner, f"/learning/courses/{enrolments[0].public_id}/evaluation")
    first = page.locator('main input[name="clear"]').first.get_attribute("value")
    walk.send(page, **dict.fromkeys(agree, first))
    page = walk.see(ana, f"{base}/evaluation/employer")
    walk.send(page, organization="Quellin", after_days="30", matched="4", hire_again="yes")
    walk.send(walk.see(ana, f"{base}/close"))
    page = walk.see(ana, f"{base}/report")
    for place in range(len(walk.version.content["pilot"]["measures"])):
        _fill(page, f"met_{place}", "yes")
    walk.send(page, members=[place.person.pk for place in cast.committee()], outside=[cast.members[0].pk])
    walk.act(cast.registrar, "sign-transcript-rule")
    _voted(walk, "approve", "approve_with_conditions", "approve")
    walk.act(cast.chair, "close-committee", condition__0__text="Train a second assessor",
             condition__0__owner=ana.pk, condition__0__due_on="2030-01-01",
             condition__0__blocks="activate")  # fmt: skip
    assert walk.stage() == "approved"
    condition = walk.version.conditions.get(closed_at=None)
    waiting = walk.see(cast.issuer, f"/quality/cases/{walk.version.public_id}/activate")
    assert "“Train a second assessor”" in waiting.inner_text("main")
    assert waiting.locator("main form[method=post] button.main").count() == 0
    walk.send(walk.see(cast.chair, f"/quality/conditions/{condition.public_id}/close"), proof="Trained in May.")
    walk.act(cast.issuer, "activate")
    assert walk.stage() == "active"


def _verdict(walk: Walk, credential: Credential) -> str:
    page = walk.open_page(f"/badges/{credential.public_id}", width=390)
    return str(page.locator("[data-verdict]").get_attribute("data-verdict"))


@pytest.mark.django_db(transaction=True)
def test_from_a_file_to_a_badge_and_its_end(cast: Cast, open_page: OpenPage) -> None:
    walk = Walk(open_page, cast)
    _proposed(walk)
    _relevant(walk)
    _endorsed(walk)
    _voted(walk, "approve", "approve", "approve")
    walk.act(cast.chair, "close-committee")
    enrolments = _piloted(walk)
    page = walk.see(cast.ana, f"/faculty/{walk.version.public_id}/pilot")
    ready = [enrolment.pk for enrolment in enrolments if Enrolment.objects.get(pk=enrolment.pk).stage == "assessed"]
    assert len(ready) == 5
    walk.send(page, button='form[action$="/recommend"] button', learners=ready)
    _approved(walk, enrolments)
    cohort = Cohort.objects.get()
    walk.send(walk.see(cast.grant, f"/quality/cohorts/{cohort.public_id}/award"), learners=ready)
    lena = enrolments[0].learner
    credential = Credential.objects.get(recipient=lena)
    page = walk.see(lena, f"/learning/badges/{credential.public_id}/offer")
    sound(page)
    walk.send(page, name_shown="yes", agree="on")
    page = walk.see(lena, f"/learning/badges/{credential.public_id}")
    walk.send(page, button='form[action$="/visibility"] button')
    assert _verdict(walk, credential) == "valid"
    badge = f"/quality/badges/{credential.public_id}"
    walk.send(walk.see(cast.quinn, f"{badge}/suspend"), reason="A report came in.")
    assert _verdict(walk, credential) == "not_valid"
    page = walk.see(cast.quinn, f"{badge}/reinstate")
    walk.send(page, reason="It was unfounded.", panel=_panel(page))
    assert _verdict(walk, credential) == "valid"
    walk.send(walk.see(cast.registrar, f"{badge}/revoke"), kind="issued_in_error", reason="The wrong Lena.")
    asked = walk.version.decisions.get(choice="ask_revocation")
    walk.send(walk.see(cast.quinn, f"/quality/revocations/{asked.public_id}"))
    stranger = walk.open_page(f"/badges/{credential.public_id}", language="fr")
    assert stranger.locator("[data-verdict]").get_attribute("data-verdict") == "not_valid"
    assert "wrong Lena" not in stranger.content()
    assert re.search(r"révoqué", stranger.inner_text("main"))
    sound(stranger)
    assert list(ledger.faults()) == []


def _panel(page: Page) -> list[str]:
    return [str(box.get_attribute("value")) for box in page.locator('main input[name="panel"]').all()[:3]]
