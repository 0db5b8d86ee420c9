"""Run some programs side by side in one terminal, and stop all of them together. Standard library alone."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

PATIENCE_SECONDS = 10.0
SHORT_LIFE_SECONDS = 3.0
MOST_SHORT_LIVES = 3
PR_SET_PDEATHSIG = 1


class GaveUp(Exception):
    """A program ends again and again as soon as it is started."""


def become(command: list[str]) -> None:
    """Turn this process into the program, which on Linux gets SIGTERM when its parent is gone.

    So that `kill -9` on the parent leaves no orphans. A step of its own, because code between fork and exec is unsafe
    in a process with threads.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    os.execv(command[0], command)  # noqa: S606  # our own programs, named by whole path


@dataclass
class Child:
    """One program: its name before each line, its command, and the process while it runs."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[str] | None = None
    began: float = 0.0
    short_lives: int = 0


@dataclass
class Children:
    """The programs of one terminal."""

    environment: Mapping[str, str]
    say: Callable[[str], None]
    members: list[Child] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def add(self, name: str, *command: str) -> None:
        """Start a program in a process group of its own: Ctrl-C reaches this process alone, which then stops it."""
        child = Child(name, command)
        self.members.append(child)
        self._start(child)

    def _start(self, child: Child) -> None:
        child.began = time.monotonic()
        child.process = subprocess.Popen(
            [sys.executable, __file__, *child.command],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._pass_on, args=(child, child.process), daemon=True).start()

    def _pass_on(self, child: Child, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.say(f"{child.name:>6} | {line.rstrip()}")

    def watch(self) -> None:
        """Wait until `stopping` is set; a program that ends by itself is started again. Raises `GaveUp`."""
        while not self.stopping.wait(0.5):
            for child in self.members:
                assert child.process is not None
                code = child.process.poll()
                if code is not None and not self.stopping.is_set():
                    self._start_again(child, code)

    def _start_again(self, child: Child, code: int) -> None:
        short = time.monotonic() - child.began < SHORT_LIFE_SECONDS
        child.short_lives = child.short_lives + 1 if short else 0
        if child.short_lives >= MOST_SHORT_LIVES:
            raise GaveUp(f"{child.name} ends as soon as it is started; its last lines above say why.")
        self.say(f"{child.name} ended ({code}); it is started again.")
        assert child.process is not None
        _kill_group(child.process)  # a program that was killed may have left its own children behind
        self.stopping.wait(1)
        self._start(child)

    def stop(self) -> None:
        """Ask every program to end; what is left after a while is killed with the group that was started for it."""
        self.stopping.set()
        live = [child.process for child in self.members if child.process is not None]
        for process in live:
            process.terminate()
        until = time.monotonic() + PATIENCE_SECONDS
        for process in live:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _kill_group(process)
                process.wait()
            _kill_group(process)


def _kill_group(process: subprocess.Popen[str]) -> None:
    """Kill what is left of the group that was started for this program; most often nothing is."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    become(sys.argv[1:])
