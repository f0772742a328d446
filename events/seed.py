"""The kinds of events that the school holds."""

from events.models import EventKind

KINDS = (
    ("public-lecture", "Public lecture"),
    ("distinguished-lecture", "Distinguished lecture"),
    ("conference", "Conference"),
    ("workshop", "Workshop"),
    ("seminar", "Seminar"),
    ("roundtable", "Roundtable"),
    ("webinar", "Webinar"),
    ("book-launch", "Book launch"),
    ("training-course", "Training course"),
    ("symposium", "Symposium"),
    ("dinner-lecture", "Dinner lecture"),
)


def load() -> int:
    """Create the kinds that are missing, and return how many that were. What editors changed stays."""
    made = 0
    for position, (slug, name) in enumerate(KINDS, start=1):
        _kind, created = EventKind.objects.get_or_create(slug=slug, defaults={"name": name, "position": position * 10})
        made += created
    return made
