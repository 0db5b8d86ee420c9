"""One version's whole record as a sealed bundle, for `deploy/check_record.py` to check (`promises.md` 10)."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import rfc8785
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from credentials import attestations
from credentials import queries as badges
from credentials.lookups import OwnRows
from people.models import Organization, User
from workflows import cases, checkpoints, ledger
from workflows.door import stream_of
from workflows.dossier import SCHEMA
from workflows.errors import Refusal
from workflows.models import Checkpoint, Decision, LedgerEvent, Version
from workflows.records import record_of

FORMAT = "imprimatur-record/1"
README = "LISEZMOI-README.txt"
File = tuple[str, bytes]


def bundle(version: Version, *, at: str = "") -> bytes:
    """One zip archive, sealed by the institution. `at` is the digest of the checkpoint to prove it against."""
    checkpoint = _checkpoint(at)
    files = dict([*_texts(version), *_rows(version), *_covered(version, checkpoint), *_keys(version, checkpoint)])
    manifest = rfc8785.dumps(
        {
            "format": FORMAT,
            "version": str(version.public_id),
            "institution": version.institution.slug,
            "stream": stream_of(version),
            "made_at": timezone.now().isoformat(),
            "files": {name: f"sha256:{hashlib.sha256(data).hexdigest()}" for name, data in files.items()},
        }
    )
    seal = attestations.attest(version.institution, manifest)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*files.items(), ("manifest.json", manifest), ("seal.json", rfc8785.dumps(seal))]:
            archive.writestr(name, data)
    return packed.getvalue()


def _checkpoint(digest: str) -> Checkpoint | None:
    if not digest:
        return Checkpoint.objects.order_by("-pk").first()
    found = Checkpoint.objects.filter(digest=digest).first()
    if found is None:
        raise Refusal(_("There is no checkpoint of this digest here. Compare it with the one that you kept."))
    return found


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _texts(version: Version) -> Iterator[File]:
    """The README, in both languages."""
    said = []
    for language in ("en", "fr"):
        with translation.override(language):
            said.append("\n".join(_readme(version)))
    yield README, ("\n\n".join(said) + "\n").encode()


def _rows(version: Version) -> Iterator[File]:
    """The ledger, the frozen contents and the decisions, with the people and endorsements that they name."""
    events = ledger.events_of(stream_of(version))
    yield "ledger.json", rfc8785.dumps([ledger.as_data(event) for event in events])
    listed = []
    for snapshot in version.snapshots.order_by("ordinal"):
        name = f"snapshots/{snapshot.ordinal:02}.json"
        facts = {"digest": snapshot.digest, "facets": snapshot.facets, "made_at": snapshot.made_at.isoformat()}
        listed.append({"ordinal": snapshot.ordinal, "file": name, "schema": SCHEMA, **facts})
        yield name, rfc8785.dumps(snapshot.content)
    yield "snapshots.json", _json(listed)
    decisions = _decisions(version, events)
    yield "decisions.json", _json([record_of(decision) for decision in decisions])
    actors = {event.actor for event in events} | {str(decision.actor.public_id) for decision in decisions}
    people = User.objects.filter(public_id__in=actors - {"system"}).order_by("pk")
    yield "people.json", _json({str(person.public_id): person.name for person in people})
    yield "framework.json", _json(cases.strip(version))
    for place, endorsement in enumerate(badges.endorsements_of(cases.achievement_url(version)), start=1):
        yield f"endorsements/{place:02}-{slugify(endorsement.issuer.slug)}.json", _json(endorsement.document)


def _decisions(version: Version, events: list[LedgerEvent]) -> list[Decision]:
    """Those that the stream names and those carried over; what was decided about a learner's badge is not in it."""
    named = {event.data["decision"] for event in events if event.data.get("decision")}
    rows = version.decisions.filter(Q(public_id__in=named) | Q(carried_from__isnull=False)).order_by("pk")
    return list(rows.select_related("version", "panel", "seat", "snapshot", "actor", "organization", "carried_from"))


def _covered(version: Version, checkpoint: Checkpoint | None) -> Iterator[File]:
    """The checkpoint, and the way from the stream's head to its root."""
    proof = checkpoints.inclusion(stream_of(version), checkpoint) if checkpoint is not None else None
    if checkpoint is not None and proof is not None:
        yield "checkpoint.json", _json(checkpoints.as_data(checkpoint))
        yield "inclusion.json", _json({"head": list(proof.head), "path": [list(step) for step in proof.path]})


def _keys(version: Version, checkpoint: Checkpoint | None) -> Iterator[File]:
    """The public keys of everybody who signed something in the bundle."""
    attestations.ready(version.institution)
    slugs = set(checkpoint.signature) if checkpoint is not None else set()
    endorsers = {one.issuer.slug for one in badges.endorsements_of(cases.achievement_url(version))}
    signers = Organization.objects.filter(slug__in=slugs | endorsers | {version.institution.slug})
    lookup = OwnRows()
    for organization in signers.order_by("slug"):
        found = lookup.did_document(attestations.signer_of(organization))
        if found is not None:
            yield f"did/{organization.slug}.json", _json(found)


def _readme(version: Version) -> list[str]:
    return [
        _("The record of “%(title)s”, version %(ordinal)s") % {"title": version, "ordinal": version.ordinal},
        "",
        _("ledger.json: every event, each holding the hash of the one before it."),
        _("snapshots/: the content each time it was frozen; snapshots.json: the digests of whole and parts."),
        _("decisions.json: who decided what over which content; the ledger holds the digest of each."),
        _("people.json: the names behind the numbers. framework.json: the sixteen clauses on the day of the export."),
        _("endorsements/: what partners signed. Any verifier of Open Badges 3.0 checks them."),
        _("checkpoint.json, inclusion.json: a signed statement over all ledgers, and the proof for this one."),
        _("did/: the public keys. manifest.json, seal.json: the digests of all files, signed by the institution."),
        "",
        _("To check it without us: python3 check_record.py RECORD.zip --did DID.json --checkpoint KEPT.json"),
        _("The checker is deploy/check_record.py in the source. Take it there, and the keys from the institution."),
    ]
