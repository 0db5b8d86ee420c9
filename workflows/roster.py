"""Reads a roster of learners from a CSV file or an Excel workbook: good rows, and what is wrong with the others. Pure.

A file comes from whatever spreadsheet is at hand: UTF-8 with or without a byte order mark; comma, semicolon or tab;
header in English or French; names in one column or two. Nothing is guessed beyond that, and nothing is dropped in
silence: columns that are not read are named.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from workflows import spreadsheet

Sentence = str | Promise
MOST_BYTES = 1024 * 1024
MOST_ROWS = 2000
LONGEST = {"email": 254, "name": 150, "number": 40}
# A cell that begins so is run by spreadsheets as a formula (OWASP: CSV injection; ASVS 5.0, 1.2.10).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEADINGS: dict[str, str] = {
    "email": "email",
    "e-mail": "email",
    "email address": "email",
    "e-mail address": "email",
    "mail": "email",
    "courriel": "email",
    "adresse courriel": "email",
    "adresse de courriel": "email",
    "name": "name",
    "full name": "name",
    "nom": "name",
    "nom complet": "name",
    "first name": "given",
    "given name": "given",
    "prenom": "given",
    "last name": "family",
    "family name": "family",
    "surname": "family",
    "nom de famille": "family",
    "student number": "number",
    "student id": "number",
    "number": "number",
    "matricule": "number",
    "numero": "number",
    "language": "language",
    "langue": "language",
}
ENROLLED = _("This learner is in the cohort already. Remove the row.")
ASSESSES = _("This person assesses or moderates in the cohort, so he or she cannot learn in it. Remove the row.")
LANGUAGES = {"": "", "en": "en", "english": "en", "anglais": "en", "fr": "fr", "french": "fr", "francais": "fr"}


@dataclass(frozen=True)
class Row:
    """One learner as the file names her; `language` is empty when the file does not say."""

    line: int
    email: str
    name: str
    number: str = ""
    language: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong on one line and what to do; line 0 is the file as a whole."""

    line: int
    sentence: Sentence


@dataclass(frozen=True)
class Preview:
    """What a file would enter, and what stands in the way."""

    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def unreadable(self) -> bool:
        """True when the file as a whole cannot be used, so that leaving rows out does not help."""
        return any(fault.line == 0 for fault in self.faults)


def _whole(sentence: Sentence) -> Preview:
    return Preview(faults=(Fault(0, sentence),))


def _key(heading: str) -> str:
    """A heading or a language without accents, case and doubled spaces."""
    plain = unicodedata.normalize("NFKD", heading)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().replace("_", " ").split())


