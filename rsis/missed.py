"""Counting the pages that readers look for in vain. docs/decisions/missing-pages.md says which are counted.

A missing page writes a line to a file and asks nothing of the database; the worker counts the lines. A file that is full,
gone or on a full disk costs the count and nothing else.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from editorial.models import MissedAddress
from rsis.suggesting import nearest

LARGEST_FILE = (
    256 * 1024
)  # bytes between two rounds of the worker: some thousand lines; what comes above is not counted
LONGEST = 200
MOST = 5_000
MOST_NEW_A_DAY = 500
KEPT = timedelta(days=180)

ROBOT = re.compile(r"bot|crawl|spider|slurp|headless|preview|monitor|python|curl|wget|http", re.IGNORECASE)
# An address of a person, a telephone number, a key: none of these is written down.
PERSONAL = re.compile(r"@|%40|\d{9,}|[A-Za-z0-9_=-]{60,}")
JUNK = re.compile(
    r"\.(php\d?|aspx?|jsp|cgi|env|git|sql|bak|zip|tar|gz|ya?ml|ini|log)\b|//|\\|\.\.|<|>|['\"(){}|^`]", re.IGNORECASE
)
ENGINES = re.compile(
    r"(?:^|\.)(?:google|bing|duckduckgo|yahoo|baidu|yandex|ecosia|qwant|startpage|naver|kagi|brave|sogou)\.[a-z.]{2,7}$"
)


def note(request: HttpRequest) -> None:
    """Write down that a reader got no page here. Never raises, never waits."""
    if not is_by_reader(request):
        return
    line = json.dumps([request.path_info, came_from(request)]).encode() + b"\n"
    try:
        with open(settings.MISSED_FILE, "ab", buffering=0) as file:  # noqa: PTH123 -- one call, so that lines stay whole
            if os.fstat(file.fileno()).st_size + len(line) <= LARGEST_FILE:
                file.write(line)
    except OSError:
        pass


def is_by_reader(request: HttpRequest) -> bool:
    """Whether a browser went to a page, as its own headers say, at an address that somebody may have meant."""
    path, headers = request.path_info, request.headers
    return (
        request.method == "GET"
        and headers.get("Sec-Fetch-Mode") == "navigate"
        and headers.get("Sec-Fetch-Dest") == "document"
        and not ROBOT.search(headers.get("User-Agent") or "bot")
        and 1 < len(path) <= LONGEST
        and path.isprintable()
        and not PERSONAL.search(path)
        and not JUNK.search(path)
    )


def came_from(request: HttpRequest) -> str:
    """A page of ours (not of the desk, not a preview), or the host of a search engine; nothing of any other."""
    try:
        referrer = urlsplit(request.headers.get("Referer", ""))
        host = referrer.hostname or ""
    except ValueError:
        return ""
    own = {urlsplit(settings.SITE_URL).hostname, urlsplit(f"//{request.get_host()}").hostname}
    if host in own:
        path = unquote(referrer.path)
        is_kept = path.isprintable() and not PERSONAL.search(path) and not path.startswith(("/admin/", "/preview/"))
        return path[:LONGEST] if is_kept else ""
    return host[:100] if ENGINES.search(host) else ""


def count() -> int:
    """Take the lines written since the last time into the table. Returns how many addresses they were."""
    asked: Counter[str] = Counter()
    sources: dict[str, str] = {}
    for path, source in _lines():
        asked[path] += 1
        if source and not sources.get(path, "").startswith("/"):
            sources[path] = source
    known = {row.path: row for row in MissedAddress.objects.filter(path__in=list(asked))}
    today = timezone.localdate()
    for path, row in known.items():
        source = sources.get(path) or row.came_from
        kept = row.came_from if row.came_from.startswith("/") else source
        MissedAddress.objects.filter(pk=row.pk).update(times=F("times") + asked[path], last_on=today, came_from=kept)
    new = [path for path, _times in asked.most_common() if path not in known][: _room(today)]
    rows = [
        MissedAddress(
            path=path,
            times=asked[path],
            last_on=today,
            first_on=today,
            came_from=sources.get(path, ""),
            suggestion=nearest(path),
        )
        for path in new
    ]
    MissedAddress.objects.bulk_create(rows, ignore_conflicts=True)
    return len(asked)


def _room(today: date) -> int:
    """How many new addresses may still be noted today, so that nobody can fill the table."""
    return max(
        0,
        min(
            MOST - MissedAddress.objects.count(), MOST_NEW_A_DAY - MissedAddress.objects.filter(first_on=today).count()
        ),
    )


def _lines() -> Iterator[tuple[str, str]]:
    """What was written, and the file is empty again. A line that comes in between may be lost; none comes twice."""
    file = Path(settings.MISSED_FILE)
    taken = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.replace(taken)
        written = taken.read_bytes()[: LARGEST_FILE * 2]
        taken.unlink()
    except OSError:
        return
    for line in written.splitlines():
        try:
            path, source = json.loads(line)
        except (ValueError, TypeError):
            continue
        if isinstance(path, str) and isinstance(source, str) and len(path) <= LONGEST:
            yield path, source[:LONGEST]


def purge() -> int:
    """Forget what nobody asked for in half a year, and what was asked for once when the table is more than half full."""
    today = timezone.localdate()
    old = MissedAddress.objects.filter(last_on__lt=today - KEPT).delete()[0]
    if MissedAddress.objects.count() > MOST // 2:
        old += MissedAddress.objects.filter(times=1, last_on__lt=today - timedelta(days=7)).delete()[0]
    return old
