"""Addresses of the learner portal."""

from django.urls import path

from portal_learner import views

app_name = "learner"
urlpatterns = [
    path("", views.home, name="home"),
]
