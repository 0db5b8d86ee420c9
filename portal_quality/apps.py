"""App portal_quality: the portal of the quality office, committee, registrar and issuer."""

from django.apps import AppConfig


class PortalQualityConfig(AppConfig):
    """Where Django finds this app's models, templates and catalogue."""

    name = "portal_quality"
    default_auto_field = "django.db.models.BigAutoField"
