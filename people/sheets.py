"""Rows as a file that spreadsheets open. No cell is ever taken for a formula (`promises.md` H16)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

import xlsxwriter

CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_LETTERS = 2000
_CONTROL = re.compile("[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_FORMULA = ("=", "+", "-", "@")


def guarded(cell: str) -> str:
    """A text that no spreadsheet calculates, on one line."""
    plain = _CONTROL.sub(" ", cell).strip()[:MOST_LETTERS]
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """With the mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([guarded(cell) for cell in row] for row in (headings, *rows))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def xlsx_file(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet with a heading that stays and a filter."""
    data = io.BytesIO()
    words = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(data, {"in_memory": True, **words})
    sheet, bold = book.add_worksheet(title[:31]), book.add_format({"bold": True})
    number = 0
    for number, row in enumerate((headings, *rows)):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, guarded(cell), None if number else bold)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, number, len(headings) - 1)
    sheet.autofit(300)
    book.close()
    return data.getvalue()
