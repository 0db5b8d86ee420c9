"""The table of who is told, held against the "Told" columns of the lifecycle and against every event in the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from notifications import told
from workflows.award_course import COURSE
from workflows.lifecycle import VersionCourse

ROOT = Path(__file__).resolve().parents[2]
ALL = {"everybody"}
PROPOSER_AND_PARTNERS = {"proposer", "lead", "partners"}

# lifecycle.md 4: transition -> audiences, in the words of the column as functions of `notifications.audiences`
VERSIONS: dict[str, set[str]] = {
    "submit": {"officers"},
    "return_from_screening": {"proposer"},
    "accept": {"asked", "proposer"},
    "confirm_demand": ALL,
    "return_from_relevance": {"proposer"},
    "go_on_without_partner": ALL,
    "reject_at_relevance": ALL,
    "design_ready": {"asked"},
    "confirm_endorsement": {"committee"},
    "return_from_endorsement": {"lead", "partners"},
    "approve_pilot": ALL,
    "return_pilot_approval": PROPOSER_AND_PARTNERS,
    "return_pilot_approval_to_draft": PROPOSER_AND_PARTNERS,
    "defer_pilot_approval": {"committee", "proposer", "partners"},
    "reject_pilot": PROPOSER_AND_PARTNERS,
    "waive_pilot": ALL,
    "start_pilot": {"learners_under_way", "assessors_of_version"},
    "close_pilot": {"officers", "partners"},
    "redesign": ALL,
    "redesign_from_draft": ALL,
    "report": {"committee"},
    "approve": ALL,
    "approve_with_conditions": {"condition_owners"},
    "return_final": PROPOSER_AND_PARTNERS,
    "return_final_to_draft": PROPOSER_AND_PARTNERS,
    "defer_final": {"committee", "proposer", "partners"},
    "reject_final": PROPOSER_AND_PARTNERS,
    "activate": {"partners", "learners_on_hold"},
    "suspend": {"learners_under_way", "partners"},
    "lift": ALL,
    "lift_to_expiring": ALL,
    "mend_while_suspended": ALL,
    "open_review": {"officers", "partners"},
    "close_review": ALL,
    "close_review_to_expiring": ALL,
    "patch": set(),
    "revise": set(),  # holders are told when the new version is activated: supersede
    "wind_down": {"learners_under_way", "partners"},
    "retire": set(),  # the public register shows it
    "close_superseded": set(),
    "supersede": {"holders"},
    "supersede_slowly": {"holders"},
    "withdraw": ALL,
    "hold": ALL,
    "resume": ALL,
    "import_approved": {"officers"},
    "release_urgently": ALL,
}
# lifecycle.md 5
AWARDS: dict[str, set[str]] = {
    "enrol": {"lead"},
    "submit": {"assessors"},
    "take": {"learner"},
    "release": set(),  # the work waits again; the lead is told by declare_conflict
    "confirm_not_yet": {"own_assessor"},
    "lapse": {"learner"},
    "not_yet": {"learner"},
    "score": set(),  # the moderator is told by open_moderation, when the work is sampled
    "open_moderation": {"moderators"},
    "confirm_scores": {"own_assessor"},
    "score_again": {"own_assessor"},
    "recommend": {"grantors"},
    "hold": {"learner"},
    "award": {"learner"},
    "fail": {"learner"},
    "leave": {"lead"},
    "close_held": {"learner"},
    "assess_anew": {"assessors"},
}
# What happens between the transitions. An event that is in neither tells nobody.
BETWEEN: dict[str, set[str]] = {
    "confirm_suspension": {"officers"},
    "ask_again": {"asked"},
    "pause_issuing": ALL,
    "resume_issuing": ALL,
    "at_risk": {"officers"},
    "remind": {"seat_by_link", "seat_on_committee"},
    "seat_overdue": {"officers"},
    "seat_escalated": {"chairs"},
    "screening_overdue": {"officers"},
    "hold_over": {"officers"},
    "condition_overdue": {"condition_owners", "officers"},
    "statement_ends": {"officers", "statement_person"},
    "ask_suspension": {"officers"},
    "sources_end": {"officers", "lead"},
    "ask_still_in_demand": {"yearly_person"},
    "say_no_longer": {"officers"},
    "lose_job_validation": {"officers", "lead"},
    "enter_import": {"chairs"},
    "ask_urgent_release": {"asked"},
    "ask_community": {"asked"},
    "withdraw_agreement": ALL,
    "propose_patch": {"officers"},
    "ask_withdrawal": {"officers"},
    "agree_to_withdrawal": {"proposer"},
    "answer": {"when_all_answered"},
    "recuse": {"officers"},
    "pass_on": {"seat_by_link"},
    "delegate_seat": {"seat_on_committee"},
    "return_seat": {"seat_on_committee"},
    "replace_seat": {"seat_by_link", "seat_on_committee", "former_person"},
    "move_policy": {"proposer"},
    "extend_seat": {"seat_by_link", "seat_on_committee"},
    "vacate_seat": {"officers"},
    "close_seat": {"seat_by_link", "seat_on_committee"},
    "ask_question": {"lead", "proposer", "officers"},
    "answer_question": {"seat_by_link"},
    "complete_condition": {"condition_owners"},
    "bring_proof": {"condition_setter"},
    "withdraw_validation": {"officers"},
    "enter_roster": {"officers"},
    "sign_off_roster": {"lead"},
    "name_assessor": {"named_person"},
    "invite": {"learner"},
    "propose_fail": {"moderators"},
    "declare_conflict": {"lead"},
    "withhold_evidence": {"learner"},
    "suspend_badge": {"learner"},
    "reinstate_badge": {"learner"},
    "ask_revocation": {"officers", "learner"},
    "file_appeal": {"officers"},
    "seat_appeal": {"appeal_panel"},
    "decide_appeal": {"appellant", "officers"},
    "make_badge_anew": {"learner"},
    "revoke_badge": {"learner"},
    "replace_badge": {"learner"},
    "take_to_wallet": {"learner"},
    "remind_learner": {"learner"},
    "remind_badge": {"learner"},
    "answer_suspension": {"officers"},
    "ask_correction": {"issuers"},
    "surrender_badge": {"learner"},
    "warn_of_expiry": {"learner"},
    "expire_badge": {"learner"},
    "reissue_badge": {"learner"},
    "reissue_badges": {"officers", "partners"},
    "sign_statement_again": {"learner"},
    "withdraw_for_key": {"officers", "statement_person"},
}
NOBODY = {
    # freshness: the office reads them in the review's pack, or hears of the review itself
    "say_still_in_demand",
    "regain_job_validation",
    "note_change",
    # the streams of keys: their owners read them on a page
    "create_key",
    "activate_key",
    "retire_key",
    "mark_compromised",
    "use_key",
    "begin_drill",
    "end_drill",
    "sign_approval_again",
    "gather_record",
    "write_note",
    "remove_note",
    "vote_appeal",  # findings are told together, once the appeal is decided
    "take_as_token",
    "offer_to_wallet",
    "start",
    "edit",
    "duplicates_seen",
    "declare_interest",
    "answer_request",
    "reply_to_rating",
    "reply_to_suggestion",
    "sign_moderation",
    "sign_transcript_rule",
    "ask_exemption",
    "add_demand_source",
    "risk_over",
    "record_agreement",
    "close_condition",
    "make_cohort",
    "answer_pilot",
    "give_evidence_consent",
    "withdraw_evidence_consent",
    "read_evidence",
    "state_results",
    "consent_to_badge",
    "unclaim_badge",
    "ask_surrender",
    "keep_badge",
    "delete_evidence",
    "issue_badge",
    "accept_badge",
    "decline_badge",
    "show_badge",
    "hide_badge",
    "share_badge",
    "end_share",
    "import_pilot",
    "keep_study",
    "make_stack",
    "add_part",
    "end_initiative",
    # the stream of an institution: its own pages show it
    "tighten_policy",
}


def _audiences(notices: tuple[told.Notice, ...]) -> set[str]:
    return {notice.audience.__name__ for notice in notices}


def _transitions() -> set[str]:
    return {
        name
        for name in vars(VersionCourse)
        if name != "stage" and hasattr(getattr(VersionCourse, name), "get_transitions")
    }


@pytest.mark.parametrize("verb", sorted(VERSIONS))
def test_a_transition_of_a_version_tells_whom_the_lifecycle_says(verb: str) -> None:
    assert _audiences(told.notices_of("version:1", verb)) == VERSIONS[verb]


@pytest.mark.parametrize("verb", sorted(AWARDS))
def test_a_transition_of_an_award_tells_whom_the_lifecycle_says(verb: str) -> None:
    assert _audiences(told.notices_of("award:1", verb)) == AWARDS[verb]


@pytest.mark.parametrize("verb", sorted(BETWEEN))
def test_what_happens_between_transitions_tells_those_it_concerns(verb: str) -> None:
    either = told.notices_of("version:1", verb) + told.notices_of("award:1", verb)
    assert _audiences(either) == BETWEEN[verb]


def test_the_lists_above_know_every_transition_and_no_other() -> None:
    assert set(VERSIONS) == _transitions()
    assert set(AWARDS) == set(COURSE)
    assert set(told.VERSION) | set(told.AWARD) <= set(VERSIONS) | set(AWARDS) | set(BETWEEN)


def _words(node: ast.expr) -> Iterator[str]:
    """The strings that an expression may be: a literal, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _words(node.body)
        yield from _words(node.orelse)


