"""The demo's mailbox: mail goes into a folder instead of to people, and a page shows it. Never used outside the demo.

One file for each Message-ID, so that a repeated mail stays one. The folder is private, because mails carry links.
"""

from __future__ import annotations

import email
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage as Parsed
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


@dataclass(frozen=True)
class Letter:
    """One mail as the page shows it."""

    to: str
    subject: str
    at: datetime
    text: str
    language: str


class FolderBackend(BaseEmailBackend):
    """Keeps each mail as a file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails; a file appears whole or not at all."""
        folder: Path = settings.MAILBOX_FOLDER
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            raw = message.message()
            name = hashlib.sha256(str(raw["Message-ID"]).encode()).hexdigest()[:32]
            unfinished = folder / f".{name}"
            unfinished.touch(mode=0o600)
            unfinished.write_bytes(raw.as_bytes())
            unfinished.rename(folder / f"{name}.eml")
        return len(email_messages)


def letters(limit: int = 200) -> list[Letter]:
    """The newest mails, newest first."""
    files = sorted(settings.MAILBOX_FOLDER.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [_letter(path) for path in files[:limit]]


def _letter(path: Path) -> Letter:
    parsed = email.message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(parsed, Parsed)
    body = parsed.get_body(("plain",))
    at = parsedate_to_datetime(str(parsed["Date"]))
    return Letter(
        to=str(parsed["To"]),
        subject=str(parsed["Subject"]).strip(),
        at=at if at.tzinfo else at.replace(tzinfo=UTC),  # "-0000" is read as no zone at all
        text=body.get_content() if body is not None else "",
        language=str(parsed["Content-Language"] or "en"),
    )
