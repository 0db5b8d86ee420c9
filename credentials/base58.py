"""Base58 with the Bitcoin alphabet, as Multibase's `z` asks (Controlled Identifiers 1.0, section 2.4).

Every badge carries one signature in it, so it is done four letters at a time: one division of the long number each.
"""

from __future__ import annotations

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_VALUES = {pair: value for value, pair in enumerate(_PAIRS)}
_TWO, _FOUR = 58**2, 58**4


def b58encode(data: bytes) -> str:
    """Text of some bytes; each leading zero byte is a leading `1`."""
    number = int.from_bytes(data, "big")
    parts: list[str] = []
    while number:
        number, four = divmod(number, _FOUR)
        parts.append(_PAIRS[four % _TWO])
        parts.append(_PAIRS[four // _TWO])
    parts.reverse()
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + "".join(parts).lstrip("1")


def b58decode(text: str) -> bytes:
    """The bytes of a text. Raises ValueError for a letter outside the alphabet."""
    even = "1" * (-len(text) % 4) + text
    number = 0
    try:
        for place in range(0, len(even), 4):
            four = _VALUES[even[place : place + 2]] * _TWO + _VALUES[even[place + 2 : place + 4]]
            number = number * _FOUR + four
    except KeyError as bad:
        raise ValueError(bad.args[0]) from bad
    body = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return b"\0" * (len(text) - len(text.lstrip("1"))) + body
