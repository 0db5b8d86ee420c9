"""A badge is stored as template, values and proof, and comes out again byte for byte (badges.md 3)."""

from __future__ import annotations

import hashlib
from uuid import uuid4

import pytest
import rfc8785
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from config import health
from credentials import actions, audit, held, keys, proofs, queries, storing
from credentials.models import AuditFinding, BadgeTemplate, Credential
from people.models import User
from tests.credentials.maker import Made, make

pytestmark = pytest.mark.django_db
HOSTILE = 'Lena "\\ Ro\u0301y\n</script> \u202e \U0001f600 {{x}} %s'


def _another(made: Made, place: int, name: str = "") -> Credential:
    contents = actions.Contents(results=[], awarded_at=timezone.now(), valid_until=made.badge.valid_until, name=name)
    person = User.objects.create_user(f"learner{place}@learner.example", name=name)
    prepared = actions.prepare(
        achievement=made.achievement, recipient=person, award_reference=uuid4(), contents=contents
    )
    agreed = actions.consent(credential=prepared, contents=contents, name_shown=bool(name))
    return actions.issue(credential=agreed)


def test_a_signed_badge_renders_to_its_canonical_text_and_its_digest() -> None:
    badge = make().badge
    assert badge.whole_document is badge.whole_plan is None
    assert badge.text is not None
    assert badge.document is not None
    assert badge.text.encode() == rfc8785.dumps(badge.document)
    assert bytes(badge.text_digest or b"") == hashlib.sha256(badge.text.encode()).digest()
    assert queries.digest_of(badge) == held.digest(badge.document)
    assert badge.plan == {name: value for name, value in badge.document.items() if name != "proof"}
    assert proofs.verify(badge.document, keys.did_document(badge.issuer))


def test_badges_of_one_shape_share_one_template() -> None:
    made = make()
    before = set(BadgeTemplate.objects.values_list("pk", flat=True))
    badges = [_another(made, place) for place in range(3)]
    assert len({badge.template_id for badge in badges}) == 1
    assert len(set(BadgeTemplate.objects.values_list("pk", flat=True)) - before) == 1


def test_a_name_with_everything_that_breaks_texts_comes_out_as_it_went_in() -> None:
    badge = _another(make(), 1, HOSTILE)
    stored = Credential.objects.get(pk=badge.pk)
    assert stored.document is not None
    assert stored.document["credentialSubject"]["identifier"][1]["identityHash"] == HOSTILE
    assert list(audit.defects()) == []


def _stored_whole(badge: Credential) -> None:
    """As rows from before compact storage are."""
    Credential.objects.filter(pk=badge.pk).update(
        whole_plan=badge.plan, whole_document=badge.document, template=None, slots=None, proof=None, text_digest=None
    )


def test_rows_from_before_are_read_as_they_are_and_rewritten_at_leisure() -> None:
    badge = make().badge
    text, document = badge.text, badge.document
    _stored_whole(badge)
    old = Credential.objects.get(pk=badge.pk)
    assert (old.text, old.document) == (text, document)
    assert queries.digest_of(old) == queries.digest_of(badge)
    assert storing.compact_rows() == 1
    assert storing.compact_rows() == 0
    new = Credential.objects.get(pk=badge.pk)
    assert (new.whole_document, new.whole_plan, new.text, new.document) == (None, None, text, document)


def test_a_document_that_would_not_come_out_the_same_stays_whole() -> None:
    badge = make().badge
    _stored_whole(badge)
    two = [*badge.document["proof"], *badge.document["proof"]]  # type: ignore[index]
    Credential.objects.filter(pk=badge.pk).update(whole_document={**(badge.document or {}), "proof": two})
    assert storing.compact_rows() == 0
    old = Credential.objects.get(pk=badge.pk)
    assert old.document is not None
    assert old.document["proof"] == two


def test_a_badge_that_was_planned_before_is_signed_and_stored_compactly() -> None:
    made = make()
    contents = actions.Contents(results=[], awarded_at=timezone.now())
    person = User.objects.create_user("old@learner.example", name="Old")
    old = actions.prepare(achievement=made.achievement, recipient=person, award_reference=uuid4(), contents=contents)
    Credential.objects.filter(pk=old.pk).update(
        whole_plan=old.plan, template=None, slots=None, consented_at=timezone.now()
    )
    issued = actions.issue(credential=Credential.objects.get(pk=old.pk))
    assert issued.whole_plan is None
    assert list(audit.defects()) == []


def test_the_audit_finds_a_changed_value_a_changed_template_and_a_false_signature(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = make()
    badges = [made.badge, _another(made, 1), _another(made, 2)]
    call_command("audit_awards")
    assert "3 badges read, 0 defects." in capsys.readouterr().out
    changed = ["x", *(badges[0].slots or [])[1:]]
    Credential.objects.filter(pk=badges[0].pk).update(slots=changed)
    other = [*(badges[1].proof or [])[:2], (badges[2].proof or [])[2]]
    Credential.objects.filter(pk=badges[1].pk).update(
        proof=other, text_digest=hashlib.sha256(badges[1].text_with(other).encode()).digest()
    )
    found = {defect.badge: defect.reason for defect in audit.defects()}
    assert found == {
        str(badges[0].public_id): "its text is not the text that was signed",
        str(badges[1].public_id): "its signature does not hold",
    }
    with pytest.raises(SystemExit, match="1"):
        call_command("audit_awards")
    with pytest.raises(SystemExit, match="1"):
        call_command("audit_awards", "--digests")
    assert "1 defects" in capsys.readouterr().out


def test_the_clock_reads_badges_in_portions_and_keeps_what_it_finds_while_it_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = make()
    badges = [made.badge, _another(made, 1), _another(made, 2)]
    monkeypatch.setattr(audit, "ROWS_AT_ONCE", 1)
    assert audit.read_on(0.0) == 0
    times = iter([0.0, 1.0, 2.0, 9.0])
    monkeypatch.setattr("credentials.audit.time.monotonic", lambda: next(times))
    slots = badges[2].slots or []
    Credential.objects.filter(pk=badges[2].pk).update(slots=["x", *slots[1:]])
    assert audit.read_on(5.0) == 2
    monkeypatch.undo()
    assert (audit.findings(), audit.read_on()) == ([], 1)
    assert audit.read_on() == audit.read_on() == 3, "The next rounds begin anew."
    [found] = audit.findings(made.college)
    assert (found.badge, found.reason) == (badges[2], "its text is not the text that was signed")
    assert audit.findings(made.hospital) == []
    assert "badges" in health.report()["wrong"]
    Credential.objects.filter(pk=badges[2].pk).update(slots=slots)
    audit.read_on()
    assert audit.findings() == []
    assert AuditFinding.objects.get().gone_at is not None


def test_a_row_takes_less_than_a_third_of_its_text() -> None:
    badge = make().badge
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_column_size(c.*) FROM credentials_credential c WHERE id = %s", [badge.pk])
        [size] = cursor.fetchone() or [0]
    assert badge.text is not None
    assert size < 0.3 * len(badge.text.encode())
