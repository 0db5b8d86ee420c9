"""Addresses of sign-in. Nothing of allauth is mounted but these pages.

allauth looks its pages up under its own names; those lead to ours.
"""

from django.urls import path

from people import account, token_pages, views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-in", views.sign_in, name="account_login"),
    path("sign-in", views.sign_in, name="account_request_login_code"),
    path("sign-in/code", views.sign_in_code, name="sign_in_code"),
    path("sign-in/code", views.sign_in_code, name="account_confirm_login_code"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("account", account.account, name="account"),
    path("account/addresses", account.add, name="account_add"),
    path("account/addresses/code", account.code, name="account_code"),
    path("account/addresses/main", account.main, name="account_main"),
    path("account/addresses/remove", account.remove, name="account_remove"),
    path("account/tokens", token_pages.tokens, name="tokens"),
    path("account/tokens/make", token_pages.make, name="make_token"),
    path("account/tokens/scopes.csv", token_pages.scopes_table, name="scopes_table"),
    path("account/tokens/<uuid:token_id>/end", token_pages.end, name="end_token"),
    path("demo/sign-in/<uuid:person>", views.demo_sign_in, name="demo_sign_in"),
]
