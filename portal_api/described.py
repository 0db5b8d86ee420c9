"""The API's description, with what every call has in common: how it is refused, and the key of a change."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from portal_api.door import KEY_HEADER, LONGEST_KEY
from portal_api.problems import MEDIA_TYPE

PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` is for programs, `detail` for people, in the language of Accept-Language.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status", "code", "detail"],
}
REFUSED = {
    "description": "Refused; nothing was changed.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
KEY = {
    "in": "header",
    "name": KEY_HEADER,
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    "description": "Your own; the same call with the same key gets the first answer again, for seven days.",
}
CHANGES = ("post", "put", "delete")


class Api(NinjaAPI):
    """Says in its description what `problems` and `once` do for every call."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description."""
        schema = super().get_openapi_schema(**options)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for methods in schema["paths"].values():
            for method, operation in methods.items():
                operation["responses"]["default"] = REFUSED
                if method in CHANGES:
                    operation["parameters"].append(KEY)
        return schema
