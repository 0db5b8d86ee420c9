"""What the worker processes import: `dramatiq config.worker`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from notifications import tasks  # noqa: E402, F401
