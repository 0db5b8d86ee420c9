"""App portal_public: what strangers see: verification, badges, achievements, the register."""

from django.apps import AppConfig


class PortalPublicConfig(AppConfig):
    """Where Django finds this app's models, templates and catalogue."""

    name = "portal_public"
    default_auto_field = "django.db.models.BigAutoField"
