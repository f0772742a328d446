"""Calendar files (RFC 5545, 5546, 7986). The same event gives the same bytes until it changes: no clock is read here."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, vCalAddress, vDuration, vText
from icalendar import Event as Entry

from events.models import Event, JoiningLink, Registration

PRODID = "-//S. Rajaratnam School of International Studies//RSIS//EN"
# Line ends are kept, and escaped by the writer; a tab is a blank.
_CONTROL = {code: None for code in (*range(32), *range(127, 160)) if code != 10} | {9: " "}


def absolute(path: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def single(event: Event) -> bytes:
    """One event for anybody to keep."""
    return _written(_calendar(str(event.title), absolute(event.get_absolute_url())), [entry(event)])


def feed(events: Iterable[Event], name: str, url: str) -> bytes:
    """Many events for a calendar that looks again every six hours."""
    calendar = _calendar(name, url)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(timedelta(hours=6)))
    return _written(calendar, [entry(event) for event in events])


def invitation(event: Event, registration: Registration, method: str, link: JoiningLink | None = None) -> str:
    """The entry of one person who is registered: REQUEST puts it into their calendar or moves it, CANCEL takes it out.

    Raises ValueError for another method.
    """
    if method not in {"REQUEST", "CANCEL"}:
        raise ValueError(f"{method} is not a method of an invitation")
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    one = entry(event)
    one["sequence"] = registration.calendar_sequence or 0
    one.add("organizer", _organiser())
    one.add("attendee", _attendee(registration))
    if method == "CANCEL":
        one["status"] = vText("CANCELLED")
    elif link is not None:
        one.add("conference", link.url, parameters={"VALUE": "URI", "LABEL": str(_("Join online"))})
        one["description"] = vText(f"{one.get('description', '')}\n\n{_('Join online:')} {link.url}".strip())
    return _written(calendar, [one]).decode()


def entry(event: Event) -> Entry:
    """An event as anybody may see it: no registrant, no joining link."""
    one = Entry()
    one.add("uid", str(event.calendar_uid))  # names no host (RFC 7986, 5.3), which may change
    changed_at = max(event.calendar_changed_at, event.updated_at).astimezone(UTC).replace(microsecond=0)
    one.add("dtstamp", changed_at)
    one.add("last-modified", changed_at)
    one.add("created", event.created_at.astimezone(UTC).replace(microsecond=0))
    one.add("sequence", event.sequence)
    one.add("dtstart", _moment(event, event.starts))
    one.add("dtend", _moment(event, event.ends))
    one.add("summary", summary(event))
    one.add("status", {"on": "CONFIRMED", "postponed": "TENTATIVE", "cancelled": "CANCELLED"}[event.status])
    one.add("url", absolute(event.get_absolute_url()), parameters={"VALUE": "URI"})
    if event.summary:
        one.add("description", _plain(event.summary))
    if place := location(event):
        one.add("location", place)
    one.add("class", "PUBLIC")
    one.add("transp", "TRANSPARENT" if event.is_cancelled else "OPAQUE")
    return one


def summary(event: Event) -> str:
    """The title, with what happened to it in front, so that it shows in every client."""
    words = {
        Event.Status.CANCELLED: _("Cancelled: %s"),
        Event.Status.POSTPONED: _("Postponed: %s"),
    }.get(Event.Status(event.status), "%s")
    return _plain(words % event.title)


def location(event: Event) -> str:
    """Venue, room and address in one line; of an event that is only online, that it is."""
    if not event.is_in_person:
        return str(_("Online")) if event.is_online else ""
    return _plain(", ".join(part for part in (event.room, event.venue, *event.address.splitlines()) if part.strip()))


def _moment(event: Event, moment: datetime) -> Any:
    return moment.date() if event.is_all_day else moment.replace(microsecond=0)


def _plain(text: str) -> str:
    """Without control characters (RFC 5545, 3.3.11) and halves of letters; joiners of Indic scripts and wide blanks stay."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)
    return kept.encode(errors="ignore").decode()


def _calendar(name: str, url: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("url", url, parameters={"VALUE": "URI"})
    return calendar


def _organiser() -> vCalAddress:
    found = vCalAddress(f"mailto:{settings.MAIL_FROM.rpartition('<')[2].strip('<> ')}")
    found.params["CN"] = vText("RSIS")
    return found


def _attendee(registration: Registration) -> vCalAddress:
    found = vCalAddress(f"mailto:{registration.email}")
    found.params["CN"] = vText(_plain(registration.name))
    found.params["PARTSTAT"] = vText("ACCEPTED")
    found.params["RSVP"] = vText("FALSE")
    return found


def _written(calendar: Calendar, entries: list[Entry]) -> bytes:
    for one in entries:
        calendar.add_component(one)
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical(sorted=True)
    return written
