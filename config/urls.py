"""Addresses of the whole installation."""

from django.urls import include, path

urlpatterns = [path("", include("portal_public.urls"))]
