"""Addresses of the faculty portal."""

from django.urls import path

from portal_faculty import views

app_name = "faculty"
urlpatterns = [
    path("", views.home, name="home"),
    path("assessing", views.assessing, name="assessing"),
]
