"""Which words an event is found by."""

from django.db.models import QuerySet

from editorial.indexing import Column, Index, Watch
from editorial.queries import Question
from events.models import Event, Speaker
from people.models import Person

INDEX = Index(
    Event,
    columns=(
        Column("title", "item.title", "A", in_head=True),
        Column(
            "speakers",
            "(SELECT {join}(coalesce(nullif(speaker.name, ''), person.name), ' ') FROM events_speaker speaker"
            " LEFT JOIN people_person person ON person.id = speaker.person_id WHERE speaker.event_id = item.id)",
            "B",
            in_head=True,
        ),
        Column("summary", "item.summary || ' ' || item.venue", "B"),
        Column("body", "search_plain(item.body || ' ' || item.transcript)", "C"),
    ),
    watches=(
        Watch(Event, ("title", "summary", "venue", "body", "transcript"), "SELECT {row}.id"),
        Watch(Speaker, ("event_id", "person_id", "name"), "SELECT {row}.event_id", only_head=True),
        Watch(
            Person,
            ("name",),
            "SELECT event_id FROM events_speaker WHERE person_id = {row}.id AND name = ''",
            only_head=True,
        ),
    ),
)


def matching(question: Question) -> QuerySet[Event]:
    """Public events that answer, the latest first. A statement, and those of the cards."""
    found: QuerySet[Event] = Event.objects.published().for_cards().filter(pk__in=INDEX.keys(question))
    return found.order_by("-starts_at", "-pk")
