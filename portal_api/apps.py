"""App portal_api: the portal of programs: the same verbs and queries as the pages, as JSON under /api/v1/."""

from django.apps import AppConfig


class PortalApiConfig(AppConfig):
    """Where Django finds this app's templates and catalogue."""

    name = "portal_api"
    default_auto_field = "django.db.models.BigAutoField"
