"""Python's cycle collector, put off while one transaction makes many objects.

A cohort makes some hundred thousand objects at once, which all live until its transaction ends. The collector would
walk over them, and over the whole of Django, again and again, and find nothing: a third of the time of the act.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def put_off() -> Iterator[None]:
    """No collection in this block. What it left is collected after it, as usual; blocks may stand in each other."""
    ran = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if ran:
            gc.enable()
