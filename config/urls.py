"""Addresses of the whole installation."""

from django.urls import include, path

from config import views
from notifications.views import mailbox

handler400 = handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.failed"

urlpatterns = [
    path("", include("portal_public.urls")),
    path("home", views.home, name="home"),
    path("language", views.language, name="language"),
    path("", include("people.urls")),
    path("notices/", include("notifications.urls")),
    path("webhooks/", include("notifications.hook_urls")),
    path("mailbox", mailbox, name="mailbox"),
    path("faculty/", include("portal_faculty.urls")),
    path("reviews/", include("portal_employer.urls")),
    path("quality/", include("portal_quality.urls")),
    path("learning/", include("portal_learner.urls")),
    path("api/v1/", include("portal_api.urls", namespace="api")),
]
