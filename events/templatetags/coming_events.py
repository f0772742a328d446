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
    more, calendar, belongs = reverse("events"), "", None
    if centre:
        belongs = coming.of_centre(centre)
        more, calendar = f"{more}?centre={centre.slug}", reverse("centre-ics", args=[centre.slug])
    elif topic:
        belongs = coming.of_topic(topic)
        more, calendar = f"{more}?topic={topic.slug}", reverse("topic-ics", args=[topic.slug])
    elif speaker:
        belongs, more = coming.of_speaker(speaker), ""
    else:
        calendar = reverse("events-ics")
    found = [one.key for one in filter(belongs, coming.coming())][:ELSEWHERE] if belongs else coming.keys()[:ON_HOME]
    return {
        "lines": coming.lines(list(found)),
        "title": _("Coming events"),
        "more": more,
        "calendar": calendar,
    }
