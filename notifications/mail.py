"""Mail: made when it is sent, so that no token and no code stands in a row; handed over, and only then called sent.

The promise: every notice is sent at least once. If the mail server takes a message but its answer is lost, it may
arrive twice, with the same Message-ID (`promises.md` 7).
"""

from __future__ import annotations

import smtplib
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notifications import links, wording
from notifications.leases import Later, Refused
from notifications.models import Delivery
from people import invitations, post
from people.models import OutgoingMail
from people.work import Work

FINAL = 500  # SMTP answers from 500 on say "never"; below that "not now"


def message_id(work: Work) -> str:
    """The same for every try at the same piece of work."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{work.public_id}@{domain}>"


def send_notice(delivery: Delivery) -> dict[str, Any]:
    """Send one notice. One that has become needless (its link has ended) is dropped."""
    invitation = delivery.invitation
    if delivery.asks and (invitation is None or not invitations.is_open(invitation)):
        return {}
    link = settings.BASE_URL + (links.letter(invitation) if invitation is not None else delivery.path)
    hand_over(
        to=delivery.recipient.email,
        language=delivery.language,
        subject=delivery.subject,
        text=delivery.text,
        link=link,
        identifier=message_id(delivery),
    )
    return {"sent_at": timezone.now()}


def send_code(mail: OutgoingMail) -> dict[str, Any]:
    """Send a mail of the ground floor. One that came too late to be of use is dropped."""
    if mail.good_until <= timezone.now():
        return {}
    with translation.override(mail.language):
        subject, text = wording.code(mail.kind, post.code_of(mail))
    hand_over(
        to=mail.address or mail.person.email,
        language=mail.language,
        subject=subject,
        text=text,
        link="",
        identifier=message_id(mail),
    )
    return {}


def hand_over(*, to: str, language: str, subject: str, text: str, link: str, identifier: str) -> None:
    """Give one message to the mail server. Raises `Later` or `Refused` when it did not say yes."""
    with translation.override(language):
        facts = {"subject": subject, "text": text, "link": link, "sample": settings.DEMO, "language": language}
        message = EmailMultiAlternatives(
            subject=_("Sample: %s") % subject if settings.DEMO else subject,
            body=render_to_string("notifications/mail.txt", facts),
            to=[to],
            headers={"Message-ID": identifier, "Auto-Submitted": "auto-generated", "Content-Language": language},
        )
        message.attach_alternative(render_to_string("notifications/mail.html", facts), "text/html")
    try:
        taken = get_connection().send_messages([message])
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _answer in refused.recipients.values()]
        raise _verdict("the mail server refused the address", min(codes)) from None
    except smtplib.SMTPDataError as refused:
        raise _verdict("the mail server refused the message", refused.smtp_code) from None
    except OSError as down:  # all of smtplib's errors, time-outs, refused and dropped connections
        code = getattr(down, "smtp_code", "")
        raise Later(f"the mail server did not take it: {type(down).__name__} {code}".strip()) from None
    if not taken:
        raise Later("the mail server did not take it")


def _verdict(what: str, code: int) -> Later | Refused:
    return (Refused if code >= FINAL else Later)(f"{what}: {code}")
