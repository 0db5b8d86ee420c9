"""@digitalbazaar/vc takes what our conformance doors issue, and the doors take what it issues and presents."""

from __future__ import annotations

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from credentials.canonical import context_document
from credentials.vc_check import KNOWN
from tests.portal_public.test_conformance import door, issued, presented, verified

__all__ = ["door"]
BOUND = {"challenge": "u3f1b", "domain": "verifier.example"}
pytestmark = pytest.mark.django_db


def _asked(bench: Path, ours: dict[str, Any]) -> dict[str, Any]:
    contexts = {url: context_document(url, KNOWN) for url in KNOWN}
    given = json.dumps({"contexts": contexts, "ours": ours, **BOUND})
    done = subprocess.run(
        ["node", "holder.js"], check=False, cwd=bench, input=given, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_each_side_takes_what_the_other_issues_and_presents(door: Client, bench: Path) -> None:
    ours = issued(door, id="urn:uuid:a9ab2a7c-5d0d-4c31-a5ee-b8ab6d4a4b5a")
    changed = {**ours, "credentialSubject": {"id": "did:example:1", "alumniOf": "Elsewhere"}}
    answer = _asked(bench, {"ours": ours, "changed": changed})
    assert answer["found"] == {"ours": True, "changed": False}
    theirs, presentation = answer["credential"], answer["presentation"]
    assert verified(door, theirs) == 200
    assert verified(door, {**theirs, "validFrom": "2023-07-02T19:23:24Z"}) == 400
    assert presented(door, presentation, **BOUND) == 200
    assert presented(door, presentation, **{**BOUND, "challenge": "u0000"}) == 400
    bent = copy.deepcopy(presentation)
    bent["verifiableCredential"][0]["credentialSubject"]["alumniOf"] = "Elsewhere"
    assert presented(door, bent) == 400
