"""Asks a web server on this machine, from a process of its own: `python load.py < task.json`, answers as JSON.

The task: `port`, `asks` (each a path, headers and the status that must come), `seconds`, `lines` (open connections)
and `rate` (a second in all; 0 asks as fast as answers come). With a rate each ask has its moment, and what it waits
for an earlier one counts as its own time, so that a server that stops for a while is seen to do so.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from itertools import count
from typing import Any


class Line:
    """One open connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def asked(self, request: bytes) -> int:
        """The status of the answer, which is read whole."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._socket.sendall(request)
            return self._read()
        except (OSError, ValueError):
            self._socket = None
            return 0

    def _read(self) -> int:
        assert self._socket is not None
        data = b""
        while b"\r\n\r\n" not in data:
            more = self._socket.recv(65536)
            if not more:
                raise ValueError
            data += more
        head, _end, body = data.partition(b"\r\n\r\n")
        lower = head.lower()
        place = lower.find(b"content-length:")
        length = int(lower[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        missing = length - len(body)
        while missing > 0:
            missing -= len(self._socket.recv(min(missing, 65536)))
        if b"connection: close" in lower:
            self._socket = None
        return int(head[9:12])


class Load:
    """All lines together, for a while."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.port, self.rate = int(task["port"]), float(task["rate"])
        self.asks = [(_request(path, headers), int(status)) for path, headers, status in task["asks"]]
        self.number, self.times, self.wrong = count(), list[float](), list[int]()
        self.begins = time.perf_counter() + 0.05
        self.ends = self.begins + float(task["seconds"])

    def one_line(self) -> None:
        """Ask again and again."""
        line = Line(self.port)
        while True:
            number = next(self.number)
            due = self.begins + number / self.rate if self.rate else time.perf_counter()
            if due >= self.ends:
                return
            if (wait := due - time.perf_counter()) > 0:
                time.sleep(wait)
            request, status = self.asks[number % len(self.asks)]
            found = line.asked(request)
            self.times.append(time.perf_counter() - due)
            if found != status:
                self.wrong.append(found)

    def measured(self, lines: int) -> dict[str, Any]:
        """Answers a second, and how long they took in milliseconds."""
        threads = [threading.Thread(target=self.one_line) for _ in range(lines)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took, times = time.perf_counter() - self.begins, sorted(self.times)
        share = {name: times[min(len(times) - 1, int(len(times) * part))] * 1e3 for name, part in SHARES.items()}
        return {"answers": len(times), "a second": len(times) / took, "wrong": len(self.wrong), **share}


SHARES = {"median": 0.5, "p95": 0.95, "p99": 0.99}


def _request(path: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(Load(given).measured(int(given["lines"])), sys.stdout)
