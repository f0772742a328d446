"""Feeds of listings, `<any listing>/feed.atom` and `feed.json`, under the filters of the query string.

A feed is in the order in which pieces became public, not of their printed dates: an old paper entered today is news. A
piece that was withdrawn or got a notice in the last month stands on the first page whatever its age, because readers'
programs look no further. Everything else comes once, page after page by key, so nothing is skipped while more arrives.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from taggit.models import Tag

from editorial import renditions
from editorial.held import held, held_of_many
from publications import feed_formats, rss
from publications.entries import Entry, absolute, entry, with_everything
from publications.feed_formats import Feed, Written
from publications.listing import Listing
from publications.media_section import with_file
from publications.models import PodcastShow, Publication, PublicationQuerySet, Series
from research.models import Region, Topic

PER_PAGE = 10
# Withdrawals and notices that the first page repeats, at most; and for how long.
MOST_NEWS = 10
NEWS_FOR = timedelta(days=30)
# Entries of a page together: a feed stays below 250 KB, above which programs give up on it.
MOST_BYTES = 200_000


class Format(NamedTuple):
    write: Callable[[Feed], bytes]
    write_entry: Callable[[Entry], bytes]
    content_type: str


FORMATS = {
    "atom": Format(feed_formats.atom, feed_formats.atom_entry, feed_formats.ATOM_TYPE),
    "json": Format(feed_formats.json_feed, feed_formats.json_item, feed_formats.JSON_TYPE),
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
    entries, following = _page(listing, cursor, form)
    address = absolute(listing.feed_url(form))
    feed = Feed(
        id=_identity(listing).urn,
        title=" · ".join(["RSIS", title, *(chosen.label for chosen in listing.active)]),
        home_url=absolute(listing.url(sort="", density="")),
        feed_url=address,
        self_url=_after(address, cursor),
        next_url=_after(address, following) if following else "",
        entries=entries,
        hub_url=feed_formats.hub_of(request.path, _after(address, cursor)),
    )
    return feed_formats.answer(feed, FORMATS[form].write(feed), FORMATS[form].content_type)


@dataclass(frozen=True)
class Order:
    """Which pieces stand on a page: those told of again, and the places of the others with one of the next page."""

    first: tuple[int, ...]
    places: tuple[Cursor, ...]
    # When the oldest news is news no more.
    until: datetime | None


def _page(listing: Listing, cursor: Cursor | None, form: str) -> tuple[list[Written], Cursor | None]:
    """The entries of a page, those told of again first, and where the next page begins."""

    def make() -> Order:
        return _order(listing, cursor)

    # The choices that readers may combine are endless; the lists themselves are few.
    key = ("feed", listing.url(), str(cursor))
    order = make() if listing.chosen else held(key, make, until=lambda one: one.until)
    places = order.places[:PER_PAGE]
    told = Entries(form, [*order.first, *(place.pk for place in places)])
    first = list(_fitting(told, order.first, MOST_BYTES // 2, cuts=True))
    room = MOST_BYTES - sum(one.size for one in first)
    shown = [place for place in places if place.pk in told]
    main = list(_fitting(told, [place.pk for place in shown], room, cuts=False))
    is_last = len(main) == len(shown) and len(order.places) <= PER_PAGE
    return [*first, *main], None if is_last or not main else shown[len(main) - 1]


def _order(listing: Listing, cursor: Cursor | None) -> Order:
    listed = listing.narrowed()
    news = _news(listing, listed)
    pieces = listed.exclude(pk__in=[key for _moment, key in news]).order_by("-publish_at", "-pk")
    if cursor:
        pieces = pieces.filter(cursor.further())
    found = pieces.values_list("publish_at", "pk")[: PER_PAGE + 1]
    return Order(
        first=tuple(key for _moment, key in news) if cursor is None else (),
        places=tuple(Cursor(publish_at, key) for publish_at, key in found if publish_at),
        until=min((moment for moment, _key in news), default=None),
    )


def _news(listing: Listing, listed: PublicationQuerySet) -> list[tuple[datetime, int]]:
    """The pieces that readers are told of again, the latest first, with the moment at which they cease to be news."""
    since = timezone.now() - NEWS_FOR
    withdrawn = listing.narrow(Publication.objects.tombstones()).filter(withdrawn_at__gte=since)
    noticed = listed.filter(changed_at__gte=since)
    found: list[tuple[Any, int]] = [
        *withdrawn.order_by("-withdrawn_at").values_list("withdrawn_at", "pk")[:MOST_NEWS],
        *noticed.order_by("-changed_at").values_list("changed_at", "pk")[:MOST_NEWS],
    ]
    return [(moment + NEWS_FOR, key) for moment, key in sorted(found, reverse=True)[:MOST_NEWS]]


class Entries:
    """Pieces as they stand in feeds of one form, public or withdrawn; others are not there."""

    def __init__(self, form: str, keys: list[int]) -> None:
        self.write = FORMATS[form].write_entry
        self.form = form
        self.whole = self._held("entry", keys, in_full=True)

    def __contains__(self, key: int) -> bool:
        return key in self.whole

    def without_text(self, key: int) -> Written:
        return self._held("entry without text", [key], in_full=False).get(key, self.whole[key])

    def _held(self, kind: str, keys: list[int], *, in_full: bool) -> dict[int, Written]:
        return held_of_many(
            (kind, self.form), keys, lambda missing: self._make(missing, in_full=in_full), until=lambda one: one.until
        )

    def _make(self, keys: list[int], *, in_full: bool) -> dict[int, Written]:
        seen = Publication.objects.published() | Publication.objects.tombstones()
        found = with_everything(seen).in_bulk(keys)
        return {key: self._written(piece, entry(piece, in_full=in_full)) for key, piece in found.items()}

    def _written(self, piece: Publication, one: Entry) -> Written:
        size = len(json.dumps(asdict(one), default=str, ensure_ascii=False).encode("utf-8", "replace"))
        return Written(self.write(one), size, one.updated_at, one.saved_at, piece.pdf_until)


def _fitting(told: Entries, keys: Iterable[int], room: int, *, cuts: bool) -> Iterator[Written]:
    """Entries with their whole texts while there is room. After that the page ends, or (`cuts`) only the texts do.

    A text too long for any feed is left to its page. The first entry always stands, or the feed would not go on.
    """
    for place, key in enumerate(key for key in keys if key in told):
        one = told.whole[key]
        if one.size > (room if cuts else MOST_BYTES // 2):
            one = told.without_text(key)
        if place and one.size > room and not cuts:
            return
        room -= one.size
        yield one


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


MOST_EPISODES = 100


@require_safe
def podcast(request: HttpRequest, slug: str = "") -> HttpResponse:
    """`feed.rss`: the newest episodes whose file is ours or known, of one show or of all, for programs for podcasts."""
    episodes = with_file(Publication.objects.published()).filter(series__shape=Series.Shape.RECORDING)
    show = get_object_or_404(PodcastShow.objects.select_related("image"), slug=slug) if slug else None
    if show:
        episodes = episodes.filter(show=show)
    else:
        episodes = episodes.filter(series=get_object_or_404(Series, family=Series.Family.MEDIA, slug="podcasts"))
    found = [
        rss.Episode(entry(one), one.episode_number, bool(one.transcript))
        for one in with_everything(episodes).order_by("-publish_at", "-pk")[:MOST_EPISODES]
    ]
    if show and not found:
        raise Http404  # that there will be such a show stays with its drafts
    response = HttpResponse(rss.rss(_channel(request, show, found)), content_type=rss.RSS_TYPE)
    if found:
        response["Last-Modified"] = http_date(max(one.entry.saved_at for one in found).timestamp())
    return response


def _channel(request: HttpRequest, show: PodcastShow | None, episodes: list[rss.Episode]) -> rss.Channel:
    picture = renditions.picture(show.image, "square") if show and show.image else None
    return rss.Channel(
        title=show.name if show else f"RSIS · {_('External Podcasts')}",
        description=(show.description if show else "") or _("Conversations on the security and politics of Asia."),
        author=show.maker if show else "",
        home_url=absolute(show.get_absolute_url() if show else reverse("podcasts")),
        self_url=absolute(request.path),
        picture=absolute(picture.src if picture else static("podcast.png")),
        episodes=episodes,
    )
