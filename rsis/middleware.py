"""What no request may bring, and what every answer carries."""

import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.views.defaults import bad_request

GetResponse = Callable[[HttpRequest], HttpResponseBase]

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
LONGEST_QUERY = 4_000  # letters; the longest of ours, from the desk, take a few hundred
MOST_PARAMETERS = 200
# Letters PostgreSQL refuses (NUL), and those that no address of ours has.
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
UNWANTED_FEATURES = (
    *("accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer"),
    *("microphone", "midi", "payment", "usb", "xr-spatial-tracking", "browsing-topics"),
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    # Pictures meant for feeds and other sites say cross-origin themselves.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in UNWANTED_FEATURES),
}


class HeadersMiddleware:
    """Outermost: static files, redirects and errors carry these too. What a view has set itself stays."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class GuardMiddleware:
    """Ends what can only be a mistake or an attack before anything is asked of the database."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if is_malformed(request):
            raise BadRequest("Malformed address or cookie")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """PostgreSQL takes no NUL in any text. Forms refuse it with words; this is for what was posted outside a form."""
        is_nul = isinstance(exception, DataError | ValueError) and "NUL (0x00)" in str(exception)
        return bad_request(request, exception) if is_nul else None


def is_malformed(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    return (
        CONTROLS.search(request.path_info) is not None
        or "\ufffd" in request.path_info  # what could not be decoded
        or "%00" in query
        or len(query) > LONGEST_QUERY
        or query.count("&") > MOST_PARAMETERS
        or any(CONTROLS.search(value) for value in request.COOKIES.values())
    )
