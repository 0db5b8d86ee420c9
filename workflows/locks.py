"""The one lock: the version's row, for the state machine and for panel flows alike, blocking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from viewflow.workflow.exceptions import FlowLockFailed

from workflows.models import Panel, Version


def locked_version(version_id: int) -> Version | None:
    """Read a version's row and keep it locked until the transaction ends."""
    return Version.objects.select_for_update(of=("self",)).filter(pk=version_id).first()


def shared_version(version_id: int) -> Version:
    """Read a version's row and keep others from changing it until the transaction ends; many may do so at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM workflows_version WHERE id = %s FOR SHARE", [version_id])
    return Version.objects.select_related("institution", "snapshot").get(pk=version_id)


@contextmanager
def predecessor_locked(version_id: int) -> Iterator[None]:
    """Lock the version before this one first: whoever locks two of a chain takes the older one first."""
    with transaction.atomic():
        before = Version.objects.filter(pk=version_id).values_list("successor_of_id", flat=True).first()
        if before is not None:
            locked_version(before)
        yield


class VersionLock:
    """viewflow's `lock_impl`: locks the row of the version that the panel is about."""

    @contextmanager
    def __call__(self, flow_class: Any, process_pk: int) -> Iterator[None]:
        with transaction.atomic():
            try:
                version_id = Panel.objects.values_list("version_id", flat=True).get(pk=process_pk)
                locked_version(version_id)
            except OperationalError as late:
                raise FlowLockFailed(str(late)) from late
            yield
