"""App credentials: Open Badges: documents, proofs, keys, status lists, verification."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """Where Django finds this app's models, templates and catalogue."""

    name = "credentials"
    default_auto_field = "django.db.models.BigAutoField"
