"""Addresses of the employer portal. The token of a mailed link stands in the letter's address only."""

from django.urls import path

from portal_employer.views import answer, aside, home, letter, yearly

app_name = "employer"
urlpatterns = [
    path("", home.home, name="home"),
    path("l/<str:token>", letter.by_link, name="letter"),
    path("l/<str:token>/start", letter.start_by_link, name="start_letter"),
    path("l/<str:token>/still", yearly.still, name="still"),
    path("l/<str:token>/kept", letter.kept_by_link, name="kept_letter"),
    path("<uuid:seat>/", letter.of_seat, name="seat"),
    path("<uuid:seat>/start", letter.start, name="start"),
    path("<uuid:seat>/kept", letter.kept, name="kept"),
    path("<uuid:seat>/code", letter.code, name="code"),
    path("<uuid:seat>/form", answer.form, name="form"),
    path("<uuid:seat>/answer/<str:choice>", answer.other, name="answer"),
    path("<uuid:seat>/signed", answer.signed, name="signed"),
    path("<uuid:seat>/withdraw", aside.withdraw, name="withdraw"),
    path("<uuid:seat>/leave-agreement", aside.leave_agreement, name="leave_agreement"),
    path("<uuid:seat>/conditions/<uuid:condition_id>", aside.close_condition, name="close_condition"),
    path("<uuid:seat>/pass-on", aside.pass_on, name="pass_on"),
    path("<uuid:seat>/ask", aside.ask, name="ask"),
    path("<uuid:seat>/step-back", aside.step_back, name="step_back"),
]
