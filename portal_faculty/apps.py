"""App portal_faculty: the portal of proposers, academic leads and assessors."""

from django.apps import AppConfig


class PortalFacultyConfig(AppConfig):
    """Where Django finds this app's models, templates and catalogue."""

    name = "portal_faculty"
    default_auto_field = "django.db.models.BigAutoField"