def events_in_code() -> set[str]:
    """Every type of event that the engine writes, read from the calls that write it."""
    found = _transitions() | set(COURSE)
    for path in (ROOT / "workflows").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in {"move", "record", "remark"}:
                found |= {word for argument in node.args[:1] for word in _words(argument)}
            elif name == "take_back":
                found |= set(_words(node.args[2]))
            elif name in {"append", "Entry"} and len(node.args) > 1:
                found |= set(_words(node.args[1]))
    return found


def test_every_event_in_the_code_is_told_to_somebody_or_to_nobody_on_purpose() -> None:
    known = set(VERSIONS) | set(AWARDS) | set(BETWEEN) | NOBODY
    assert events_in_code() == known


def test_an_unknown_event_tells_nobody() -> None:
    assert told.notices_of("version:1", "a_new_event") == ()
    assert told.notices_of("keys:1", "submit") == ()


def test_every_notice_has_both_languages_and_names_the_micro_credential() -> None:
    for notices in [*told.VERSION.values(), *told.AWARD.values()]:
        for notice in notices:
            texts = {}
            for language in ("en", "fr"):
                with translation.override(language):
                    texts[language] = (str(notice.subject) % {"title": "X"}, str(notice.lead) % {"title": "X"})
            assert texts["en"][0] != texts["fr"][0]
            assert texts["en"][1] != texts["fr"][1]
            assert "X" in texts["en"][0]
            assert "X" in texts["fr"][0]
