"""The approval record of a case: one page, one paper, one bundle, for the office, the chair and the auditor alone."""

from __future__ import annotations

import io

import pypdf
import pytest

from deploy import check_record
from tests.cast import Cast
from tests.journeys import awards, course
from tests.portal_quality.office import auditor_of, get, path, post
from workflows import approval_paper, checkpoints

FILES = ("record.zip", "record.pdf")


def test_the_page_tells_the_course_and_who_decided_over_what(cast: Cast) -> None:
    version, _credential = awards.issued(cast)
    version.refresh_from_db()
    auditor = auditor_of(cast)
    assert path(version, "record") in get(auditor, path(version)).content.decode()
    page = get(auditor, path(version, "record")).content.decode()
    for part in ("Content that was decided on", "Decisions of the panels", "Final approval: approved", "Conditions",
                 "Exemptions", "Framework: 16 clauses", "What happened", version.snapshot.digest):  # fmt: skip
        assert part in page


def test_the_auditor_saves_a_bundle_that_the_checker_accepts_and_a_paper_that_holds_it(
    cast: Cast, tmp_path: object
) -> None:
    version, _credential = awards.issued(cast)
    checkpoints.make()
    auditor = auditor_of(cast)
    kept = io.BytesIO(post(auditor, path(version, "record.zip")).content)
    paper = post(auditor, path(version, "record.pdf"))
    assert paper.headers["Content-Type"] == "application/pdf"
    reader = pypdf.PdfReader(io.BytesIO(paper.content))
    assert "Approval record" in (reader.metadata.title or "")
    assert "pdfaid" in (reader.xmp_metadata.stream.get_data().decode() if reader.xmp_metadata else "")
    [attached] = reader.attachments["record.zip"]
    for number, data in enumerate((kept.getvalue(), attached)):
        file = tmp_path / f"{number}.zip"  # type: ignore[operator]
        file.write_bytes(data)
        assert check_record.main([str(file)]) == 0


def test_in_french_the_page_and_the_paper_are_french(cast: Cast) -> None:
    version, _credential = awards.issued(cast)
    reader = pypdf.PdfReader(io.BytesIO(approval_paper.pdf(version, "fr")))
    text = "".join(page.extract_text() for page in reader.pages)
    for part in ("Habillage en salle blanche", "Dossier d’approbation", "Ce qui s’est passé", "Cadre"):
        assert part in text
    assert reader.trailer["/Root"]["/Lang"].startswith("fr")


@pytest.mark.parametrize("file", FILES)
def test_reading_signs_nothing(cast: Cast, file: str) -> None:
    version = course.drafted(cast)
    assert get(cast.quinn, path(version, file)).status_code == 405


@pytest.mark.parametrize("name", ["record", *FILES])
def test_nobody_else_carries_the_record_away(cast: Cast, name: str) -> None:
    version, _credential = awards.issued(cast)
    for other in (cast.registrar, cast.issuer, cast.members[0], cast.ana, cast.mallory):
        assert get(other, path(version, name)).status_code in {404, 405}
        assert post(other, path(version, name)).status_code in {404, 405}
        if name == "record":
            assert path(version, "record") not in get(other, path(version)).content.decode()


def test_a_draft_has_a_record_that_says_what_is_not_there_yet(cast: Cast) -> None:
    version = course.drafted(cast)
    page = get(cast.quinn, path(version, "record")).content.decode()
    assert "nothing was frozen" in page
    assert "No panel has decided yet" in page
