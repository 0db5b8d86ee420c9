"""A roster as spreadsheets write it: what is read, what is refused, and that nothing is guessed."""

from __future__ import annotations

import csv
import zipfile
from io import BytesIO, StringIO

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from workflows import roster, spreadsheet
from workflows.roster import Row, read, safe_cell, write


def _sentences(text: str) -> list[tuple[int, str]]:
    return [(fault.line, str(fault.sentence)) for fault in read(text.encode()).faults]


@pytest.mark.parametrize(
    "data",
    [
        b"email,name\nlena@learner.example,Lena Roy\n",
        b"\xef\xbb\xbfemail,name\r\nlena@learner.example,Lena Roy\r\n",
        b"Courriel;Nom\nlena@learner.example;Lena Roy",
        b"Nom\tAdresse courriel\nLena Roy\tLENA@learner.example",
        "Prénom;Nom;Courriel\nLena;Roy;lena@learner.example".encode(),
        b"Last name,First name,E-mail\nRoy,Lena,lena@learner.example",
        b'"Courriel";"Nom"\r\n"lena@learner.example";"Lena Roy"\r\n',
        b'\n\nemail,name\n\n"lena@learner.example"," Lena Roy "\n\n',
    ],
)
def test_files_of_every_kind_name_the_same_learner(data: bytes) -> None:
    preview = read(data)
    assert [(row.email, row.name) for row in preview.rows] == [("lena@learner.example", "Lena Roy")]
    assert preview.faults == ()


def test_number_and_language_are_read_and_other_columns_are_named() -> None:
    preview = read("courriel,nom,matricule,langue,Téléphone\na@b.example,Zoé,0042,Français,555\n".encode())
    assert preview.rows == (Row(2, "a@b.example", "Zoé", "0042", "fr"),)
    assert preview.ignored == ("Téléphone",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("email,name\n", "no learner"),
        ("a@b.example,Lena\n", "does not name the columns"),
        ("email,phone\na@b.example,1\n", "does not name the columns"),
        ("email,name,courriel\na@b.example,Lena,x\n", "same heading"),
        ('email,name\n"a@b.example,Lena\n', "quotation mark"),
        ("email,name\n" + "a@b.example,Lena\n" * 2001, "more than 2,000"),
        ("email,name\n" + "x" * roster.MOST_BYTES, "larger than one mebibyte"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text: str, words: str) -> None:
    preview = read(text.encode())
    assert preview.unreadable
    assert words in str(preview.faults[0].sentence)
    assert preview.rows == ()


@pytest.mark.parametrize(
    "data", ["nom;courriel\nZoé;z@b.example".encode("cp1252"), b"PK\x03\x04\x00\x00", b"\xff\xfea\x00"]
)
def test_what_is_not_utf_8_says_how_to_save_it(data: bytes) -> None:
    assert "CSV UTF-8" in str(read(data).faults[0].sentence)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (",Lena", "address is missing"),
        ("lena@learner.example,", "name is missing"),
        ("lena@learner.example", "name is missing"),
        ("lena at learner,Lena", "is not an e-mail address"),
        ("lena@learner,Lena", "is not an e-mail address"),
        ("lena@learner.example,Lena,en,1", "more cells"),
        ("lena@learner.example,=cmd|' /C calc'!A0,en", "formula"),
        ("+lena@learner.example,Lena,en", "formula"),
        ("lena@learner.example,@SUM(A1),en", "formula"),
        ('lena@learner.example,"Lena\nRoy",en', "line break"),
        ("lena@learner.example,Le\u202ena,en", "invisible"),
        ("lena@learner.example,Lena,de", "neither English nor French"),
        ("lena@learner.example," + "L" * 151 + ",en", "longer than 150"),
        ("l" * 255 + "@learner.example,Lena,en", "longer than 254"),
        ("KAI@learner.example,Kai,en", "in the cohort already"),
    ],
)
def test_a_wrong_row_is_named_by_its_line_and_the_good_ones_stand(line: str, words: str) -> None:
    text = f"email,name,language\nzoe@learner.example,Zoe,fr\n{line}\n"
    preview = read(text.encode(), barred={"kai@learner.example": roster.ENROLLED})
    assert [row.email for row in preview.rows] == ["zoe@learner.example"]
    ((number, sentence),) = [(fault.line, str(fault.sentence)) for fault in preview.faults]
    assert number == 3
    assert words in sentence
    assert not preview.unreadable


