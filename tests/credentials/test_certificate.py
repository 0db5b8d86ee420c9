"""The badge on paper: archivable, accessible, in the reader's language, with the signed badge inside."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from credentials import baking, certificate
from credentials.certificate import Certificate, NotPrintable
from credentials.lookups import OwnRows
from credentials.opening import open_credential
from credentials.picture import picture_of
from credentials.verdict import verify
from tests.credentials.maker import Made, judged, make


@pytest.fixture
def made(db: None) -> Made:
    return make()


def _printed(document: dict[str, Any], language: str = "en", *, public: bool = True) -> PdfReader:
    return PdfReader(io.BytesIO(Certificate(document, language, public=public).pdf()))


def _text(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_certificate_is_pdf_a3_and_pdf_ua_with_title_and_language(made: Made, language: str) -> None:
    root = _printed(made.document, language).trailer["/Root"]
    about = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in about
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in about
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    assert "Gowning – Taravelle College" in about
    assert root["/Lang"] == f"{language}-CA"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_the_signed_badge_is_attached_and_verifies(made: Made) -> None:
    reader = _printed(made.document)
    (attached,) = reader.attachment_list
    assert attached.name == "badge.json"
    assert attached.associated_file_relationship == "/Data"
    (text,) = baking.unbake(Certificate(made.document, "fr", public=False).pdf())
    assert json.loads(text) == made.document
    assert judged(json.loads(text)).answer.value == "valid"


def test_every_file_that_we_make_is_opened_and_judged_valid(made: Made) -> None:
    picture, text = picture_of(made.document), baking.text_of(made.document)
    for data in (
        Certificate(made.document, "en", public=True).pdf(), baking.baked_png(picture, text),
        baking.baked_svg(picture, text), text.encode(),
    ):  # fmt: skip
        opened = open_credential(data)
        assert opened.document == made.document
        assert verify(opened, lookup=OwnRows()).answer.value == "valid"


def test_it_says_what_the_badge_says_and_who_stands_behind_it(made: Made) -> None:
    said = _text(_printed(made.document))
    for words in ("Gowning", "Earned by Lena Roy", "Awarded by Taravelle College on", "Valid until",
                  "Quellin Hospital: the assessment shows what the job requires",
                  "Taravelle College: approved it as a micro-credential", made.document["id"]):  # fmt: skip
        assert words in said, words


def test_a_colon_stands_as_the_language_wants_it(made: Made) -> None:
    assert "Quellin Hospital: " in _text(_printed(made.document, "en"))
    assert re.search(r"Quellin Hospital\s:\s", _text(_printed(made.document, "fr")))


def test_a_badge_without_a_name_is_printed_without_a_name(made: Made) -> None:
    document = made.document
    document["credentialSubject"]["identifier"].pop()
    said = _text(_printed(document))
    assert "Lena" not in said
    assert "Earned by the holder of the mail address" in said


@pytest.mark.parametrize("public", [True, False])
def test_the_code_leads_to_the_badge_or_to_the_page_that_takes_the_file(made: Made, public: bool) -> None:
    shown = Certificate(made.document, "en", public=public)
    assert shown.leads_to == (made.document["id"] if public else "http://localhost:8000/verify")
    picture = Image.open(io.BytesIO(_drawn(certificate._code(shown.leads_to))))
    assert zxingcpp.read_barcodes(picture)[0].text == shown.leads_to
    assert shown.leads_to in _text(_printed(made.document, public=public))


def _drawn(svg: str) -> bytes:
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, background="white", zoom=4, skip_system_fonts=True))


def test_the_same_badge_gives_the_same_bytes(made: Made) -> None:
    first, second = (Certificate(made.document, "en", public=True).pdf() for _ in range(2))
    assert first == second


def test_a_name_is_never_markup(made: Made) -> None:
    document = made.document
    name = '#read("/etc/hostname") *bold* $x$ <label> @ref \\ "quote" https://x.example // = Heading'
    document["credentialSubject"]["identifier"][1]["identityHash"] = name
    said = re.sub(r"\s", "", _text(_printed(document)))
    assert re.sub(r"\s", "", name) in said


@pytest.mark.parametrize("name", ["Łucja Žižková", "Ольга", "Ὀδυσσεύς", "Zoë d’Arcy-Ñandú"])
def test_names_of_many_letters_are_printed(made: Made, name: str) -> None:
    document = made.document
    document["credentialSubject"]["identifier"][1]["identityHash"] = name
    assert len(_printed(document).pages) == 1


def test_letters_that_no_typeface_has_are_refused_by_name(made: Made) -> None:
    document = made.document
    document["credentialSubject"]["identifier"][1]["identityHash"] = "李娜"
    with pytest.raises(NotPrintable):
        _printed(document)


def test_a_long_badge_flows_onto_a_second_page(made: Made) -> None:
    document = made.document
    levels = [{"id": f"urn:x#L{n}", "name": f"Level {n}", "points": str(n)} for n in range(5)]
    achievement = document["credentialSubject"]["achievement"]
    achievement["name"] = "Prévention des infections et habillage en salle blanche pour le personnel des pharmacies"
    achievement["resultDescription"] = [
        {"id": f"urn:x#R{n}", "name": f"Outcome {n} " + "said at length " * 9, "rubricCriterionLevel": levels}
        for n in range(20)
    ]
    document["credentialSubject"]["result"] = [
        {"resultDescription": f"urn:x#R{n}", "achievedLevel": f"urn:x#L{n % 5}"} for n in range(20)
    ]
    reader = _printed(document, "fr")
    assert len(reader.pages) > 1
    assert "Outcome 19" in _text(reader)
    assert "5 sur 5" in _text(reader)


def test_the_template_takes_no_package_and_reads_no_file() -> None:
    for template in Path(certificate.FOLDER).glob("*.typ"):
        code = re.sub(r"//.*", "", template.read_text(encoding="utf-8"))
        assert not re.search(r"#?import|#?include|\bread\(|\beval\(|\bplugin\(|\b(csv|toml|yaml|xml)\(", code), template
        assert re.findall(r"(?:image|json)\((?!bytes\()", code) == []
