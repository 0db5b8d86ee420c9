"""What an earner does with a badge: show it to everybody or to one person, hide it again, ask for a corrected name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from credentials import learner_record, life, sharing
from credentials.models import Credential, ShareLink
from people.models import User
from workflows import evidence
from workflows.actions.awarding import opened_badge, own_badge
from workflows.actions.evidencing import give_consent
from workflows.award_course import AwardPassage
from workflows.door import found
from workflows.errors import Missing, Refusal
from workflows.models import Decision, Visibility


def show_badge(*, credential_id: int, actor: User, public: bool) -> Credential:
    """The earner gives the badge a public page, or takes it away; at first there is none."""
    credential = own_badge(credential_id, actor)
    with opened_badge(credential, actor) as passage:
        changed = life.show(credential=credential, public=public)
        passage.record("show_badge" if public else "hide_badge", badge=str(credential.public_id))
        return changed


def share_badge(*, credential_id: int, actor: User, label: str, ends_on: date, items: Sequence[str] = ()) -> ShareLink:
    """The earner makes a link for one recipient, until a day. An item chosen for it is consent until that day."""
    credential = own_badge(credential_id, actor)
    with opened_badge(credential, actor) as passage:
        if not label.strip():
            raise Missing(what=_("for whom the link is"))
        today = timezone.localdate()
        if not today <= ends_on <= today + sharing.LONGEST:
            raise Missing(what=_("an end of the link, within one year from today"))
        _consent(passage, actor, items, ends_on)
        link = sharing.make(credential=credential, label=label.strip()[:120], ends_on=ends_on, items=items)
        passage.record("share_badge", badge=str(credential.public_id), link=str(link.public_id))
        return link


def _consent(passage: AwardPassage, actor: User, items: Sequence[str], ends_on: date) -> None:
    """Let employers see each chosen item until the link ends, where they may not already."""
    own = {str(shown.item.public_id): shown.item for shown in evidence.shown_to("earner", passage.enrolment)}
    already = {str(s.item.public_id) for s in evidence.shown_to("employers", passage.enrolment) if not s.closed}
    for public_id in items:
        if public_id not in own:
            raise Refusal(_("An item that you chose is not one of yours. Open the page again."))
        if public_id not in already:
            give_consent(item_id=own[public_id].pk, actor=actor, audience=Visibility.EMPLOYERS, ends_on=ends_on)


def end_share(*, link_id: int, actor: User) -> ShareLink:
    """The earner closes a link before its day."""
    link = found(ShareLink, link_id)
    credential = own_badge(link.credential_id, actor)
    with opened_badge(credential, actor) as passage:
        sharing.end(link=link)
        passage.record("end_share", badge=str(credential.public_id), link=str(link.public_id))
        return link


def gather_record(*, credential_id: int, actor: User) -> dict[str, Any]:
    """The earner's badges of one issuer in one signed document (CLR 2.0), asked for from any of them."""
    credential = own_badge(credential_id, actor)
    with opened_badge(credential, actor) as passage:
        badges = learner_record.gathered(credential)
        if not badges:
            raise Refusal(_("None of your badges of this institution is valid today, so there is nothing to gather."))
        name = gettext("Badges of %(institution)s") % {"institution": credential.issuer.name}
        record = learner_record.issue(issuer=credential.issuer, recipient=actor, name=name, badges=badges)
        passage.record("gather_record", badge=str(credential.public_id), record=record["id"], badges=len(badges))
        return record


def ask_correction(*, credential_id: int, actor: User, text: str) -> Decision:
    """The earner says how the name should read; the issuer replaces the badge (C9) when the institution agrees."""
    credential = own_badge(credential_id, actor)
    with opened_badge(credential, actor) as passage:
        if not text.strip():
            raise Missing(what=_("how your name should read, and why"))
        version = passage.enrolment.cohort.version
        asked = Decision.objects.create(
            version=version,
            actor=actor,
            organization=version.institution,
            role="earner",
            choice="ask_correction",
            reasons=text.strip(),
            answers={"badge": str(credential.public_id)},
        )
        passage.record("ask_correction", badge=str(credential.public_id), decision=str(asked.public_id))
        return asked
