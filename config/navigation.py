"""Which portals a person works in, in the order in which the bar shows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Role, User
from people.queries import roles_of
from workflows.queries import has_learning, has_seats

FACULTY = {Role.PROPOSER, Role.ACADEMIC_LEAD}
ASSESSING = {Role.ASSESSOR, Role.MODERATOR, Role.ACADEMIC_LEAD}
ASSESSING_PAGES = frozenset({"assessing", "work", "score", "moderate", "fail", "sign"})
QUALITY = {
    Role.QA_OFFICER,
    Role.COMMITTEE_MEMBER,
    Role.COMMITTEE_CHAIR,
    Role.REGISTRAR,
    Role.GRANTOR,
    Role.ISSUER,
    Role.AUDITOR,
}
REPORTS = {Role.QA_OFFICER, Role.AUDITOR}
SETTINGS = {Role.ADMINISTRATOR, Role.QA_OFFICER, Role.AUDITOR, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR}
POLICY_PAGES = frozenset(
    {"policy", "policy_draft", "policy_text", "policy_form", "policy_act", "policy_edition", "roll_out", "policy_run"}
)


@dataclass(frozen=True)
class Entry:
    """One entry of the bar; `namespace` and `name` say on which pages it is the current one."""

    address: str
    label: str | Promise
    namespace: str
    names: frozenset[str] = frozenset()


def portals_of(user: User) -> list[Entry]:
    """The first screens of the portals that this person works in."""
    roles = {Role(role) for role in roles_of(user)}
    entries = []
    if roles & QUALITY:
        entries.append(Entry(reverse("quality:home"), _("Queue"), "quality"))
        everything = frozenset({"proposals"})
        entries.append(Entry(reverse("quality:proposals"), _("All proposals"), "quality", everything))
        entries.append(Entry(reverse("quality:register"), _("Badges"), "quality", frozenset({"register", "badge"})))
    if roles & REPORTS:
        entries.append(Entry(reverse("quality:reports"), _("Reports"), "quality", frozenset({"reports"})))
    if roles & SETTINGS:
        rooms = (
            frozenset({"settings", "people", "give_role", "end_role", "organizations", "organization"}) | POLICY_PAGES
        )
        entries.append(Entry(reverse("quality:settings"), _("Settings"), "quality", rooms | POLICY_PAGES | {"keys"}))
    if roles & FACULTY:
        entries.append(Entry(reverse("faculty:home"), _("Proposals"), "faculty"))
    if roles & ASSESSING:
        entries.append(Entry(reverse("faculty:assessing"), _("Assessing"), "faculty", ASSESSING_PAGES))
    if has_seats(user):
        entries.append(Entry(reverse("employer:home"), _("Reviews"), "employer"))
    if has_learning(user):
        entries.append(Entry(reverse("learner:home"), _("My badges"), "learner"))
    return entries
