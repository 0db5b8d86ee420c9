"""The words by which a version is found, kept by the database itself beside its row."""

from __future__ import annotations

from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db.models import F, Func, GeneratedField, TextField, Value
from django.db.models.functions import Lower

WITH_ACCENT = "àâäáãåæçèéêëìíîïñòóôöõøœùúûüÿ’"
PLAIN = "aaaaaaaceeeeiiiinooooooouuuuy'"


def without_accents(name: str) -> Func:
    """A text column in small letters without accents."""
    return Func(Lower(F(name)), Value(WITH_ACCENT), Value(PLAIN), function="translate", output_field=TextField())


def found_by() -> GeneratedField:
    """Stems of both titles in their own language, and their plain words for what is only begun."""
    english, french = without_accents("title_en"), without_accents("title_fr")
    unit = without_accents("unit")
    return GeneratedField(
        expression=SearchVector(english, config="english")
        + SearchVector(french, config="french")
        + SearchVector(english, french, unit, config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
