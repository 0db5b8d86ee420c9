"""Addresses of the faculty portal."""

from django.urls import path

from portal_faculty.views import assessing, bringing, design, home, pilot, skills, submitting, versions, writing

app_name = "faculty"
urlpatterns = [
    path("", home.home, name="home"),
    path("assessing", assessing.assessing, name="assessing"),
    path("assessing/design/<uuid:public_id>", assessing.sign, name="sign"),
    path("assessing/<uuid:public_id>", assessing.work, name="work"),
    path("assessing/<uuid:public_id>/take", assessing.take, name="take"),
    path("assessing/<uuid:public_id>/conflict", assessing.conflict, name="conflict"),
    path("assessing/<uuid:public_id>/score", assessing.score, name="score"),
    path("assessing/<uuid:public_id>/moderate", assessing.moderate, name="moderate"),
    path("assessing/<uuid:public_id>/fail", assessing.fail, name="fail"),
    path("assessing/<uuid:public_id>/evidence/<uuid:item>", assessing.evidence, name="evidence"),
    path("assessing/<uuid:public_id>/evidence/<uuid:item>/withhold", assessing.withhold, name="withhold"),
    path("bring", bringing.bring, name="bring"),
    path("start", writing.start, name="start"),
    path("<uuid:public_id>", versions.version, name="version"),
    path("<uuid:public_id>/write", writing.write, name="write"),
    path("<uuid:public_id>/write/<slug:facet>", writing.section, name="section"),
    path("<uuid:public_id>/skills", skills.alignments, name="alignments"),
    path("<uuid:public_id>/skills/<str:code>", skills.competency, name="competency"),
    path("<uuid:public_id>/skills/<str:code>/none", skills.no_match, name="no_match"),
    path("<uuid:public_id>/skills/<str:code>/match/<int:skill>", skills.match, name="match"),
    path("<uuid:public_id>/skills/<str:code>/remove/<int:place>", skills.unmatch, name="unmatch"),
    path("<uuid:public_id>/near", submitting.near, name="near"),
    path("<uuid:public_id>/interests", submitting.interests, name="interests"),
    path("<uuid:public_id>/check", submitting.check, name="check"),
    path("<uuid:public_id>/returned", submitting.returned, name="returned"),
    path("<uuid:public_id>/design", design.design, name="design"),
    path("<uuid:public_id>/pilot", pilot.pilot, name="pilot"),
    path("<uuid:public_id>/pilot/cohort", pilot.cohort, name="cohort"),
    path("<uuid:public_id>/pilot/recommend", pilot.recommend, name="recommend"),
    path("<uuid:public_id>/pilot/evaluation/<slug:audience>", pilot.evaluation, name="evaluation"),
    path("<uuid:public_id>/pilot/close", pilot.close, name="close_pilot"),
    path("<uuid:public_id>/pilot/report", pilot.report, name="report"),
    path("cohorts/<uuid:public_id>/roster", pilot.roster, name="roster"),
    path("cohorts/<uuid:public_id>/assessors", pilot.assessor, name="assessor"),
    path("<uuid:public_id>/answers", versions.answers, name="answers"),
    path("<uuid:public_id>/answers/<slug:kind>/<str:subject>", versions.reply, name="reply"),
    path("<uuid:public_id>/withdraw", versions.withdraw, name="withdraw"),
    path("<uuid:public_id>/revise", versions.revise, name="revise"),
    path("<uuid:public_id>/patch", versions.patch, name="patch"),
    path("<uuid:public_id>/exemption", versions.exemption, name="exemption"),
]
