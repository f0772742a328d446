"""What machines read of an event: schema.org/Event. Never a joining link, which this room keeps apart from the event."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from editorial import renditions
from editorial.metadata import Link, Metadata, Node, absolute, breadcrumbs, open_graph, organisation
from events.models import Event, Speaker

SCHEMA = "https://schema.org/"


def of_event(event: Event, speakers: Sequence[Speaker], linked: set[int], centres: Sequence[Any]) -> Metadata:
    """Costs no statement. Not for previews: nothing of a draft is for machines."""
    url = absolute(event.get_absolute_url())
    picture = renditions.picture(event.image, "share") if event.image else None
    image = absolute(picture.src) if picture else ""
    node: Node = {
        "@type": "Event",
        "@id": url,
        "url": url,
        "name": event.title,
        "description": event.summary,
        "inLanguage": event.language,
        "image": image,
        **times(event),
        "eventStatus": statuses(event),
        "eventAttendanceMode": SCHEMA + attendance(event),
        "location": places(event, url),
        "organizer": [organisation(), *map(_unit, centres)],
        "performer": [_person(speaker, linked) for speaker in speakers],
        "isAccessibleForFree": True,
        "offers": _offer(event, url),
        "superEvent": {"@type": "EventSeries", "name": event.series.name} if event.series else None,
        "recordedIn": _work(event.recording),
    }
    properties = [*open_graph(event.title, url, event.summary), ("og:image", image)]
    return Metadata(
        url,
        nodes=[node, breadcrumbs(event.trail, event.title)],
        properties=properties,
        names=[("twitter:card", "summary_large_image" if image else "summary")],
        links=[Link("alternate", absolute(reverse("event-ics", args=[event.slug])), "text/calendar", in_header=False)],
    )


def times(event: Event) -> Node:
    """With the offset of the event's own zone; of whole days the days alone, the last one included."""
    if event.is_all_day:
        return {"startDate": event.starts.date().isoformat(), "endDate": event.last_day.isoformat()}
    found = {"startDate": event.starts.isoformat(), "endDate": event.ends.isoformat()}
    if event.has_moved and event.previous_starts_at:
        found["previousStartDate"] = event.previous_starts_at.astimezone(event.zone).isoformat()
    return found


def statuses(event: Event) -> str | list[str]:
    if event.status != Event.Status.ON:
        return SCHEMA + ("EventCancelled" if event.is_cancelled else "EventPostponed")
    changed = [
        SCHEMA + name
        for name, is_so in (("EventRescheduled", event.has_moved), ("EventMovedOnline", event.has_moved_online))
        if is_so
    ]
    return changed if len(changed) > 1 else changed[0] if changed else SCHEMA + "EventScheduled"


def attendance(event: Event) -> str:
    if event.is_in_person and event.is_online:
        return "MixedEventAttendanceMode"
    return "OfflineEventAttendanceMode" if event.is_in_person else "OnlineEventAttendanceMode"


def places(event: Event, url: str) -> list[Node]:
    """Where one goes. Online that is this page, from which those who register are led on."""
    found: list[Node] = []
    if event.is_in_person:
        name = ", ".join(part for part in (event.room, event.venue) if part)
        found.append({"@type": "Place", "name": name, "address": " ".join(event.address.split("\n")) or event.venue})
    if not event.is_in_person or event.is_online:
        found.append({"@type": "VirtualLocation", "url": url})
    return found


def _offer(event: Event, url: str) -> Node | None:
    """Free of charge, for whoever may come."""
    if event.audience == Event.Audience.INVITED:
        return None
    is_on = event.status == Event.Status.ON and not event.is_over
    return {
        "@type": "Offer",
        "price": "0",
        "priceCurrency": "SGD",
        "url": url,
        "availability": SCHEMA + ("InStock" if is_on else "SoldOut" if event.is_over else "Discontinued"),
    }


def _person(speaker: Speaker, linked: set[int]) -> Node:
    return {
        "@type": "Person",
        "name": speaker.printed_name,
        "url": absolute(speaker.person.get_absolute_url()) if speaker.person and speaker.person_id in linked else "",
        "affiliation": {"@type": "Organization", "name": speaker.affiliation} if speaker.affiliation else None,
    }


def _unit(centre: Any) -> Node:
    return {"@type": "ResearchOrganization", "name": centre.name, "url": absolute(centre.get_absolute_url())}


def _work(piece: Any) -> Node | None:
    if piece is None or not piece.is_public:
        return None
    return {"@type": "CreativeWork", "name": piece.title, "url": absolute(piece.get_absolute_url())}
