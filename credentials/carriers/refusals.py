"""Why a file is not read as a badge: sentences for people who know nothing of chunks and trees (promises.md 6)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from people.errors import Refusal

MOST_BYTES = 5 * 1024 * 1024
MOST_TEXT = 1024 * 1024  # of the badge inside; the same as strictjson.MOST_BYTES


class UnreadableFile(Refusal):
    """Nothing could be taken out of the file."""

    status = 422
    sentence = _("This file cannot be read as a badge.")


class FileTooLarge(UnreadableFile):
    """More than 5 MiB."""

    status = 413
    sentence = _("The file is larger than five mebibytes. Files that carry a badge are much smaller.")


class UnknownKind(UnreadableFile):
    """By its content it is none of the kinds that carry badges, whatever its name says."""

    sentence = _("This file is no PNG, SVG or PDF that can carry a badge, and no photograph that we can look at.")


class DamagedFile(UnreadableFile):
    """A checksum, a length or the end of the file is wrong."""

    sentence = _("The file is damaged or was cut off. Get it again from where it came.")


class SomethingBehind(UnreadableFile):
    """Data after the end: hidden there, or another file glued on."""

    sentence = _("Something stands behind the end of the picture. No honest badge has that; ask for the file anew.")


class CarriesNothing(UnreadableFile):
    """A picture without a badge in it."""

    sentence = _(
        "There is no badge in this file, only what it looks like. Screenshots and pictures that went through "
        "a messenger lose it. Ask for the file itself or for a link."
    )


class OlderBadge(UnreadableFile):
    """The keyword or element of Open Badges 1 and 2."""

    sentence = _("This picture carries a badge of Open Badges 1 or 2. We read version 3.")


class TwoBadges(UnreadableFile):
    """Two different credentials in one picture."""

    sentence = _("There are two different badges in this picture, so it could be read in two ways.")


class SwollenText(UnreadableFile):
    """What is packed in the file grows beyond all bounds."""

    sentence = _("What is packed inside this file is larger than any badge that we read.")


class ActiveDrawing(UnreadableFile):
    """An SVG with a document type: entities may grow without end or reach for other files."""

    sentence = _("The drawing declares a document type, which could hide or fetch something. No badge needs one.")


class LockedFile(UnreadableFile):
    """An encrypted PDF."""

    sentence = _("The PDF is locked with a password. Save it without one and hand it in again.")


class TooManyParts(UnreadableFile):
    """More elements, objects or pixels than we look at."""

    sentence = _("The file has more parts than any badge needs, so it is not opened.")
