"""The drill of a lost key, killed with -9 at any moment and run again: nothing is left, nothing is doubled (PR11)."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from credentials import stops
from credentials.models import Credential, KeyDrill
from credentials.verdict import Answer
from people.models import Organization
from tests.cast import gather
from tests.credentials.maker import judged
from tests.journeys.drilled import badges
from workflows import drill, ledger
from workflows.models import LedgerEvent, OutboxEvent

ROOT = Path(__file__).resolve().parents[2]
# A night run takes PR11's own number: DRILL_BADGES=10000 ./run test tests/journeys/test_drill_killed.py
MANY, KILLS = int(os.environ.get("DRILL_BADGES", "40")), 3
CHUNK = str(max(4, min(drill.CHUNK, MANY // 10)))
HALF_AN_HOUR = 1800
S = Credential.Status


def _process() -> subprocess.Popen[str]:
    database = connection.get_connection_params()
    url = f"postgres:///{database['dbname']}?host={database['host']}&user={database['user']}"
    command = [sys.executable, "manage.py", "keys", "drill", "taravelle", "--purpose", "badges", "--chunk", CHUNK]
    environment = {**os.environ, "DATABASE_URL": url}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_moment_and_run_again_it_leaves_nothing_and_doubles_nothing() -> None:
    cast = gather()
    badges(cast, MANY)
    awards = set(Credential.objects.values_list("award_reference", flat=True))
    luck = random.Random(os.environ.get("DRILL_SEED", "7"))
    killed = 0
    for step in range(KILLS):
        process = _process()
        goal = (step + 1) * MANY // (KILLS + 1)
        while process.poll() is None and Credential.objects.filter(status=S.REPLACED).count() < goal:
            time.sleep(0.005)
        time.sleep(luck.random() * 0.01)
        killed += process.poll() is None
        process.kill()
        process.communicate()
        assert stops.standing() == ["taravelle"] or KeyDrill.objects.get().ended_at is not None
    last = _process()
    out, err = last.communicate(timeout=HALF_AN_HOUR)
    assert last.returncode == 0, err
    said = json.loads(out)
    assert killed > 0
    assert said["seconds"] < HALF_AN_HOUR
    assert (said["state"], said["badges_left"], said["badges_replaced"], said["holders_told"]) == (
        "ended",
        0,
        MANY,
        MANY,
    )
    live = Counter(Credential.objects.filter(status=S.ISSUED).values_list("award_reference", flat=True))
    assert live == Counter(awards)  # none is missing, none is doubled
    assert Credential.objects.count() == 2 * MANY
    assert Credential.objects.filter(status=S.REPLACED, replaced_by=None).count() == 0
    assert Credential.objects.filter(status=S.REPLACED, entry__revoked=False).count() == 0
    assert Credential.objects.filter(status=S.ISSUED, entry__revoked=True).count() == 0
    told = LedgerEvent.objects.filter(type="reissue_badge")
    assert told.count() == OutboxEvent.objects.filter(event__in=told).count() == MANY
    assert (KeyDrill.objects.count(), stops.standing(), list(ledger.faults())) == (1, [], [])
    assert Organization.objects.get(slug="taravelle").signing_keys.filter(purpose="badges").count() == 2
    assert all(judged(one.document).answer == Answer.VALID for one in Credential.objects.filter(status=S.ISSUED)[:5])
