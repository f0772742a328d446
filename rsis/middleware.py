"""What no request may bring, and what every answer carries."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseNotFound,
    HttpResponsePermanentRedirect,
    UnreadablePostError,
)
from django.shortcuts import redirect, render
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

from editorial import logs
from editorial.callers import address_of
from editorial.models import User
from people.leaving import has_left
from rsis import consent, missed, navigation, old_addresses
from rsis.signing_in import second_factor_is_missing

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

STAMP_SECONDS = 60  # how exactly the last use of a session is kept
# Where somebody without a second factor can get one, or leave.
ACCOUNT_PAGES = ("/admin/account/", "/admin/login/", "/admin/logout/", "/admin/jsi18n/")
# Addresses of programs that never ran here, or do no more.
PROBE = re.compile(
    r"^/(?:wp-(?:login|admin|json|includes|cron|config)\b|wp-content/(?!uploads/)|xmlrpc|cgi-bin/|phpmyadmin|vendor/|\.(?!well-known/))"
    r"|\.(?:php\d?|aspx?|jsp|cgi)(?:/|$)",
    re.IGNORECASE,
)
# Where a missing page is the whole answer.
NEVER_MOVED = ("/admin/", "/preview/", "/static/", "/files/")
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
LONGEST_QUERY = 4_000  # letters; the longest of ours, from the desk, take a few hundred
MOST_PARAMETERS = 200
READ_AWAY = 32 * 1024 * 1024  # bytes; of more, the rest is left to break off
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
    if match and match.view_name in {"page", "page-without-slash"} and response.status_code == 404:
        match = None  # the tree of pages is asked for every address that is nobody's, and has none of this one
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


class ProbeMiddleware:
    """Answers what looks for holes of programs we do not run. Before everything that could ask the database or a cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if PROBE.search(request.path_info):
            return HttpResponseNotFound("There is nothing here.\n", content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class OldAddressMiddleware:
    """Leads from an old address to where its page is today, where there would be no page otherwise; counts what is missing.

    A page costs nothing here. What is known to be gone for good is told so (410).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path, query = request.path_info, request.META.get("QUERY_STRING", "")
        if old_addresses.is_old_query(path, query) and request.method in {"GET", "HEAD"}:
            found = old_addresses.find_query(request.GET)
            if found is not None:
                return HttpResponsePermanentRedirect(iri_to_uri(found)) if found else gone(request)
        response = self.get_response(request)
        is_ours = response.status_code == HTTPStatus.NOT_FOUND and request.method in {"GET", "HEAD"}
        if not is_ours or path.startswith(NEVER_MOVED):
            return response
        target = old_addresses.find(path, request.GET)
        if target == old_addresses.GONE:
            return gone(request)
        if target is None or target == path:
            missed.note(request)
            return response
        query = "" if "post_type=" in query else query
        joint = "&" if "?" in target else "?"
        return HttpResponsePermanentRedirect(iri_to_uri(target) + (joint + iri_to_uri(query) if query else ""))


def gone(request: HttpRequest) -> HttpResponse:
    return render(request, "410.html", status=HTTPStatus.GONE)


class GuardMiddleware:
    """Ends what can only be a mistake or an attack before anything is asked of the database."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if is_malformed(request):
            raise BadRequest("Malformed address or cookie")
        response = self.get_response(request)
        if response.status_code >= 400:
            read_away(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A value that fits no column (a NUL, a year 99999, a number of 40 digits, half a regular expression) is the caller's
        mistake. Forms refuse it with words; this is for what came past a form, as a filter in an address does.
        """
        fits_nowhere = isinstance(exception, ValueError) and NO_VALUE.search(str(exception))
        if not (fits_nowhere or isinstance(exception, DataError | OverflowError)):
            return None
        log.warning("A value that fits no column was refused", exc_info=exception)
        return bad_request(request, exception)


def read_away(request: HttpRequest) -> None:
    """Take in what is left of a refused body: a connection that ends on somebody who is still sending loses the answer."""
    left = READ_AWAY
    with suppress(UnreadablePostError):
        while left > 0 and (part := request.read(64 * 1024)):
            left -= len(part)


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
    """In the desk a session ends a while after its last use, at the latest some hours after its first, and with the last
    post of whose it is; and whoever may publish comes in with a second factor only. Costs readers nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/admin/") and request.user.is_authenticated:
            now = int(time.time())
            began, seen = request.session.get("began_at", 0), request.session.get("seen_at", 0)
            is_over = now - began > settings.SESSION_LONGEST_SECONDS or now - seen > settings.SESSION_COOKIE_AGE
            is_due = now - seen >= STAMP_SECONDS  # asking the database on every page would be too often
            if is_over or (is_due and isinstance(request.user, User) and has_left(request.user)):
                logout(request)
            elif is_due:
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
