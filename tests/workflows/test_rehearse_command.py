"""`manage.py rehearse`: exit codes, JSON on stdout, files that others can check, and nothing left behind."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
import rfc8785

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "workflows" / "samples"
ALGONQUIN = SAMPLES / "algonquin-gowning.json"


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "manage.py"), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def _databases() -> set[str]:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'imprimatur_rehearsal_%'")
        return {row[0] for row in rows}


def _left(made: set[str]) -> set[str]:
    """Which of these databases stay; others that rehearse at the same time remove theirs in their own time."""
    until = time.monotonic() + 180
    while made & _databases() and time.monotonic() < until:
        time.sleep(0.5)
    return made & _databases()


def _json(path: Path) -> Any:
    return json.loads(path.read_text())


def test_a_whole_rehearsal_writes_what_a_stranger_needs_to_check_it(tmp_path: Path) -> None:
    before = _databases()
    done = _run("rehearse", ALGONQUIN, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    folder = tmp_path / "sample-algonquin-gowning"
    assert answer["proposals"][0]["folder"] == str(folder)
    assert answer["proposals"][0]["badges"] == len(list((folder / "badges").iterdir())) == 5
    assert answer["proposals"][0]["expected_conformance_agrees"] is True
    assert "final_approval > approved" in done.stderr
    assert _left(_databases() - before) == set()
    for badge in (folder / "badges").iterdir():
        judged = _run("verify_badge", badge, "--folder", folder)
        assert judged.returncode == 0, judged.stdout
        checks = json.loads(judged.stdout)["checks"]
        assert sum(check["name"].startswith("endorsement") for check in checks) == 5
        assert {check["outcome"] for check in checks if check["deciding"]} == {"passed"}
    _chain_holds(_json(folder / "ledger.json"))
    assert {path.stem for path in (folder / "did").iterdir()} == {"taravelle", "quellin", "brevanth"}
    assert _json(folder / "dossier.json")["sample"] is True
    gates = [gate["after"] for gate in _json(folder / "framework.json")["gates"]]
    assert gates[0] == "start"
    assert gates[-1] == "activate"
    assert all(len(gate["strip"]) == 16 for gate in _json(folder / "framework.json")["gates"])


def _chain_holds(record: dict[str, Any]) -> None:
    """Compute the chain again from the file alone."""
    assert record["intact"] is True
    for name, events in record["streams"].items():
        previous = "0" * 64
        for event in events:
            body = {key: value for key, value in event.items() if key != "hash"}
            assert body["previous"] == previous
            previous = hashlib.sha256(rfc8785.dumps(body)).hexdigest()
            assert event["hash"] == previous
        assert record["heads"][name] == [events[-1]["sequence"], previous]


def test_it_stops_where_it_is_told_and_keeps_the_database_on_request(tmp_path: Path) -> None:
    done = _run(
        "rehearse", SAMPLES / "hearst-offre-active.json", "--out", tmp_path, "--stop-at", "relevance_review", "--keep"
    )
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["proposals"][0]["stage"] == "relevance_review"
    assert answer["database"] in _databases()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{answer["database"]}"')
    framework = _json(tmp_path / "sample-hearst-offre-active" / "framework.json")
    assert framework["expected_conformance"]["agrees"] is True
    assert "pas justifiée" in framework["expected_conformance"]["computed"]["blocking_failures"][0]


def test_what_a_verb_refuses_ends_with_one_and_its_reason(tmp_path: Path) -> None:
    document = _json(ALGONQUIN)
    document["proposals"][0]["competencies"][0]["ksa"]["attitudes"] = []
    file = tmp_path / "thin.json"
    file.write_text(json.dumps(document))
    done = _run("rehearse", file, "--out", tmp_path)
    assert done.returncode == 1
    played = json.loads(done.stdout)["proposals"][0]
    assert played["outcome"] == "refused"
    assert played["stage"] == "assessment_design"
    assert "E3: C1" in played["reason"]
    assert played["reason"] in done.stderr
    assert (tmp_path / "sample-algonquin-gowning" / "ledger.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([ROOT / "README.md"], "not complete JSON"),
        ([ROOT / "nothing.json"], "cannot be read"),
        ([ALGONQUIN, "--only", "another"], "The file has no proposal another. It has: sample-algonquin-gowning."),
        ([], "Name a proposal file"),
    ],
)
def test_an_unusable_file_ends_with_two_and_a_sentence(
    tmp_path: Path, arguments: list[str | Path], sentence: str
) -> None:
    done = _run("rehearse", *arguments, "--out", tmp_path)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_stopped_leaves_no_database_behind(tmp_path: Path) -> None:
    before = _databases()
    command = [sys.executable, str(ROOT / "manage.py"), "rehearse", str(ALGONQUIN), "--out", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        assert "draft > screening" in running.stderr.readline()
        # Other tests rehearse at the same time: theirs go away as well, in their own time.
        made = set(_databases()) - set(before)
        assert made
        running.terminate()
        running.stderr.read()
    assert running.returncode == 143
    assert _left(made) == set()


def test_without_a_server_it_ends_with_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres:///nothing?host=/nowhere")
    done = _run("rehearse", ALGONQUIN, "--out", tmp_path)
    assert done.returncode == 3
    assert "did not answer" in done.stderr


def test_another_proposal_of_the_format_is_played_from_its_own_facts(tmp_path: Path) -> None:
    """Fewer competencies and tasks, one partner, three levels, no optional member: what is missing gets defaults."""
    file = tmp_path / "other.json"
    file.write_text(json.dumps(_other_proposal()))
    done = _run("rehearse", file, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    played = json.loads(done.stdout)["proposals"][0]
    assert played["stage"] == "active"
    assert played["badges"] == 2
    assert played["expected_conformance_agrees"] is None
    badge = next((tmp_path / "forage-libre" / "badges").iterdir())
    assert _run("verify_badge", badge, "--folder", tmp_path / "forage-libre").returncode == 0
    results = _json(badge)["credentialSubject"]["result"]
    levels = {result["achievedLevel"].rsplit("#", 1)[-1] for result in results if "achievedLevel" in result}
    assert levels == {"Q1-B", "Q2-C"}


def _other_proposal() -> dict[str, Any]:
    level = {"A": 0, "B": 5, "C": 9}
    return {
        "id": "forage-libre",
        "language": "fr",
        "title": {"fr": "Forage sécuritaire", "en": "Safe Drilling"},
        "issuing_body": {"name": "Collège des Épinettes"},
        "need": {
            "purpose": "Forer sans blesser personne.",
            "labour_market_evidence": [{"kind": "sondage", "claim": "Dix postes", "on": _recent()}],
        },
        "workload": {"total_hours": 8},
        "competencies": [
            {
                "code": code, "statement": f"Fore un trou {code}", "condition": "sur un banc", "standard": "droit",
                "ksa": {"knowledge": ["a"], "skills": ["b"], "attitudes": ["c"]},
                "alignments": [{"match": "close", "uri": "http://data.europa.eu/esco/skill/x", "label_fr": "forer"}],
            }
            for code in ("K1", "K2")
        ],
        "assessment": {
            "tasks": [
                {
                    "code": "Z1", "title": "Trois trous", "competencies": ["K1", "K2"], "evidence": ["fiche"],
                    "supervision": "sur place avec vérification d’identité",
                }
            ],
            "rubric": {
                "levels": [{"code": code, "points": points} for code, points in level.items()],
                "criteria": [
                    {"code": "Q1", "competencies": ["K1"], "critical": True, "required_level": "B"},
                    {"code": "Q2", "competencies": ["K2"], "required_level": "C"},
                ],
                "pass_rule": "sans compensation",
            },
            "moderation": {"after_use": "une sur cinq"},
        },
        "evidence_policy": {"visible_to_employers_by_default": ["niveau"], "retention_days": {"fiche": 365}},
        "pathways": {"transcript": {"record": "mention"}, "stacks_into": [{"title": "Série"}]},
        "pilot_plan": {"cohort": 3},
        "partner_reviews": [{"org": "Mine du Lac", "relevance": {"decision": "support"}}],
    }  # fmt: skip


def _recent() -> str:
    from datetime import date, timedelta

    return (date.today() - timedelta(days=40)).isoformat()
