"""The page that says what the API has, made from its own description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from people.tokens import SCOPES

BASE = "/api/v1"


@dataclass(frozen=True)
class Operation:
    """One line of the page."""

    method: str
    path: str
    summary: str
    scope: str


def operations(schema: dict[str, Any]) -> list[Operation]:
    """Every operation of a description, in its order."""
    found = []
    for path, methods in schema["paths"].items():
        for method, said in methods.items():
            schemes = [name for one in said.get("security", []) for name in one]
            scope = next((scope for scope in SCOPES if f"Bearer_{scope.replace(':', '_')}" in schemes), "")
            found.append(Operation(method.upper(), path.removeprefix(BASE), str(said.get("summary", "")), scope))
    return found


@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """What can be called, with which scope."""
    from portal_api.urls import api

    return render(
        request,
        "api/guide.html",
        {"operations": operations(api.get_openapi_schema()), "scopes": SCOPES, "base": settings.BASE_URL + BASE},
    )
