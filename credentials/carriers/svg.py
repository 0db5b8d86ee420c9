"""SVG: `<openbadges:credential>` right behind the opening tag (Open Badges 3.0, section 5.3.2; badges.md 27).

JSON stands in CDATA, a compact JWT in the attribute `verify`. A drawing that is handed in is never drawn: it is read
element by element, nothing but the credential is kept, and nothing that it names is fetched or run.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.html import escape

from credentials.carriers.refusals import (
    MOST_TEXT,
    ActiveDrawing,
    CarriesNothing,
    DamagedFile,
    OlderBadge,
    SwollenText,
    TooManyParts,
    TwoBadges,
)

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_OLDER = "{http://openbadges.org}assertion"
_ROOT = "{http://www.w3.org/2000/svg}svg"
MOST_ELEMENTS = 50_000
# Only inside a JSON string can these stand; XML has no way to write the last two, and the first would end the CDATA.
_UNSPEAKABLE = re.compile("(?<=]])>|[\ufffe\uffff]")


def bake(drawing: str, text: str) -> bytes:
    """The drawing with a credential in it: JSON, or a compact JWT."""
    head, opened, rest = drawing.partition(">")
    name = f'openbadges:credential xmlns:openbadges="{NAMESPACE}"'
    if text.startswith("{"):
        spoken = _UNSPEAKABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
        element = f"<{name}><![CDATA[{spoken}]]></openbadges:credential>"
    else:
        element = f'<{name} verify="{escape(text)}"/>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{opened}{element}{rest}'.encode()


class _Reader:
    """Takes the credentials out of a stream of elements and forgets the rest."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.older = False
        self._elements = 0
        self._inside = False
        self._pieces: list[str] = []
        self._size = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise TooManyParts
        if self._inside or (self._elements == 1 and name != _ROOT):
            raise DamagedFile
        self.older = self.older or name == _OLDER
        self._inside = name == f"{{{NAMESPACE}}}credential"
        if self._inside:
            self._pieces, self._size = [], 0
            self._keep(attributes.get("verify", ""))

    def data(self, text: str) -> None:
        if not self._inside:
            return
        self._size += len(text)
        if self._size > MOST_TEXT:
            raise SwollenText
        self._pieces.append(text)

    def end(self, _name: str) -> None:
        if self._inside:
            self._keep("".join(self._pieces))
        self._inside = False

    def close(self) -> list[str]:
        return self.found

    def _keep(self, text: str) -> None:
        if text.strip():
            self.found.append(text.strip())


def text(data: bytes) -> str:
    """The one credential in an SVG. Raises a refusal where there is none, or more than one."""
    reader = _Reader()
    parser = DefusedXMLParser(target=reader, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(data)
        parser.close()
    except DefusedXmlException as error:
        raise ActiveDrawing from error
    except (ParseError, LookupError, ValueError) as error:  # the last two: an encoding that does not exist
        raise DamagedFile from error
    if not reader.found:
        raise OlderBadge if reader.older else CarriesNothing
    if len(set(reader.found)) > 1:
        raise TwoBadges
    return reader.found[0]
