"""How a badge is handed in: pasted, as a file, as one of our links, or as the body of a request by a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credentials.carriers.refusals import MOST_BYTES as FILE_BYTES
from credentials.strictjson import MOST_BYTES as LIST_BYTES
from credentials.texts import MOST_LINK
from workflows import register

UNPROCESSABLE, TOO_LARGE = 422, 413
# The whole request, counted before anything of it is parsed: a file of five mebibytes and a status list.
MOST_REQUEST_BYTES = FILE_BYTES + LIST_BYTES
MOST_MANY_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True)
class HandedIn:
    """What was handed in: bytes, the path of a link of ours, or a sentence that says why it cannot be read.

    `listed` is the issuer's status list, where the holder adds it.
    """

    data: bytes = b""
    listed: bytes = b""
    path: str = ""
    sentence: str | Promise = ""
    detail: str = ""
    status: int = UNPROCESSABLE


class BadgeForm(forms.Form):
    """One field for text or link, one for a file; and the issuer's status list, which few will have."""

    badge = forms.CharField(
        label=_("Paste the badge or its link"),
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("The text of the badge (JSON or a token), or its address on this site."),
    )
    file = forms.FileField(
        label=_("Or choose its file"),
        required=False,
        allow_empty_file=True,
        help_text=_("The picture or PDF that carries the badge, a photograph of its code, or its .json or .jwt file."),
    )
    list_file = forms.FileField(
        label=_("The issuer’s status list"),
        required=False,
        allow_empty_file=True,
        help_text=_("For a badge of an issuer elsewhere: its signed list (JSON) of today, if you were given it."),
    )
    list_text = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields that everybody sees; one of them is enough."""
        return [self["badge"], self["file"]]

    def data_in(self) -> bytes:
        """The bytes that were handed in; a file goes before text."""
        file = self.cleaned_data.get("file")
        data: bytes = file.read(FILE_BYTES + 1) if file else self.cleaned_data.get("badge", "").encode()
        return data

    def list_in(self) -> bytes:
        """The bytes of the status list."""
        file = self.cleaned_data.get("list_file")
        data: bytes = file.read(LIST_BYTES + 1) if file else self.cleaned_data.get("list_text", "").encode()
        return data


class ManyFiles(forms.ClearableFileInput):
    """A field that takes several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Each file as Django looks at one."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """All of them."""
        return [super(ManyFilesField, self).clean(one, initial) for one in (data or [None])]


class ManyForm(forms.Form):
    """Many files at once, and how the answer shall look."""

    badges = ManyFilesField(
        label=_("The files"),
        widget=ManyFiles(attrs={"multiple": True}),
        allow_empty_file=True,
        help_text=_("Up to 200 at once, 25 MB in all: pictures, PDF, .json and .jwt files, also whole records."),
    )
    answer = forms.ChoiceField(
        label=_("The answer"),
        choices=[
            ("page", _("On this page, row by row")),
            ("xlsx", _("A spreadsheet (XLSX)")),
            ("csv", _("A CSV file")),
        ],
        initial="page",
        widget=forms.RadioSelect,
    )


class EarnerForm(forms.Form):
    """The address that the person gives; compared and not kept."""

    em = forms.CharField(max_length=320, required=False)


def too_large(request: HttpRequest, most: int = MOST_REQUEST_BYTES) -> bool:
    """True when the request says that it is larger than any badge; asked before it is read."""
    stated = str(request.META.get("CONTENT_LENGTH") or "0")
    return not stated.isdigit() or int(stated) > most


def understood(data: bytes, host: str, listed: bytes = b"") -> HandedIn:
    """What was handed in; links are told apart here, everything else is opened where it can be killed."""
    text = data.strip()
    if len(text) < MOST_LINK and text.startswith((b"http://", b"https://")):
        return linked(text.decode(errors="replace"), host)
    return HandedIn(data=data, listed=listed)


def linked(link: str, host: str) -> HandedIn:
    """A link of ours by its path. Links to other places are never followed (`promises.md` 6)."""
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = urlsplit("")
    if parts.netloc in {host, urlsplit(settings.BASE_URL).netloc} and parts.path.startswith(("/badges/", "/s/")):
        return HandedIn(path=parts.path.removesuffix("/picture.svg"))
    return HandedIn(
        sentence=_("Only links to badges on this site are opened. Paste the text of the badge, or choose its file."),
        status=UNPROCESSABLE,
    )


STATES = [
    ("", _("All")),
    ("active", _("In use")),
    ("expiring", _("Winding down")),
    ("retired", _("Retired")),
]


class RegisterForm(forms.Form):
    """What somebody looks for in the register; an unknown value finds nothing and is no error."""

    q = forms.CharField(
        label=_("Words"), required=False, max_length=200, help_text=_("Title, ability or skill, in English or French.")
    )
    institution = forms.CharField(label=_("Institution"), required=False, max_length=80, widget=forms.Select)
    status = forms.CharField(label=_("State"), required=False, max_length=20, widget=forms.Select(choices=STATES))
    sector = forms.CharField(label=_("Sector"), required=False, max_length=200, widget=forms.Select)
    skill = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        institutions = [(i.slug, i.name) for i in register.registered_institutions()]
        sectors = [(sector, sector) for sector in register.registered_sectors()]
        for name, choices in (("institution", institutions), ("sector", sectors)):
            widget = cast(forms.Select, self.fields[name].widget)
            widget.choices = [("", _("All")), *choices]

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """The fields that narrow a search."""
        return [self["institution"], self["status"], self["sector"]]

    def asked(self) -> dict[str, str]:
        """The filters as the query takes them."""
        given: dict[str, Any] = self.cleaned_data
        return {
            "words": given.get("q", ""),
            "institution": given.get("institution", ""),
            "standing": given.get("status", ""),
            "sector": given.get("sector", ""),
            "skill": given.get("skill", ""),
        }
