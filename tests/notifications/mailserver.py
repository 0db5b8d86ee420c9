"""A mail server in the test that takes mail, refuses it, hangs, or takes it and cuts the line before its answer."""

from __future__ import annotations

import asyncio
import email
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """What came in, and how it behaves: `takes`, `refuses_for_now`, `refuses_for_good`, `hangs`, `cuts`."""

    def __init__(self) -> None:
        self.behaviour = "takes"
        self.pause_seconds = 0.0
        self.taken: list[Message] = []
        self.cuts = 0
        self.controller = Controller(self, hostname="127.0.0.1", port=0)

    async def handle_RCPT(  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.behaviour == "refuses_for_now":
            return "451 try again later"
        if self.behaviour == "refuses_for_good":
            return f"550 no such mailbox: {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.behaviour == "hangs":
            await asyncio.sleep(3600)
        if self.behaviour == "refuses_the_message":
            return "554 this looks like spam"
        await asyncio.sleep(self.pause_seconds)
        assert isinstance(envelope.content, bytes)
        self.taken.append(email.message_from_bytes(envelope.content))
        if self.behaviour == "cuts":
            self.cuts += 1
            server.transport.abort()
        return "250 OK"

    @property
    def port(self) -> int:
        return int(self.controller.server.sockets[0].getsockname()[1])  # type: ignore[union-attr]

    def copies(self) -> Counter[str]:
        """How often each Message-ID came."""
        return Counter(str(message["Message-ID"]) for message in self.taken)

    def recipients(self) -> set[str]:
        return {str(message["To"]) for message in self.taken}


class _AnyPort(Controller):
    """aiosmtpd tries its port at start, and takes 0 for it; the real one is known to the socket."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


@contextmanager
def running() -> Iterator[MailServer]:
    """A server on a free port, until the block ends."""
    server = MailServer()
    server.controller = _AnyPort(server, hostname="127.0.0.1", port=0)
    server.controller.start()
    try:
        yield server
    finally:
        server.controller.stop(no_assert=True)
