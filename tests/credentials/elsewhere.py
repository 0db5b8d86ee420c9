"""A server elsewhere, with a certificate of an authority that the test alone trusts; it counts who comes."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Answer = Callable[[str, ssl.SSLSocket], None]


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost, which is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return public, private


class Elsewhere:
    """Answers over TLS by path, or as a test wants it to; `visits` says who came for what."""

    def __init__(self, folder: Path) -> None:
        self.ca, key = certificate(folder)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.ca, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.origin = f"https://localhost:{self.port}"
        self.pages: dict[str, Answer] = {}
        self.visits: list[str] = []
        self.posted: list[tuple[dict[str, str], bytes]] = []
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _peer = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._one, args=[plain], daemon=True).start()

    def _one(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError), self.context.wrap_socket(plain, server_side=True) as line:
            asked = line.recv(65536)
            if not asked:
                return  # whoever asked died before saying what
            path = asked.split(b" ")[1].decode()
            if asked.startswith(b"POST"):
                self._keep(asked, line)
            self.visits.append(path)
            self.pages.get(path, missing)(path, line)

    def _keep(self, asked: bytes, line: ssl.SSLSocket) -> None:
        """What was handed in: its headers, and its body when all of it has come."""
        head, _empty, body = asked.partition(b"\r\n\r\n")
        rows = [row.partition(": ") for row in head.decode().split("\r\n")[1:]]
        headers = {name.lower(): value for name, _colon, value in rows}
        while len(body) < int(headers["content-length"]):
            body += line.recv(65536)
        self.posted.append((headers, body))

    def gives(self, path: str, content: Any) -> str:
        """Put a JSON document under a path."""
        self.pages[path] = lambda _path, line: line.sendall(ok(json.dumps(content).encode()))
        return self.origin + path


def ok(body: bytes, head: bytes = b"") -> bytes:
    """An answer of HTTP."""
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n" % (len(body), head) + body


def missing(_path: str, line: ssl.SSLSocket) -> None:
    """Nothing stands here."""
    line.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


def sends_to(address: str) -> Answer:
    """A redirection."""
    return lambda _path, line: line.sendall(
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + address.encode() + b"\r\n\r\n"
    )


def drips(head: bytes) -> Answer:
    """Begins with this and goes on by one byte after the other, for ever."""

    def answer(_path: str, line: ssl.SSLSocket) -> None:
        line.sendall(head)
        for _second in range(300):
            line.sendall(b"a")
            time.sleep(0.1)

    return answer


def endless(_path: str, line: ssl.SSLSocket) -> None:
    """Never stops talking."""
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        line.sendall(b" " * 65536)


@contextlib.contextmanager
def standing(folder: Path) -> Iterator[Elsewhere]:
    """The server for the time of a test."""
    server = Elsewhere(folder)
    try:
        yield server
    finally:
        server.listener.close()
