"""When an event is, in words for a page: in Singapore and, where the clock is another, by the clock of its own zone."""

from copy import copy
from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _

from events.models import Event
from events.wording import SINGAPORE, when, zone_words


def in_singapore(event: Event) -> Event:
    """The same event as the clocks of Singapore show it; not to be saved."""
    found = copy(event)
    found.time_zone = SINGAPORE
    return found


def is_elsewhere(event: Event) -> bool:
    """Whether its own clock shows another hour than Singapore's. Whole days are days wherever one is."""
    offsets = {moment.utcoffset() for moment in (event.starts, in_singapore(event).starts)}
    return not event.is_all_day and len(offsets) > 1


def spans(event: Event) -> list[str]:
    """One line, or two: `Friday 13 March 2026, 02:00–03:30 SGT (UTC+8)`, `Thursday 12 March 2026, 18:00–19:30 London (UTC)`."""
    if event.is_all_day:
        return [when(event)]
    return [when(in_singapore(event)), *([when(event)] if is_elsewhere(event) else [])]


def had_it_begun(event: Event, moment: datetime) -> str:
    """When the event would have been, had it kept another beginning."""
    other = copy(event)
    other.starts_at, other.ends_at = moment, moment + event.length
    return spans(other)[0]


def hours(event: Event) -> str:
    """For a line in a list: `14:00–16:00 SGT`, `until 6 March` for what lasts longer, nothing for a whole day."""
    first, last = event.starts, event.ends
    if first.date() != event.last_day:
        until = formats.date_format(event.last_day, "j F")
        return (
            _("until %(day)s") % {"day": until}
            if event.is_all_day
            else f"{first:%H:%M} – {until}, {last:%H:%M} {_zone(event)}"
        )
    return "" if event.is_all_day else f"{first:%H:%M}–{last:%H:%M} {_zone(event)}"


def _zone(event: Event) -> str:
    return "SGT" if not is_elsewhere(event) else zone_words(event, event.starts)
