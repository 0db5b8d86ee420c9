"""The one place that opens a connection: documents of foreign issuers, by a guarded client (promises.md 6).

Only https, only origins that the operator named, to an address that is resolved once and used as it is, within
five seconds in all and one mebibyte. Whatever does not come in that way counts as not at hand.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings

from credentials.strictjson import MOST_BYTES, Unreadable, read

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SECONDS = 4.5  # of the five that a verdict may take, so that what did not come can still be said
MOST_REDIRECTS = 3
MOST_AT_ONCE = 4
SECONDS_KEPT, SECONDS_FAILURE_KEPT = 60, 15
MOST_KEPT_BYTES = 16 * MOST_BYTES
ANYWHERE = "*"  # the operator allows every public address
_URL = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?")
_DID = re.compile(r"did:web:[A-Za-z0-9.-]+(%3A[0-9]{1,5})?(:[A-Za-z0-9._-]+)*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Unreachable(Exception):
    """The document did not come, or was not asked for; the text says why, for engineers."""


def did_address(did: str) -> str | None:
    """Where the document of a did:web stands (did:web 3.2); None for every other name."""
    if not _DID.fullmatch(did):
        return None
    host, *path = did.removeprefix("did:web:").split(":")
    return f"https://{unquote(host)}/{'/'.join(path) if path else '.well-known'}/did.json"


def is_public(address: str) -> bool:
    """True for an address that anybody on the internet may be asked at, also where it is wrapped in another one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


@dataclass
class _Kept:
    """What was fetched, for a minute, so that one badge after the other asks the issuer once; bounded in bytes."""

    entries: OrderedDict[str, tuple[float, bytes | str]] = field(default_factory=OrderedDict)
    size: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, url: str) -> bytes | str | None:
        """The bytes, or the text of a failure; None when it must be asked for."""
        with self.lock:
            until, found = self.entries.get(url, (0.0, None))
            return found if until > time.monotonic() else None

    def put(self, url: str, found: bytes | str) -> None:
        """Keep it, and let go of the oldest when there is too much."""
        seconds = SECONDS_KEPT if isinstance(found, bytes) else SECONDS_FAILURE_KEPT
        with self.lock:
            self.size -= len(self.entries.pop(url, (0.0, b""))[1])
            self.entries[url] = (time.monotonic() + seconds, found)
            self.size += len(found)
            while self.size > MOST_KEPT_BYTES or len(self.entries) > 1000:
                self.size -= len(self.entries.popitem(last=False)[1][1])

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.entries.clear()
            self.size = 0


KEPT = _Kept()
_SLOTS = threading.BoundedSemaphore(MOST_AT_ONCE)
_NAMES = ThreadPoolExecutor(MOST_AT_ONCE, "resolve")


