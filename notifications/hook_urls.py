"""Addresses of the webhooks' pages."""

from django.urls import path

from notifications import hook_views as views

app_name = "webhooks"
urlpatterns = [
    path("", views.home, name="home"),
    path("<uuid:public_id>", views.endpoints, name="list"),
    path("<uuid:public_id>/add", views.add, name="add"),
    path("<uuid:public_id>/<uuid:endpoint_id>", views.endpoint, name="endpoint"),
    path("<uuid:public_id>/<uuid:endpoint_id>/secret", views.rotate, name="rotate"),
    path("<uuid:public_id>/<uuid:endpoint_id>/test", views.send_test, name="test"),
    path("<uuid:public_id>/<uuid:endpoint_id>/replay", views.replay, name="replay"),
    path("<uuid:public_id>/<uuid:endpoint_id>/end", views.end, name="end"),
]
