"""A worker whose process dies when it meets a certain mail: `dramatiq tests.notifications.poison`."""

from __future__ import annotations

import os
import signal
from typing import Any

import config.worker  # noqa: F401  # Django and the actors first
from notifications import mail

_hand_over = mail.hand_over


def hand_over(*, to: str, **more: Any) -> None:
    if to.startswith("poison"):
        os.kill(os.getpid(), signal.SIGKILL)
    _hand_over(to=to, **more)


mail.hand_over = hand_over
