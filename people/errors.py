"""The root of every named refusal: a sentence that says what happened and what to do, and its HTTP status."""

from __future__ import annotations

from django.utils.functional import Promise

from people.words import lazy_text as _


class Refusal(Exception):
    """Something that Imprimatur does not do, with the sentence that says why."""

    status = 409
    sentence: str | Promise = _("This cannot be done now. Open the page again to see how things stand.")

    def __init__(self, sentence: str | Promise | None = None, **values: object) -> None:
        if sentence is not None:
            self.sentence = sentence
        if values:
            self.sentence = str(self.sentence) % values
        super().__init__(str(self.sentence))
