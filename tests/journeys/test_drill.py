"""A signing key is lost: one command stops, rotates, signs everything anew, tells everyone and goes on (PR11)."""

from __future__ import annotations

import json
from io import StringIO
from threading import Event, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from credentials import keys, reissue, sharing, status, stops
from credentials.errors import IssuingStopped, WrongStatus
from credentials.models import Credential, Endorsement, KeyDrill
from credentials.verdict import Answer
from people.locks import only_one
from people.models import User
from tests import worker
from tests.cast import Cast
from tests.credentials.maker import judged
from tests.journeys.drilled import badges
from tests.portal_quality.office import get
from workflows import badge_contents, drill, ledger, own_course, shelf
from workflows.actions import awarding, keeping, operating, revoking
from workflows.models import Enrolment, LedgerEvent, Panel, PanelKind, Statement, Validation
from workflows.panels import Place

S = Credential.Status


def _drill(*words: str) -> Any:
    out = StringIO()
    call_command("keys", "drill", *words, stdout=out)
    return json.loads(out.getvalue())


def _college(*words: str) -> Any:
    return _drill("taravelle", "--purpose", "badges", *words)


def test_a_dry_run_says_what_would_be_done_and_does_nothing(cast: Cast) -> None:
    _version, made = badges(cast, 3)
    said = _college("--dry-run")
    assert (said["state"], said["dry_run"], said["badges_left"], said["badges_replaced"]) == ("not begun", True, 3, 0)
    assert said["compromised"] == keys.active_key(cast.college, "badges").public_multibase
    assert (KeyDrill.objects.count(), stops.standing()) == (0, [])
    assert judged(made[0].document).answer == Answer.VALID


def test_every_live_badge_is_made_anew_and_only_then_the_old_ones_end(cast: Cast) -> None:
    version, made = badges(cast, 5)
    public, suspended, declined = made[1], made[2], made[3]
    Credential.objects.filter(pk=public.pk).update(public=True)
    Credential.objects.filter(pk=declined.pk).update(acceptance="declined")
    revoking.suspend_badge(credential_id=suspended.pk, actor=cast.quinn, reason="a report")
    since = Credential.objects.get(pk=suspended.pk).suspended_at
    link = sharing.make(credential=public, label="Quellin", ends_on=timezone.localdate())
    lost = keys.active_key(cast.college, "badges")
    said = _college("--since", "2026-01-31")
    assert (said["state"], said["badges_replaced"], said["badges_left"], said["holders_told"]) == ("ended", 5, 0, 5)
    assert said["replacement"] == keys.active_key(cast.college, "badges").public_multibase != said["compromised"]
    assert said["since"].startswith("2026-01-31")
    assert said["refused"] == []
    assert stops.standing() == []
    for old in Credential.objects.filter(pk__in=[one.pk for one in made]).select_related("replaced_by", "entry"):
        new = old.replaced_by
        assert (old.status, old.entry.revoked) == (S.REPLACED, True)
        assert new is not None
        assert new.document is not None
        assert (new.award_reference, new.awarded_at, new.consented_at) == (
            old.award_reference, old.awarded_at, old.consented_at,
        )  # fmt: skip
        assert (judged(old.document).answer, judged(old.document).cause) == (Answer.NOT_VALID, "replaced")
        assert judged(new.document).answer == (Answer.NOT_VALID if old.pk == suspended.pk else Answer.VALID)
        assert (new.acceptance, new.public) == (old.acceptance, old.public)
    shown = sharing.opened_by(sharing.token_of(link))
    assert shown is not None
    assert shown.credential == Credential.objects.get(replaces=public), "The link goes over to the new badge."
    after = Credential.objects.get(replaces=suspended)
    assert (after.status, after.suspended_at) == (S.SUSPENDED, since)
    assert status.current(after.entry.status_list).suspensions["credentialSubject"]["encodedList"] == status.encoded(
        after.entry.status_list.size, [after.entry.index]
    )
    listed = Client().get("/o/taravelle/did.json").content.decode()
    assert lost.public_multibase not in listed
    assert said["replacement"] in listed
    assert Credential.objects.filter(achievement__public_id=version.public_id, status=S.PREPARED).count() == 0
    assert list(ledger.faults()) == []


def test_holders_and_partners_are_told_once_in_their_language(cast: Cast) -> None:
    _version, made = badges(cast, 3)
    worker.settle()
    from notifications.models import Delivery

    Delivery.objects.all().delete()
    made[0].recipient.__class__.objects.filter(pk=made[0].recipient_id).update(language="fr")
    _college()
    worker.settle()
    mails = Delivery.objects.filter(channel="mail")
    holders = mails.filter(kind="reissue_badge")
    assert {mail.recipient_id for mail in holders} == {badge.recipient_id for badge in made}
    assert "Your award stands" in holders.get(recipient=made[1].recipient).text
    assert "Your award stands" not in holders.get(recipient=made[0].recipient).text
    partners = {mail.recipient_id for mail in mails.filter(kind="reissue_badges")}
    assert {cast.bob.pk, cast.vera.pk, cast.quinn.pk} <= partners
    count = mails.count()
    _college()
    worker.settle()
    assert mails.count() == count