class Client:
    """Fetches for one verdict; the five seconds are those of all its questions together."""

    def __init__(self) -> None:
        self.origins = frozenset(origin.rstrip("/").lower() for origin in settings.VERIFY_ORIGINS)
        self.ends = time.monotonic() + MOST_SECONDS

    def document(self, url: str) -> dict[str, Any] | None:
        """The JSON object under an address, or None."""
        try:
            return read(self.fetch(url))
        except (Unreachable, Unreadable):
            return None

    def fetch(self, url: str) -> bytes:
        """The bytes under an address. Raises `Unreachable` whenever a rule or the network says no."""
        self._allow(url)
        found = KEPT.get(url)
        if found is None:
            if not _SLOTS.acquire(timeout=self._left()):
                raise Unreachable("too many questions at once")
            try:
                found = self._asked(url)
            finally:
                _SLOTS.release()
            KEPT.put(url, found)
        if isinstance(found, str):
            raise Unreachable(found)
        return found

    def _allow(self, url: str) -> None:
        if not _URL.fullmatch(url):
            raise Unreachable("not a plain https address")
        if _origin(url) not in self.origins and ANYWHERE not in self.origins:
            raise Unreachable("not an origin that the operator allows")
        if _origin(url) == _origin(settings.BASE_URL):
            raise Unreachable("ours: what is not in our rows does not exist")

    def _left(self) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise Unreachable("the time is over")
        return left

    def _asked(self, url: str) -> bytes | str:
        """The bytes, or why there are none."""
        try:
            return self._followed(url)
        except Unreachable as error:
            return str(error)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return type(error).__name__

    def _followed(self, url: str) -> bytes:
        """What stands there, also after moves within the same origin."""
        asked = url
        for _move in range(MOST_REDIRECTS + 1):
            answer = self._one(asked)
            if isinstance(answer, bytes):
                return answer
            asked = urljoin(asked, answer).partition("#")[0]
            if not _URL.fullmatch(asked) or _origin(asked) != _origin(url):
                raise Unreachable("it sends elsewhere")
        raise Unreachable("it sends around in circles")

    def _one(self, url: str) -> bytes | str:
        """The bytes of one answer, or the address that it sends to."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        with self._line(self._address(host, port), host, port) as line:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            line.request("GET", path, headers={"Accept": "application/json, */*", "Accept-Encoding": "identity"})
            answer = line.getresponse()
            if answer.status in {301, 302, 303, 307, 308}:
                return answer.headers.get("Location", "")
            if answer.status != 200:
                raise Unreachable(f"it answers {answer.status}")
            body = answer.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise Unreachable("it is larger than one mebibyte")
        self._left()
        return body

    def _address(self, host: str, port: int) -> str:
        """The address of a name, asked for once; one private address among several is one too many."""
        try:
            listed = _NAMES.submit(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM).result(self._left())
        except TooLate as error:
            raise Unreachable("its name was not resolved in time") from error
        found = [str(entry[4][0]) for entry in listed]
        if not found or not (settings.VERIFY_PRIVATE_ADDRESSES or all(map(is_public, found))):
            raise Unreachable("its name leads to an address that is not public")
        return found[0]

    @contextmanager
    def _line(self, address: str, host: str, port: int) -> Iterator[http.client.HTTPSConnection]:
        """A connection to exactly this address under the host's certificate, cut when the time is over."""
        context = ssl.create_default_context(cafile=settings.VERIFY_CA_FILE or None)
        plain = socket.create_connection((address, port), timeout=self._left())
        secure = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        # A server that sends a byte a second never runs into a time-out of the socket; this cuts the line itself.
        cut = threading.Timer(self._left(), _shut, [secure])
        cut.daemon = True
        cut.start()
        try:
            secure.do_handshake()
            line = http.client.HTTPSConnection(host, port)
            line.sock = secure
            yield line
        finally:
            cut.cancel()
            secure.close()


class Poster(Client):
    """Hands one document to an address that somebody of an institution named, under the same rules as fetching.

    The operator names the origins (`WEBHOOK_ORIGINS`). Nothing is followed, and what is answered is not read.
    """

    def __init__(self) -> None:
        super().__init__()
        self.origins = frozenset(origin.rstrip("/").lower() for origin in settings.WEBHOOK_ORIGINS)

    def allows(self, url: str) -> bool:
        """True for an address that may be posted to; whether its name leads to a public one is asked when it is."""
        try:
            self._allow(url)
        except Unreachable:
            return False
        return True

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer. Raises `Unreachable` whenever a rule or the network says no."""
        self._allow(url)
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        try:
            with self._line(self._address(host, port), host, port) as line:
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                line.request("POST", path, body=body, headers={**headers, "Content-Type": "application/json"})
                return line.getresponse().status
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable(type(error).__name__) from error


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or 443
    return f"https://{(parts.hostname or '').lower()}" + (f":{port}" if port != 443 else "")


def _shut(line: ssl.SSLSocket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)  # not that of SSLSocket, which another thread may be reading
