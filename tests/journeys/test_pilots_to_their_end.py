"""All 22 pilots run through the default policy to their end, each with its own shape of partnership.

Create and prototype pilots go from the imported draft to use and a first award; research ends as a study without a
credential. The acts of partners are invented: each answers under a stand-in person, and the whole is fictional.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from credentials import keys
from people.models import Organization, OrganizationKind, User
from tests.cast import Cast, proposal
from tests.journeys import course
from tests.journeys.awards import approved, awarded, held, pilot
from workflows import cases, questions, rights
from workflows.actions import community, deciding, initiating, keeping, piloting, proposing, reviewing
from workflows.models import Initiative, Panel, PanelKind, Seat, Study, Version
from workflows.panels import Place
from workflows.pilots import bring_in, read_file
from workflows.policy import State, quorum
from workflows.studies import StudyRecord
from workflows.voices import voices

FILE = Path(__file__).resolve().parents[1] / "data" / "pilots.json"
PILOTS = {pilot["id"]: pilot for pilot in json.loads(FILE.read_text())["pilots"]}
MADE = sorted(name for name, pilot in PILOTS.items() if pilot["kind"] != "research")
STUDIED = sorted(name for name, pilot in PILOTS.items() if pilot["kind"] == "research")
# Where the subject or a partner is Indigenous, a community's agreement is needed, whoever the partners are.
WITH_COMMUNITY = {"lakehead-mathematics", "sault-indigenous-forestry", "utoronto-cultural-safety"}
VENDORS = {"avid-technology-inc"}  # what they declare ends their independence (`lifecycle.md` 6.3)
SILENT_FROM = 4  # with so many partners, the last one stays silent and holds nobody up

pytestmark = pytest.mark.django_db


def staffed(cast: Cast, initiative: Initiative) -> Organization:
    """The cast works at the pilot's own institution."""
    institution = initiative.institution
    for membership in cast.college.memberships.filter(ended_at=None):
        rights.add_member(user=membership.user, organization=institution, role=membership.role)
    institution.authority = institution.authority or "established post-secondary institution"
    institution.save()
    keys.create_key(institution, "badges")
    cast.college = institution
    return institution


def speaker(organization: Organization) -> User:
    """A stand-in who can speak for an organization, at its own mail domain."""
    organization.domain = organization.domain or f"{organization.slug[:40]}.example"
    organization.save()
    return User.objects.create_user(f"speaker@{organization.domain}", name=f"Speaker of {organization.slug}"[:150])


def asked(cast: Cast, initiative: Initiative) -> list[Place]:
    """The pilot's own partners; and the employers whom the office adds where the rules ask for more voices."""
    partners = [row.organization for row in initiative.partners.select_related("organization").order_by("pk")]
    known = [o for o in partners if o.kind not in {OrganizationKind.COMMUNITY, OrganizationKind.OTHER}]
    return [Place(speaker(organization), organization, "partner") for organization in known] + [
        Place(cast.vera, cast.clinic, "voice"),
        Place(cast.bob, cast.hospital, "partner"),
    ]


def heard(cast: Cast, panel: Panel, choice: str) -> None:
    """Everybody answers, a vendor declaring what it sells; in a large round the last partner stays silent."""
    seats = list(Seat.objects.filter(panel=panel, state="open").order_by("pk"))
    partners = [seat for seat in seats if seat.organization not in {cast.clinic, cast.hospital}]
    silent = partners[-1:] if len(partners) >= SILENT_FROM else []
    for seat in seats:
        if seat not in silent:
            sells = "sells" if seat.organization.slug in VENDORS else "hires"
            course.signed(seat, choice, interests=[sells])


def written(cast: Cast, initiative: Initiative, indigenous: bool) -> Version:
    """The imported draft, completed by its proposer around what the list says of it."""
    version = Version.objects.filter(micro_credential__initiative=initiative).order_by("pk")[0]
    content: dict[str, Any] = proposal()
    content["identity"] = {**content["identity"], **version.content["identity"], "authority": "public institution"}
    content["identity"]["issuing_body"] = initiative.institution.name_en
    content["purpose"] = {**content["purpose"], "purpose": version.content["purpose"]["purpose"]}
    if indigenous:
        content["inclusion"] = {**content["inclusion"], "indigenous": "yes", "involved": {"en": "Two elders."}}
    proposing.save_content(version_id=version.pk, actor=cast.ana, expected=course.number(version), content=content)
    proposing.note_duplicates_seen(version_id=version.pk, actor=cast.ana)
    proposing.declare_interest(version_id=version.pk, actor=cast.ana, kinds=["none"])
    return version


