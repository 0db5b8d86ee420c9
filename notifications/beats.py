"""When a part of the machinery last ran, and whether it went well."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from notifications.models import Beat


def beat(name: str, trouble: str = "") -> None:
    """Note that this part ran now."""
    Beat.objects.update_or_create(name=name, defaults={"at": timezone.now(), "trouble": trouble[:200]})


def ran_within(name: str, span: timedelta) -> bool:
    """True when this part ran in the last `span`."""
    return Beat.objects.filter(name=name, at__gt=timezone.now() - span).exists()


def beats() -> dict[str, Beat]:
    """Every part that ever ran, by its name."""
    return {found.name: found for found in Beat.objects.order_by("name")}
