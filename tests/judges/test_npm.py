"""Judges from npm: @digitalbazaar/vc with its status list, and @digitalcredentials/verifier-core.

They are installed once into `.local`, from a lock file that names no host, and work without a network afterwards.
"""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.test import Client

from credentials import canonical, status
from tests.cast import Cast
from tests.journeys.awards import issued
from workflows.actions import awarding
from workflows.actions.sharing import gather_record

HERE = Path(__file__).parent
Document = dict[str, Any]
# JSON schemas of 1EdTech, which verifier-core would like to see; it judges signature and status without them.
SCHEMAS = "/spec/ob/v3p0/schema/json/"


def _stored(*credentials: Document) -> dict[str, Document]:
    """Contexts by address; keys and lists by path, as our own public pages give them."""
    found: dict[str, Document] = {url: canonical.context_document(url) for url in canonical.PINNED}
    paths = set()
    for credential in credentials:
        inside = credential["credentialSubject"].get("achievement", {}).get("endorsement", [])
        for each in (credential, *inside):
            paths.add("/" + "/".join(each["issuer"]["id"].split(":")[3:]) + "/did.json")
            paths.add(each["credentialStatus"]["statusListCredential"].removeprefix("http://localhost:8000"))
    for path in sorted(paths, reverse=True):  # lists before keys: a list's first signature brings its key along
        answer = Client().get(path)
        assert answer.status_code == 200, path
        found[path] = answer.json()
    return found


def _judged(bench: Path, documents: dict[str, Document], jobs: dict[str, Document]) -> dict[str, Any]:
    done = subprocess.run(
        ["node", "judge.js"], check=False, cwd=bench, input=json.dumps({"documents": documents, "jobs": jobs}),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert [path for path in answer["asked"] if not path.startswith(SCHEMAS)] == []
    found: dict[str, Any] = answer["found"]
    return found


def _accepted(found: dict[str, Any], name: str) -> None:
    assert found[name]["vc"] == {"verified": True, "errors": []}, (name, found[name])
    assert found[name]["core"]["valid_signature"] is True, (name, found[name])
    assert found[name]["core"]["errors"] == []


def _refused(found: dict[str, Any], name: str) -> None:
    assert found[name]["vc"]["verified"] is False, (name, found[name])
    assert found[name]["core"].get("valid_signature") is not True, (name, found[name])


TAMPERED: dict[str, Callable[[Document], object]] = {
    "title": lambda d: d["credentialSubject"]["achievement"].update(name="Cleanroom Gowning II"),
    "points": lambda d: d["credentialSubject"]["achievement"]["resultDescription"][0]["rubricCriterionLevel"][0].update(
        points="9"
    ),
    "level": lambda d: d["credentialSubject"]["result"][0].update(
        achievedLevel=d["credentialSubject"]["result"][0]["achievedLevel"] + "x"
    ),
    "earner": lambda d: d["credentialSubject"]["identifier"][0].update(identityHash="sha256$" + "0" * 64),
    "end": lambda d: d.update(validUntil="2099-01-01T00:00:00Z"),
    "endorsement": lambda d: d["credentialSubject"]["achievement"]["endorsement"].pop(),
    "status": lambda d: d["credentialStatus"].update(statusListIndex="7"),
}


def test_both_judges_accept_what_we_sign_and_refuse_what_was_changed(cast: Cast, bench: Path) -> None:
    _version, credential = issued(cast)
    awarding.answer_badge(credential_id=credential.pk, actor=credential.recipient, accept=True)
    credential.refresh_from_db()
    assert credential.document is not None
    badge, jobs = credential.document, {}
    for place, endorsement in enumerate(badge["credentialSubject"]["achievement"]["endorsement"]):
        jobs[f"endorsement {place}"] = endorsement
    for name, change in TAMPERED.items():
        jobs[f"changed: {name}"] = copy.deepcopy(badge)
        change(jobs[f"changed: {name}"])
    jobs["record"] = gather_record(credential_id=credential.pk, actor=credential.recipient)
    jobs["changed: record"] = {**jobs["record"], "name": "All badges there are"}
    forged = copy.deepcopy(jobs["endorsement 0"])
    forged["credentialSubject"]["endorsementComment"] = "The best there is."
    found = _judged(bench, _stored(badge), {"badge": badge, **jobs, "changed: comment": forged})
    for name in found:
        (_refused if name.startswith("changed") else _accepted)(found, name)


def test_both_judges_read_a_revocation_and_a_change_of_the_list(cast: Cast, bench: Path) -> None:
    _version, old = issued(cast)
    fresh = awarding.replace_badge(credential_id=old.pk, actor=cast.issuer, kind="correction", reason="a level")
    assert old.document is not None
    assert fresh.document is not None
    status.publish(old.entry.status_list)
    jobs = {"old": old.document, "fresh": fresh.document}
    documents = _stored(old.document)
    found = _judged(bench, documents, jobs)
    _accepted(found, "fresh")
    assert found["old"]["vc"]["verified"] is False
    assert found["fresh"]["core"]["revocation_status"] is True
    assert found["old"]["core"]["revocation_status"] is False
    url = old.document["credentialStatus"]["statusListCredential"]
    path = url.removeprefix("http://localhost:8000")
    documents[path] = {**documents[path], "validFrom": "2020-01-01T00:00:00Z"}
    changed = _judged(bench, documents, {"fresh": fresh.document})
    assert changed["fresh"]["vc"]["verified"] is False
    assert changed["fresh"]["core"].get("revocation_status") is not True


def test_the_lock_file_names_no_host() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    pins = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert all(version[0].isdigit() for version in pins.values())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "resolved" in entry or "integrity" not in entry] == []
