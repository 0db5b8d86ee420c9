"""App workflows: the engine: the course of a version, its panels, its rules, its ledger; the course of an award."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """Where Django finds this app's models, templates and catalogue."""

    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"
