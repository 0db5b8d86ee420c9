"""Every notice of a whole course, from proposal to badge, leads its reader to a page that opens."""

from __future__ import annotations

import re

from django.core import mail
from django.test import Client

from notifications.models import Channel, Delivery
from people.models import User
from tests import worker
from tests.cast import Cast
from tests.journeys import awards
from workflows.actions import revoking

OPENS = {200, 410}  # 410: a letter that was answered says so, with what was signed


def _status(person: User | None, path: str) -> int:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client.get(path, follow=True).status_code  # a badge that waits leads on to its offer


def test_every_notice_of_a_course_opens_for_its_reader(cast: Cast) -> None:
    _version, badge = awards.issued(cast)
    revoking.suspend_badge(credential_id=badge.pk, actor=cast.quinn, reason="A complaint is looked at.")
    revoking.ask_revocation(credential_id=badge.pk, actor=cast.registrar, kind="issued_in_error", reason="Wrong person")
    worker.settle()
    notices = Delivery.objects.filter(channel=Channel.IN_APP).select_related("recipient")
    pages = {(notice.recipient, notice.path): notice.kind for notice in notices}
    assert len(pages) > 12
    assert f"/learning/badges/{badge.public_id}" in {path for _person, path in pages}
    assert {kind: path for (person, path), kind in pages.items() if _status(person, path) not in OPENS} == {}


def test_every_mail_to_a_partner_opens_without_signing_in(cast: Cast) -> None:
    awards.issued(cast)
    worker.settle()
    letters = [message for message in mail.outbox if message.to[0] in {cast.bob.email, cast.vera.email}]
    assert len(letters) > 6
    for message in letters:
        [link] = re.findall(r"http://localhost:8000(\S+)", message.body)
        assert _status(None, link) in OPENS, f"{message.subject}: {link}"
