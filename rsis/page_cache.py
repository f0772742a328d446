"""Whole pages kept for readers who are nobody in particular, and dropped the moment anything they could show changes.

A page is kept under an edition: a mark that every write to the database moves on, once it is committed, whatever route
it came by (`watch` sits between Django and the database). A page made before the write lies under the old edition and is
not found again; so no list of what depends on what has to be kept right. What changes without a write, a piece whose
hour comes, is asked before a page is made: it is not kept beyond the next such moment.

The edition is a number in the shared cache (Redis), or the time stamp of a file that all processes of one machine see.
A cache that is gone, slow or full of rubbish costs its help and nothing else: pages are then made as without it.
"""

import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date

from editorial.held import next_change
from rsis import consent

log = logging.getLogger(__name__)

LONGEST = 300  # seconds; nothing relies on it, but a mark lost in a crash does no harm for longer
PAUSE = 5  # seconds
LARGEST = 512 * 1024  # bytes of a page worth keeping
OWN_COOKIES = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages")
NOT_KEPT = ("private", "no-store")
# Rows that no public page shows. Every other write moves the edition on; better one too many than one too few.
UNSEEN = re.compile(
    r"django_(?:session|admin_log|migrations)|auth_\w+|account_\w+|editorial_previewlink|editorial_user\w*|rsis_unansweredsearch"
    r"|axes_\w+|search_\w+|mfa_\w+|usersessions_\w+|change_mark|mail_\w+|contact_(?:enquiry|feedback)\w*"
    r"|editorial_(?:callercount|missedaddress|linktarget|foundlink|scanmark|batch|deletionlock)"
    r"|events_(?:eventnotice|joininglink)|subscriptions_\w+",
    re.IGNORECASE,
)
WRITE = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?"
    r"|ALTER\s+TABLE|DROP\s+TABLE)\s+[\"`\[]?(\w+)|\s*WITH\b.*?\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+[\"`\[]?(\w+)",
    re.IGNORECASE | re.DOTALL,
)

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Edition(Protocol):
    def now(self) -> str: ...
    def move_on(self) -> None: ...


class EditionFile:
    """The edition as the time stamp of a file: for any number of processes of one machine. Reading costs a microsecond."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def now(self) -> str:
        try:
            return str(os.stat(self.path).st_mtime_ns)  # noqa: PTH116 -- without the cost of a Path, on every page
        except FileNotFoundError:
            self.move_on()
            return str(os.stat(self.path).st_mtime_ns)  # noqa: PTH116

    def move_on(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        before, moment = self.path.stat().st_mtime_ns, time.time_ns()
        os.utime(self.path, ns=(moment, max(moment, before + 1)))  # forward even when the clock goes back


class EditionInCache:
    """The edition as a number in a cache that several machines share."""

    KEY = "edition"

    def now(self) -> str:
        cache = caches["pages"]
        found = cache.get(self.KEY)
        if found is None:  # first use, or thrown out: a new number, never one that was used before
            cache.add(self.KEY, time.time_ns(), None)
            found = cache.get(self.KEY)
        return str(found)

    def move_on(self) -> None:
        caches["pages"].set(self.KEY, time.time_ns(), None)


def edition() -> Edition:
    return EditionInCache() if settings.PAGE_CACHE == "shared" else EditionFile(Path(settings.PAGE_CACHE_FILE))


def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Stands between Django and the database: a write that readers could see moves the edition on when it is committed."""
    result = execute(sql, params, many, context)
    if is_seen(sql):
        connection = context["connection"]
        waiting = (function for _savepoints, function, *_rest in connection.run_on_commit)
        if move_on not in waiting:
            transaction.on_commit(move_on, using=connection.alias)
    return result


def is_seen(sql: str) -> bool:
    """Whether a statement writes to a table that public pages show."""
    written = WRITE.match(sql)
    return written is not None and not UNSEEN.fullmatch(written[1] or written[2])


def move_on() -> None:
    try:
        edition().move_on()
    except Exception:  # what was saved is saved; the next write, or LONGEST, sets it right
        log.exception("The page cache could not be told of a change; pages may be %s seconds old", LONGEST)


# The next change as asked last, with the edition it was asked under: it holds until either is over.
_asked: list[tuple[str, datetime]] = []


