"""PNG: one uncompressed iTXt chunk of keyword `openbadgecredential` (Open Badges 3.0, section 5.3.1; badges.md 27)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from credentials.carriers.refusals import (
    MOST_TEXT,
    CarriesNothing,
    DamagedFile,
    OlderBadge,
    SomethingBehind,
    SwollenText,
    TwoBadges,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD, OLDER = b"openbadgecredential", b"openbadges"
_END = (b"IEND", b"")


def bake(picture: bytes, text: str) -> bytes:
    """The picture with a credential in it: JSON, or a compact JWT."""
    parts = [*chunks(picture)]
    parts.insert(-1, (b"iTXt", KEYWORD + b"\0\0\0\0\0" + text.encode()))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk of a PNG, its length and checksum held against the file; no pixel is looked at."""
    at, size = len(SIGNATURE), len(data)
    first, ended = True, False
    while at < size:
        if ended:
            raise SomethingBehind
        if size - at < 12:
            raise DamagedFile
        length, kind = struct.unpack_from(">I4s", data, at)
        if length > size - at - 12:
            raise DamagedFile
        body = data[at + 8 : at + 8 + length]
        if struct.unpack_from(">I", data, at + 8 + length)[0] != zlib.crc32(body, zlib.crc32(kind)):
            raise DamagedFile
        if first and (kind != b"IHDR" or length != 13):
            raise DamagedFile
        yield kind, body
        first, ended = False, (kind, body) == _END
        at += 12 + length
    if not ended:
        raise DamagedFile


def text(data: bytes) -> str:
    """The one credential in a PNG. Raises a refusal where there is none, or more than one."""
    found, older = [], False
    for kind, body in chunks(data):
        if kind != b"iTXt":
            continue
        keyword, _nul, rest = body.partition(b"\0")
        older = older or keyword == OLDER
        if keyword == KEYWORD:
            found.append(_text(rest))
    if not found:
        raise OlderBadge if older else CarriesNothing
    if len(set(found)) > 1:
        raise TwoBadges
    return found[0]


def _text(rest: bytes) -> str:
    """What follows the keyword: compression flag and method, language, translated keyword, text (PNG, 11.3.3.4)."""
    if len(rest) < 4 or rest[0] > 1 or rest[1]:
        raise DamagedFile
    parts = rest[2:].split(b"\0", 2)
    if len(parts) < 3:
        raise DamagedFile
    packed = parts[2]
    if rest[0]:
        packed = inflated(packed)
    if len(packed) > MOST_TEXT:
        raise SwollenText
    try:
        return packed.decode()
    except UnicodeDecodeError as error:
        raise DamagedFile from error


def inflated(packed: bytes) -> bytes:
    """A zlib stream as far as a badge may grow."""
    reader = zlib.decompressobj()
    try:
        whole = reader.decompress(packed, MOST_TEXT + 1)
    except zlib.error as error:
        raise DamagedFile from error
    if len(whole) > MOST_TEXT:
        raise SwollenText
    if not reader.eof:
        raise DamagedFile
    return whole
