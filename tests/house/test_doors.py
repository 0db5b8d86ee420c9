"""Every address is shut to whom it does not concern: default deny, from one table, by every person of the cast.

An address that the table does not know fails the test, so that no door is added without saying who may enter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from people.models import User
from tests.cast import Cast
from tests.journeys import course
from tests.journeys.test_pilot_to_badge import issued
from workflows import rights
from workflows.actions import appealing, reviewing, revoking
from workflows.models import Condition, Enrolment, Seat

# Who may enter the addresses of a portal at all; everybody else, signed in or not, finds nothing there.
ENTER: dict[str, set[str]] = {
    "faculty": {"ana", "asa", "moe"},
    "quality": {"quinn", "chair", "mia", "rita", "greta", "ivo", "udo"},
    "learner": {"lena", "other", "bob"},
    "employer": {"bob"},
    "notices": set(),
    "webhooks": {"quinn", "udo"},
    "api": set(),  # tests/portal_api/test_calls.py walks its addresses by scope
}
# Pages that show each person only what is his or her own, so that any signed-in person may open them.
OWN = {"employer:home", "learner:home", "home", "notices:list", "notices:read_all"}
OWN |= {"quality:away", "quality:back"}
OWN |= {"account", "account_add", "account_code", "account_main", "account_remove", "learner:everything"}
OWN |= {"tokens", "make_token", "end_token", "scopes_table"}
# Addresses for everybody. Each of them has tests of its own for what it shows.
OPEN = {
    "language",
    "sign_in",
    "account_login",
    "account_request_login_code",
    "sign_in_code",
    "account_confirm_login_code",
    "sign_out",
    # A mailed link is its own key; the pages behind it ask for a code (tests/portal_employer).
    "employer:letter",
    "employer:start_letter",
    "employer:kept_letter",
}
DEMO_ONLY = {"demo_sign_in", "mailbox"}


@dataclass
class World:
    """The cast, and one object of each kind that an address can name."""

    people: dict[str, User]
    objects: dict[str, Any]


@pytest.fixture
def world(cast: Cast) -> World:
    version, credential = issued(cast)
    udo = User.objects.create_user("udo@taravelle.example", name="Udo")
    rights.add_member(user=udo, organization=cast.college, role="auditor")
    draft = course.drafted(cast, code="EXIT")
    course.in_relevance_review(cast, draft)
    seat = Seat.objects.get(panel__version=draft, person=cast.bob)
    question = reviewing.ask_question(seat_id=seat.pk, actor=cast.bob, text="Which site?")
    asked = revoking.ask_revocation(
        credential_id=credential.pk, actor=cast.registrar, kind="issued_in_error", reason="wrong person"
    )
    revoking.suspend_badge(credential_id=credential.pk, actor=cast.quinn, reason="a report")
    appeal = appealing.appeal_result(
        enrolment_id=Enrolment.objects.get(award__public_id=credential.award_reference).pk,
        actor=credential.recipient, ground="bias", statement="x", remedy="y",
    )  # fmt: skip
    condition = Condition.objects.create(
        version=version, text="x", set_by=cast.quinn, set_at_gate="pilot_approval", owner=cast.ana, due_on="2030-01-01"
    )
    mine, others = Enrolment.objects.filter(cohort__version=version).order_by("pk")[:2]
    people = {
        "ana": cast.ana, "quinn": cast.quinn, "chair": cast.chair, "mia": cast.members[0], "moe": cast.moe,
        "rita": cast.registrar, "greta": cast.grant, "ivo": cast.issuer, "asa": cast.assessor, "bob": cast.bob,
        "udo": udo, "lena": mine.learner, "other": others.learner, "mallory": cast.mallory,
    }  # fmt: skip
    objects = {
        "webhooks/": cast.college,
        "faculty/assessing/design/": version, "faculty/assessing/": mine, "faculty/cohorts/": mine.cohort,
        "faculty/": version, "quality/cases/": version, "quality/seats/": seat, "quality/questions/": question,
        "quality/conditions/": condition, "quality/cohorts/": mine.cohort, "quality/badges/": credential,
        "quality/revocations/": asked, "quality/appeals/": appeal, "quality/agreements/": version, "reviews/": seat,
        "learning/badges/": credential, "learning/enrolments/": mine, "learning/": mine,
    }  # fmt: skip
    return World(people, objects)


def routes() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each named address outside the public pages: name, pattern, names and kinds of its arguments."""

    def walk(patterns: list[Any], namespace: str, before: str) -> Iterator[tuple[str, str, dict[str, str]]]:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                yield from walk(entry.url_patterns, inner, before + str(entry.pattern))
            elif isinstance(entry, URLPattern):
                kinds = {name: type(kind).__name__ for name, kind in entry.pattern.converters.items()}
                yield f"{namespace}{entry.name}", before + str(entry.pattern), kinds

    for name, pattern, kinds in walk(get_resolver().url_patterns, "", ""):
        if not name.startswith("public:"):
            yield name, pattern, kinds


