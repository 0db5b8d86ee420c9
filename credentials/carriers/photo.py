"""A photograph or screenshot of a QR code: the text in the code, and nothing else of the picture."""

from __future__ import annotations

import warnings
from io import BytesIO

import zxingcpp
from PIL import Image, UnidentifiedImageError

from credentials.carriers.refusals import CarriesNothing, DamagedFile, TooManyParts, TwoBadges

MOST_PIXELS = 25_000_000
KINDS = ("PNG", "JPEG", "WEBP")
_BROKEN = (OSError, SyntaxError, ValueError, EOFError)  # what pillow raises on broken pictures


def text(data: bytes) -> str:
    """The text of the one QR code in a picture. Raises a refusal where there is none, or more than one."""
    codes = zxingcpp.read_barcodes(_grey(data), formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
    found = {code.text.strip() for code in codes if code.text.strip()}
    if not found:
        raise CarriesNothing
    if len(found) > 1:
        raise TwoBadges
    return found.pop()


def _grey(data: bytes) -> Image.Image:
    """The picture in grey. Its size is known from its head, before any pixel is unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=KINDS)
            if picture.width * picture.height > MOST_PIXELS:
                raise TooManyParts
            picture.draft("L", (2000, 2000))
            return _on_white(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyParts from error
    except (UnidentifiedImageError, *_BROKEN) as error:
        raise DamagedFile from error


def _on_white(picture: Image.Image) -> Image.Image:
    """What is clear is seen as paper."""
    if picture.mode not in {"RGBA", "LA", "PA"} and "transparency" not in picture.info:
        return picture.convert("L")
    seen = picture.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    paper.alpha_composite(seen)
    return paper.convert("L")
