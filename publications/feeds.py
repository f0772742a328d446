"""Feeds of listings, `<any listing>/feed.atom` and `feed.json`, under the filters of the query string.

A feed is in the order in which pieces became public, not of their printed dates: an old paper entered today is news. A
piece that was withdrawn or got a notice in the last month stands on the first page whatever its age, because readers'
programs look no further. Everything else comes once, page after page by key, so nothing is skipped while more arrives.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from taggit.models import Tag

from publications import feed_formats
from publications.entries import Entry, absolute, entry, with_everything
from publications.feed_formats import Feed
from publications.listing import Listing
from publications.models import Publication, PublicationQuerySet, Series
from research.models import Region, Topic

PER_PAGE = 10
# Withdrawals and notices that the first page repeats, at most; and for how long.
MOST_NEWS = 10
NEWS_FOR = timedelta(days=30)
# Entries of a page together: a feed stays below 250 KB, above which programs give up on it.
MOST_BYTES = 200_000
FORMATS: dict[str, tuple[Callable[[Feed], bytes], str]] = {
    "atom": (feed_formats.atom, feed_formats.ATOM_TYPE),
    "json": (feed_formats.json_feed, feed_formats.JSON_TYPE),
}
TERMS: dict[str, type[Topic] | type[Region]] = {"topic": Topic, "region": Region}

_CURSOR = re.compile(r"(\d{1,16})-(\d{1,18})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES = UUID("5b0e2c5e-6d0f-4c1c-9c62-0a7b2f5f5d1e")  # the name space of lists; never to be changed


@dataclass(frozen=True)
class Cursor:
    """The place in the order after which a page begins."""

    publish_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.publish_at - _EPOCH) // timedelta(microseconds=1)}-{self.pk}"

    @classmethod
    def read(cls, given: Sequence[str]) -> "Cursor | None":
        """None when nothing is given, and for what this class did not write: then the feed begins at its beginning."""
        found = _CURSOR.fullmatch(given[0]) if len(given) == 1 else None
        return cls(_EPOCH + timedelta(microseconds=int(found[1])), int(found[2])) if found else None

    def further(self) -> Q:
        earlier = Q(publish_at__lt=self.publish_at) | Q(publish_at=self.publish_at, pk__lt=self.pk)
        return Q(publish_at__lte=self.publish_at) & earlier


def answer(request: HttpRequest, form: str, title: str, **fixed: Any) -> HttpResponse:
    """The feed of the listing that `fixed` is about, written in this form. Every feed view ends here."""
    listing = Listing(request.GET, request.path.rpartition("/")[0] + "/", fixed=fixed)
    cursor = Cursor.read(request.GET.getlist("before"))
    entries, following = _page(listing, cursor)
    write, content_type = FORMATS[form]
    address = absolute(listing.feed_url(form))
    feed = Feed(
        id=_identity(listing).urn,
        title=" · ".join(["RSIS", title, *(chosen.label for chosen in listing.active)]),
        home_url=absolute(listing.url(sort="", density="")),
        feed_url=address,
        self_url=_after(address, cursor),
        next_url=_after(address, following) if following else "",
        entries=entries,
    )
    response = HttpResponse(write(feed), content_type=content_type)
    if entries:
        response["Last-Modified"] = http_date(max(one.saved_at for one in entries).timestamp())
    return response


def _page(listing: Listing, cursor: Cursor | None) -> tuple[list[Entry], Cursor | None]:
    """The entries of a page, those told of again first, and where the next page begins."""
    listed = listing.narrowed()
    news = _news(listing, listed)
    pieces = listed.exclude(pk__in=news).order_by("-publish_at", "-pk")
    if cursor:
        pieces = pieces.filter(cursor.further())
    found = pieces.values_list("publish_at", "pk")[: PER_PAGE + 1]
    places = [Cursor(publish_at, key) for publish_at, key in found if publish_at]
    first = news if cursor is None else []
    seen = Publication.objects.published() | Publication.objects.tombstones()
    held = with_everything(seen).in_bulk([*first, *(place.pk for place in places[:PER_PAGE])])
    told = list(_written([held[key] for key in first if key in held], MOST_BYTES // 2, cuts=True))
    room = MOST_BYTES - sum(map(_size, told))
    shown = [place for place in places[:PER_PAGE] if place.pk in held]
    main = list(_written([held[place.pk] for place in shown], room, cuts=False))
    is_last = len(main) == len(shown) and len(places) <= PER_PAGE
    return [*told, *main], None if is_last or not main else shown[len(main) - 1]


def _news(listing: Listing, listed: PublicationQuerySet) -> list[int]:
    """Keys of the pieces that readers are told of again, the latest first."""
    since = timezone.now() - NEWS_FOR
    withdrawn = listing.narrow(Publication.objects.tombstones()).filter(withdrawn_at__gte=since)
    noticed = listed.filter(changed_at__gte=since)
    found = [
        *withdrawn.order_by("-withdrawn_at").values_list("withdrawn_at", "pk")[:MOST_NEWS],
        *noticed.order_by("-changed_at").values_list("changed_at", "pk")[:MOST_NEWS],
    ]
    return [key for _moment, key in sorted(found, reverse=True)[:MOST_NEWS]]


def _written(pieces: list[Publication], room: int, *, cuts: bool) -> Iterator[Entry]:
    """Entries with their whole texts while there is room. After that the page ends, or (`cuts`) only the texts do.

    A text too long for any feed is left to its page. The first entry always stands, or the feed would not go on.
    """
    for place, piece in enumerate(pieces):
        one = entry(piece)
        if _size(one) > (room if cuts else MOST_BYTES // 2):
            one = entry(piece, in_full=False)
        if place and _size(one) > room and not cuts:
            return
        room -= _size(one)
        yield one


def _size(one: Entry) -> int:
    return len(json.dumps(asdict(one), default=str, ensure_ascii=False).encode("utf-8", "replace"))


def _after(address: str, cursor: Cursor | None) -> str:
    if cursor is None:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'before': cursor})}"


def _identity(listing: Listing) -> UUID:
    """An id from what the list is about, by keys: it stays when names and addresses change."""
    about = {**listing.fixed, **{name: found for name, (_raw, found) in listing.chosen.items()}}
    parts = [f"{name}={value.pk if isinstance(value, Model) else value}" for name, value in sorted(about.items())]
    return uuid5(_NAMES, "&".join(parts))


@require_safe
def archive(request: HttpRequest, form: str) -> HttpResponse:
    return answer(request, form, _("Publications"))


@require_safe
def family(request: HttpRequest, form: str, family: str) -> HttpResponse:
    one = Series.Family(family)
    return answer(request, form, str(one.label), family=one)


@require_safe
def year(request: HttpRequest, form: str, family: str, year: int) -> HttpResponse:
    if not 1000 <= year <= 9999:
        raise Http404
    one = Series.Family(family)
    return answer(request, form, f"{one.label} {year}", family=one, year=year)


@require_safe
def series(request: HttpRequest, form: str, family: str, series: str) -> HttpResponse:
    one = get_object_or_404(Series, family=family, slug=series)
    return answer(request, form, one.name, series=one)


@require_safe
def term(request: HttpRequest, form: str, kind: str, slug: str) -> HttpResponse:
    one = get_object_or_404(TERMS[kind], slug=slug)
    return answer(request, form, one.name, **{kind: one})


@require_safe
def tag(request: HttpRequest, form: str, slug: str) -> HttpResponse:
    one = get_object_or_404(Tag, slug=slug)
    if not Listing(request.GET.__class__(), request.path, fixed={"tag": one}).bits:
        raise Http404
    return answer(request, form, _("Tagged “%(tag)s”") % {"tag": one.name}, tag=one)
