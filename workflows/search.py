"""Finding versions by words: PostgreSQL's full text in English and French, and the beginnings of codes and titles.

Accents do not matter and plurals are found: `Version.search` holds the stems of both titles without their accents, and
what is asked is read the same way in both languages.
"""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet

from people.models import User
from workflows.models import MicroCredential, Version
from workflows.models.searching import PLAIN, WITH_ACCENT
from workflows.queries import granted
from workflows.stations import Stage

MOST_WORDS = 8
ACCENTS = str.maketrans(WITH_ACCENT, PLAIN)


def matching(rows: QuerySet[Version], words: str) -> QuerySet[Version]:
    """Those of the versions in which every word is found: in a title, a code, the unit or the proposer's name."""
    for word in words.split()[:MOST_WORDS]:
        plain = word.lower().translate(ACCENTS)
        bare = "".join(sign for sign in plain if sign.isalnum())  # without signs that the query language would read
        if not bare:
            continue
        begun = SearchQuery(f"{bare}:*", config="simple", search_type="raw")
        query = SearchQuery(plain, config="english") | SearchQuery(plain, config="french") | begun
        titled = Version.objects.filter(search=query).order_by().values("pk")
        codes = MicroCredential.objects.filter(code__istartswith=plain).values("pk")
        people = User.objects.filter(name__icontains=word).values("pk")
        coded = Version.objects.filter(micro_credential__in=codes).order_by().values("pk")
        proposed = Version.objects.filter(proposer__in=people).order_by().values("pk")
        rows = rows.filter(pk__in=titled.union(coded, proposed))
    return rows


def found(user: User, *, stage: str = "", words: str = "") -> QuerySet[Version]:
    """Every version that this person reads as a member of the quality office, by stage and by words."""
    rows = granted(user, "audit").select_related("proposer", "micro_credential").order_by("-stage_since")
    if stage in Stage.values:
        rows = rows.filter(stage=stage)
    return matching(rows, words)
