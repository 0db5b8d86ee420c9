"""Public addresses: for everybody, without log-in and without a cookie."""

from django.urls import path

from portal_public.views import badges, catalogue, conformance, documents, many, pages, verify, wallet

app_name = "public"
urlpatterns = [
    path("", verify.verify, name="home"),
    path("verify", verify.verify, name="verify"),
    path("verify/many", many.many, name="many"),
    path("register", catalogue.registered, name="register"),
    path("about", pages.about, name="about"),
    path("accessibility", pages.accessibility, name="accessibility"),
    path("privacy", pages.privacy, name="privacy"),
    path("healthz", documents.health, name="health"),
    path("o/<slug:slug>", catalogue.issuer, name="issuer"),
    path("o/<slug:slug>/did.json", documents.did_document, name="did"),
    path(".well-known/openid-credential-issuer/o/<slug:slug>", wallet.issuer, name="wallet_issuer"),
    path(".well-known/oauth-authorization-server/o/<slug:slug>", wallet.server, name="wallet_server"),
    path("o/<slug:slug>/wallet/offers/<uuid:public_id>", wallet.offer, name="wallet_offer"),
    path("o/<slug:slug>/wallet/token", wallet.token, name="wallet_token"),
    path("o/<slug:slug>/wallet/nonce", wallet.nonce, name="wallet_nonce"),
    path("o/<slug:slug>/wallet/credential", wallet.credential, name="wallet_credential"),
    path("o/<slug:slug>/wallet/notification", wallet.notification, name="wallet_notification"),
    path("badges/<uuid:public_id>", badges.badge, name="badge"),
    path("badges/<uuid:public_id>/picture.png", badges.picture, {"kind": "png"}, name="picture_png"),
    path("badges/<uuid:public_id>/picture.svg", badges.picture, {"kind": "svg"}, name="picture"),
    path("badges/<uuid:public_id>/evidence/<uuid:item>", badges.evidence, name="evidence"),
    path("s/<str:token>", badges.shared, name="shared"),
    path("s/<str:token>/picture.png", badges.shared_picture, {"kind": "png"}, name="shared_picture_png"),
    path("s/<str:token>/picture.svg", badges.shared_picture, {"kind": "svg"}, name="shared_picture"),
    path("s/<str:token>/evidence/<uuid:item>", badges.shared_evidence, name="shared_evidence"),
    path("achievements/<uuid:public_id>", catalogue.achievement, name="achievement"),
    path("achievements/<uuid:public_id>/picture.png", catalogue.achievement_picture, name="achievement_picture"),
    path("achievements/<uuid:public_id>/snapshots/<str:digest>", documents.snapshot, name="snapshot"),
    path("achievements/<uuid:achievement>/endorsements/<uuid:public_id>", documents.endorsement, name="endorsement_of"),
    path("endorsements/<uuid:public_id>", documents.endorsement, name="endorsement"),
    path("status/<uuid:public_id>", documents.status_list, name="status"),
    path("status/<uuid:public_id>/suspensions", documents.status_list, {"purpose": "suspension"}, name="suspensions"),
    path("checkpoints/newest", documents.checkpoint, name="checkpoint"),
    path("terms/<str:kind>", pages.term, name="term"),
    path("credentials/issue", conformance.issue, name="vcalm_issue"),
    path("credentials/verify", conformance.verify_credential, name="vcalm_verify"),
    path("presentations/verify", conformance.verify_presentation, name="vcalm_verify_presentation"),
    path("credentials/status", conformance.set_status, name="vcalm_status"),
    path("credentials/status-lists/<str:purpose>", conformance.status_list, name="vcalm_list"),
]
