"""What a reviewer does with a mailed link, as steps that several tests share."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.utils import timezone

from people import invitations, post
from people.models import Invitation, Organization, OutgoingMail, User
from tests.cast import Cast, proposal
from tests.journeys import course
from workflows.actions import community, proposing
from workflows.models import Seat, Version
from workflows.panels import Place
from workflows.questions import PRINCIPLES, TERMS

F2 = {
    "interests": ["hires"],
    "needed": "now",
    "importance-C1": "5",
    "importance-C2": "4",
    "frequency-C1": "daily",
    "basis": ["own_vacancies"],
    "statement": "on",
    "months": "24",
    "name": "Robert Quell",
    "role": "Head of training",
}
F4 = {
    "interests": ["none"],
    "compared-T1": "same",
    "convincing": "yes",
    "trust": "enough",
    "statement": "on",
    "months": "12",
    "name": "Robert Quell",
    "role": "Head of training",
}
AGREED = {
    **{f"respected-{principle.value}": "yes" for principle in PRINCIPLES},
    "statement": "on",
    "name": "Winona",
    "role": "Speaker",
}


def relevance_seat(cast: Cast, code: str = "GOWN") -> Seat:
    """Bob is asked whether the skills are in demand."""
    version = proposing.start(actor=cast.ana, institution=cast.college, code=code, content=proposal())
    proposing.note_duplicates_seen(version_id=version.pk, actor=cast.ana)
    proposing.declare_interest(version_id=version.pk, actor=cast.ana, kinds=["none"])
    return course.in_relevance_review(cast, version).seats.get(person=cast.bob)


def endorsement_seat(cast: Cast) -> Seat:
    """Bob is asked whether the assessment matches the job."""
    version = course.drafted(cast)
    course.in_design(cast, version)
    return course.in_endorsement(cast, version).seats.get(person=cast.bob)


def community_seat(cast: Cast) -> Seat:
    """The committee has voted for the pilot, and Winona is asked for her community, which has an agreement."""
    involved = {"indigenous": "yes", "involved": {"en": "Two elders of Wenora told how gowns are made."}}
    version = course.drafted(cast, inclusion={**proposal()["inclusion"], **involved})
    course.voted(course.at_pilot_approval(cast, version), "approve", "approve", "approve")
    return asked_community(cast, version)


def asked_community(cast: Cast, version: Version) -> Seat:
    """An agreement with Winona's community is recorded, and she is asked."""
    nation = Organization.objects.create(
        slug="wenora", kind="community", name_en="Wenora Community (fictional)", domain="wenora.example"
    )
    winona = User.objects.create_user("winona@wenora.example", name="Winona")
    community.record_agreement(
        version_id=version.pk, actor=cast.quinn, parties=[nation], in_force_from=timezone.localdate(),
        terms={name: f"The council wrote the {name}." for name in TERMS},
    )  # fmt: skip
    place = Place(winona, nation, "community")
    return community.ask_community(version_id=version.pk, actor=cast.quinn, places=[place]).seats.get()


def link(seat: Seat) -> str:
    """The address in the mail."""
    return f"/reviews/l/{invitations.token_of(Invitation.objects.get(seat=seat))}"


def code() -> str:
    """The code of the last mail."""
    return post.code_of(OutgoingMail.objects.latest("pk"))


def wrong_code() -> str:
    """Six other digits."""
    return f"{(int(code()) + 1) % 10**6:06}"


def page(seat: Seat, name: str = "form") -> str:
    """The address of one of a seat's pages."""
    return f"/reviews/{seat.public_id}/{name}"


def started(seat: Seat, client: Client | None = None, **posted: str) -> Client:
    """A browser that opened the letter and pressed Start."""
    client = client or Client()
    client.get(link(seat))
    client.post(link(seat) + "/start", posted)
    return client


def opened(seat: Seat, client: Client | None = None) -> Client:
    """A browser that has used the code of the mail."""
    client = started(seat, client)
    assert client.post(page(seat, "code"), {"code": code()}).status_code == 302
    return client


def text(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())
