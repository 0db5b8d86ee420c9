"""A version in use and the one that follows it: revise (T24), patch (T23), supersede (T27)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credentials import actions as badges
from people.models import User
from workflows import achievements, dossier, rights
from workflows.actions.ending import set_end, under_way
from workflows.actions.proposing import begin, freeze
from workflows.door import Passage, found, opened
from workflows.errors import Missing, NotAllowed, OwnWork, Refusal
from workflows.guards import not_own
from workflows.models import Contribution, Patch, Version
from workflows.policies import editions
from workflows.stations import Stage

PATCHABLE = {"presentation"}
ENDED = {Stage.WITHDRAWN, Stage.REJECTED}


def revise(*, version_id: int, actor: User, expected: int, reason: str) -> Version:
    """T24: draft the next version beside this one, which stays in use. Answers on what stays the same stand."""
    with opened(version_id=version_id, actor=actor, expected=expected) as passage:
        passage.ask("revise")
        if not reason.strip():
            raise Missing(what=_("what is to change, and why"))
        following = successor(passage, proposer=actor)
        passage.move("revise", successor=str(following.public_id), reason=reason)
        return following


def successor(passage: Passage, *, proposer: User, stage: Stage = Stage.DRAFT) -> Version:
    """The next version: content, screening and signatures are copied, and so is who wrote; there is one at a time."""
    before = passage.version
    if before.successors.exclude(stage__in=ENDED).exists():
        raise Refusal(_("A newer version is already in work. Change that one, or withdraw it first."))
    following = Version.objects.create(
        micro_credential=before.micro_credential,
        institution=before.institution,
        ordinal=before.micro_credential.versions.order_by("-ordinal")[0].ordinal + 1,
        stage=stage,
        title_en=before.title_en,
        title_fr=before.title_fr,
        language=before.language,
        content=before.content,
        policy=editions.current(before.institution, before.micro_credential.initiative),
        framework_edition=before.framework_edition,
        unit=before.unit,
        proposer=proposer,
        academic_lead=before.academic_lead,
        moderated_before_use_by=before.moderated_before_use_by,
        registrar_signed_by=before.registrar_signed_by,
        screening=before.screening,
        successor_of=before,
    )
    Contribution.objects.bulk_create(
        Contribution(version=following, person=author.person)
        for author in before.contributions.exclude(person=proposer)
    )
    begin(following, proposer, stage=str(stage), follows=str(before.public_id))
    return following


def propose_patch(*, version_id: int, actor: User, content: dict[str, Any], reason: str) -> Patch:
    """T23, first person: the academic lead hands in a change of the presentation; anything else asks for T24."""
    with opened(version_id=version_id, actor=actor) as passage:
        version = passage.version
        if not rights.holds(actor, version, "design"):
            raise NotAllowed
        if version.stage != Stage.ACTIVE:
            raise Refusal(_("Only a version in use is patched. Before that, change the content where it is open."))
        if not reason.strip():
            raise Missing(what=_("a reason"))
        changed = _patched_facets(version, content)
        patch = Patch.objects.create(version=version, content=content, facets=changed, reason=reason, proposed_by=actor)
        passage.record("propose_patch", patch=str(patch.public_id), facets=changed)
        return patch


def _patched_facets(version: Version, content: dict[str, Any]) -> list[str]:
    """The facets that a patch changes; refused by name when others than the presentation are among them."""
    dossier.Dossier.model_validate(content)
    before, after = dossier.facet_digests(version.content), dossier.facet_digests(content)
    changed = sorted(name for name in after if after[name] != before[name])
    if not changed:
        raise Missing(what=_("a change"))
    wider = [name for name in changed if name not in PATCHABLE]
    if wider:
        raise Refusal(
            _(
                "A patch changes the presentation only, and this one changes more: %(facets)s. Begin a new version"
                " instead: whoever answered for these parts is asked again, and nobody else."
            ),
            facets=", ".join(wider),
        )
    return changed


def release_patch(*, patch_id: int, actor: User) -> Version:
    """T23, second person: an officer who did not write it releases the patch; the public achievement follows."""
    patch = found(Patch, patch_id)
    with opened(version_id=patch.version_id, actor=actor) as passage:
        version = passage.version
        passage.ask("patch")
        not_own(passage)
        patch.refresh_from_db()
        if patch.proposed_by_id == actor.pk:
            raise OwnWork(_("A patch is released by somebody else than the person who proposed it."))
        if patch.released_at is not None:
            raise Refusal(_("This patch was already released."))
        _patched_facets(version, patch.content)
        version.content = patch.content
        before, snapshot = version.snapshot, freeze(passage)
        badges.amend_achievement(public_id=version.public_id, document=achievements.document(version))
        patch.released_by, patch.released_at = actor, timezone.now()
        patch.save()
        assert before is not None
        passage.move("patch", patch=str(patch.public_id), before=before.digest, digest=snapshot.digest)
        return version


def supersede(before_id: int, by: Version) -> None:
    """T27: the version before gives way; it winds down first while learners are under way. Called by the system."""
    with opened(version_id=before_id, actor=None) as passage:
        before = passage.version
        if before.stage != Stage.ACTIVE:
            return  # a review, a suspension or a winding down ends by its own verb
        if under_way(before):
            set_end(before)
            passage.move("supersede_slowly", by=str(by.public_id))
        else:
            passage.move("supersede", by=str(by.public_id))
