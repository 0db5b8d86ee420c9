"""How a program enters: its token, the scope that an address asks for, its rate, and each change once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Schema, Status
from ninja.security import HttpBearer

from people import tokens
from people.errors import Refusal
from people.limits import refuse_too_many_calls
from people.models import AccessToken, Organization, User
from workflows import queries
from workflows.errors import NotYours
from workflows.models import Cohort, Version
from workflows.queries import Case

View = TypeVar("View", bound=Callable[..., Any])
KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 100


class KeyMissing(Refusal):
    """A change comes with a key, so that a repeat after a lost answer changes nothing a second time."""

    status = 400
    sentence = _("Send the header “Idempotency-Key” with a value of your own, at most 100 characters, for each change.")


@dataclass(frozen=True)
class Caller:
    """Whom a call acts as, and where."""

    token: AccessToken

    @property
    def person(self) -> User:
        """The person who made the token."""
        return self.token.person

    @property
    def institution(self) -> Organization:
        """The one institution that the token opens."""
        return self.token.institution


class Bearer(HttpBearer):
    """`Authorization: Bearer imp_…`, with the scope that the address asks for."""

    openapi_description = "A token from the page “Access tokens” of your account, made with the scope {scope}."

    def __init__(self, scope: str) -> None:
        assert scope in tokens.SCOPES
        super().__init__()
        self.scope = scope
        self.openapi_security_schema.update(description=self.openapi_description.format(scope=scope))

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """The caller. Raises `NoToken`, `TooManyCalls` or `ScopeMissing`."""
        found = tokens.bearer(token)
        refuse_too_many_calls(str(found.public_id))
        if self.scope not in found.scopes:
            raise tokens.ScopeMissing(scope=self.scope)
        return Caller(found)


BEARERS = {scope: type(f"Bearer_{scope.replace(':', '_')}", (Bearer,), {})(scope) for scope in tokens.SCOPES}


def caller(request: HttpRequest) -> Caller:
    """Who calls. Only behind a `Bearer`."""
    return cast(Caller, request.auth)  # type: ignore[attr-defined]


def version_for(request: HttpRequest, version_id: UUID) -> Version:
    """A version of the token's institution on which the caller holds a grant. Raises `NotYours`."""
    who = caller(request)
    version = queries.version_for(who.person, version_id)
    if version.institution_id != who.institution.pk or not queries.grants_of(who.person, version):
        raise NotYours
    return version


def case_for(request: HttpRequest, version_id: UUID) -> Case:
    """The same with its standing, clauses and the caller's grants. Raises `NotYours`."""
    return queries.case_of(caller(request).person, version_for(request, version_id).public_id)


def cohort_for(request: HttpRequest, cohort_id: UUID) -> Cohort:
    """A cohort of the token's institution on which the caller works. Raises `NotYours`."""
    who = caller(request)
    cohort = queries.cohort_for(who.person, cohort_id)
    if cohort.version.institution_id != who.institution.pk:
        raise NotYours
    return cohort


def once(view: View) -> View:
    """Do a change once per idempotency key: claim, act and answer stand or fall together (`promises.md` 2)."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(KEY_HEADER, "").strip()
        if not 0 < len(key) <= LONGEST_KEY:
            raise KeyMissing
        asked = f"{request.method} {request.get_full_path()}\n".encode() + request.body
        with transaction.atomic():
            call = tokens.claim(caller(request).token, key, asked)
            if call.status:
                return Status(call.status, call.answer)
            status, answer = view(request, *args, **kwargs)
            plain = answer.model_dump(mode="json") if isinstance(answer, Schema) else answer
            tokens.keep(call, status, plain)
        return Status(status, plain)

    kept.__signature__ = signature(view, eval_str=True)  # type: ignore[attr-defined]  # ninja reads its types here
    return cast(View, kept)
