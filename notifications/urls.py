"""Addresses of the notices."""

from django.urls import path

from notifications import views

app_name = "notices"
urlpatterns = [path("", views.notices, name="list")]
