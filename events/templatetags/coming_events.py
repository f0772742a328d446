from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from events import coming
from people.models import Person
from research.models import ResearchCentre, Topic

register = template.Library()
ON_HOME, ELSEWHERE = 4, 3


@register.inclusion_tag("components/coming_events.html")
def coming_events(
    *, centre: ResearchCentre | None = None, topic: Topic | None = None, speaker: Person | None = None
) -> dict[str, Any]:
    """`{% coming_events topic=term %}`: the next events of a unit, a topic or a person, or without any of the school."""
    found, most = coming.coming(), ELSEWHERE
    more, calendar = reverse("events"), ""
    if centre:
        found = tuple(filter(coming.of_centre(centre), found))
        more, calendar = f"{more}?centre={centre.slug}", reverse("centre-ics", args=[centre.slug])
    elif topic:
        found = tuple(filter(coming.of_topic(topic), found))
        more, calendar = f"{more}?topic={topic.slug}", reverse("topic-ics", args=[topic.slug])
    elif speaker:
        found, more = tuple(filter(coming.of_speaker(speaker), found)), ""
    else:
        most, calendar = ON_HOME, reverse("events-ics")
    return {
        "lines": coming.lines([one.key for one in found[:most]]),
        "title": _("Coming events"),
        "more": more,
        "calendar": calendar,
    }
