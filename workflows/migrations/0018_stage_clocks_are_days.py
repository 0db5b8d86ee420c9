"""Give each version under way the day on which its stage's clock ends; moves write it from now on."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.utils import timezone

from workflows.policy import clock_days, due_after
from workflows.stations import STATIONS

CLOCKS = {str(stage): station.clock for stage, station in STATIONS.items() if station.clock}


def count(apps: Any, _schema_editor: Any) -> None:
    """Compute the day once, by the pinned policy, as the door does."""
    for version in apps.get_model("workflows", "Version").objects.filter(stage__in=CLOCKS).select_related("policy"):
        rules, start = version.policy.data, timezone.localtime(version.stage_since).date()
        version.stage_due_on = due_after(rules, start, clock_days(rules, CLOCKS[version.stage]))
        version.save(update_fields=["stage_due_on"])


class Migration(migrations.Migration):
    """Data only."""

    dependencies = (("workflows", "0017_inbox_and_search"),)
    operations = (migrations.RunPython(count, migrations.RunPython.noop),)
