"""The scoring form: one level and one comment for each criterion of the rubric, and what the rule says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal_faculty.kinds import language
from workflows import marking
from workflows.bench import Work
from workflows.dossier import Criterion, Level, Text

Words = str | Promise


@dataclass(frozen=True)
class Scored:
    """One criterion as the page shows it: its levels as cards, or the level that stands from an earlier attempt."""

    criterion: Criterion
    level: BoundField
    comment: BoundField
    cards: tuple[tuple[str, Level, Text, bool], ...]
    stands: str


class ScoreForm(forms.Form):
    """Levels and comments. A criterion that an earlier attempt met is shown and not asked again."""

    use_required_attribute = False

    def __init__(self, data: Any, *, work: Work) -> None:
        super().__init__(data)
        self.work = work
        given = work.attempt.scores if work.attempt is not None else {}
        for row in work.grid:
            code = row.criterion.code
            before = {**given.get(code, {}), **work.carried.get(code, {})}
            self.fields[f"{code}-level"] = forms.ChoiceField(
                label=f"{code} {row.criterion.name.said(language())}",
                choices=[(level.code, level.code) for level, _words in row.cells],
                required=code not in work.carried,
                initial=before.get("level"),
                error_messages={"required": _("Choose a level.")},
            )
            self.fields[f"{code}-comment"] = forms.CharField(
                label=_("Comment on %s") % code,
                required=False,
                initial=before.get("comment"),
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def criteria(self) -> list[Scored]:
        """One entry for each criterion, in the order of the rubric."""
        found = []
        for row in self.work.grid:
            code = row.criterion.code
            level, stands = self[f"{code}-level"], self.work.carried.get(code, {}).get("level", "")
            cards = tuple(
                (f"{level.auto_id}_{item.code}", item, words, level.value() == item.code) for item, words in row.cells
            )
            found.append(Scored(row.criterion, level, self[f"{code}-comment"], cards, stands))
        return found

    @property
    def scores(self) -> dict[str, dict[str, Any]]:
        """What was chosen, as the verb takes it; what stands from earlier is not given again."""
        typed = self.cleaned_data
        codes = [row.criterion.code for row in self.work.grid if row.criterion.code not in self.work.carried]
        return {code: {"level": typed[f"{code}-level"], "comment": typed[f"{code}-comment"]} for code in codes}

    @property
    def result(self) -> marking.Result:
        """What the rule says of the chosen levels together with those that stand. Only after `is_valid`."""
        return marking.judge(self.work.dossier, {**self.scores, **self.work.carried})

    def clean(self) -> dict[str, Any]:
        """A criterion below its required level needs a comment, from which the learner learns what to do."""
        typed = super().clean() or {}
        points = {level.code: level.points for level in self.work.dossier.rubric.levels}
        for row in self.work.grid:
            code, required = row.criterion.code, points.get(row.criterion.required_level, 0)
            chosen = typed.get(f"{code}-level")
            if chosen in points and points[chosen] < required and not typed.get(f"{code}-comment", "").strip():
                self.add_error(f"{code}-comment", _("Say what is missing, so that the learner knows what to work on."))
        return typed
