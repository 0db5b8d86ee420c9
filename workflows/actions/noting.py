"""The office notes that something outside has changed: a standard has a new edition, the other side of a pathway moved.

One act opens the review of every version in use that names it (`lifecycle.md` 8).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from people.models import Membership, Organization, Role, User
from workflows import triggers
from workflows.door import found, opened
from workflows.errors import Missing, NotAllowed, NotYours
from workflows.freshness import refresh
from workflows.models import Version


def named_in(*, institution_id: int, actor: User, kind: str, name: str) -> list[Version]:
    """Whom a change would concern, before anything is noted."""
    institution = found(Organization, institution_id)
    _refuse_others(actor, institution)
    return triggers.named_in(institution, kind, name)


def note_change(*, institution_id: int, actor: User, kind: str, name: str, edition: str, source: str) -> list[Version]:
    """Keep what changed, to which edition or terms, and where that is said; the reviews open at once."""
    hit = named_in(institution_id=institution_id, actor=actor, kind=kind, name=name)
    for text, what in ((name, _("what changed")), (edition, _("the new edition or terms")), (source, _("the source"))):
        if not text.strip():
            raise Missing(what=what)
    if not hit:
        raise Missing(what=_("a name that stands in a version in use, in the same words"))
    for version in hit:
        with opened(version_id=version.pk, actor=actor) as passage:
            passage.record("note_change", kind=kind, name=name.strip(), edition=edition.strip(), source=source.strip())
            refresh(passage, trigger=kind)
    return hit


def _refuse_others(actor: User, institution: Organization) -> None:
    held = Membership.objects.filter(user=actor, organization=institution, ended_at=None)
    if not held.exists():
        raise NotYours
    if not held.filter(role=Role.QA_OFFICER).exists():
        raise NotAllowed
