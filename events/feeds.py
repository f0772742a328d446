"""Lists of events for other programs: Atom, JSON Feed, and calendars that look again by themselves."""

from collections.abc import Callable
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from editorial.documents import disposition
from editorial.metadata import absolute
from editorial.notes import render
from events import calendar, clock
from events.listing import EventList
from events.models import Event, EventQuerySet
from publications import feed_formats
from publications.entries import Entry
from publications.feed_formats import Feed, Written
from research.models import ResearchCentre, Topic

NEWEST = 30
CALENDAR_TYPE = "text/calendar; charset=utf-8"
# How a feed is written, how an entry is, and what it is called.
FORMATS: dict[str, tuple[Callable[[Feed], bytes], Callable[[Entry], bytes], str]] = {
    "atom": (feed_formats.atom, feed_formats.atom_entry, feed_formats.ATOM_TYPE),
    "json": (feed_formats.json_feed, feed_formats.json_item, feed_formats.JSON_TYPE),
}
_NAMES = UUID("c1f8a3de-50b8-4ba0-8f3e-2a6b8d1f7f10")  # the name space of lists; never to be changed


@require_safe
def announcements(request: HttpRequest, form: str) -> HttpResponse:
    """The events announced last, under the filters of the address; told of again when their date or fate changes."""
    listing = EventList(request.GET, reverse("events"), Event.objects.published().order_by("-publish_at", "-pk"))
    found = (
        Event.objects.published().select_related("kind").prefetch_related("topics").in_bulk(listing.ordered()[:NEWEST])
    )
    write, write_entry, content_type = FORMATS[form]
    told = [entry(found[key]) for key in listing.ordered()[:NEWEST] if key in found]
    texts = [write_entry(one) for one in told]
    entries = [Written(text, len(text), one.updated_at, one.saved_at) for one, text in zip(told, texts, strict=True)]
    here = absolute(listing.address_at(request.path))
    chosen = "&".join(f"{name}={value}" for name, value in sorted(listing.parameters().items()))
    feed = Feed(
        id=uuid5(_NAMES, chosen).urn,
        title=" · ".join(["RSIS", _("Events"), *(one.label for one in listing.active)]),
        home_url=absolute(listing.url()),
        feed_url=here,
        self_url=here,
        next_url="",
        entries=entries,
        hub_url=feed_formats.hub_of(request.path, here),
    )
    return feed_formats.answer(feed, write(feed), content_type)


def entry(event: Event) -> Entry:
    published_at = event.first_published_at or event.publish_at or event.created_at
    updated_at = max(moment for moment in (event.changed_at, published_at) if moment)
    return Entry(
        id=event.uuid.urn,
        url=absolute(event.get_absolute_url()),
        title=calendar.summary(event),
        published_at=published_at,
        updated_at=updated_at,
        saved_at=max(event.updated_at, updated_at),
        names=[],
        language=event.language,
        summary=event.summary,
        html=text(event),
        tags=[event.kind.name, *(topic.name for topic in event.topics.all())],
        enclosures=[],
    )


def text(event: Event) -> str:
    """When, where, what became of it, and what it is about."""
    lines = [*clock.spans(event), calendar.location(event), event.status_note]
    facts = SafeString("").join(format_html("<p>{}</p>", line) for line in lines if line)
    # Safe: escaped on the way, and what the cleaner left.
    return facts + mark_safe(linebreaks(event.summary, autoescape=True) + render(event.body).html)  # noqa: S308


@require_safe
def single(request: HttpRequest, slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.published(), slug=slug)
    response = HttpResponse(calendar.single(event), content_type=CALENDAR_TYPE)
    response["Content-Disposition"] = disposition(event.slug, ".ics", "attachment")
    return response


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """All events for a calendar to follow, or those under the filters of the address."""
    listing = EventList(request.GET, reverse("events"), Event.objects.published().for_calendars())
    chosen = Event.objects.published().for_calendars()
    if listing.chosen:
        chosen = chosen.filter(pk__in=listing.keys())
    return followed(chosen, _("RSIS events"), listing.url(), [one.label for one in listing.active])


@require_safe
def of_centre(request: HttpRequest, slug: str) -> HttpResponse:
    centre = get_object_or_404(ResearchCentre, slug=slug)
    events = Event.objects.published().for_calendars().of_centre(centre)
    return followed(events, _("RSIS events"), centre.get_absolute_url(), [centre.name])


@require_safe
def of_topic(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug)
    events = Event.objects.published().for_calendars().of_topic(topic)
    return followed(events, _("RSIS events"), topic.get_absolute_url(), [topic.name])


def followed(events: EventQuerySet, name: str, address: str, about: list[str]) -> HttpResponse:
    found = events.defer("body", "transcript")
    return HttpResponse(
        calendar.feed(found, ": ".join([name, ", ".join(about)]) if about else name, absolute(address)),
        content_type=CALENDAR_TYPE,
    )
