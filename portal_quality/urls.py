"""Addresses of the quality portal."""

from django.urls import path

from portal_quality import views

app_name = "quality"
urlpatterns = [
    path("", views.home, name="home"),
    path("register", views.home, name="register"),
]
