"""PDF: a certificate with the credential attached. Bounded in bytes, objects and attachments; nothing is run."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, StreamObject

from credentials.carriers.png import inflated
from credentials.carriers.refusals import MOST_TEXT, CarriesNothing, DamagedFile, LockedFile, SwollenText, TooManyParts

MOST_OBJECTS = 20_000
MOST_ATTACHMENTS = 20
_MOST_NODES = 200
# What pypdf raises on files that are broken on purpose, besides its own errors.
_BROKEN = (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OverflowError)


def texts(data: bytes) -> list[str]:
    """Every credential attached to a PDF, each once. Raises a refusal where there is none."""
    try:
        found = [_text(stream) for stream in _attached(_opened(data))]
    except _BROKEN as error:
        raise DamagedFile from error
    credentials = [text for text in dict.fromkeys(found) if text.startswith(("{", "ey"))]
    if not credentials:
        raise CarriesNothing
    return credentials


def _opened(data: bytes) -> PdfReader:
    reader = PdfReader(
        BytesIO(data), strict=True, root_object_recovery_limit=0, xref_stream_maximum_entries=MOST_OBJECTS
    )
    if reader.is_encrypted:
        raise LockedFile
    if sum(len(entries) for entries in reader.xref.values()) + len(reader.xref_objStm) > MOST_OBJECTS:
        raise TooManyParts
    return reader


def _attached(reader: PdfReader) -> list[StreamObject]:
    """The streams in the tree of embedded files; a tree that loops ends at the count of its nodes."""
    names = _part(reader.root_object.get("/Names"))
    found: list[StreamObject] = []
    waiting, nodes = [_part(names.get("/EmbeddedFiles"))], 0
    while waiting:
        node, nodes = waiting.pop(), nodes + 1
        listed = _list(node.get("/Names"))[1::2]
        waiting += [_part(kid) for kid in _list(node.get("/Kids"))]
        if nodes + len(waiting) > _MOST_NODES or len(found) + len(listed) > MOST_ATTACHMENTS:
            raise TooManyParts
        for specification in listed:
            files = _part(_part(specification).get("/EF"))
            stream = _resolved(files.get("/UF", files.get("/F")))
            if isinstance(stream, StreamObject):
                found.append(stream)
    return found


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def _part(value: Any) -> DictionaryObject:
    found = _resolved(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _list(value: Any) -> list[Any]:
    found = _resolved(value)
    return list(found) if isinstance(found, list) else []


def _text(stream: StreamObject) -> str:
    """An attachment as text, unpacked by ourselves, since pypdf would unpack 75 MB; "" for what is no text."""
    filters = _resolved(stream.get("/Filter")) or []
    named = [str(_resolved(name)) for name in (filters if isinstance(filters, list) else [filters])]
    raw = bytes(stream._data)
    if named == ["/FlateDecode"]:
        raw = inflated(raw)
    elif named:
        return ""
    if len(raw) > MOST_TEXT:
        raise SwollenText
    try:
        return raw.decode().strip()
    except UnicodeDecodeError:
        return ""
