"""A worker of its own for one act on a cohort, to be killed. Arguments: act, key of the cohort, key of the actor."""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
CHUNK = 5


def main(act: str, cohort_id: int, actor_id: int) -> None:
    """Do the act in small transactions."""
    django.setup()
    from people.models import User
    from workflows.actions import awarding, issuing

    awarding.CHUNK = issuing.CHUNK = CHUNK
    actor = User.objects.get(pk=actor_id)
    print("ready", flush=True)
    if act == "award":
        awarding.award_cohort(cohort_id=cohort_id, actor=actor)
    else:
        issuing.issue_agreed(cohort_id=cohort_id, actor=actor)
    print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
