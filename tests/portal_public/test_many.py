"""Somebody checks many badges at once, on a page or for a spreadsheet; nothing of it is kept."""

from __future__ import annotations

import csv
import io
import json
import re
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal_public import sheets
from portal_public.views import many
from tests.credentials.hostile import BOMBS
from tests.portal_public.conftest import PAGE, Shown

BOMB = BOMBS["poison graph"]()


def _file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def _asked(client: Client, answer: str, files: list[SimpleUploadedFile]) -> tuple[int, bytes]:
    found = client.post("/verify/many", {"badges": files, "answer": answer}, headers=PAGE)
    content = b"".join(found) if found.streaming else found.content
    assert not found.cookies
    return found.status_code, content


def test_each_file_has_its_row_and_a_bomb_ends_only_its_own(lenas: Shown, stranger: Client) -> None:
    badge = lenas.credential.document
    hostile = "=HYPERLINK(1)<script>.json"
    files = {
        "good.json": json.dumps(badge).encode(), "forged.json": json.dumps({**badge, "name": "Gold"}).encode(),
        hostile: b"{", "empty.json": b"", "bomb": BOMB, "last.json": json.dumps(badge).encode(),
    }  # fmt: skip
    handed = list(files.items())
    status, page = _asked(stranger, "page", [_file(name, data) for name, data in handed])
    text = page.decode()
    assert status == 200
    found = re.findall(r'<tr data-verdict="(\w+)"><th scope="row">([^<]*)', text)
    assert [verdict for verdict, _name in found] == [
        "valid", "not_valid", "unreadable", "unreadable", "not_valid", "valid",
    ]  # fmt: skip
    assert "<script>.json" not in text
    assert "Valid: 2. Not valid: 2. Cannot tell: 0. Cannot be read: 2." in text

    status, data = _asked(stranger, "csv", [_file(name, data) for name, data in handed])
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert (status, len(rows), rows[0][0], rows[1][1]) == (200, 7, "File", "Valid")
    assert rows[1][3:6] == ["Cleanroom Gowning", "Taravelle College", "yes"]
    assert rows[2][3] == "", "What was not signed is not repeated."
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)

    status, data = _asked(stranger, "xlsx", [_file(name, data) for name, data in handed])
    with ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    assert status == 200
    assert "<f>" not in parts["xl/worksheets/sheet1.xml"]
    assert not any("hyperlink" in name.lower() for name in parts)
    assert "Taravelle College" in parts["xl/sharedStrings.xml"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r\n=1", " =1", "a\x00b"])
def test_no_cell_is_calculated(cell: str) -> None:
    assert not sheets.guarded(cell).startswith(("=", "+", "-", "@", " "))
    assert "\x00" not in sheets.guarded(cell)


@pytest.mark.django_db
def test_a_pile_has_its_limits(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _asked(stranger, "page", [])[0] == 422
    assert _asked(stranger, "csv", [_file(f"{n}.json", b"{") for n in range(201)])[0] == 413
    found = stranger.post("/verify/many", b"x", content_type="text/plain", CONTENT_LENGTH=str(26 * 1024 * 1024))
    assert found.status_code == 413
    monkeypatch.setattr(many, "MOST_SECONDS", -1.0)
    assert (
        b"Not looked at, because the files before it took too long" in _asked(stranger, "page", [_file("a", b"{")])[1]
    )
    monkeypatch.setattr(many, "SECONDS_TO_WAIT", 0.01)
    with many._ONE_PILE:
        assert b'data-verdict="cannot_tell"' in _asked(stranger, "page", [_file("a", b"{")])[1]
    answers = {_asked(stranger, "csv", [_file("a", b"{")])[0] for _again in range(10)}
    assert answers == {200, 429}
