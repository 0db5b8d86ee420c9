"""What a proposer does: start, write, submit, answer requests, withdraw."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Organization, User
from workflows import cases, dossier, ledger, rights
from workflows.award_course import close_results
from workflows.door import Passage, found, opened, stream_of
from workflows.errors import Missing, NotAllowed, Refusal
from workflows.models import (
    ChangeRequest,
    Contribution,
    Initiative,
    Interest,
    MicroCredential,
    Snapshot,
    Suggestion,
    Version,
)
from workflows.policies import editions
from workflows.records import decide, named
from workflows.rounds import close_rounds
from workflows.stations import Stage
from workflows.timers import Kind, arm, screening_due
from workflows.withdrawals import ASKED, asked, needs_agreement

EDITABLE = {Stage.DRAFT, Stage.ASSESSMENT_DESIGN, Stage.PILOT_EVALUATION}


def start(
    *,
    actor: User,
    institution: Organization,
    code: str,
    content: dict[str, Any],
    initiative: Initiative | None = None,
    academic_lead: User | None = None,
    unit: str = "",
) -> Version:
    """Begin a proposal in draft, with its grants and its first ledger event."""
    if not actor.memberships.filter(organization=institution, ended_at=None, role="proposer").exists():
        raise NotAllowed
    return draft(
        actor=actor,
        institution=institution,
        code=code,
        content=content,
        initiative=initiative,
        academic_lead=academic_lead,
        unit=unit,
    )


@transaction.atomic
def draft(
    *,
    actor: User,
    institution: Organization,
    code: str,
    content: dict[str, Any],
    initiative: Initiative | None,
    academic_lead: User | None,
    unit: str,
) -> Version:
    """The rows of a new micro-credential and of its first version."""
    if institution.micro_credentials.filter(code=code).exists():
        raise Refusal(_("Another micro-credential has this code. Choose one that is not taken."))
    document = dossier.Dossier.model_validate(content)
    titles = document.identity.title
    if initiative is None:
        initiative = Initiative.objects.create(institution=institution, title_en=titles.en, title_fr=titles.fr)
    micro = MicroCredential.objects.create(institution=institution, initiative=initiative, code=code)
    version = Version.objects.create(
        micro_credential=micro,
        institution=institution,
        title_en=titles.en,
        title_fr=titles.fr,
        language=document.identity.languages[0],
        content=content,
        policy=editions.current(institution, initiative),
        unit=unit,
        proposer=actor,
        academic_lead=academic_lead or actor,
    )
    begin(version, actor)
    return version


def begin(version: Version, actor: User, **data: Any) -> None:
    """The grants of a new version, its author, and the first event of its stream."""
    note_contribution(version, actor)
    rights.open_version(version)
    ledger.append(
        stream_of(version),
        "start",
        actor=actor,
        organization=str(version.institution.public_id),
        data={"version": str(version.public_id), "number": 0, **data},
    )


def note_contribution(version: Version, person: User) -> None:
    """Remember that this person wrote or edited: he or she decides nothing on this version."""
    Contribution.objects.get_or_create(version=version, person=person)


def save_content(*, version_id: int, actor: User, expected: int, content: dict[str, Any]) -> Version:
    """Keep an edit of the dossier. Only the proposer and the academic lead write, and only where it is open."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        if not (rights.holds(actor, version, "submit") or rights.holds(actor, version, "design")):
            raise NotAllowed
        if version.stage not in EDITABLE:
            raise Refusal(_("The content is frozen while others look at it. It opens again if it is returned to you."))
        document = dossier.Dossier.model_validate(content)
        before = dossier.facet_digests(version.content)
        changed = sorted(name for name, digest in dossier.facet_digests(content).items() if before.get(name) != digest)
        version.content = content
        version.title_en, version.title_fr = document.identity.title.en, document.identity.title.fr
        version.language = document.identity.languages[0]
        note_contribution(version, actor)
        _drop_signatures(version, set(changed))
        passage.record("edit", facets=changed)
        return version


def _drop_signatures(version: Version, changed: set[str]) -> None:
    """A signature falls with what it signed: the moderator's with task or rubric, the registrar's with the pathways."""
    if changed & {"assessment", "rubric"}:
        version.moderated_before_use_by = None
    if "pathways" in changed:
        version.registrar_signed_by = None


def note_duplicates_seen(*, version_id: int, actor: User) -> Version:
    """The proposer has looked at the near micro-credentials (guard of T1)."""
    with opened(version_id=version_id, actor=actor) as passage:
        if not rights.holds(actor, passage.version, "submit"):
            raise NotAllowed
        passage.version.duplicates_seen_at = timezone.now()
        passage.record("duplicates_seen")
        return passage.version


def declare_interest(*, version_id: int, actor: User, kinds: list[str], note: str = "") -> Interest:
    """Declare what one gains by an approval; "none" is a declaration too (`lifecycle.md` 6.3)."""
    with opened(version_id=version_id, actor=actor) as passage:
        if not rights.holds(actor, passage.version, "submit"):
            raise NotAllowed
        interest = Interest.objects.create(version=passage.version, person=actor, kinds=kinds, note=note)
        passage.record("declare_interest", kinds=kinds)
        return interest


