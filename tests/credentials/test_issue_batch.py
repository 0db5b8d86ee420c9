"""Many badges are signed as one is: each holds by itself, and a batch is offered as a whole or not at all."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from credentials import actions, keys, proofs, second_reader
from credentials.errors import WrongStatus
from credentials.models import Credential
from people.models import User
from tests.credentials.maker import Made, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Made:
    return make()


def agreed(made: Made, *names: str, consent: bool = True) -> list[Credential]:
    """Prepared badges of the same achievement, to which their earners agreed."""
    found = []
    for name in names:
        person = User.objects.create_user(f"{uuid4()}@learner.example", name=name)
        contents = actions.Contents(results=[], awarded_at=timezone.now(), name=name)
        badge = actions.prepare(
            achievement=made.achievement, recipient=person, award_reference=uuid4(), contents=contents
        )
        found.append(actions.consent(credential=badge, contents=contents, name_shown=True) if consent else badge)
    return found


def test_every_badge_of_a_batch_holds_by_two_implementations(made: Made) -> None:
    names = ["Lena Roy", "Omar “O’” Bé", "Mila\nin two lines", "Noé \\ 100 %s", "Ōlan 😀", "Zoé", "Ana", "Tab\there"]
    issued = actions.issue_batch(credentials=agreed(made, *names))
    controller = keys.did_document(made.college)
    for badge, name in zip(issued, names, strict=True):
        assert badge.status == Credential.Status.ISSUED
        assert badge.document["credentialSubject"]["identifier"][1]["identityHash"] == name
        assert {member: badge.document[member] for member in badge.plan} == badge.plan
        assert proofs.verify(badge.document, controller)
        assert proofs.verify(badge.document, controller, second_reader.canonical)


def test_one_badge_without_consent_holds_back_the_whole_batch(made: Made) -> None:
    batch = [*agreed(made, "Lena Roy", "Omar Diaz"), *agreed(made, "Mila Sand", consent=False)]
    with pytest.raises(WrongStatus):
        actions.issue_batch(credentials=batch)
    states = Credential.objects.filter(pk__in=[badge.pk for badge in batch]).values_list("status", flat=True)
    assert set(states) == {Credential.Status.PREPARED}


def test_an_empty_batch_is_nothing(made: Made) -> None:
    assert actions.issue_batch(credentials=[]) == []
    assert made.badge.status == Credential.Status.ISSUED
