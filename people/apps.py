"""App people: users, organizations, memberships, invitations, sign-in."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Where Django finds this app's models, templates and catalogue."""

    name = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the start-up checks."""
        from people import checks  # noqa: F401  (importing registers them)
