"""The API under its address, its description for programs (OpenAPI), and its guide for people."""

from __future__ import annotations

from django.urls import path

from portal_api import cases, hooks, learners, problems, steps
from portal_api.described import Api
from portal_api.guide import guide

api = Api(
    title="Imprimatur",
    version="1",
    description="The same verbs and queries as the pages. The guide is docs/api.md.",
    docs_url=None,  # ninja's page loads scripts from elsewhere; ours is `guide`
    openapi_url="/openapi.json",
    urls_namespace="api",
)
problems.register(api)
api.add_router("/versions", cases.router)
api.add_router("/versions", steps.router)
api.add_router("", learners.router)
api.add_router("/webhooks", hooks.router)

_patterns, app_name, _namespace = api.urls
urlpatterns = [path("", guide, name="guide"), *_patterns]
