"""App portal_learner: the portal of learners and earners."""

from django.apps import AppConfig


class PortalLearnerConfig(AppConfig):
    """Where Django finds this app's models, templates and catalogue."""

    name = "portal_learner"
    default_auto_field = "django.db.models.BigAutoField"
