"""Addresses of the notices."""

from django.urls import path

from notifications import views

app_name = "notices"
urlpatterns = [
    path("", views.notices, name="list"),
    path("read", views.read_all, name="read_all"),
    path("<uuid:notice_id>/read", views.read, name="read"),
    path("alerts/<int:alert_id>/again", views.again, name="again"),
]
