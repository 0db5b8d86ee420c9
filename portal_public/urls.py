"""Public addresses: the documents that a verifier needs."""

from django.urls import path

from portal_public import views

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("verify", views.home, name="verify"),
    path("register", views.home, name="register"),
    path("about", views.home, name="about"),
    path("accessibility", views.home, name="accessibility"),
    path("privacy", views.home, name="privacy"),
    path("healthz", views.health, name="health"),
    path("o/<slug:slug>/did.json", views.did_document, name="did"),
    path("achievements/<uuid:public_id>", views.achievement, name="achievement"),
    path("endorsements/<uuid:public_id>", views.endorsement, name="endorsement"),
    path("status/<uuid:public_id>", views.status_list, name="status"),
    path("status/<uuid:public_id>/suspensions", views.suspension_list, name="suspensions"),
]
