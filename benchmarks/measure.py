"""Measures contenders against each other: interleaved rounds, medians, so that a busy moment hits all of them alike."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

NODE = Path(__file__).parent / "node"
Timed = Callable[[int], float]  # does an act so many times, gives the microseconds of one


@dataclass(frozen=True)
class Contender:
    """One act of one program: how often it is done in a round, and how."""

    name: str
    count: int
    timed: Timed


def here(act: Callable[[int], object]) -> Timed:
    """Measures an act of this process; it gets the number of the call."""

    def timed(count: int) -> float:
        start = time.perf_counter()
        for number in range(count):
            act(number)
        return (time.perf_counter() - start) / count * 1e6

    return timed


def rounds(contenders: list[Contender], seconds: float) -> dict[str, float]:
    """The median of each in microseconds, over as many interleaved rounds as fit, three at least."""
    found: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for contender in contenders:
        contender.timed(max(1, contender.count // 10))  # warm
    gc.collect()
    gc.disable()
    ends = time.monotonic() + seconds
    try:
        while time.monotonic() < ends or any(len(times) < 3 for times in found.values()):
            for contender in contenders:
                found[contender.name].append(contender.timed(contender.count))
    finally:
        gc.enable()
    return {name: median(times) for name, times in found.items()}


class Rival:
    """The npm implementation in a process of its own; it measures itself, and is asked round by round."""

    def __init__(self, badge: dict[str, Any], contexts: dict[str, Any]) -> None:
        node = shutil.which("node")
        assert node is not None
        self._process = subprocess.Popen(
            [node, "rival.mjs"], cwd=NODE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._ask({"badge": badge, "contexts": contexts})

    def _ask(self, task: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def timed(self, act: str) -> Timed:
        """Measures `issue` or `verify`."""
        return lambda count: float(self._ask({"act": act, "count": count})["micros"])

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


def node_is_there() -> bool:
    """True when the npm rival is installed: `npm ci --ignore-scripts` in `benchmarks/node`."""
    return shutil.which("node") is not None and (NODE / "node_modules").is_dir()
