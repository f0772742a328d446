"""What a new event takes over from an earlier one: words, place and people; no date, no registration, no identity."""

from typing import Any

from django.db.models import Model

from events.models import Event, Session, Speaker

FIELDS = (
    "title", "kind", "series", "language", "summary", "body", "image", "is_all_day", "time_zone", "venue", "room",
    "address", "is_online", "audience", "audience_note", "is_chatham_house",
)  # fmt: skip
SETS = ("centres", "topics", "regions")
ROWS: dict[type[Model], tuple[str, ...]] = {
    Session: ("title", "room", "description"),
    Speaker: ("role", "person", "name", "affiliation"),
}


def values(event: Event) -> dict[str, Any]:
    """For the form of a new event, which is not made before it has a date of its own."""
    found = {name: getattr(event, concrete(event, name)) for name in FIELDS}
    return found | {name: [row.pk for row in getattr(event, name).all()] for name in SETS}


def concrete(row: Model, name: str) -> str:
    """The attribute that holds the key, of a field that leads to another row."""
    field: Any = row._meta.get_field(name)
    return str(field.attname)


def rows(event: Event, model: type[Model]) -> list[dict[str, Any]]:
    manager: Any = event.sessions if model is Session else event.speakers
    found = []
    for position, row in enumerate(manager.all(), start=1):
        filled = {name: getattr(row, concrete(row, name)) for name in ROWS[model]}
        if model is Speaker:
            filled |= {"position": position, "person": filled["person"] or ("", filled["name"])}
        found.append(filled)
    return found
