"""What a named refusal looks like to a browser or a program."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse


class Refusals:
    """Answers an exception that carries a `sentence` and a `status` with that status and that sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; pages and fragments share an address, so caches must tell them apart."""
        response = self.get_response(request)
        response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "HX-Request"]))
        return response

    def process_exception(self, _request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal into its answer; anything else is not ours."""
        sentence, status = getattr(exception, "sentence", None), getattr(exception, "status", None)
        if sentence is None or status is None:
            return None
        return JsonResponse({"sentence": str(sentence)}, status=status)