def test_a_second_run_after_the_end_begins_nothing(cast: Cast) -> None:
    badges(cast, 2)
    first = _college()
    again = _college()
    assert again == first
    assert (KeyDrill.objects.count(), Credential.objects.count()) == (1, 4)
    third = _college("--key", first["replacement"])
    assert (third["compromised"], third["badges_replaced"]) == (first["replacement"], 2)
    assert KeyDrill.objects.count() == 2


def test_while_it_runs_nobody_else_issues_and_nobody_drills(cast: Cast) -> None:
    _version, made = badges(cast, 2)
    drill.begin(organization=cast.college, purpose="badges")
    assert stops.standing() == ["taravelle"]
    with pytest.raises(IssuingStopped):
        awarding.replace_badge(credential_id=made[0].pk, actor=cast.issuer, kind="name", reason="x")
    assert _college()["state"] == "ended"
    assert stops.standing() == []


def test_two_drills_never_run_at_once(cast: Cast) -> None:
    badges(cast, 2)
    holds, done = Event(), Event()

    def other() -> None:
        with only_one(drill.LOCK) as alone:
            assert alone
            holds.set()
            done.wait(10)
        connection.close()

    thread = Thread(target=other)
    thread.start()
    assert holds.wait(10)
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("keys", "drill", "taravelle", "--purpose", "badges", stderr=err)
    done.set()
    thread.join(10)
    assert (ended.value.code, "running already" in err.getvalue()) == (1, True)
    assert _college()["badges_replaced"] == 2


def test_a_partner_is_asked_in_the_offices_own_round_where_one_is_open(cast: Cast) -> None:
    version, _made = badges(cast, 1)
    for kind in (PanelKind.RELEVANCE, PanelKind.ENDORSEMENT):
        keeping.ask_again(
            version_id=version.pk, actor=cast.quinn, kind=kind, places=[Place(cast.vera, cast.clinic, "voice")]
        )
    before = Panel.objects.count()
    said = _drill("quellin", "--purpose", "endorsements")
    assert (said["state"], said["endorsements_left"], Panel.objects.count()) == ("ended", 0, before)
    assert LedgerEvent.objects.filter(type="withdraw_for_key").count() == said["partners_asked_again"]


def test_what_was_marked_by_hand_before_is_drilled_all_the_same(cast: Cast) -> None:
    badges(cast, 2)
    lost = keys.active_key(cast.college, "badges")
    operating.mark_compromised(key=lost, since=timezone.now())
    said = _college()
    assert (said["compromised"], said["badges_replaced"]) == (lost.public_multibase, 2)
    assert keys.active_key(cast.college, "badges").public_multibase == said["replacement"]


def test_a_badge_that_cannot_be_made_holds_up_no_other_and_keeps_the_switch_on(cast: Cast) -> None:
    _version, made = badges(cast, 3)
    bad = made[1]
    Credential.objects.filter(pk=bad.pk).update(name_shown=True)
    User.objects.filter(pk=bad.recipient_id).update(name="Le\x01na")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("keys", "drill", "taravelle", "--purpose", "badges", stdout=out, stderr=err)
    assert ended.value.code == 3
    assert "issuing stays stopped" in err.getvalue()
    said = json.loads(out.getvalue())
    assert (said["state"], said["badges_replaced"], said["badges_left"]) == ("under way", 2, 1)
    assert len(said["refused"]) == 1
    assert stops.standing() == ["taravelle"]
    User.objects.filter(pk=bad.recipient_id).update(name="Lena")
    assert _college()["badges_replaced"] == 3
    assert stops.standing() == []


def test_a_badge_that_ended_meanwhile_is_not_made_anew(cast: Cast) -> None:
    _version, made = badges(cast, 2)
    Credential.objects.filter(pk=made[0].pk).update(status=S.REVOKED)
    with pytest.raises(WrongStatus):
        reissue.replace_all(old=made, planned=[])
    assert Credential.objects.filter(status=S.REPLACED).count() == 0


def test_what_was_decided_about_a_badge_goes_on_for_the_one_that_was_signed_anew(cast: Cast) -> None:
    _version, made = badges(cast, 2)
    bad, other = made
    revoking.suspend_badge(credential_id=bad.pk, actor=cast.quinn, reason="a report")
    asked = revoking.ask_revocation(
        credential_id=bad.pk, actor=cast.registrar, kind="issued_in_error", reason="wrong person"
    )
    _college()
    new = Credential.objects.get(replaces=bad)
    assert [one.choice for one in shelf.decisions(new)] == ["suspend_badge", "ask_revocation"]
    # She reads the finding before it is carried out, so that she can appeal (lifecycle.md 12).
    assert [one.choice for one in own_course.reasons_for(new.recipient, new)] == ["suspend_badge", "ask_revocation"]
    assert revoking.pending(new) == asked
    assert cast.quinn.pk in revoking.acted_before(Enrolment.objects.get(award__public_id=new.award_reference), new)
    assert f"revocations/{asked.public_id}" in get(cast.quinn, "/quality/").content.decode()
    assert get(cast.quinn, f"/quality/revocations/{asked.public_id}").status_code == 200
    assert revoking.confirm_revocation(decision_id=asked.pk, actor=cast.quinn) == new
    new.refresh_from_db()
    assert new.status == S.REVOKED
    assert list(shelf.decisions(Credential.objects.get(replaces=other))) == []