def submit(*, version_id: int, actor: User, expected: int) -> Version:
    """T1: freeze a snapshot and hand the proposal to the quality office."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        passage.ask("submit")
        missing = dossier.missing_answers(version.content)
        if missing:
            raise Missing(what=", ".join(str(answer) for answer in missing))
        if version.duplicates_seen_at is None:
            raise Missing(what=_("a look at the near micro-credentials"))
        if not version.interests.filter(person=actor).exists():
            raise Missing(what=_("your declaration of interests"))
        if version.change_requests.filter(answered_at=None).exists():
            raise Missing(what=_("an answer to each request of the last return"))
        snapshot = freeze(passage)
        close_rounds(version, "submitted")  # a round that was opened on the draft for an urgent release
        passage.move("submit", snapshot=str(snapshot.public_id), digest=snapshot.digest)
        arm(version, Kind.SCREENING_OVERDUE, screening_due(version))
        return version


def freeze(passage: Passage) -> Snapshot:
    """Freeze the content as it stands; equal content keeps its snapshot."""
    version = passage.version
    assert passage.actor is not None
    digest = dossier.digest(version.content)
    if version.snapshot is not None and version.snapshot.digest == digest:
        return version.snapshot
    version.snapshot = Snapshot.objects.create(
        version=version,
        ordinal=version.snapshots.count() + 1,
        # in full form, so that the RFC 8785 bytes of what is kept are those of the digest, whatever the schema becomes
        content=dossier.plain(dossier.Dossier.model_validate(version.content)),
        digest=digest,
        facets=dossier.facet_digests(version.content),
        made_by=passage.actor,
    )
    return version.snapshot


def answer_request(*, request_id: int, actor: User, text: str) -> ChangeRequest:
    """Say what was changed, or why not, for one request of a return."""
    request = found(ChangeRequest, request_id)
    with opened(version_id=request.version_id, actor=actor) as passage:
        if not (rights.holds(actor, passage.version, "submit") or rights.holds(actor, passage.version, "design")):
            raise NotAllowed
        if not text.strip():
            raise Missing(what=_("your reply"))
        request.answer, request.answered_at = text, timezone.now()
        request.save()
        passage.record("answer_request", facet=request.facet)
        return request


def reply_to_rating(*, version_id: int, actor: User, competency: str, text: str) -> Version:
    """Answer in writing for a competency that somebody rated 1 or 2; T4 waits for it. A reply, not consent."""
    with opened(version_id=version_id, actor=actor) as passage:
        version = passage.version
        if not rights.holds(actor, version, "submit"):
            raise NotAllowed
        if competency not in cases.low_ratings(version):
            raise Refusal(_("This competency was not rated 1 or 2, or has its reply already."))
        if not text.strip():
            raise Missing(what=_("your reply"))
        replies = {**version.screening.get("rating_replies", {}), competency: text}
        version.screening = {**version.screening, "rating_replies": replies}
        passage.record("reply_to_rating", competency=competency)
        return version


def reply_to_suggestion(*, suggestion_id: int, actor: User, text: str) -> Suggestion:
    """Answer a supporter's suggestion in writing; T4 waits for it. A reply, not consent."""
    suggestion = found(Suggestion, suggestion_id)
    with opened(version_id=suggestion.decision.version_id, actor=actor) as passage:
        if not any(rights.holds(actor, passage.version, grant) for grant in ("submit", "design")):
            raise NotAllowed
        suggestion.refresh_from_db()
        if suggestion.replied_at is not None:
            raise Refusal(_("This suggestion has its reply already."))
        if not text.strip():
            raise Missing(what=_("your reply"))
        suggestion.reply, suggestion.replied_by, suggestion.replied_at = text, actor, timezone.now()
        suggestion.save()
        passage.record("reply_to_suggestion", suggestion=str(suggestion.public_id))
        return suggestion


def withdraw(*, version_id: int, actor: User, expected: int, reason: str) -> Version:
    """T28: take the proposal back, with a reason. Open rounds end with it; held results become statements.

    After the pilot was approved the quality office must have agreed first, with its plan for the learners.
    """
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        passage.ask("withdraw")
        if not reason.strip():
            raise Missing(what=_("a reason"))
        if needs_agreement(version):
            raise Missing(what=_("the agreement of the quality office, with its plan for the learners"))
        close_rounds(version, "withdrawn")
        close_results(version)
        passage.move("withdraw", reason=reason)
        return version


def ask_withdrawal(*, version_id: int, actor: User, expected: int, reason: str) -> Version:
    """T28 after the pilot was approved: ask the quality office to agree, once in a stage."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        version = passage.version
        passage.ask("withdraw")
        if not reason.strip():
            raise Missing(what=_("a reason"))
        if not needs_agreement(version):
            raise Refusal(_("Nobody has to agree any more: you can withdraw it now."))
        if asked(version) is not None:
            raise Refusal(_("The quality office was asked already. You are told when it agrees."))
        wanted = decide(passage, ASKED, role="proposer", reasons=reason)
        passage.record("ask_withdrawal", **named(wanted))
        return version
