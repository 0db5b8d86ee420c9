"""The clock: which job runs how often. One clock at a time runs them; each is safe to run twice and fails alone."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from credentials import audit, status
from notifications import beats, wake
from people import codes, tokens
from people.locks import only_one
from workflows import award_clocks, checkpoints, clocks, triggers
from workflows.actions import standing_in

logger = logging.getLogger(__name__)

LOCK = 0x1_4D50_5249  # any fixed number, the same for every clock of this installation
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SLACK = timedelta(seconds=5)  # a tick that comes a little early still counts as its minute


@dataclass(frozen=True)
class Job:
    """One thing that the clock does."""

    name: str
    every: timedelta
    run: Callable[[], object]

    @property
    def beat(self) -> str:
        """The name under which it is noted that the job ran."""
        return f"clock:{self.name}"

    def is_due(self) -> bool:
        """True when its time has passed, counted from its last run by any clock; at once after it failed."""
        last = beats.beats().get(self.beat)
        wait = self.every if last is None or not last.trouble else MINUTE
        return not beats.ran_within(self.beat, wait - SLACK)


JOBS: tuple[Job, ...] = (
    Job("sweep", MINUTE, wake.sweep),
    Job("status_lists", MINUTE, status.publish_due),
    Job("timers", MINUTE, clocks.fire_due),
    Job("stand_ins", MINUTE, standing_in.look_after_seats),
    Job("awards", HOUR, award_clocks.fire_award_clocks),
    Job("figures", HOUR, triggers.look_at_figures),
    Job("codes", HOUR, codes.forget_old),
    Job("answered_calls", HOUR, tokens.forget_old),
    Job("checkpoint", HOUR, checkpoints.keep),
    Job("audit", HOUR, audit.read_on),
)


def tick() -> list[str]:
    """Run what is due, and answer the names; nothing while another clock holds the lock."""
    with only_one(LOCK) as ours:
        due = [job for job in JOBS if job.is_due()] if ours else []
        for job in due:
            _run(job)
    return [job.name for job in due]


def _run(job: Job) -> None:
    trouble = ""
    try:
        job.run()
    except Exception as error:  # noqa: BLE001  # one job that fails must not stop the others
        place = traceback.extract_tb(error.__traceback__)[-1]
        trouble = f"{type(error).__name__} in {place.name}"  # an error's text may quote an address
        logger.error("The clock's job %s failed: %s, %s line %s", job.name, trouble, place.filename, place.lineno)
    beats.beat(job.beat, trouble)
