"""Base58 with the Bitcoin alphabet, as Multibase's `z` asks (Controlled Identifiers 1.0, section 2.4).

Every badge carries one signature in it, so it is written four letters at a time: one division of the long number each.
"""

from __future__ import annotations

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_TWO, _FOUR = 58**2, 58**4
_LETTERS = ALPHABET.encode()
_DIGITS = bytes.maketrans(_LETTERS, bytes(range(58)))
_WIDTH = 128  # letters that are folded at once; a signature has 88
_WHOLE = 58**_WIDTH
# For lanes of 8, 16, ... bits: by how far the upper of two is shifted, what leaves the lower, what the upper counts.
_FOLDS = tuple(
    (8 << fold, sum(((1 << (8 << fold)) - 1) << place for place in range(0, 8 * _WIDTH, 16 << fold)), 58 ** (1 << fold))
    for fold in range(7)
)


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
    """The bytes of a text. Raises ValueError for a letter outside the alphabet.

    All letters are folded at once: each with its neighbour, then each pair with its neighbour, and so on.
    """
    letters = text.encode("ascii")
    for bad in letters.translate(None, _LETTERS):
        raise ValueError(chr(bad))
    digits = letters.translate(_DIGITS)
    number = 0
    for start in range(-(-len(digits) // _WIDTH) * -_WIDTH, 0, _WIDTH):
        part = int.from_bytes(digits[start : start + _WIDTH or None], "big")
        for shift, low, factor in _FOLDS:
            part = (part >> shift & low) * factor + (part & low)
        number = number * _WHOLE + part
    body = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return b"\0" * (len(text) - len(text.lstrip("1"))) + body
