"""App notifications: turns ledger events into messages."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Where Django finds this app's models, templates and catalogue; listens for work that has committed."""

    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Become the listener of the lower floors. The broker was chosen before (`config.apps`)."""
        from notifications.wake import wake
        from notifications.webhooks import rewrap
        from people import wakeups
        from workflows import rewrapping

        rewrapping.register(rewrap)
        wakeups.listen(wake)
