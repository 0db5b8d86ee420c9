"""The demo in one terminal: `python deploy/demo.py start|reset`. `./run demo` calls it when .venv stands.

It makes and keeps its secrets and its data under .local/, starts PostgreSQL, web, worker and clock on this machine
alone, prints where to go, and stops what it started at Ctrl-C.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import postgres
from children import Children, GaveUp

ROOT = postgres.ROOT
LOCAL = postgres.LOCAL
KEPT = LOCAL / "demo.json"
MAILBOX = LOCAL / "mailbox"
FIRST_PORT, PORTS = 8000, 100
LONGEST_START_SECONDS = 60


def say(text: str) -> None:
    """One line for the person at the terminal."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def only_one() -> Iterator[None]:
    """Refuse a second demo in the same folder while one runs."""
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("The demo of this folder is already running in another terminal. Stop it there with Ctrl-C.")
        yield


def secret(name: str, make: Any) -> str:
    """A secret of this folder: made once, kept where only its owner can read it."""
    path = LOCAL / name
    if not path.is_file():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
    return path.read_text()


def wrapping_key() -> str:
    """32 random bytes, as KEY_WRAPPING_KEY wants them."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def is_free(port: int) -> bool:
    """True when nobody listens on this port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def kept_port() -> int | None:
    """The port of the first start, which stands in every badge that this demo has made; None before it."""
    return json.loads(KEPT.read_text())["port"] if KEPT.is_file() else None


def choose_port() -> int:
    """PORT, else the port of the first start, else 8000 or the next free one. Badges name the address they got."""
    kept = kept_port()
    wanted = os.environ.get("PORT", "")
    if wanted and not (wanted.isdecimal() and 0 < int(wanted) < 65536):
        sys.exit(f"PORT is {wanted!r}. Give a number from 1 to 65535.")
    if wanted and not is_free(int(wanted)):
        sys.exit(f"Port {wanted} is taken by another program. Choose another PORT, or leave it out.")
    first = int(wanted) if wanted else kept or FIRST_PORT
    port = next((port for port in range(first, first + PORTS) if is_free(port)), None)
    if port is None:
        sys.exit(f"No port from {first} to {first + PORTS - 1} is free. Choose one with PORT=.")
    if kept is None:
        KEPT.write_text(json.dumps({"port": port}))
    elif port != kept:
        why = "is taken by another program" if not wanted else "was not chosen"
        say(
            f"Port {kept}, which stands in the badges that this demo has made, {why}. Badges made before can be "
            f"verified again when it runs on {kept}; `make demo-reset` forgets them."
        )
    return port


def hosts() -> list[str]:
    """The addresses behind the name localhost on this machine."""
    found = ["127.0.0.1"]
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        found.append("[::1]")
    except OSError:
        pass  # a machine without IPv6
    return found


def environment(port: int, database: str) -> dict[str, str]:
    """What the programs of the demo are told."""
    kept = {name: value for name, value in os.environ.items() if name not in {"TESTING", "DEBUG", "BROKER_URL"}}
    return {
        **kept,
        "DEMO": "1",
        "SECRET_KEY": secret("secret-key", lambda: secrets.token_urlsafe(50)),
        "KEY_WRAPPING_KEY": secret("key-wrapping-key", wrapping_key),
        "DATABASE_URL": database,
        "BASE_URL": f"http://localhost:{port}",
        "MAIL_CHANNEL": "mailbox",
        "PYTHONUNBUFFERED": "1",
    }


def manage(env: dict[str, str], *command: str, output: int | IO[Any] | None = None) -> str:
    """Run one of our commands; its messages are shown, its standard output is answered."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        env=env,
        cwd=ROOT,
        check=False,
        stdout=output or subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        sys.exit(f"`manage.py {command[0]}` failed; its lines above say why.")
    return done.stdout or ""


def prepare(env: dict[str, str]) -> dict[str, Any]:
    """Bring the database to the present code, and fill it once. Answers what the seed says about itself."""
    say("Bringing the database up to date ...")
    manage(env, "migrate", "--verbosity=0")
    manage(env, "createcachetable")
    if not any(ROOT.glob("*/management/commands/seed_demo.py")):
        return {}
    say("Looking after the sample data (the first time takes a while) ...")
    seed: dict[str, Any] = json.loads(manage(env, "seed_demo"))
    return seed


def wait_for_web(base: str, children: Children) -> None:
    """Wait until the first page answers."""
    until = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < until and not children.stopping.is_set():
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=2):  # noqa: S310  # our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)


def welcome(base: str, seed: dict[str, Any]) -> str:
    """Where to go."""
    lines = ["", f"Imprimatur runs at {base} (on this machine alone). Everything in it is invented.", ""]
    people = {f"{one['role']}, {one['name']}": one["path"] for one in seed.get("people", [])}
    if people:
        width = max(map(len, people))
        lines.append("Sign in as")
        lines += [f"  {who:<{width}}  {base}{path}" for who, path in people.items()]
        lines.append("")
    lines.append(f"The mail that it sends:  {base}/mailbox")
    lines += [f"A badge to verify ({kind}):  {address}" for kind, address in seed.get("badges", {}).items()]
    return "\n".join([*lines, "", "Ctrl-C stops it. `make demo` starts it again, with everything as you left it.", ""])


def start() -> None:
    """Everything, until Ctrl-C."""
    with only_one():
        children = Children(environment={}, say=say)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_signal: children.stopping.set())
        port = choose_port()
        say("Starting PostgreSQL ...")
        own = not os.environ.get("DATABASE_URL")
        database = postgres.start("demo")
        try:
            run_all(children, port, database)
        except GaveUp as ended:
            sys.exit(str(ended))
        finally:
            say("Stopping ...")
            children.stop()
            if own:
                postgres.stop("demo")


def run_all(children: Children, port: int, database: str) -> None:
    """Prepare the data, start web, worker and clock, say where to go, watch over them."""
    env = environment(port, database)
    children.environment = env
    seed = prepare(env)
    if children.stopping.is_set():
        return
    binds = [word for host in hosts() for word in ("--bind", f"{host}:{port}")]
    python = sys.executable
    children.add("web", python, "-m", "gunicorn", "config.wsgi", *binds, "--threads", "8", "--log-level", "warning")
    children.add("worker", python, "-m", "dramatiq", "config.worker", "--processes", "1", "--threads", "4")
    children.add("clock", python, "manage.py", "clock")
    wait_for_web(env["BASE_URL"], children)
    print(welcome(env["BASE_URL"], seed), flush=True)
    children.watch()


def reset() -> None:
    """Forget the demo's data. A database that DATABASE_URL names is not ours to delete."""
    if os.environ.get("DATABASE_URL"):
        sys.exit("DATABASE_URL is set. The demo does not delete a database that it did not make; empty it yourself.")
    with only_one():
        postgres.remove("demo")
        shutil.rmtree(MAILBOX, ignore_errors=True)
        shutil.rmtree(LOCAL / "media", ignore_errors=True)
        for path in (KEPT, LOCAL / "secret-key", LOCAL / "key-wrapping-key"):
            path.unlink(missing_ok=True)
    say("The demo's data are gone. `make demo` begins afresh.")


if __name__ == "__main__":
    acts = {"start": start, "reset": reset}
    act = acts.get(sys.argv[1] if len(sys.argv) == 2 else "")
    if act is None:
        sys.exit("Say: python deploy/demo.py start|reset")
    act()
