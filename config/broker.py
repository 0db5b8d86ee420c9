"""The job broker: chosen by BROKER_URL, set before any actor is imported, with one list of middleware for all.

Only this module and the settings know dramatiq-postgres. Work itself is rows (`people.work`); whatever broker is
chosen, losing all it holds costs at most a minute.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import dramatiq
import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import Middleware, ShutdownNotifications, TimeLimit
from dramatiq_postgres import PostgresBroker
from dramatiq_postgres.django.middleware import DbConnectionsMiddleware
from dramatiq_postgres.schema import init

# A killed worker's messages come back within this time; rows would be found by the sweeper anyway.
HEARTBEAT_SECONDS, HEARTBEAT_ENDS_SECONDS = 5, 20


def middleware() -> list[Middleware]:
    """The same for every broker. Retries and age limits are not here: rows count starts and say when to try again."""
    return [TimeLimit(), ShutdownNotifications(), DbConnectionsMiddleware()]


def make(url: str) -> dramatiq.Broker:
    """The broker of an address. Raises ImproperlyConfigured for one that is not known or not installed."""
    scheme = urlsplit(url).scheme
    if scheme in {"", "postgres", "postgresql"}:
        return _postgres(url)
    if scheme == "stub":
        return StubBroker(middleware=middleware())
    try:
        if scheme in {"redis", "rediss"}:
            from dramatiq.brokers.redis import RedisBroker

            # maintenance at every command: by chance alone a dead worker's jobs may wait for hours
            return RedisBroker(url=url, middleware=middleware(), maintenance_chance=1_000_000, heartbeat_timeout=20_000)
        if scheme in {"amqp", "amqps"}:
            from dramatiq.brokers.rabbitmq import RabbitmqBroker

            return RabbitmqBroker(url=url, middleware=middleware())
    except ImportError as missing:
        raise ImproperlyConfigured(
            f"BROKER_URL names {scheme}, whose package is not installed. Install dramatiq[redis] or dramatiq[rabbitmq]."
        ) from missing
    raise ImproperlyConfigured(f"BROKER_URL begins with {scheme!r}. Say postgres, redis, amqp or nothing.")


def _postgres(url: str) -> dramatiq.Broker:
    broker: dramatiq.Broker = PostgresBroker(
        url=url or _own_database(),
        results=False,
        middleware=middleware(),
        heartbeat_interval=HEARTBEAT_SECONDS,
        heartbeat_ttl=HEARTBEAT_ENDS_SECONDS,
        maintenance_interval=HEARTBEAT_SECONDS,
    )
    return broker


def _own_database() -> dict[str, str]:
    """Django's own connection as libpq keywords, with what stands in OPTIONS, such as `sslmode`."""
    known = {info.keyword.decode() for info in psycopg.pq.Conninfo.get_defaults()}
    parameters: dict[str, Any] = connection.get_connection_params()
    return {name: str(value) for name, value in parameters.items() if name in known and name != "options"}


def after_migrate(**_signal: Any) -> None:
    """Make the broker's own tables where it keeps its messages in PostgreSQL; a second call changes nothing."""
    broker = dramatiq.get_broker()
    if isinstance(broker, PostgresBroker):
        with broker.pool.connection() as link, link.cursor() as cursor:
            init(cursor)
