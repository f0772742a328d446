from django import template
from django.utils.translation import gettext as _

from events import clock
from events.models import Event

register = template.Library()
register.filter("hours", clock.hours)


@register.filter
def place(event: Event) -> str:
    """For a line in a list: `Lecture Theatre and online`."""
    if event.is_in_person and event.is_online:
        return _("%(venue)s, and online") % {"venue": event.venue}
    return event.venue if event.is_in_person else _("Online")
