"""What no request may bring, and what every answer carries."""

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

from editorial import logs
from editorial.callers import address_of
from editorial.models import User
from rsis import consent, navigation
from rsis.signing_in import second_factor_is_missing

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

STAMP_SECONDS = 60  # how exactly the last use of a session is kept
# Where somebody without a second factor can get one, or leave.
ACCOUNT_PAGES = ("/admin/account/", "/admin/login/", "/admin/logout/", "/admin/jsi18n/")
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
LONGEST_QUERY = 4_000  # letters; the longest of ours, from the desk, take a few hundred
MOST_PARAMETERS = 200
# Letters PostgreSQL refuses (NUL), and those that no address of ours has.
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
# What PostgreSQL's driver and the calendar say, as ValueError, of text and dates they cannot hold.
NO_VALUE = re.compile(r"NUL \(0x00\)|year -?\d+ is out of range")
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


class LogMiddleware:
    """Outermost: a line for each request, however it ended. The route is named, not the address, which may hold the key of a
    preview; only an address that leads nowhere is written out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token, started = logs.request_id.set(secrets.token_hex(8)), time.perf_counter()
        try:
            response = self.get_response(request)
            logs.event("request", **facts_of(request, response), ms=round((time.perf_counter() - started) * 1000))
        finally:
            logs.request_id.reset(token)
        return response


def facts_of(request: HttpRequest, response: HttpResponseBase) -> dict[str, object]:
    match = request.resolver_match
    facts: dict[str, object] = {"method": str(request.method)[:10], "status": response.status_code}
    facts |= {"route": match.view_name or match.route} if match else {"path": request.path_info[:100]}
    user = vars(request).get("_cached_user")  # whoever the view asked for; asking here would cost a statement
    if user is not None and user.pk:
        facts["user"] = user.pk
    if settings.LOG_ADDRESSES:
        facts["address"] = address_of(request)
    return facts


class HeadersMiddleware:
    """Static files, redirects and errors carry these too. What a view has set itself stays."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        # An address without a page today may have one tomorrow.
        if request.path_info.startswith("/admin/") or response.status_code >= 400:
            response.headers.setdefault("Cache-Control", "no-store, private")
        elif settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", "no-cache, private")
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
        """A value that fits no column (a NUL, a year 99999, a number of 40 digits, half a regular expression) is the caller's
        mistake. Forms refuse it with words; this is for what came past a form, as a filter in an address does.
        """
        fits_nowhere = isinstance(exception, ValueError) and NO_VALUE.search(str(exception))
        if not (fits_nowhere or isinstance(exception, DataError | OverflowError)):
            return None
        log.warning("A value that fits no column was refused", exc_info=exception)
        return bad_request(request, exception)


def is_malformed(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    return (
        CONTROLS.search(request.path_info) is not None
        or "\ufffd" in request.path_info  # what could not be decoded
        or "%00" in query
        or len(query) > LONGEST_QUERY
        or query.count("&") > MOST_PARAMETERS
        or any(CONTROLS.search(value) for value in request.COOKIES.values())
        # The admin would hand a stranger's regular expression to the database, which may be at it for hours.
        or any(name.endswith("regex") for name in request.GET)
    )


class ConsentMiddleware:
    """Where something needs a reader's consent, pages differ by their choice, and caches are told so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = response.status_code in {200, 404, 422} and response.get("Content-Type", "").startswith("text/html")
        if is_page and not request.path_info.startswith("/admin/"):
            consent.settle(request, response, navigation.furniture().site)
        return response


class DeskSessionMiddleware:
    """In the desk a session ends a while after its last use, at the latest some hours after its first; and whoever may
    publish comes in with a second factor only. Costs readers nothing: they have no session."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/admin/") and request.user.is_authenticated:
            now = int(time.time())
            began, seen = request.session.get("began_at", 0), request.session.get("seen_at", 0)
            if now - began > settings.SESSION_LONGEST_SECONDS or now - seen > settings.SESSION_COOKIE_AGE:
                logout(request)
            elif now - seen >= STAMP_SECONDS:
                request.session["seen_at"] = now  # saving it puts off the end of the row and of the cookie
        if needs_second_factor(request):
            messages.warning(
                request, _("Whoever may publish signs in with a second factor. Set one up; then the desk opens.")
            )
            return redirect("mfa_index")
        return self.get_response(request)


def needs_second_factor(request: HttpRequest) -> bool:
    if not request.path_info.startswith("/admin/") or request.path_info.startswith(ACCOUNT_PAGES):
        return False
    return isinstance(request.user, User) and second_factor_is_missing(request.user)
