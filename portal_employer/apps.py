"""App portal_employer: the portal of employer partners, by link or signed in."""

from django.apps import AppConfig


class PortalEmployerConfig(AppConfig):
    """Where Django finds this app's models, templates and catalogue."""

    name = "portal_employer"
    default_auto_field = "django.db.models.BigAutoField"
