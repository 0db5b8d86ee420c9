"""Public addresses: the documents that a verifier needs."""

from django.urls import path

from portal_public import views

app_name = "public"
urlpatterns = [
    path("healthz", views.health, name="health"),
    path("o/<slug:slug>/did.json", views.did_document, name="did"),
    path("achievements/<uuid:public_id>", views.achievement, name="achievement"),
    path("endorsements/<uuid:public_id>", views.endorsement, name="endorsement"),
    path("status/<uuid:public_id>", views.status_list, name="status"),
]
