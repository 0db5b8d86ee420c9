"""What is handed in to do harm: poison graphs, pixel floods, bombs. Made here, small on disk and large inside."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import Any

from PIL import Image

from credentials.carriers import png
from tests.credentials.test_proofs import DOCUMENT, Foreign


def _badge(**achievement: Any) -> dict[str, Any]:
    """A badge with such an achievement and a signature that has the right form."""
    foreign = Foreign()
    subject = DOCUMENT["credentialSubject"]
    document = {
        **foreign.document(),
        "credentialSubject": {**subject, "achievement": {**subject["achievement"], **achievement}},
    }
    return {**document, "proof": {**foreign.options(), "proofValue": "z" + "2" * 88}}


def poison(parts: int = 10) -> bytes:
    """Nameless parts that nobody can tell apart, each beside all the others: work grows with their factorial."""
    names = [f"_:b{place}" for place in range(parts)]
    related = [
        {"id": one, "type": ["Related"], "related": [{"id": other} for other in names if other != one]} for one in names
    ]
    return json.dumps(_badge(related=related)).encode()


def twins(parts: int = 400) -> bytes:
    """Nameless parts that say the same."""
    return json.dumps(_badge(alignment=[{"type": ["Alignment"], "targetName": "x"} for _ in range(parts)])).encode()


def tangle(parts: int = 10) -> bytes:
    """A clique of nameless parts without names for them: nested as deep as JSON allows."""
    inner: dict[str, Any] = {"type": ["Alignment"], "targetName": "x"}
    for _deep in range(parts):
        inner = {"type": ["Profile"], "name": "x", "parentOrg": inner, "endorsement": []}
    return json.dumps(_badge(creator=inner)).encode()


def heap() -> bytes:
    """As many different parts as a badge may have, with as much text as it may have."""
    parts = [
        {
            "id": f"https://x.example/{n}",
            "type": ["Alignment"],
            "targetName": "x" * 400,
            "targetUrl": f"https://x.example/{n}",
        }
        for n in range(1900)
    ]
    return json.dumps(_badge(alignment=parts)).encode()


def pixels(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of many pixels in few bytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(10_000_000), 9)
    return png.SIGNATURE + b"".join(png._chunk(*part) for part in ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")))


def canvas() -> bytes:
    """A real picture as large as may be looked at, and nothing in it."""
    out = io.BytesIO()
    Image.new("RGBA", (5000, 4990)).save(out, "PNG")
    return out.getvalue()


def swollen() -> bytes:
    """A text chunk that unpacks to a gigabyte."""
    packer, packed = zlib.compressobj(9), b""
    for _megabyte in range(300):
        packed += packer.compress(bytes(1024 * 1024))
    packed += packer.flush()
    text = png.KEYWORD + b"\0\1\0\0\0" + packed
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"iTXt", text), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    return png.SIGNATURE + b"".join(png._chunk(*part) for part in parts)


def laughs() -> bytes:
    """Entities that grow without end."""
    entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    return f'<!DOCTYPE svg [<!ENTITY a0 "ha">{entities}]><svg xmlns="http://www.w3.org/2000/svg">&a9;</svg>'.encode()


def nested() -> bytes:
    """Brackets without end."""
    return b'{"a":' * 100_000


BOMBS = {
    "poison graph": poison,
    "twins": twins,
    "tangle": tangle,
    "heap": heap,
    "pixel flood": pixels,
    "large canvas": canvas,
    "text-chunk bomb": swollen,
    "entities": laughs,
    "brackets": nested,
}
