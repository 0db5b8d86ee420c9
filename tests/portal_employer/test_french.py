"""The letter wholly in French: the Hearst sample with four partners, one of them silent."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from people.models import Organization, User
from tests.cast import Cast, proposal
from tests.journeys import course
from tests.portal_employer.mailed import link, opened, page, text
from workflows.actions import deciding, proposing
from workflows.errors import Blocked
from workflows.models import Decision, Seat
from workflows.panels import Place
from workflows.proposals.content import content_of
from workflows.proposals.reading import read_file

SAMPLE = Path(__file__).resolve().parents[2] / "workflows/samples/hearst-offre-active.json"
# Words of our pages that are the same in both languages, or names.
BOTH = {"Imprimatur", "English", "Code", "AGPL", "JSON"}


@pytest.fixture
def seats(cast: Cast) -> list[Seat]:
    """Four partners are asked in French."""
    (sample,) = read_file(SAMPLE).under_stand_ins
    content = content_of(sample)
    content["inclusion"] |= {"barriers": {"fr": "Le parcours existe en ligne et sur place."}, "indigenous": "no"}
    content["demand"] |= {name: proposal()["demand"][name] for name in ("sources", "consultations")}  # fresh today
    version = proposing.start(actor=cast.ana, institution=cast.college, code="OFFRE", content=content)
    proposing.note_duplicates_seen(version_id=version.pk, actor=cast.ana)
    proposing.declare_interest(version_id=version.pk, actor=cast.ana, kinds=["none"])
    course.submitted(cast, version)
    panel = deciding.accept(
        version_id=version.pk,
        actor=cast.quinn,
        expected=course.number(version),
        sheet=course.SHEET,
        places=[_place(name) for name in ("Hôpital Valmarais", "Brossard", "Quatrepin", "Sablier")],
    )
    return list(panel.seats.order_by("pk"))


def _place(name: str) -> Place:
    domain = f"{name.rsplit(maxsplit=1)[-1].lower()}.example"
    organization = Organization.objects.create(
        slug=domain.split(".", maxsplit=1)[0], kind="employer", name_fr=name, domain=domain, is_sample=True
    )
    person = User.objects.create_user(f"zoé@{domain}".replace("é", "e"), name=f"Zoé {name}", language="fr")
    return Place(person, organization, "partner")


def _filled(**more: Any) -> dict[str, Any]:
    rated = {f"importance-C{number}": "4" for number in range(1, 6)}
    return {
        **rated, "interests": ["hires"], "needed": "now", "basis": ["own_vacancies"], "statement": "on",
        "months": "24", "name": "Zoé", "role": "Gestion des soins", **more,
    }  # fmt: skip


def own_words(html: str) -> str:
    """The words of a page without its parts in the other language."""
    html = re.sub(r"(?s)<head>.*?</head>|<svg.*?</svg>", " ", html)
    html = re.sub(r'(?s)<(\w+)[^>]*\blang="en"[^>]*>.*?</\1>', " ", html)
    return unescape(re.sub(r"<[^>]+>", " ", html))


ENGLISH = re.compile(r"\b(the|and|your|you|with|this|what|answer|letter|sign|skills|demand)\b", re.IGNORECASE)


def test_every_page_of_the_way_is_french_without_anybody_choosing(seats: list[Seat]) -> None:
    seat = seats[0]
    zoe = Client()
    pages = [zoe.get(link(seat)), zoe.get(link(seat) + "/kept")]
    opened(seat, zoe)
    pages += [zoe.get(page(seat, name)) for name in ("", "form", "answer/cannot_judge", "pass-on", "ask", "step-back")]
    pages.append(zoe.post(page(seat), {}))
    zoe.post(page(seat), _filled())
    pages += [zoe.get(page(seat, "signed")), zoe.get(page(seat, "withdraw")), Client().get(link(seat))]
    for answer in pages:
        assert '<html lang="fr-CA">' in text(answer)
        words = own_words(text(answer))
        assert ENGLISH.findall(words) == [], answer.request["PATH_INFO"]
    assert "Compétences interculturelles et offre active de services en français" in text(pages[0])


def test_three_answer_one_is_silent_and_the_record_is_french(cast: Cast, seats: list[Seat]) -> None:
    first, second, third, silent = seats
    opened(first).post(page(first), _filled())
    for seat, words in ((second, "Demander le consentement avant de noter"), (third, "Un scénario de vente")):
        guest = opened(seat)
        guest.post(page(seat), {**_filled(), "go": "support_with_suggestions"})
        sent = {**_filled(), "suggestions": words}
        assert guest.post(page(seat, "answer/support_with_suggestions"), sent).status_code == 302
    assert {decision.language for decision in Decision.objects.filter(seat__isnull=False)} == {"fr"}
    silent.refresh_from_db()
    assert silent.state == "open"
    version = silent.panel.version
    with pytest.raises(Blocked, match="Brossard"):
        deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version))
    for suggestion in course.suggestions_of(version):
        proposing.reply_to_suggestion(suggestion_id=suggestion.pk, actor=cast.ana, text="Ajouté.")
    assert (
        deciding.confirm_demand(version_id=version.pk, actor=cast.quinn, expected=course.number(version)).stage
        == "assessment_design"
    )
    silent.refresh_from_db()
    assert silent.state == "no_answer"
    gone = Client().get(link(silent))
    assert gone.status_code == 410
    assert "Ce lien a pris fin" in text(gone)


def test_the_reader_may_choose_english_and_it_stays(seats: list[Seat]) -> None:
    seat = seats[0]
    zoe = Client()
    zoe.post("/language", {"language": "en", "next": link(seat)})
    shown = text(zoe.get(link(seat)))
    assert "Are these skills in demand?" in shown
    assert '<html lang="en-CA">' in shown
    opened(seat, zoe)
    assert User.objects.get(pk=seat.person_id).language == "en"
