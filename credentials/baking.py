"""Badges in files: baked into our picture of them, and taken out of whatever file somebody hands in.

A file is judged by its content; its name and the type that the browser gave it say nothing.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import resvg_py

from credentials.carriers import pdf, photo, png
from credentials.carriers import svg as drawing
from credentials.carriers.refusals import MOST_BYTES, CarriesNothing, FileTooLarge, UnknownKind
from credentials.picture import Picture, svg

FONTS = Path(__file__).parent / "fonts"
SIZE = 960  # pixels; four times the drawing, sharp on paper at 8 cm
_XML = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\0", b"\xfe\xff\0<")


def text_of(document: dict[str, Any]) -> str:
    """The JSON that goes into files, the same bytes for the same document."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def drawn(picture: Picture, *, size: int = SIZE) -> bytes:
    """The picture as PNG, drawn with our own typeface and no other, so that it is the same everywhere."""
    return _rendered(str(svg(picture)), size)


@lru_cache(maxsize=64)  # about 70 KB each; a public picture that many ask for is drawn once
def _rendered(drawing_: str, size: int) -> bytes:
    faces = [str(path) for path in sorted(FONTS.glob("*.ttf"))]
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawing_,
            width=size,
            skip_system_fonts=True,
            font_files=faces,
            font_family="Atkinson Hyperlegible Next",
            sans_serif_family="Atkinson Hyperlegible Next",
        )
    )


def baked_png(picture: Picture, text: str) -> bytes:
    """The picture as PNG with the credential in it."""
    return png.bake(drawn(picture), text)


def baked_svg(picture: Picture, text: str) -> bytes:
    """The picture as SVG with the credential in it."""
    return drawing.bake(str(svg(picture)), text)


def unbake(data: bytes) -> list[str]:
    """The credentials in a file, as JSON, compact JWT, or (from a QR code) an address.

    A picture has exactly one, a PDF may have more. Raises `UnreadableFile` with a sentence for everything else.
    """
    if len(data) > MOST_BYTES:
        raise FileTooLarge
    if data.startswith(png.SIGNATURE):
        return [_in_png(data)]
    if data.startswith(b"%PDF-"):
        return pdf.texts(data)
    if data.startswith(b"\xff\xd8\xff") or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return [photo.text(data)]
    if data.lstrip(b" \t\r\n").startswith(_XML):
        return [drawing.text(data)]
    raise UnknownKind


def is_file(data: bytes) -> bool:
    """True for what begins like one of the kinds that `unbake` opens, and not like JSON or a JWT."""
    heads = (png.SIGNATURE, b"%PDF-", b"\xff\xd8\xff", b"RIFF")
    return data.startswith(heads) or data.lstrip(b" \t\r\n").startswith(_XML)


def _in_png(data: bytes) -> str:
    """What is baked in; without it, a QR code that the picture shows."""
    try:
        return png.text(data)
    except CarriesNothing:
        return photo.text(data)
