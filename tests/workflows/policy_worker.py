"""A worker of its own for one run over the running cases, to be killed. Argument: the key of the run."""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main(run_id: int) -> None:
    """Work in small transactions."""
    django.setup()
    from workflows.actions import rolling
    from workflows.models import PolicyRun

    rolling.CHUNK = 2
    run = PolicyRun.objects.get(pk=run_id)
    print("ready", flush=True)
    rolling.work_off(run)
    print("done", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
