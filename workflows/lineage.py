"""A version and the versions that it follows: what stands from one to the next (`lifecycle.md` 7)."""

from __future__ import annotations

from workflows import ledger
from workflows.models import Snapshot, Version
from workflows.stations import STATIONS

# What a pilot tries out; while these are unchanged a later version needs no new pilot (T10c).
PILOTED = ("assessment", "rubric", "evidence")


def chain(version: Version) -> list[Version]:
    """The version itself and its predecessors, the newest first."""
    found = [version]
    while found[-1].successor_of is not None and len(found) <= version.ordinal:
        found.append(found[-1].successor_of)
    return found


def ids(version: Version) -> list[int]:
    """The keys of the chain."""
    return [link.pk for link in chain(version)]


def following(version: Version) -> list[Version]:
    """The version itself and every one that follows it, the oldest first; a statement may stand for all of them."""
    found = [version]
    for link in found:
        found += link.successors.order_by("ordinal")
    return found


def followed(version: Version) -> bool:
    """True when a newer version is in use; this one then ends and does not come back."""
    issuing = [stage for stage, station in STATIONS.items() if station.issues]
    return version.successors.filter(stage__in=issuing).exists()


def piloted_before(version: Version) -> Snapshot | None:
    """The snapshot of an earlier version's finished pilot, if assessment, rubric and evidence are the same since."""
    if version.snapshot is None:
        return None
    now = {facet: version.snapshot.facets[facet] for facet in PILOTED}
    for earlier in chain(version)[1:]:
        for event in reversed(ledger.events_of(f"version:{earlier.public_id}", type_="report")):
            tried = earlier.snapshots.filter(digest=event.data["digest"]).order_by("-ordinal").first()
            if tried is not None and {facet: tried.facets[facet] for facet in PILOTED} == now:
                return tried
    return None
