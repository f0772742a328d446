"""What followed lists hold of events: beside publications, those of a topic, a region, a unit, a person or a search; below
/events/, those under the filters of the page, and nothing else.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model
from django.http import QueryDict

from events import searching
from events.models import Event, EventKind, EventQuerySet
from research.models import Region, ResearchCentre, Topic

# The filters of /events/ that say something of what is to come, in the order in which its addresses have them.
FILTERS: dict[str, type[Model]] = {"kind": EventKind, "centre": ResearchCentre, "topic": Topic}


def chosen(query: QueryDict) -> dict[str, Any]:
    """The filters of an address below /events/. What means nothing there is ignored, as by the page itself."""
    found = {}
    for name, model in FILTERS.items():
        given = query.getlist(name)
        if len(given) == 1 and len(given[0]) <= 200 and "\x00" not in given[0]:
            found[name] = model._default_manager.filter(slug=given[0]).first()
    return {name: one for name, one in found.items() if one is not None}


def of_region(events: EventQuerySet, region: Region) -> EventQuerySet:
    """Of a region and of all below it."""
    through: Any = Event.regions.through
    below = [one.pk for one in region.descendants(include_self=True)]
    return events.filter(pk__in=through.objects.filter(region__in=below).values("event_id"))


# By the names of facets of publications, so that a list of both is narrowed by the same choice.
NARROWERS: dict[str, Callable[[EventQuerySet, Any], EventQuerySet]] = {
    "kind": lambda events, kind: events.filter(kind=kind),
    "centre": lambda events, centre: events.of_centre(centre),
    "topic": lambda events, topic: events.of_topic(topic),
    "region": of_region,
    "author": lambda events, person: events.of_speaker(person),
    "q": lambda events, question: events.filter(pk__in=searching.INDEX.keys(question)),
}


def narrow(events: EventQuerySet, wanted: Mapping[str, Any]) -> EventQuerySet:
    for name, value in wanted.items():
        events = NARROWERS[name](events, value)
    return events


def are_told(wanted: Mapping[str, Any]) -> bool:
    """Whether events have all that a list is about: of a series or a tag there are none."""
    return wanted.keys() <= NARROWERS.keys()