def _text_lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines of a text file. Raises `UnicodeDecodeError` for what is not UTF-8 text."""
    text = data.decode("utf-8-sig")
    if "\x00" in text:
        raise UnicodeDecodeError("utf-8", data, 0, 1, "a zero byte")
    return _lines(text)


def _columns(cells: list[str]) -> list[str]:
    """What each column holds: a name of a field, or nothing. `nom` beside `prénom` is the family name."""
    fields = [HEADINGS.get(_key(cell), "") for cell in cells]
    return ["family" if field == "name" else field for field in fields] if "given" in fields else fields


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every line that is not blank, with its number, split by the separator that fits the first one best."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=lambda mark: sum(map(bool, _columns(first.replace('"', "").split(mark)))))
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield number, [cell.strip(" \u00a0") for cell in cells]
        number = reader.line_num + 1


def read(data: bytes, *, barred: Mapping[str, Sentence] | None = None) -> Preview:
    """Read a roster. `barred` says of an address, in lower case, why it cannot be entered."""
    if len(data) > MOST_BYTES:
        return _whole(_("The file is larger than one mebibyte. A roster of 2,000 learners is much smaller."))
    try:
        lines = list(spreadsheet.lines(data) if data.startswith(spreadsheet.BEGINS) else _text_lines(data))
    except csv.Error:
        return _whole(_("A quotation mark is opened and not closed, so the rows cannot be told apart."))
    except spreadsheet.NoSpreadsheet:
        return _whole(
            _("The file is no Excel workbook that can be read. Save it as “CSV UTF-8”, then choose it again.")
        )
    except UnicodeDecodeError:
        return _whole(
            _("The file is not text in UTF-8. In the spreadsheet, save it as “CSV UTF-8”, then choose it again.")
        )
    if not lines:
        return _whole(_("The file is empty. Put one learner on each line, below a line of headings."))
    columns = _columns(lines[0][1])
    wrong = _wrong_heading(columns)
    if wrong is not None:
        return _whole(wrong)
    if len(lines) - 1 > MOST_ROWS:
        return _whole(_("The file holds more than 2,000 learners. Divide it into several files."))
    if len(lines) == 1:
        return _whole(_("The file holds headings and no learner."))
    return _rows(
        lines[1:],
        columns,
        barred or {},
        tuple(c for c, field in zip(lines[0][1], columns, strict=True) if c and not field),
    )


def _wrong_heading(columns: list[str]) -> Sentence | None:
    if "email" not in columns or not {"name", "given", "family"} & set(columns):
        return _("The first line does not name the columns. It needs “email” and “name”, or “courriel” and “nom”.")
    named = [field for field in columns if field]
    if len(named) != len(set(named)):
        return _("Two columns have the same heading, so it is not clear which one counts. Remove one of them.")
    return None


def _rows(
    lines: list[tuple[int, list[str]]], columns: list[str], barred: Mapping[str, Sentence], ignored: tuple[str, ...]
) -> Preview:
    rows, faults = [], []
    seen: dict[str, int] = {}
    for number, cells in lines:
        row = _row(number, cells, columns)
        sentence = _wrong_cells(cells, columns) or _wrong_row(row, _said_language(cells, columns), barred, seen)
        if sentence is not None:
            faults.append(Fault(number, sentence))
            continue
        seen[row.email] = number
        rows.append(row)
    return Preview(tuple(rows), tuple(faults), ignored)


def _cell(cells: list[str], columns: list[str], field: str) -> str:
    place = columns.index(field) if field in columns else len(cells)
    return cells[place] if place < len(cells) else ""


def _said_language(cells: list[str], columns: list[str]) -> str:
    return _key(_cell(cells, columns, "language"))


def _row(number: int, cells: list[str], columns: list[str]) -> Row:
    given, family = _cell(cells, columns, "given"), _cell(cells, columns, "family")
    return Row(
        line=number,
        email=_cell(cells, columns, "email").lower(),
        name=" ".join((_cell(cells, columns, "name") or f"{given} {family}").split(" ")).strip(),
        number=_cell(cells, columns, "number"),
        language=LANGUAGES.get(_said_language(cells, columns), ""),
    )


def _wrong_cells(cells: list[str], columns: list[str]) -> Sentence | None:
    """What is wrong with a line before its cells are understood."""
    if len(cells) > len(columns):
        return _(
            "The line has more cells than there are headings. Put text that holds a separator between quotation marks."
        )
    read_ = [cell for cell, field in zip(cells, columns, strict=False) if field]
    if any(cell.startswith(FORMULA) for cell in read_):
        return _("A cell begins with =, +, - or @, which spreadsheets run as a formula. Write it without that sign.")
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for cell in read_ for letter in cell):
        return _("A cell holds a line break or an invisible character. Type it again.")
    return None


def _wrong_row(row: Row, language: str, barred: Mapping[str, Sentence], seen: Mapping[str, int]) -> Sentence | None:
    if not row.email:
        return _("The e-mail address is missing. Add it, or leave this row out.")
    if not row.name:
        return _("The name is missing. Add it, or leave this row out.")
    for field, longest in LONGEST.items():
        if len(getattr(row, field)) > longest:
            return format_lazy(_("A cell is longer than {longest} characters. Shorten it."), longest=longest)
    try:
        validate_email(row.email)
    except ValidationError:
        return format_lazy(_("“{cell}” is not an e-mail address. Correct it."), cell=row.email)
    if language not in LANGUAGES:
        return _("The language is neither English nor French. Write “en” or “fr”, or leave the cell empty.")
    if row.email in seen:
        return format_lazy(_("The same address stands on line {line}. Keep one of the two."), line=seen[row.email])
    return barred.get(row.email)


def safe_cell(text: str) -> str:
    """A cell for a file that people open in a spreadsheet: an apostrophe keeps it from being run as a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def write(rows: Collection[Collection[str]]) -> bytes:
    """Lines as CSV in UTF-8 with the byte order mark that spreadsheets look for; every cell made safe."""
    text = StringIO(newline="")
    csv.writer(text).writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
