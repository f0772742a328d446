"""What comes next, for pages that belong to other rooms: the home page, and those of a unit, a topic, a person."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from editorial.held import held, held_of_many
from events.models import Event, EventQuerySet, Speaker
from people.models import Person
from research.models import ResearchCentre, Topic


@dataclass(frozen=True)
class Coming:
    """One that is not over, and to whose pages it belongs."""

    key: int
    centres: frozenset[int]
    topics: frozenset[int]  # its own and all above them
    speakers: frozenset[int]


def keys() -> tuple[int, ...]:
    """The next first. One statement when it is not held."""
    return held("coming events", lambda: tuple(Event.objects.published().coming().values_list("pk", flat=True)))


def coming() -> tuple[Coming, ...]:
    """The same with whose they are. Four statements more."""
    return held("whose coming events are", _make)


def of_centre(centre: ResearchCentre) -> Callable[[Coming], bool]:
    family = frozenset(centre.family)
    return lambda one: not family.isdisjoint(one.centres)


def of_topic(topic: Topic) -> Callable[[Coming], bool]:
    return lambda one: topic.pk in one.topics


def of_speaker(person: Person) -> Callable[[Coming], bool]:
    return lambda one: person.pk in one.speakers


def lines(wanted: list[int]) -> list[SafeString]:
    """As lists show them, each made once for all pages. What was withdrawn this moment is left out."""
    found = held_of_many("line of an event", wanted, _lines)
    return [found[key] for key in wanted if key in found]


def _lines(wanted: list[int]) -> dict[int, SafeString]:
    template = get_template("components/event_line.html")
    events = Event.objects.published().for_cards().filter(pk__in=wanted)
    # Safe: the template escapes what it shows.
    return {one.pk: mark_safe(template.render({"event": one, "level": 3, "short": True})) for one in events}  # noqa: S308


def _make() -> tuple[Coming, ...]:
    comes = keys()
    if not comes:
        return ()
    events = Event.objects.published().coming()
    centres = _sets(Event.centres.through, "researchcentre_id", events)
    topics = _sets(Event.topics.through, "topic_id", events)
    speakers = _sets(Speaker, "person_id", events)
    above = {node.pk: frozenset(node.tree_path) for node in Topic.objects.with_tree_fields()} if topics else {}
    none: frozenset[int] = frozenset()
    return tuple(
        Coming(
            key,
            frozenset(centres.get(key, none)),
            none.union(*(above[topic] for topic in topics.get(key, none))),
            frozenset(speakers.get(key, none)),
        )
        for key in comes
    )


def _sets(rows: Any, column: str, events: EventQuerySet) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    joined = rows.objects.filter(event__in=events.order_by().values("pk")).exclude(**{column: None})
    for event, value in joined.values_list("event_id", column):
        found.setdefault(event, set()).add(value)
    return found
