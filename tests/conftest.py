"""What every test stands on: the real PostgreSQL, the fixed cast, and a flush that our guards let through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation

from tests import worker
from tests.cast import Cast, gather


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked as nightly is left out unless somebody asks for it by name."""
    if "nightly" not in config.option.markexpr:
        left_out = [item for item in items if item.get_closest_marker("nightly")]
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_guards() -> Iterator[None]:
    """Tests with real transactions empty the tables afterwards; the append-only guards refuse that to all others."""
    flush = DatabaseOperations.execute_sql_flush

    def unguarded(self: DatabaseOperations, sql_list: list[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        try:
            flush(self, sql_list)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = origin")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", unguarded)
        yield


@pytest.fixture(autouse=True)
def _no_call_of_an_earlier_test() -> None:
    """The stub broker lives as long as the process; each test begins with an empty one."""
    worker.messages()


@pytest.fixture(autouse=True)
def _no_language_of_an_earlier_test() -> None:
    """A page asked for in French leaves that language to its thread; each test begins in English."""
    translation.deactivate()


@pytest.fixture
def cast(db: None) -> Cast:
    """Ana proposes, Bob endorses, Quinn approves, Lena learns, Mallory gets 404."""
    return gather()