def good_until(mark: str, after: datetime) -> datetime:
    """Until when a page of this edition made at this moment may be shown."""
    for asked_under, moment in _asked:
        if asked_under == mark and moment > after:
            return min(moment, after + timedelta(seconds=LONGEST))
    _asked[:] = [(mark, next_change(after))]
    return min(_asked[0][1], after + timedelta(seconds=LONGEST))


class PageCacheMiddleware:
    """Outermost but for what adds nothing of its own: a page comes out as it went in, headers, compression and all."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.left_alone_until = 0.0  # a cache that does not answer is not asked again at once

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not may_be_kept(request) or time.monotonic() < self.left_alone_until:
            return self.get_response(request)
        try:
            mark = edition().now()
            key = key_of(request, mark)
            held = caches["pages"].get(key)
            kept = unpack(held) if held is not None else None
        except Exception as error:  # noqa: BLE001 -- whatever a cache may raise, readers get their page
            self._leave_alone(error)
            return self.get_response(request)
        if kept is not None:
            changed = kept.get("Last-Modified", "")
            return (
                get_conditional_response(request, kept.get("ETag"), parse_http_date(changed) if changed else None, kept)
                or kept
            )
        return self._make(request, key, mark)

    def _make(self, request: HttpRequest, key: str, mark: str) -> HttpResponseBase:
        until = good_until(mark, timezone.now())  # asked before, so that nothing can fall between
        response = self.get_response(request)
        if not is_worth_keeping(response):
            return response
        assert isinstance(response, HttpResponse)
        seconds = (until - timezone.now()).total_seconds()
        if seconds > 0:
            try:
                caches["pages"].set(key, pack(response, until), seconds)
            except Exception as error:  # noqa: BLE001
                self._leave_alone(error)
        return response

    def _leave_alone(self, error: Exception) -> None:
        self.left_alone_until = time.monotonic() + PAUSE
        log.warning("The page cache fails (%r); pages are made without it for %s seconds", error, PAUSE)


def may_be_kept(request: HttpRequest) -> bool:
    """A plain question from a reader of whom nothing is known."""
    return (
        bool(settings.PAGE_CACHE)
        and request.method in {"GET", "HEAD"}
        and "HTTP_AUTHORIZATION" not in request.META
        and "HTTP_RANGE" not in request.META
        and not any(name in request.META.get("HTTP_COOKIE", "") for name in OWN_COOKIES)
        and not request.path_info.startswith(("/admin/", "/preview/", "/static/", "/files/"))
        and len(request.META.get("QUERY_STRING", "")) <= 500
    )


def key_of(request: HttpRequest, mark: str) -> str:
    """All that an answer may depend on, in few enough letters for any cache."""
    meta = request.META
    squeezed = "gzip" if "gzip" in meta.get("HTTP_ACCEPT_ENCODING", "") else "plain"
    parts = (
        mark, str(request.method), str(request.scheme), meta.get("HTTP_HOST", ""), squeezed,
        meta.get("PATH_INFO", ""), meta.get("QUERY_STRING", ""), consent.choice_of(request),
    )  # fmt: skip
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()


def is_worth_keeping(response: HttpResponseBase) -> bool:
    """A whole page for anybody: no cookie, nothing private, nothing made for this request alone."""
    policy = response.get("Cache-Control", "")
    varies = {name.strip().casefold() for name in response.get("Vary", "").split(",")} - {
        "",
        "accept-encoding",
        "cookie",
    }
    return (
        response.status_code == 200
        and isinstance(response, HttpResponse)
        and not response.streaming
        and not response.cookies
        and not any(word in policy for word in NOT_KEPT)
        and not varies
        and "nonce-" not in response.get("Content-Security-Policy", "")
        and len(response.content) <= LARGEST
    )


def pack(response: HttpResponse, until: datetime) -> bytes:
    """Headers as JSON on the first line, then the body as it goes to the reader."""
    head = {"until": until.timestamp(), "headers": list(response.items())}
    return json.dumps(head).encode() + b"\n" + response.content


def unpack(held: object) -> HttpResponse | None:
    """The page, or None when its time is over or it is not one of ours."""
    if not isinstance(held, bytes):
        return None
    head, newline, body = held.partition(b"\n")
    try:
        told = json.loads(head)
        headers = [(str(name), str(value)) for name, value in told["headers"]]
        is_over = time.time() >= float(told["until"])
    except (ValueError, KeyError, TypeError):
        return None
    return None if is_over or not newline else HttpResponse(body, headers=dict(headers))
