"""What the tests of the faculty portal share: opening and sending pages as somebody, and filling a section."""

from __future__ import annotations

import re
from typing import Any

from django.forms import BoundField, CheckboxInput
from django.http import QueryDict
from django.test import Client

from people.models import User
from portal_faculty.layout import Entry
from portal_faculty.sheets import Sheet
from workflows.dossier import Dossier
from workflows.models import Version


def opened(client: Client, user: User, path: str, status: int = 200) -> str:
    """A page as this person sees it."""
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def sent(client: Client, user: User, path: str, data: dict[str, Any], status: int = 303) -> str:
    """What a post leads to (303), or the page that came back."""
    client.force_login(user)
    answer = client.post(path, data)
    assert answer.status_code == status, (path, answer.status_code, said(answer.content.decode()))
    return answer["Location"] if status == 303 else answer.content.decode()


def said(body: str) -> list[str]:
    """The errors that a page shows."""
    return re.findall(
        r"<li>(?:<a [^>]*>[^<]*</a>: )?([^<]+)</li>", body.partition("errors-title")[2].partition("</div>")[0]
    )


def number(version: Version) -> int:
    """The number that a fresh page carries."""
    return Version.objects.get(pk=version.pk).number


def typed(facet: str, content: dict[str, Any]) -> dict[str, list[str]]:
    """What a proposer types into a section so that it says what `content` says."""
    sheet = Sheet(facet, Dossier.model_validate(content))
    found: dict[str, list[str]] = {}
    for entry in sheet.entries:
        _type(entry, found)
    return found


def _type(entry: Entry, found: dict[str, list[str]]) -> None:
    for bound in (entry.one, *entry.pair):
        if bound is not None and _value(bound):
            found[bound.html_name] = _value(bound)
    for inner in entry.group:
        _type(inner, found)
    if entry.rows is not None:
        found[f"{entry.rows.path}-row"] = [str(row.place) for row in entry.rows.rows]
        for row in entry.rows.rows:
            for inner in row.entries:
                _type(inner, found)


def _value(bound: BoundField) -> list[str]:
    value = bound.value()
    if isinstance(bound.field.widget, CheckboxInput):
        return ["on"] if value else []
    if isinstance(value, list):
        return [str(item) for item in value]
    return [] if value in (None, "") else [str(value)]


def query(data: dict[str, list[str]]) -> QueryDict:
    """The same as a browser sends it."""
    posted = QueryDict(mutable=True)
    for name, values in data.items():
        posted.setlist(name, values)
    return posted
