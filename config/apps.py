"""App config: what all portals share, and what must stand before any other app is ready."""

from django.apps import AppConfig, apps


class ConfigConfig(AppConfig):
    """The first app to be ready: it sets the job broker, and makes the broker's tables with the others."""

    name = "config"

    def ready(self) -> None:
        """Choose the broker; after each migrate, make its own tables where it has any; name what to check."""
        import dramatiq
        from django.conf import settings
        from django.core.checks import register
        from django.db.models.signals import post_migrate

        from config import broker, checks

        register(checks.installation, deploy=True)
        dramatiq.set_broker(broker.make(settings.BROKER_URL))
        # Django sends the signal for apps with models only, so another app's turn is taken.
        post_migrate.connect(broker.after_migrate, sender=apps.get_app_config("notifications"))
