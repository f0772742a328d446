"""What is printed for the day itself: badges with the code that is read at the door, and the sheet of speakers."""

from pathlib import Path
from typing import Any

from django.template.loader import get_template, render_to_string
from django.utils import formats
from django.utils.safestring import SafeString, mark_safe

from events import ticket
from events.calendar import location
from events.models import Event, Mode, Registration, RegistrationDesk
from events.wording import when
from publications.typesetting import NotPrinted, printed

__all__ = ["AT_ONCE", "NotPrinted", "badges", "speaker_sheet", "to_print"]

AT_ONCE = 100  # names in one file: ten sheets, made while somebody waits
STYLES = ("publications/typeset.css", "events/print.css")
LONG_NAME = 24  # letters; beyond, a name is set smaller


def to_print(desk: RegistrationDesk) -> Any:
    """Those who wear a badge, by name."""
    rows = desk.registrations.filter(state=Registration.State.CONFIRMED, mode=Mode.IN_PERSON, erased_at=None)
    return rows.order_by("name", "pk")


def badges(desk: RegistrationDesk, start: int = 0) -> bytes:
    """Ten badges to a sheet of A4, 90 by 54 mm. Raises NotPrinted."""
    rows = list(to_print(desk)[start : start + AT_ONCE])
    people = [{"one": one, "code": ticket.drawing(one), "is_long": len(one.name) > LONG_NAME} for one in rows]
    sheets = [people[first : first + 10] for first in range(0, len(people), 10)]
    day = formats.date_format(desk.event.starts, "j F Y")
    context = {"event": desk.event, "day": day, "sheets": sheets, "style": style()}
    return printed(render_to_string("events/badges.html", context))


def speaker_sheet(event: Event) -> bytes:
    """Who speaks, when and where: for the chair, the door and whoever meets them. Raises NotPrinted."""
    speakers = list(event.speakers.select_related("person", "session"))
    parts = [
        {"session": session, "starts": session.starts_at.astimezone(event.zone),
         "ends": session.ends_at.astimezone(event.zone),
         "speakers": [one for one in speakers if one.session_id == session.pk]}
        for session in event.sessions.all()
    ]  # fmt: skip
    context = {
        "event": event,
        "when": when(event),
        "place": location(event),
        "parts": [part for part in parts if part["speakers"]],
        "others": [one for one in speakers if one.session_id is None],
        "style": style(),
    }
    return printed(render_to_string("events/speaker_sheet.html", context))


def style() -> SafeString:
    """The style of everything we print, and what these sheets have of their own."""
    paths = (Path(get_template(name).origin.name) for name in STYLES)  # type: ignore[attr-defined]
    # Safe: our own files.
    return mark_safe("\n".join(path.read_text() for path in paths))  # noqa: S308
