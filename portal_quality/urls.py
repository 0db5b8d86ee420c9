"""Addresses of the quality portal."""

from django.urls import path

from portal_quality.views import badges, cases, queue

app_name = "quality"
urlpatterns = [
    path("", queue.home, name="home"),
    path("proposals", queue.proposals, name="proposals"),
    path("cases/<uuid:public_id>", cases.version, name="version"),
    path("register", badges.register, name="register"),
]
