"""A badge that was signed anew with another key is the same badge: what was decided about the one holds for the other.

A replacement for another cause is not: a corrected badge begins without the decisions about the wrong one.
"""

from __future__ import annotations

from credentials.models import Credential
from workflows.award_course import enrolment_of, stream_of
from workflows.models import LedgerEvent


def _steps(credential: Credential) -> list[tuple[str, str]]:
    """From which badge to which, in order."""
    events = LedgerEvent.objects.filter(stream=stream_of(enrolment_of(credential)), type="reissue_badge")
    return [(data["badge"], data["by"]) for data in events.order_by("sequence").values_list("data", flat=True)]


def ids_of(credential: Credential) -> list[str]:
    """The public ids of a badge and of those in whose place it was signed anew."""
    ids = [str(credential.public_id)]
    for before, after in reversed(_steps(credential)):
        if after in ids:
            ids.append(before)
    return ids


def present(public_id: str) -> Credential:
    """The badge of this id, or the one that was signed anew in its place."""
    credential = Credential.objects.get(public_id=public_id)
    last = public_id
    for before, after in _steps(credential):
        if before == last:
            last = after
    return credential if last == public_id else Credential.objects.get(public_id=last)


def present_ids(public_ids: set[str]) -> dict[str, str]:
    """Each of these ids with that of the badge that stands in its place now, mostly itself."""
    replaced = Credential.objects.filter(public_id__in=public_ids, status=Credential.Status.REPLACED)
    moved = {str(one): str(present(str(one)).public_id) for one in replaced.values_list("public_id", flat=True)}
    return {one: moved.get(one, one) for one in public_ids}