def test_a_corrected_badge_begins_without_the_decisions_about_the_wrong_one(cast: Cast) -> None:
    _version, made = badges(cast, 2)
    revoking.ask_revocation(credential_id=made[0].pk, actor=cast.registrar, kind="issued_in_error", reason="a name")
    fresh = awarding.replace_badge(credential_id=made[0].pk, actor=cast.issuer, kind="correction", reason="mended")
    assert revoking.pending(fresh) is None
    _college()
    assert revoking.pending(Credential.objects.get(replaces=fresh)) is None


def test_expired_revoked_and_prepared_badges_are_left_alone(cast: Cast) -> None:
    _version, made = badges(cast, 4)
    Credential.objects.filter(pk=made[0].pk).update(status=S.REVOKED)
    Credential.objects.filter(pk=made[1].pk).update(status=S.EXPIRED)
    assert _college()["badges_replaced"] == 2
    assert (
        Credential.objects.filter(status=S.REVOKED).count() == Credential.objects.filter(status=S.EXPIRED).count() == 1
    )
    kept = made[1].document
    assert kept is not None
    assert judged(kept).cause == "key_withdrawn", "No forgery: our record keeps it word for word."
    assert judged({**kept, "name": "Surgery"}).cause == "forged"


def test_a_lost_approval_key_is_replaced_in_approvals_and_in_badges_that_carry_them(cast: Cast) -> None:
    version, made = badges(cast, 3)
    before = keys.active_key(cast.college, "endorsements")
    said = _drill("taravelle", "--purpose", "endorsements")
    assert (said["state"], said["approvals_signed_again"], said["badges_replaced"]) == ("ended", 1, 3)
    assert said["partners_asked_again"] == 0
    [approval] = [one for one in badge_contents.endorsements_in_force(version) if one.kind == "quality_approval"]
    assert keys.method_of(before) not in json.dumps(approval.document)
    for new in Credential.objects.filter(status=S.ISSUED):
        assert before.public_multibase not in json.dumps(new.document)
        assert judged(new.document).answer == Answer.VALID
    assert made[0].entry.status_list_id


def test_a_partner_whose_key_is_lost_is_asked_again_and_nobody_signs_for_it(cast: Cast) -> None:
    version, made = badges(cast, 2)
    mine = Endorsement.objects.filter(issuer=cast.hospital)
    number = mine.filter(withdrawn_at=None).count()
    said = _drill("quellin", "--purpose", "endorsements")
    assert (said["state"], said["partners_asked_again"], said["approvals_signed_again"]) == ("ended", number, 0)
    assert mine.count() == number  # nothing was signed anew
    assert not mine.filter(withdrawn_at=None).exists()
    assert not Validation.objects.filter(organization=cast.hospital, withdrawn_at=None).exists()
    rounds = Panel.objects.filter(version=version, closed_at=None)
    assert {seat.person_id for panel in rounds for seat in panel.seats.all()} == {cast.bob.pk}
    assert rounds.count() == number
    verdict = judged(made[0].document)
    assert verdict.answer == Answer.VALID  # the badge itself stands
    again = _drill("quellin", "--purpose", "endorsements")
    assert again["partners_asked_again"] == number
    assert Panel.objects.filter(version=version, closed_at=None).count() == number


@pytest.mark.parametrize("purpose", ["status", "checkpoints"])
def test_the_other_keys_are_replaced_without_a_badge_being_touched(cast: Cast, purpose: str) -> None:
    _version, made = badges(cast, 2)
    call_command("checkpoint", stdout=StringIO())
    keys.ensure_key(cast.college, purpose)
    said = _drill("taravelle", "--purpose", purpose)
    assert (said["state"], said["badges_replaced"], said["badges_left"]) == ("ended", 0, 0)
    status.publish_due()
    assert judged(made[0].document).answer == Answer.VALID
    from workflows import checkpoints

    assert list(checkpoints.faults()) == []


def test_a_statement_of_results_is_signed_again_as_it_stands(cast: Cast) -> None:
    badges(cast, 2)
    enrolment = Enrolment.objects.filter(stage="awarded").first()
    from workflows.actions import stating

    made = stating.state_results(enrolment_id=enrolment.pk, actor=enrolment.learner)
    before = dict(made.document)
    said = _college()
    assert (said["statements_signed_again"], said["statements_left"]) == (1, 0)
    after = dict(Statement.objects.get(pk=made.pk).document)
    assert before.pop("proof") != after.pop("proof")
    assert before == after


def test_an_organization_without_such_a_key_is_refused(cast: Cast) -> None:
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("keys", "drill", "rival", "--purpose", "badges", stderr=err)
    assert ended.value.code == 1
    assert "No signing key" in err.getvalue()
    assert stops.standing() == []
