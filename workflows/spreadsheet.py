"""Reads the first sheet of an Excel workbook as lines of text. What is handed in is a zip archive of strangers.

Every part is unpacked here, up to a bound, and packed anew before the library reads it, so that no part can grow past
what it said (`promises.md` H13).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook

BEGINS = b"PK\x03\x04"
MOST_UNPACKED = 16 * 1024 * 1024
MOST_PARTS = 200
MOST_ROWS = 5000
NO_BREAK = " \u00a0"


class NoSpreadsheet(Exception):
    """The bytes are no workbook that is read here."""


def lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Every line of the first sheet that is not blank, with its number. Raises `NoSpreadsheet`."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_packed_anew(data)))
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS)
    except (
        CalamineError,
        zipfile.BadZipFile,
        NotImplementedError,
        OSError,
        ValueError,
        IndexError,
        EOFError,
    ) as failed:
        raise NoSpreadsheet from failed
    for number, cells in enumerate(rows, start=1):
        texts = [_text(cell) for cell in cells]
        if any(texts):
            while texts and not texts[-1]:
                texts.pop()
            yield number, texts


def _packed_anew(data: bytes) -> bytes:
    packed, left = io.BytesIO(), MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(packed, "w") as made:
        parts = given.infolist()
        if len(parts) > MOST_PARTS:
            raise NoSpreadsheet
        for part in parts:
            with given.open(part) as opened:
                content = opened.read(left + 1)
            left -= len(content)
            if left < 0:
                raise NoSpreadsheet
            made.writestr(part.filename, content)
    return packed.getvalue()


def _text(cell: object) -> str:
    """A cell as it reads: whole numbers without a point, so that a student number stays one."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip(NO_BREAK)
