"""App notifications: turns ledger events into messages."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Where Django finds this app's models, templates and catalogue."""

    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"