def test_a_learner_who_stands_twice_is_told_the_other_line() -> None:
    found = _sentences('email,name\na@b.example,"A"\n\nA@B.example,Again\n')
    assert found == [(4, "The same address stands on line 2. Keep one of the two.")]


def test_a_cell_over_two_lines_does_not_shift_the_numbers_after_it() -> None:
    found = _sentences('email,name,note\na@b.example,A,"two\nlines"\nb@b.example,,x\n')
    assert found == [(4, "The name is missing. Add it, or leave this row out.")]


@given(st.binary(max_size=400))
def test_any_bytes_give_a_preview(data: bytes) -> None:
    preview = read(data)
    assert preview.rows or preview.faults
    assert all(str(fault.sentence).endswith(".") for fault in preview.faults)


@given(st.text(max_size=200))
def test_any_text_below_a_heading_is_read_or_refused(text: str) -> None:
    preview = read(("email,name\n" + text).encode("utf-8", "replace"))
    assert all(row.email and row.name and not row.name.startswith(roster.FORMULA) for row in preview.rows)


_names = st.text(st.characters(categories=["L"], include_characters=" ,;\"'-"), min_size=1, max_size=40).map(
    lambda name: " ".join(name.split())
)


@given(
    st.lists(
        st.tuples(st.uuids(), _names.filter(lambda n: n and not n.startswith(roster.FORMULA))), min_size=1, max_size=8
    ),
    st.sampled_from(",;\t"),
    st.sampled_from(["", "\ufeff"]),
)
def test_what_a_spreadsheet_writes_comes_back(people: list[tuple[object, str]], separator: str, mark: str) -> None:
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["nom", "courriel"])
    writer.writerows([name, f"{key}@learner.example"] for key, name in people)
    preview = read((mark + out.getvalue()).encode())
    assert preview.faults == ()
    assert [row.name for row in preview.rows] == [name for _, name in people]


@given(st.text(max_size=30))
def test_no_exported_cell_is_run_as_a_formula(text: str) -> None:
    assert not safe_cell(text).startswith(roster.FORMULA)
    assert text in safe_cell(text)


def test_an_exported_file_opens_with_its_accents() -> None:
    assert write([["nom"], ["=1+1"], ["Zoé"]]) == "\ufeffnom\r\n'=1+1\r\nZoé\r\n".encode()


def _workbook(*lines: list[object]) -> bytes:
    packed = BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, cells in enumerate(lines):
            sheet.write_row(place, 0, cells)
    return packed.getvalue()


def test_an_excel_workbook_is_read_like_any_other_file() -> None:
    preview = read(
        _workbook(["Courriel", "Nom", "Matricule"], ["lena@learner.example", "Zoé Roy", 12345], [], ["x", "y"])
    )
    assert preview.rows == (Row(2, "lena@learner.example", "Zoé Roy", "12345"),)
    assert [fault.line for fault in preview.faults] == [4]


def test_a_workbook_that_is_none_or_that_swells_is_refused_in_a_sentence() -> None:
    whole = _workbook(["email", "name"], ["lena@learner.example", "Lena"])
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (spreadsheet.MOST_UNPACKED + 1))
    for data in (whole[:-40], b"PK\x03\x04rest", bomb.getvalue()):
        (fault,) = read(data).faults
        assert fault.line == 0
        assert "no Excel workbook" in str(fault.sentence)


@given(st.binary(max_size=300))
def test_no_bytes_that_call_themselves_a_workbook_crash_it(tail: bytes) -> None:
    assert read(spreadsheet.BEGINS + tail).unreadable
