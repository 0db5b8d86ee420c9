"""What a person does about himself or herself."""

from __future__ import annotations

from people.models import Language, User


def choose_language(*, person: User, language: str) -> None:
    """Keep the language of pages and messages. Raises ValueError for one that we do not speak."""
    User.objects.filter(pk=person.pk).update(language=Language(language))
