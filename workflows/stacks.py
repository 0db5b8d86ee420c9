"""When a stack is complete: all parts, n of them, or all in their order. Parts may be added later. Pure."""

from __future__ import annotations

from collections.abc import Sequence

RULES = ("all", "n_of_m", "ordered")


def complete(rule: str, needed: int | None, parts: Sequence[str], held: Sequence[str]) -> bool:
    """Whether the parts that a learner holds, in the order in which they were awarded, make the whole.

    A stack without parts is never complete: its composition is decided later.
    """
    own = [code for code in held if code in set(parts)]
    if not parts:
        return False
    if rule == "n_of_m":
        return len(set(own)) >= (needed or len(parts))
    if rule == "ordered":
        first = [code for place, code in enumerate(own) if code not in own[:place]]
        return first == list(parts)
    return set(own) == set(parts)