def agreed(cast: Cast, version: Version) -> None:
    """A fictional community, never a real First Nation, makes an agreement and gives it to this content."""
    nation = Organization.objects.create(
        slug="wenora", kind="community", name_en="Wenora Community (fictional)", domain="wenora.example"
    )
    terms = dict.fromkeys(questions.TERMS, "as the community's council wrote it")
    today = version.stage_since.date()
    community.record_agreement(
        version_id=version.pk, actor=cast.quinn, parties=[nation], terms=terms, in_force_from=today
    )
    place = Place(speaker(nation), nation, "community")
    panel = community.ask_community(version_id=version.pk, actor=cast.quinn, places=[place])
    reviewing.answer(seat_id=panel.seats.get().pk, actor=place.person, choice="agree")


def gone_through(cast: Cast, initiative: Initiative) -> Version:
    version = written(cast, initiative, initiative.pilot_reference in WITH_COMMUNITY)
    places, act = asked(cast, initiative), {"version_id": version.pk, "actor": cast.quinn}
    version = proposing.submit(version_id=version.pk, actor=cast.ana, expected=course.number(version))
    panel = deciding.accept(**act, expected=course.number(version), sheet=course.SHEET, places=places)
    heard(cast, panel, "support")
    assert quorum(version.policy.data, "relevance", voices(version, PanelKind.RELEVANCE)) == State.MET
    deciding.confirm_demand(**act, expected=course.number(version))
    deciding.sign_moderation(version_id=version.pk, actor=cast.moe)
    panel = deciding.design_ready(version_id=version.pk, actor=cast.ana, expected=course.number(version), places=places)
    heard(cast, panel, "endorse")
    panel = deciding.confirm_endorsement(**act, expected=course.number(version), committee=cast.committee())
    if initiative.pilot_reference in WITH_COMMUNITY:
        assert cases.community_open(Version.objects.get(pk=version.pk))
        agreed(cast, version)
    course.voted(panel, "approve", "approve", "approve")
    deciding.close_committee(version_id=version.pk, actor=cast.chair, expected=course.number(version))
    return version


@pytest.mark.parametrize("name", MADE)
def test_a_pilot_goes_from_its_draft_to_use_and_a_first_award(cast: Cast, name: str) -> None:
    chosen = [row for row in read_file(FILE).pilots if row.id == name]
    bring_in(read_file(FILE).model_copy(update={"pilots": chosen}), proposer=cast.ana)
    initiative = Initiative.objects.get(pilot_reference=name)
    staffed(cast, initiative)
    version = gone_through(cast, initiative)
    cohort = pilot(cast, version, learners=1)
    held(cast, cohort.enrolments.get())
    approved(cast, version)
    piloting.activate(version_id=version.pk, actor=cast.issuer, expected=course.number(version))
    badge = awarded(cast, cohort.enrolments.get())
    assert badge.status == "issued"
    done = Version.objects.get(pk=version.pk)
    assert (done.stage, keeping.replayed_stage(done), done.issuing_paused) == ("active", "active", False)
    assert {row["state"] for row in cases.strip(done)} <= {"met", "exempt"}


@pytest.mark.parametrize("name", STUDIED)
def test_research_ends_as_a_study_without_a_credential(cast: Cast, name: str) -> None:
    chosen = [row for row in read_file(FILE).pilots if row.id == name]
    bring_in(read_file(FILE).model_copy(update={"pilots": chosen}), proposer=cast.ana)
    initiative = Initiative.objects.get(pilot_reference=name)
    staffed(cast, initiative)
    record = StudyRecord.model_validate(Study.objects.get(initiative=initiative).record)
    initiating.keep_study(initiative_id=initiative.pk, actor=cast.ana, record=record.model_dump(mode="json"))
    ended = initiating.end_initiative(
        initiative_id=initiative.pk, actor=cast.ana, outcome="Findings on the framework were handed on."
    )
    assert ended.ended_on is not None
    assert not initiative.micro_credentials.exists()
