"""The demo, started for real in a copy of the project: it answers, heals, keeps, and leaves nothing running."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The tracked files of the project, without its data."""
    folder = tmp_path_factory.mktemp("demo") / "imprimatur"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    names = [name for name in listed.split("\0") if name] or _walked()
    for name in names:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    yield folder
    _command(folder, "reset")


def _walked() -> list[str]:
    """The same without git: every file outside the folders that are ours to make."""
    skipped = {".venv", ".local", ".git", "__pycache__"}
    return [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not skipped & set(path.relative_to(ROOT).parts)]


def _environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "TESTING", "PORT"}}
    return {**kept, **more}


def _command(folder: Path, act: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "deploy/demo.py", act],
        cwd=folder,
        env=_environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


class Demo:
    """One run of it, with what it said."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.said = folder.parent / f"said-{time.monotonic_ns()}"
        with self.said.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "deploy/demo.py", "start"],
                cwd=folder,
                env=_environment(**more),
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Demo:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGTERM)

    def ready(self) -> None:
        self.wait_until(lambda: "Ctrl-C stops it" in self.said.read_text())

    def wait_until(self, holds: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while not holds():
            assert self.process.poll() is None, self.said.read_text()
            assert time.monotonic() < until, self.said.read_text()
            time.sleep(0.1)

    def stop(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


def _family(pid: int) -> dict[int, str]:
    """Every process below this one, with its command line."""
    found: dict[int, str] = {}
    parents = [pid]
    while parents:
        for child in Path(f"/proc/{parents[0]}/task/{parents[0]}/children").read_text().split():
            found[int(child)] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
            parents.append(int(child))
        parents.pop(0)
    return found


def _answers(port: int, path: str = "/healthz") -> int:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes through /proc")
def test_the_demo_starts_heals_stops_and_comes_back_as_it_was(copy: Path) -> None:
    port = _free_port()
    with Demo(copy, PORT=str(port)) as demo:
        _lives(demo, copy, port)
    secret = (copy / ".local" / "secret-key").read_text()
    with Demo(copy) as again:  # by itself it takes the same port, and finds the same secrets and data
        again.ready()
        assert "Making a PostgreSQL" not in again.said.read_text()
        assert _answers(port) == 200
        assert (copy / ".local" / "secret-key").read_text() == secret
        assert again.stop(signal.SIGTERM) == 0


def _lives(demo: Demo, copy: Path, port: int) -> None:
    demo.ready()
    assert _answers(port) == 200
    assert _answers(port, "/mailbox") == 200

    # its secrets are for the owner's eyes alone, and its port is kept
    for name in ("secret-key", "key-wrapping-key"):
        assert (copy / ".local" / name).stat().st_mode & 0o777 == 0o600
    assert json.loads((copy / ".local" / "demo.json").read_text()) == {"port": port}

    # it listens on the loopback alone
    listening = Path("/proc/net/tcp").read_text()
    assert f" 0100007F:{port:04X} " in listening
    assert f" 00000000:{port:04X} " not in listening

    # a second one in the same folder is refused in a sentence
    second = _command(copy, "start", PORT=str(_free_port()))
    assert second.returncode == 1
    assert "already running" in second.stderr
    assert "already running" in _command(copy, "reset").stderr

    # a worker that is killed is started again
    workers = [pid for pid, line in _family(demo.process.pid).items() if "dramatiq config.worker" in line]
    os.kill(workers[0], signal.SIGKILL)
    demo.wait_until(lambda: "worker ended (-9); it is started again." in demo.said.read_text())
    demo.wait_until(lambda: not [pid for pid in workers if _alive(pid)])

    # Ctrl-C ends all of it, PostgreSQL too
    family = _family(demo.process.pid)
    assert demo.stop(signal.SIGINT) == 0
    assert not [line for pid, line in family.items() if _alive(pid)]
    assert not list((copy / ".local").glob("cluster-demo/data/postmaster.pid"))
    assert _answers(port) == 0


def test_a_port_that_is_taken_is_said_in_a_sentence(copy: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        refused = _command(copy, "start", PORT=str(taken))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"Port {taken} is taken by another program." in refused.stderr
    assert "Give a number from 1 to 65535." in _command(copy, "start", PORT="http").stderr


def test_a_database_of_somebody_else_is_not_deleted(copy: Path) -> None:
    refused = _command(copy, "reset", DATABASE_URL="postgres:///elsewhere")
    assert refused.returncode == 1
    assert "does not delete a database that it did not make" in refused.stderr
