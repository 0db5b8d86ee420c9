"""Badges in files: what we bake is read back by us and by others, and no crooked file gets through."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest
import segno
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib.ob3.verifier import OB3Verifier
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from credentials import baking
from credentials.carriers import pdf, photo, png, svg
from credentials.carriers import refusals as r
from credentials.picture import Picture

GOWNING = Picture("Cleanroom Gowning", "Taravelle College", "2027", level=2, dots=5)
TEXT = baking.text_of({"name": "Habillage en salle blanche – é", "trap": "]]> & <x/> \uffff", "id": "urn:x"})
JWT = "eyJhbGciOiJFZERTQSJ9.eyJhIjoxfQ.c2ln"
PNG, SVG = baking.baked_png(GOWNING, TEXT), baking.baked_svg(GOWNING, TEXT)


def _png(*parts: tuple[bytes, bytes], behind: bytes = b"") -> bytes:
    """The plain picture with these chunks before its end."""
    chunks = [*png.chunks(baking.drawn(GOWNING, size=60))]
    chunks[-1:-1] = parts
    return png.SIGNATURE + b"".join(png._chunk(kind, data) for kind, data in chunks) + behind


def _itxt(text: bytes, *, keyword: bytes = png.KEYWORD, packed: bool = False) -> tuple[bytes, bytes]:
    body = zlib.compress(text) if packed else text
    return b"iTXt", keyword + b"\0" + bytes([packed]) + b"\0en\0\0" + body


def _svg(inner: str, head: str = "") -> bytes:
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg">{inner}</svg>'.encode()


def _element(text: str) -> str:
    return f'<o:credential xmlns:o="{svg.NAMESPACE}">{text}</o:credential>'


def _pdf(*attachments: tuple[str, bytes], change: Callable[[PdfWriter], object] = lambda writer: None) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    for name, data in attachments:
        writer.add_attachment(name, data)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _photo(kind: str, *texts: str) -> bytes:
    paper = Image.new("RGB", (500, 300), "#ddd")
    for place, text in enumerate(texts):
        code = io.BytesIO()
        segno.make(text).save(code, kind="png", scale=4)
        paper.paste(Image.open(code), (20 + 230 * place, 40))
    out = io.BytesIO()
    paper.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("text", [TEXT, JWT])
@pytest.mark.parametrize("bake", [baking.baked_png, baking.baked_svg])
def test_a_badge_comes_out_of_its_picture_as_it_went_in(bake: Callable[[Picture, str], bytes], text: str) -> None:
    (found,) = baking.unbake(bake(GOWNING, text))
    assert found == text or json.loads(found) == json.loads(text)


@pytest.mark.parametrize("text", [TEXT, JWT])
def test_others_read_our_pictures(text: str) -> None:
    in_png = OB3Verifier.extract_token_from_png(baking.baked_png(GOWNING, text))
    in_svg = OB3Verifier.extract_token_from_svg(baking.baked_svg(GOWNING, text))
    for found in (in_png, in_svg):
        assert found == text or json.loads(found) == json.loads(text)


def test_the_credential_is_one_uncompressed_chunk_and_the_first_element() -> None:
    texts = [body for kind, body in png.chunks(PNG) if kind == b"iTXt"]
    assert texts == [b"openbadgecredential\0\0\0\0\0" + TEXT.encode()]
    opening = SVG.split(b">", 2)[2].split(b"]]>")[0]
    assert opening.startswith(
        b'<openbadges:credential xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><![CDATA[{'
    )


def test_the_picture_is_still_a_picture_and_the_same_each_time() -> None:
    with Image.open(io.BytesIO(PNG)) as seen:
        assert seen.size == (960, 960)
        assert seen.convert("RGBA").getpixel((480, 100))[:3] == (0x0B, 0x4F, 0x4A)
    assert baking.baked_png(GOWNING, TEXT) == PNG


def test_a_sample_says_so_in_the_language_of_its_reader_and_is_not_taken_for_the_real_one() -> None:
    real, sample = baking.drawn(GOWNING), baking.drawn(replace(GOWNING, sample=True))
    with translation.override("fr"):
        french = baking.drawn(replace(GOWNING, sample=True))
    assert len({real, sample, french}) == 3


def test_a_packed_chunk_of_others_is_read_and_the_same_badge_twice_is_one_badge() -> None:
    assert baking.unbake(_png(_itxt(TEXT.encode(), packed=True))) == [TEXT]
    assert baking.unbake(_png(_itxt(b"{}"), _itxt(b"{}", packed=True))) == ["{}"]


def test_an_attachment_of_a_certificate_is_read_and_other_attachments_are_left_alone() -> None:
    data = _pdf(("badge.json", TEXT.encode()), ("badge.jwt", JWT.encode()), ("x.bin", b"\xff\xfe"), ("n.txt", b"hi"))
    assert baking.unbake(data) == [TEXT, JWT]


@pytest.mark.parametrize("kind", photo.KINDS)
def test_a_photograph_of_a_code_gives_its_address(kind: str) -> None:
    assert baking.unbake(_photo(kind, "https://college.example/badges/1")) == ["https://college.example/badges/1"]


def test_a_code_on_clear_ground_is_read() -> None:
    code = io.BytesIO()
    segno.make("https://college.example/badges/1").save(code, kind="png", scale=4, light=None)
    assert baking.unbake(code.getvalue()) == ["https://college.example/badges/1"]


BROKEN_SUM = PNG[:40] + bytes([PNG[40] ^ 1]) + PNG[41:]
LONG = png.SIGNATURE + struct.pack(">I4s", 2**31, b"IHDR") + b"x" * 40
BILLION = '<!DOCTYPE s [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
CROOKED: dict[str, tuple[bytes, type[r.UnreadableFile]]] = {
    "too large": (png.SIGNATURE + b"\0" * r.MOST_BYTES, r.FileTooLarge),
    "empty": (b"", r.UnknownKind),
    "a program": (b"\x7fELF" + b"\0" * 90, r.UnknownKind),
    "packed svg": (zlib.compress(SVG), r.UnknownKind),
    "png, nothing but its head": (png.SIGNATURE, r.DamagedFile),
    "png, cut in a chunk": (PNG[:-30], r.DamagedFile),
    "png, cut between chunks": (PNG[:-12], r.DamagedFile),
    "png, wrong checksum": (BROKEN_SUM, r.DamagedFile),
    "png, length beyond the file": (LONG, r.DamagedFile),
    "png, begins with its text": (png.SIGNATURE + png._chunk(*_itxt(b"{}")) + PNG[8:], r.DamagedFile),
    "png, data behind": (PNG + b"x", r.SomethingBehind),
    "png, a second picture behind": (PNG + PNG, r.SomethingBehind),
    "png, a second end": (_png((b"IEND", b"")), r.SomethingBehind),
    "png, nothing in it": (baking.drawn(GOWNING, size=200), r.CarriesNothing),
    "png, another keyword": (_png(_itxt(b"{}", keyword=b"OpenBadgeCredential")), r.CarriesNothing),
    "png, version 2": (_png(_itxt(b"{}", keyword=b"openbadges")), r.OlderBadge),
    "png, two badges": (_png(_itxt(b'{"a":1}'), _itxt(b'{"a":2}')), r.TwoBadges),
    "png, bomb": (_png(_itxt(b"{" + b" " * 40_000_000, packed=True)), r.SwollenText),
    "png, too long a text": (_png(_itxt(b" " * (r.MOST_TEXT + 1))), r.SwollenText),
    "png, packed text cut": (_png((b"iTXt", png.KEYWORD + b"\0\1\0\0\0" + zlib.compress(b"{}")[:-4])), r.DamagedFile),
    "png, packed but not so": (_png((b"iTXt", png.KEYWORD + b"\0\1\0\0\0{}")), r.DamagedFile),
    "png, unknown packing": (_png((b"iTXt", png.KEYWORD + b"\0\2\0\0\0{}")), r.DamagedFile),
    "png, unknown method": (_png((b"iTXt", png.KEYWORD + b"\0\1\1\0\0{}")), r.DamagedFile),
    "png, fields missing": (_png((b"iTXt", png.KEYWORD + b"\0\0\0{}en")), r.DamagedFile),
    "png, not UTF-8": (_png(_itxt(b"\xff")), r.DamagedFile),
    "png named svg": (b"<svg>" + PNG, r.DamagedFile),
    "svg, nothing in it": (_svg("<title>x</title>"), r.CarriesNothing),
    "svg, empty element": (_svg(_element(" ")), r.CarriesNothing),
    "svg, another namespace": (_svg('<o:credential xmlns:o="https://x.example/">{}</o:credential>'), r.CarriesNothing),
    "svg, version 2": (_svg('<o:assertion xmlns:o="http://openbadges.org" verify="x"/>'), r.OlderBadge),
    "svg, two badges": (_svg(_element("{}") + _element("[]")), r.TwoBadges),
    "svg, attribute against text": (SVG.replace(b"><![CDATA[", b' verify="ey.a.b"><![CDATA['), r.TwoBadges),
    "svg, an element inside the badge": (_svg(_element("<g/>{}")), r.DamagedFile),
    "svg, cut": (SVG[:-20], r.DamagedFile),
    "svg, data behind": (SVG + b"<svg/>", r.DamagedFile),
    "svg, no encoding of that name": (b'<?xml version="1.0" encoding="x-none"?>' + _svg(""), r.DamagedFile),
    "a page instead of a drawing": (b"<html><body/></html>", r.DamagedFile),
    "svg, billion laughs": (_svg(_element("&b;"), BILLION), r.ActiveDrawing),
    "svg, outside entity": (_svg(_element("&a;"), OUTSIDE), r.ActiveDrawing),
    "svg, document type": (_svg(_element("{}"), "<!DOCTYPE svg>"), r.ActiveDrawing),
    "svg, flood of elements": (_svg("<g/>" * (svg.MOST_ELEMENTS + 1)), r.TooManyParts),
    "svg, too long a text": (_svg(_element("x" * (r.MOST_TEXT + 1))), r.SwollenText),
    "pdf, nothing attached": (_pdf(), r.CarriesNothing),
    "pdf, cut": (_pdf(("badge.json", TEXT.encode()))[:-200], r.DamagedFile),
    "pdf, its head alone": (b"%PDF-1.7\n" + b"x" * 99, r.DamagedFile),
    "pdf, locked": (_pdf(("b.json", b"{}"), change=lambda w: w.encrypt("x", algorithm="RC4-128")), r.LockedFile),
    "pdf, many attachments": (_pdf(*[(f"{n}.json", b"{}") for n in range(21)]), r.TooManyParts),
    "pdf, long attachment": (_pdf(("b.json", b"{" + b" " * r.MOST_TEXT)), r.SwollenText),
    "photograph, no code": (_photo("JPEG"), r.CarriesNothing),
    "photograph, two codes": (_photo("JPEG", "https://a.example", "https://b.example"), r.TwoBadges),
    "photograph, cut": (_photo("JPEG", "https://a.example")[:-2000], r.DamagedFile),
    "photograph, its head alone": (b"\xff\xd8\xff\xe0", r.DamagedFile),
}


@pytest.mark.parametrize(("data", "refusal"), CROOKED.values(), ids=CROOKED.keys())
def test_a_crooked_file_is_refused_by_name(data: bytes, refusal: type[r.UnreadableFile]) -> None:
    with pytest.raises(r.UnreadableFile) as refused:
        baking.unbake(data)
    assert type(refused.value) is refusal


def test_a_packed_attachment_may_not_swell() -> None:
    def pack(writer: PdfWriter) -> None:
        for thing in writer._objects:
            if getattr(thing, "get", dict)("/Type") == "/EmbeddedFile":
                thing._data = zlib.compress(b"{" + b" " * 40_000_000)
                thing[NameObject("/Filter")] = NameObject("/FlateDecode")

    data = _pdf(("b.json", b"{}"), change=pack)
    assert len(data) < 100_000
    with pytest.raises(r.SwollenText):
        baking.unbake(data)


def test_a_tree_of_attachments_that_loops_is_left() -> None:
    def loop(writer: PdfWriter) -> None:
        node = writer._add_object(DictionaryObject())
        node.get_object()[NameObject("/Kids")] = ArrayObject([node, node])
        writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/EmbeddedFiles"): node})

    with pytest.raises(r.TooManyParts):
        baking.unbake(_pdf(change=loop))


def test_a_pdf_of_too_many_objects_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_OBJECTS", 3)
    with pytest.raises(r.TooManyParts):
        baking.unbake(_pdf(("b.json", b"{}")))


def test_a_flood_of_pixels_is_never_unpacked() -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    flood = b"".join(
        [png._chunk(b"IHDR", head), png._chunk(b"IDAT", zlib.compress(b"\0" * 9)), png._chunk(b"IEND", b"")]
    )
    with pytest.raises(r.TooManyParts):
        baking.unbake(png.SIGNATURE + flood)
    small = struct.pack(">IIBBBBB", 6_000, 5_000, 8, 0, 0, 0, 0)
    with pytest.raises(r.TooManyParts):
        baking.unbake(png.SIGNATURE + flood.replace(png._chunk(b"IHDR", head), png._chunk(b"IHDR", small)))


def test_a_badge_may_be_baked_into_a_picture_of_any_number_of_pixels() -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), _itxt(b"{}"), (b"IDAT", zlib.compress(b"\0" * 9)), (b"IEND", b"")]
    assert baking.unbake(png.SIGNATURE + b"".join(png._chunk(*part) for part in parts)) == ["{}"]


def test_the_script_in_a_drawing_stays_there() -> None:
    found = baking.unbake(_svg('<script>alert(1)</script><image href="https://canary.example/x"/>' + _element("{}")))
    assert found == ["{}"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_refusal_is_a_sentence_in_the_language_of_its_reader(language: str) -> None:
    with translation.override(language):
        own = [refusal for refusal in r.UnreadableFile.__subclasses__() if refusal.__module__ == r.__name__]
        sentences = {str(refusal().sentence) for refusal in own}
    assert len(sentences) == 11
    assert all(sentence.endswith(".") for sentence in sentences)
    assert ("mébioctets" in " ".join(sentences)) == (language == "fr")


def test_what_is_a_file_is_told_by_its_beginning() -> None:
    assert all(baking.is_file(data) for data in (PNG, SVG, b"%PDF-1.7", _photo("JPEG"), _photo("WEBP")))
    assert not any(baking.is_file(data) for data in (b"", b"{}", b" {", JWT.encode(), b"https://x.example"))


SEEDS = [
    PNG[:2000] + PNG[-3000:],
    SVG,
    _pdf(("b.json", TEXT.encode())),
    _photo("JPEG", "https://a.example"),
    _photo("PNG", "x"),
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6),
    st.integers(0, 900),
)
def test_no_bytes_crash_the_reader(seed: bytes, changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(seed)
    for place, value in changes:
        data[place % len(data)] = value
    try:
        found = baking.unbake(bytes(data[: len(data) - cut] if cut < 400 else data))
    except r.UnreadableFile:
        return
    assert all(isinstance(text, str) for text in found)
