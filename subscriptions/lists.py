"""What can be followed by letter: every listing of the site at its own address, with its filters, and two plain lists.

A list is known by its target: `publications`, `events`, or path and query in one canonical order, so that whoever follows
the same list by another spelling of its address is on the same list.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import Http404, QueryDict
from django.urls import ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from taggit.models import Tag

from editorial.models import Publishable
from events.models import Event, EventQuerySet
from people.models import Person, StaffProfile
from publications.listing import Listing
from publications.models import Publication, PublicationQuerySet, Series
from research.models import Region, ResearchCentre, Topic
from subscriptions import event_lists

PUBLICATIONS, EVENTS = "publications", "events"
PLAIN: dict[str, str | Promise] = {PUBLICATIONS: gettext_lazy("RSIS Publications"), EVENTS: gettext_lazy("RSIS Events")}
LONGEST, LONGEST_LABEL = 400, 200
RECENT_DAYS = 90

type Fixed = dict[str, Any]


@dataclass(frozen=True)
class Followable:
    """A list with its name for people, and what it holds: publications, events, or both."""

    target: str
    label: str
    listing: Listing | None = None
    # What the events of the list have in common; None for a list without events.
    of_events: Fixed | None = None

    def pieces(self) -> PublicationQuerySet:
        """What stands on the list now, of whatever age: the one rule for what it announces."""
        return self.listing.narrowed() if self.listing else Publication.objects.none()

    def events(self) -> EventQuerySet:
        """As `pieces`; those that are over included."""
        found: EventQuerySet = Event.objects.none()
        if self.of_events is not None:
            found = event_lists.narrow(Event.objects.published(), self.of_events)
        return found

    def holds(self, item: Publishable) -> bool:
        """Whether the item stands on the list, or would once it is public."""
        if isinstance(item, Event):
            event = Event.objects.order_by().filter(pk=item.pk)
            return self.of_events is not None and event_lists.narrow(event, self.of_events).exists()
        piece = Publication.objects.order_by().filter(pk=item.pk)
        return self.listing is not None and bool(self.listing.narrow(piece).exists())

    def recent(self, days: int = RECENT_DAYS) -> tuple[PublicationQuerySet, EventQuerySet]:
        """What the list would have sent in so many days, the latest first: what became public in them."""
        since = timezone.now() - timedelta(days=days)
        pieces = self.pieces().filter(publish_at__gte=since).order_by("-publish_at", "-pk")
        events = self.events().filter(publish_at__gte=since).order_by("-publish_at", "-pk")
        return pieces, events


def read(address: str) -> Followable | None:
    """The list at an address of the site, as readers or their browsers write it; None for all that is none.

    Order, page and year say nothing of what is to come and are left out: whoever follows the list of a year follows what
    the list goes on with.
    """
    if address == PUBLICATIONS:
        return _inhouse(QueryDict())
    if address == EVENTS:
        return _of_events(QueryDict())
    if len(address) > 2000 or not address.startswith("/") or address.startswith("//") or "\x00" in address:
        return None
    try:
        split = urlsplit(address)
        match = resolve(split.path)
        parse_qsl(split.query, max_num_fields=50)
        query = QueryDict(split.query)
    except (ValueError, Http404):
        return None
    reader = READERS.get(match.url_name or "")
    found = reader(match, query) if reader else None
    if found is None or len(found.target) > LONGEST:
        return None
    return found


def canonical(address: str) -> tuple[str, str] | None:
    """Target and name of the list at an address of the site; None for all that is none."""
    found = read(address)
    return (found.target, found.label) if found else None


def pieces(target: str) -> PublicationQuerySet:
    """The published pieces of a list; none for one that is gone."""
    found = read(target)
    return found.pieces() if found else Publication.objects.none()


def events(target: str) -> EventQuerySet:
    """The public events of a list; none for one that is gone."""
    found = read(target)
    none: EventQuerySet = Event.objects.none()
    return found.events() if found else none


def _made(path: str, name: str, query: QueryDict, *, has_events: bool = False, **fixed: Any) -> Followable:
    listing = Listing(query, path, fixed=fixed)
    for left_out in ("year", "staff"):
        listing.chosen.pop(left_out, None)
        listing.chosen_bits.pop(left_out, None)
    about = fixed | {kind: found for kind, (_raw, found) in listing.chosen.items()}
    of_events = about if has_events and event_lists.are_told(about) else None
    label = _named(name, [chosen.label for chosen in listing.active])
    return Followable(listing.url(sort="", density=""), label, listing, of_events)


def _named(name: str, filters: list[str]) -> str:
    label = " · ".join([name, *filters])
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


def _archive(match: ResolverMatch, query: QueryDict) -> Followable:
    return _made(reverse("archive"), _("Everything we publish"), query)


def _inhouse(query: QueryDict) -> Followable:
    """What the site calls RSIS Publications, the series of the house: as a whole it is the plain list."""
    made = _made(reverse("inhouse"), str(PLAIN[PUBLICATIONS]), query, family=Series.Family.INHOUSE)
    return made if made.listing and made.listing.chosen else replace(made, target=PUBLICATIONS)


def _family(match: ResolverMatch, query: QueryDict) -> Followable:
    family = Series.Family(FAMILIES[match.url_name or ""])
    if family == Series.Family.INHOUSE:
        return _inhouse(query)
    return _made(reverse(PLACES[family]), str(family.label), query, family=family)


def _series(match: ResolverMatch, query: QueryDict) -> Followable | None:
    found = Series.objects.filter(family=match.kwargs["family"], slug=match.kwargs["series"]).first()
    return _made(found.get_absolute_url(), found.name, query, series=found) if found else None


def _term(match: ResolverMatch, query: QueryDict) -> Followable | None:
    kind = match.kwargs["kind"]
    model: type[Topic] | type[Region] = Topic if kind == "topic" else Region
    found = model.objects.filter(slug=match.kwargs["slug"]).first()
    return _made(found.get_absolute_url(), found.name, query, has_events=True, **{kind: found}) if found else None


def _tag(match: ResolverMatch, query: QueryDict) -> Followable | None:
    found = Tag.objects.filter(slug=match.kwargs["slug"]).first()
    if found is None:
        return None
    made = _made(reverse("tag", args=[found.slug]), _("Tagged “%(tag)s”") % {"tag": found.name}, query, tag=found)
    return made if made.listing and made.listing.bits else None  # a tag of drafts alone is not known to readers


def _person(match: ResolverMatch, query: QueryDict) -> Followable | None:
    found = Person.objects.filter(slug=match.kwargs["slug"], has_page=True).first()
    if found is None:
        return None
    made = _made(found.get_absolute_url(), found.name, query, has_events=True, author=found)
    is_public = StaffProfile.objects.published().filter(person=found).exists()
    return made if is_public or (made.listing and made.listing.bits) else None


def _centre(match: ResolverMatch, query: QueryDict) -> Followable | None:
    found = ResearchCentre.objects.filter(slug=match.kwargs["slug"]).first()
    return _made(found.get_absolute_url(), found.name, query, has_events=True, centre=found) if found else None


def _staff(match: ResolverMatch, query: QueryDict) -> Followable | None:
    found = ResearchCentre.objects.filter(slug=match.kwargs["slug"]).first()
    if found is None:
        return None
    path = reverse("centre-staff-publications", args=[found.slug])
    return _made(path, f"{found.name}, {_('Staff Publications')}", query, staff=found)


def _search(match: ResolverMatch, query: QueryDict) -> Followable | None:
    given = query.copy()
    given["q"] = " ".join(query.get("q", "").split())
    made = _made(reverse("search"), _("Search"), given, has_events=True)
    return made if made.listing and "q" in made.listing.chosen else None


def _of_events(query: QueryDict) -> Followable:
    """All events are the plain list."""
    chosen = event_lists.chosen(query)
    label = _named(str(PLAIN[EVENTS]), [str(one) for one in chosen.values()])
    filters = urlencode({name: one.slug for name, one in chosen.items()})
    return Followable(f"{reverse('events')}?{filters}" if filters else EVENTS, label, of_events=chosen)


def _events(match: ResolverMatch, query: QueryDict) -> Followable:
    return _of_events(query)


FAMILIES = {
    "inhouse": "inhouse", "external": "external", "media": "media", "archive-year": "inhouse", "external-year": "external",
}  # fmt: skip
PLACES = {Series.Family.EXTERNAL: "external", Series.Family.MEDIA: "media"}
READERS: dict[str, Callable[[ResolverMatch, QueryDict], Followable | None]] = {
    "archive": _archive,
    **dict.fromkeys(FAMILIES, _family),
    **dict.fromkeys(("series", "external-series", "media-series"), _series),
    **dict.fromkeys(("topic", "region"), _term),
    "tag": _tag,
    "person": _person,
    **dict.fromkeys(("centre", "centre-publications"), _centre),
    "centre-staff-publications": _staff,
    "search": _search,
    **dict.fromkeys(("events", "events-past"), _events),
}
