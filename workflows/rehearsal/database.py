"""A database of a rehearsal's own: made beside the configured one, migrated, and dropped again."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test.utils import override_settings
from psycopg import sql

from people import wakeups

# Sample badges are signed with throw-away keys under a reserved name (lifecycle.md 15).
ADDRESS = "https://rehearsal.example"


class NoDatabase(Exception):
    """The server did not let us make one; the sentence says what to do."""


@contextmanager
def throwaway(*, keep: bool = False) -> Iterator[str]:
    """Run the block in a new, migrated database with keys and addresses of its own; yields its name."""
    name = f"imprimatur_rehearsal_{secrets.token_hex(6)}"
    _execute("CREATE DATABASE {}", name)
    try:
        # Django's own tool for it, named after its commonest use.
        own = override_settings(BASE_URL=ADDRESS, SECRET_KEY=_throwaway_key(), KEY_WRAPPING_KEY=_throwaway_key())
        with own, wakeups.silenced(), _connected_to(name):
            call_command("migrate", verbosity=0, interactive=False)
            yield name
    finally:
        if not keep:
            _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _execute(statement: str, name: str) -> None:
    parameters = {**connection.get_connection_params(), "autocommit": True}
    try:
        with psycopg.connect(**parameters) as beside:
            beside.execute(sql.SQL(statement).format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege as refused:
        raise NoDatabase("The database user may not create databases. Give it CREATEDB, or use another server.") from (
            refused
        )
    except psycopg.OperationalError as failed:
        raise NoDatabase(f"The database server did not answer: {failed}") from failed


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    _switch(name)
    try:
        yield
    finally:
        _switch(before)


def _switch(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()  # its numbers belong to the other database


def _throwaway_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
