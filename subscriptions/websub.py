"""WebSub: a hub is told when feeds change, so that programs which follow them hear of it at once (W3C, 2018).

A row is written in the transaction that changes an item; the worker tells the hub after it, at the item's hour if that is
to come, and again with growing pauses until the hub has answered. Off without WEBSUB_HUB.
"""

from collections.abc import Iterable
from datetime import timedelta
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from editorial import logs
from editorial.metadata import absolute
from editorial.models import Publishable
from events.models import Event
from publications.feeds import FORMATS
from publications.models import Publication, Series
from subscriptions import lists, matching
from subscriptions.models import FeedNews

SECONDS = 10
AT_ONCE = 50
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
GIVEN_UP_AFTER = 30  # attempts, a day and more


class NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        return None


def note(items: Iterable[Publishable]) -> None:
    """Within the transaction that changed them. What readers have not seen and will not see by itself is no news."""
    if not settings.WEBSUB_HUB:
        return
    now = timezone.now()
    FeedNews.objects.bulk_create(
        FeedNews(
            content_type=ContentType.objects.get_for_model(item),
            object_id=item.pk,
            due_at=max(item.publish_at or now, now),
        )
        for item in items
        if isinstance(item, Publication | Event) and (item.is_scheduled or item.first_published_at)
    )


def tell_due() -> int:
    """Tell the hub what is due, several items in one request; how many. For any number of workers."""
    if not settings.WEBSUB_HUB:
        return FeedNews.objects.all().delete()[0]
    with transaction.atomic():
        rows = FeedNews.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        taken = list(rows[:AT_ONCE])
        if not taken:
            return 0
        # Held by this worker while it asks: should it be killed, the others find them later.
        FeedNews.objects.filter(pk__in=[one.pk for one in taken]).update(due_at=timezone.now() + timedelta(minutes=5))
    topics = sorted({topic for one in taken for topic in topics_of(one)})
    if words := _post(topics):
        _put_off(taken, words)
        return 0
    FeedNews.objects.filter(pk__in=[one.pk for one in taken]).delete()
    logs.event("hub told", items=len(taken), feeds=len(topics))
    return len(taken)


def topics_of(news: FeedNews) -> list[str]:
    """The addresses of the feeds that the item stands in, in both forms; none for one that is gone altogether."""
    model = news.content_type.model_class()
    item: Any = model._default_manager.filter(pk=news.object_id).first() if model else None
    pages = _pages_of(item) if item is not None else []
    return [absolute(f"{page}feed.{form}") for page in pages for form in FORMATS]


def _pages_of(item: Any) -> list[str]:
    """Lists by the addresses of their pages; of a unit also the one of its publications, which has feeds of its own."""
    targets = matching.plain_targets_of(item)
    if isinstance(item, Event):
        return [reverse("events")]
    plain = {lists.PUBLICATIONS: reverse("inhouse")}
    pages = [plain.get(target, target) for target in targets]
    pages += [f"{page}publications/" for page in pages if page.startswith("/research/") and page.count("/") == 3]
    if year := YEARS.get(item.series.family):
        pages.append(reverse(year, args=[item.issued_on.year]))
    return pages


YEARS = {Series.Family.INHOUSE: "archive-year", Series.Family.EXTERNAL: "external-year"}


def _post(topics: list[str]) -> str:
    """Empty once the hub has taken it; else what was wrong. `hub.url` may be given many times (PubSubHubbub 0.4, 7)."""
    if not topics:
        return ""
    body = urlencode([("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)]).encode()
    request = Request(settings.WEBSUB_HUB, body, {"User-Agent": "RSIS"})  # noqa: S310 -- an address of the operator's
    try:
        with build_opener(NoRedirects).open(request, timeout=SECONDS) as answer:
            return "" if 200 <= answer.status < 300 else f"{answer.status}"
    except (HTTPException, OSError, ValueError) as error:
        return str(error)[:200] or type(error).__name__


def _put_off(taken: list[FeedNews], words: str) -> None:
    now = timezone.now()
    for one in taken:
        one.attempts += 1
        one.due_at = now + min(FIRST_PAUSE * 2 ** (one.attempts - 1), LONGEST_PAUSE)
    FeedNews.objects.bulk_update([one for one in taken if one.attempts < GIVEN_UP_AFTER], ["attempts", "due_at"])
    FeedNews.objects.filter(pk__in=[one.pk for one in taken if one.attempts >= GIVEN_UP_AFTER]).delete()
    logs.event("hub not told", items=len(taken), error=words)
