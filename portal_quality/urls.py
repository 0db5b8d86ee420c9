"""Addresses of the quality portal. Each decision on a case has a page of its own, named as its act."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import path

from portal_quality.views import awards, badges, cases, gates, piloting, queue, rounds, seats, settings

app_name = "quality"
ON_CASES: tuple[Callable[..., HttpResponse], ...] = (
    rounds.return_from_screening,
    rounds.accept,
    rounds.confirm_demand,
    rounds.return_from_relevance,
    rounds.go_on_without_partner,
    rounds.reject_at_relevance,
    rounds.confirm_endorsement,
    rounds.return_from_endorsement,
    gates.vote,
    gates.recuse,
    gates.close_committee,
    piloting.start_pilot,
    piloting.close_pilot,
    piloting.redesign,
    piloting.activate,
    piloting.sign_transcript_rule,
    piloting.hold,
    piloting.resume,
)
ON_SEATS = (seats.extend_seat, seats.replace_seat, seats.close_seat)
urlpatterns = [
    path("", queue.home, name="home"),
    path("proposals", queue.proposals, name="proposals"),
    path("cases/<uuid:public_id>", cases.version, name="version"),
    *(path(f"cases/<uuid:public_id>/{view.__name__.replace('_', '-')}", view, name=view.__name__) for view in ON_CASES),
    *(path(f"seats/<uuid:public_id>/{view.__name__.split('_')[0]}", view, name=view.__name__) for view in ON_SEATS),
    path("questions/<uuid:public_id>", seats.answer_question, name="answer_question"),
    path("conditions/<uuid:public_id>/complete", seats.complete_condition, name="complete_condition"),
    path("conditions/<uuid:public_id>/close", seats.close_condition, name="close_condition"),
    path("cohorts/<uuid:public_id>", awards.cohort, name="cohort"),
    path("cohorts/<uuid:public_id>/roster", awards.sign_roster, name="sign_roster"),
    path("cohorts/<uuid:public_id>/award", awards.award, name="award"),
    path("cases/<uuid:public_id>/letter", gates.last_letter, name="last_letter"),
    path("cases/<uuid:public_id>/letter/<int:sequence>", gates.letter, name="letter"),
    path("cases/<uuid:public_id>/ledger", settings.ledger, name="ledger"),
    path("settings", settings.home, name="settings"),
    path("settings/<uuid:public_id>/people", settings.people, name="people"),
    path("settings/<uuid:public_id>/people/add", settings.give_role, name="give_role"),
    path("settings/<uuid:public_id>/people/<int:key>/end", settings.end_role, name="end_role"),
    path("settings/<uuid:public_id>/organizations", settings.organizations, name="organizations"),
    path("settings/<uuid:public_id>/organizations/<uuid:partner_id>", settings.organization, name="organization"),
    path("settings/<uuid:public_id>/policy", settings.policy, name="policy"),
    path("settings/<uuid:public_id>/keys", settings.keys, name="keys"),
    path("register", badges.register, name="register"),
    path("badges/<uuid:public_id>", badges.badge, name="badge"),
    path("badges/<uuid:public_id>/suspend", badges.suspend_badge, name="suspend_badge"),
    path("badges/<uuid:public_id>/reinstate", badges.reinstate_badge, name="reinstate_badge"),
    path("badges/<uuid:public_id>/revoke", badges.ask_revocation, name="ask_revocation"),
    path("badges/<uuid:public_id>/replace", badges.replace_badge, name="replace_badge"),
    path("revocations/<uuid:public_id>", badges.confirm_revocation, name="confirm_revocation"),
]