def address(world: World, name: str, pattern: str, kinds: dict[str, str]) -> str:
    """An address that names an object of the college where the route takes one."""
    about = next((thing for prefix, thing in world.objects.items() if pattern.startswith(prefix)), None)
    plain = {"StringConverter": "x", "SlugConverter": "demand", "IntConverter": "1"}
    arguments: dict[str, Any] = {}
    for argument, kind in kinds.items():
        first = kind == "UUIDConverter" and argument in {"public_id", "seat", "person", "notice_id"}
        arguments[argument] = (
            about.public_id if first and about is not None else uuid4() if "UUID" in kind else plain[kind]
        )
    return reverse(name, kwargs=arguments)


def shut(client: Client, path: str) -> bool:
    """True when neither reading nor sending opens anything."""
    for answer in (client.get(path), client.post(path, {})):
        to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")
        if not (answer.status_code in {403, 404, 405} or to_sign_in):
            return False
    return True


def allowed(name: str) -> set[str]:
    """Who may enter an address at all. Raises KeyError for one that the table does not know."""
    return ENTER[name.split(":", maxsplit=1)[0]]


@pytest.mark.parametrize("portal", ["faculty", "quality", "learner", "employer", "notices", "webhooks"])
def test_every_address_is_shut_to_whom_it_does_not_concern(world: World, portal: str) -> None:
    open_to_strangers: list[str] = []
    clients = {"a stranger": Client()}
    for who, person in world.people.items():
        clients[who] = Client()
        clients[who].force_login(person)
    for name, pattern, kinds in routes():
        if name in OWN | OPEN | DEMO_ONLY or name.split(":")[0] != portal:
            continue
        path = address(world, name, pattern, kinds)
        # Mallory proposes and decides at another college: first screens are hers too, objects of this college never.
        inside = allowed(name) - {"other"} if kinds else allowed(name) | {"mallory"}
        opened = [who for who, client in clients.items() if who not in inside and not shut(client, path)]
        open_to_strangers += [f"{name} is open to {who}" for who in opened]
    assert open_to_strangers == []


def test_the_table_knows_every_address() -> None:
    unknown = []
    for name, _pattern, _kinds in routes():
        known = name in OWN | OPEN | DEMO_ONLY or name.split(":")[0] in ENTER
        if not known:
            unknown.append(name)
    assert unknown == []


def test_pages_of_ones_own_ask_strangers_to_sign_in(world: World) -> None:
    for name, pattern, kinds in routes():
        if name in OWN:
            assert shut(Client(), address(world, name, pattern, kinds)), name


def test_what_is_for_the_demo_does_not_exist_elsewhere(world: World) -> None:
    for name, pattern, kinds in routes():
        if name in DEMO_ONLY:
            assert Client().get(address(world, name, pattern, kinds)).status_code == 404, name
