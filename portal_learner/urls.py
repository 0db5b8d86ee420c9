"""Addresses of the learner portal: one's own courses and badges."""

from django.urls import path

from portal_learner.views import appeals, badges, courses, files, wallet

app_name = "learner"
urlpatterns = [
    path("", courses.home, name="home"),
    path("everything.zip", files.everything, name="everything"),
    path("courses/<uuid:public_id>", courses.course, name="enrolment"),
    path("courses/<uuid:public_id>/enrol", courses.enrol, name="enrol"),
    path("courses/<uuid:public_id>/evidence", courses.evidence, name="evidence"),
    path("courses/<uuid:public_id>/evidence/<uuid:item_id>", courses.item, name="item"),
    path("courses/<uuid:public_id>/evidence/<uuid:item_id>/consent", courses.consent, name="consent"),
    path("courses/<uuid:public_id>/evaluation", courses.evaluation, name="evaluation"),
    path("courses/<uuid:public_id>/statement", courses.statement, name="statement"),
    path("courses/<uuid:public_id>/appeal", appeals.appeal, name="appeal"),
    path("courses/<uuid:public_id>/leave", courses.leave, name="leave"),
    path("badges/<uuid:public_id>", badges.badge, name="badge"),
    path("badges/<uuid:public_id>/offer", badges.offer, name="offer"),
    path("badges/<uuid:public_id>/decline", badges.decline, name="decline"),
    path("badges/<uuid:public_id>/share", badges.share, name="share"),
    path("badges/<uuid:public_id>/links/<uuid:link_id>/end", badges.end_share, name="end_share"),
    path("badges/<uuid:public_id>/visibility", badges.visibility, name="visibility"),
    path("badges/<uuid:public_id>/name", badges.correct, name="correct"),
    path("badges/<uuid:public_id>/answer", badges.answer, name="answer"),
    path("badges/<uuid:public_id>/surrender", badges.surrender, name="surrender"),
    path("badges/<uuid:public_id>/keep", badges.keep, name="keep"),
    path("badges/<uuid:public_id>/badge.json", files.download, name="download"),
    path("badges/<uuid:public_id>/certificate.pdf", files.certificate, name="certificate"),
    path("badges/<uuid:public_id>/picture.png", files.picture, {"kind": "png"}, name="picture_png"),
    path("badges/<uuid:public_id>/picture.svg", files.picture, {"kind": "svg"}, name="picture"),
    path("badges/<uuid:public_id>/badge.jwt", files.as_token, name="token"),
    path("badges/<uuid:public_id>/wallet", wallet.wallet, name="wallet"),
    path("badges/<uuid:public_id>/record", files.record, name="record"),
    path("badges/<uuid:public_id>/all.zip", files.take, name="take"),
]
