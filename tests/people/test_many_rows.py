"""What acts on whole cohorts rely on: keys handed over as one array, and a collector that waits and then runs again."""

from __future__ import annotations

import gc

import pytest

from people.among import among
from people.collector import put_off
from people.models import User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_an_array_of_keys_finds_what_a_list_of_parameters_finds(cast: Cast) -> None:
    keys = [cast.ana.pk, cast.quinn.pk]
    assert set(User.objects.filter(among("pk", keys))) == {cast.ana, cast.quinn}
    assert not User.objects.filter(among("pk", [])).exists()
    assert User.objects.filter(among("public_id", [cast.bob.public_id], "uuid")).get() == cast.bob
    assert User.objects.filter(among("pk", keys), email=cast.ana.email).update(name="Ana B.") == 1


def test_the_collector_runs_again_after_the_outermost_block_even_when_it_failed() -> None:
    assert gc.isenabled()
    with put_off():
        with put_off():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), put_off():
        raise ZeroDivisionError
    assert gc.isenabled()
