"""Addresses of the employer portal."""

from django.urls import path

from portal_employer import views

app_name = "employer"
urlpatterns = [
    path("", views.home, name="home"),
]
