"""How the installation stands, for operators and their monitors: what is measured, and which of it is wrong."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from config.clock import JOBS
from credentials import audit, keys, stops
from credentials import queries as badge_queries
from notifications import beats, queries

LONGEST_WAIT = timedelta(minutes=5)
LONGEST_SILENCE = timedelta(minutes=3)
OLDEST_LIST = timedelta(hours=24)
LEAST_FREE_MEGABYTES = 500
MOST_NAMED = 20


def report() -> dict[str, Any]:
    """What is measured, and `wrong`: the names of what is not as it should be. All is well when that is empty."""
    wrong: list[str] = []
    measured: dict[str, Any] = {"database": "ok"}
    free = shutil.disk_usage(settings.BASE_DIR).free // 2**20
    measured["disk_free_megabytes"] = free
    if free < LEAST_FREE_MEGABYTES:
        wrong.append("disk")
    try:
        _ask_the_database(measured, wrong)
    except DatabaseError as error:
        measured["database"] = type(error).__name__
        wrong.append("database")
    return {**measured, "wrong": sorted(wrong)}


def _ask_the_database(measured: dict[str, Any], wrong: list[str]) -> None:
    machinery = queries.machinery()
    opens = keys.newest_opens()
    stopped = stops.standing()
    list_at = badge_queries.oldest_published_list()
    ran = beats.beats()
    clock_at = max((ran[job.beat].at for job in JOBS if job.beat in ran), default=None)
    measured |= {
        "oldest_waiting_seconds": _age(machinery.oldest_waiting),
        "waiting": machinery.waiting,
        "set_aside": machinery.set_aside,
        "worker_silent_seconds": _age(machinery.worker),
        "clock_silent_seconds": _age(clock_at),
        "failing_jobs": {job.name: ran[job.beat].trouble for job in JOBS if job.beat in ran and ran[job.beat].trouble},
        "signing_key": {True: "ok", False: "does not open", None: "none yet"}[opens],
        "oldest_status_list_seconds": _age(list_at),
        "issuing_stopped": stopped,
        "badges_not_as_signed": [str(found.badge) for found in audit.findings()[:MOST_NAMED]],
    }
    faults = {
        "waiting": machinery.oldest_waiting is not None and _older(machinery.oldest_waiting, LONGEST_WAIT),
        "set_aside": machinery.set_aside > 0,
        "worker": machinery.worker is None or _older(machinery.worker, LONGEST_SILENCE),
        "clock": clock_at is None or _older(clock_at, LONGEST_SILENCE),
        "jobs": bool(measured["failing_jobs"]),
        "signing_key": opens is False,
        "issuing_stopped": bool(stopped),
        "badges": bool(measured["badges_not_as_signed"]),
        "status_list": list_at is not None and _older(list_at, OLDEST_LIST),
    }
    wrong += [name for name, is_wrong in faults.items() if is_wrong]


def _age(moment: datetime | None) -> int | None:
    return None if moment is None else max(0, int((timezone.now() - moment).total_seconds()))


def _older(moment: datetime, span: timedelta) -> bool:
    return timezone.now() - moment > span
