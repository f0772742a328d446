"""Writing the events of the demonstration: announced, moved and cancelled the way the desk does it."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.text import slugify

from editorial import publishing, saving
from editorial.models import Image, User
from events import happening
from events import seed as events_seed
from events.happening import Place, Told
from events.models import (
    Event,
    EventKind,
    EventSeries,
    JoiningLink,
    Photograph,
    RegistrationDesk,
    Session,
    Speaker,
)
from people.models import Person
from publications.models import Publication
from research.models import Region, ResearchCentre, Topic
from rsis.demo import lightmark, records
from rsis.demo.records import Record

GUEST = re.compile(r"(?P<name>[^(:]+) \((?P<affiliation>[^)]+)\)")
SEATS = re.compile(r"(\d*)/(\d*)(?: (approval))?")
ANNOUNCED = timedelta(days=45)  # before the day, at most
PLAIN = ("summary", "venue", "room", "address", "audience_note")


class Loader:
    def __init__(
        self,
        today: date,
        by: User,
        people: dict[str, Person],
        images: dict[str, Image],
        pieces: dict[str, Publication],
    ) -> None:
        self.today, self.by, self.people, self.images, self.pieces = today, by, people, images, pieces

    def load(self) -> int:
        """Create what is missing, and return how many that was; an event that exists is left alone."""
        events_seed.load()
        made = 0
        for record in records.read("events.txt"):
            if not Event.objects.filter(title=_words(record.get("title"))).exists():
                self._create(record)
                made += 1
        return made

    def _create(self, record: Record) -> Event:
        starts_at, ends_at, is_all_day = self._span(record)
        event = Event(
            title=_words(record.get("title")),
            kind=EventKind.objects.get(slug=record.get("kind")),
            series=self._series(record),
            edition=record.get("edition"),
            body=lightmark.to_html(record.text),
            starts_at=starts_at,
            ends_at=ends_at,
            is_all_day=is_all_day,
            time_zone=record.get("zone", "Asia/Singapore"),
            is_online=record.get("online") == "yes",
            is_chatham_house=record.get("chatham") == "yes",
            audience=record.get("audience", Event.Audience.PUBLIC),
            image=self.images.get(record.get("image")),
            recording=self.pieces.get(record.get("recording")),
            report=self.pieces.get(record.get("report")),
            created_by=self.by,
        )
        for name in PLAIN:
            setattr(event, name, _words(record.get("note" if name == "audience_note" else name)))
        event.address = event.address.replace(", ", "\n", 1)
        event.slug = event.free_slug()
        event.full_clean(exclude=["created_by", "updated_by"])
        event.save()
        self._connect(record, event)
        saving.record(event, self.by)
        announced_at = min(starts_at - ANNOUNCED, timezone.now() - timedelta(hours=1))
        publishing.publish(event, announced_at, self.by)
        self._happen(record, event)
        return event

    def _span(self, record: Record) -> tuple[datetime, datetime, bool]:
        zone = ZoneInfo(record.get("zone", "Asia/Singapore"))
        day = _working_day(self.today + timedelta(days=int(record.get("in"))), int(record.get("days", "1")))
        if days := int(record.get("days", "0")):
            return _midnight(day, zone), _midnight(day + timedelta(days=days), zone), True
        begins = datetime.combine(day, time.fromisoformat(record.get("at")), zone)
        return begins, begins + timedelta(minutes=int(record.get("for"))), False

    @staticmethod
    def _series(record: Record) -> EventSeries | None:
        name = record.get("series")
        return EventSeries.objects.get_or_create(name=name, defaults={"slug": slugify(name)})[0] if name else None

    def _connect(self, record: Record, event: Event) -> None:
        event.centres.set(ResearchCentre.objects.filter(slug__in=record.words("centres")))
        event.topics.set(Topic.objects.filter(slug__in=record.words("topics")))
        event.regions.set(Region.objects.filter(slug__in=record.words("regions")))
        event.results.set([self.pieces[key] for key in record.words("results")])
        for position, key in enumerate(record.words("photos"), start=1):
            Photograph.objects.create(event=event, image=self.images[key], position=position)
        self._name(event, record.get("by"), None, 1)
        for line in record.all("session"):
            self._add_session(event, line)
        if record.get("link"):
            JoiningLink.objects.create(event=event, url=record.get("link"), note="Opens ten minutes before the hour.")
        if seats := SEATS.fullmatch(record.get("desk")):
            in_person, online, approval = seats.groups()
            RegistrationDesk.objects.create(
                event=event,
                seats_in_person=int(in_person) if in_person else None,
                seats_online=int(online) if online else None,
                needs_approval=bool(approval),
            )

    def _add_session(self, event: Event, line: str) -> None:
        when, title, room, people = [*(part.strip() for part in line.split("|")), ""][:4]
        offset, hours = when.split()
        day = event.first_day + timedelta(days=int(offset))
        starts, ends = (datetime.combine(day, time.fromisoformat(hour), event.zone) for hour in hours.split("-"))
        session = Session.objects.create(event=event, title=_words(title), room=room, starts_at=starts, ends_at=ends)
        self._name(event, people, session, event.speakers.count() + 1)

    def _name(self, event: Event, line: str, session: Session | None, first: int) -> None:
        for position, part in enumerate(filter(None, map(str.strip, line.split(";"))), start=first):
            who, _colon, role = part.partition(":")
            guest = GUEST.fullmatch(who)
            known: dict[str, Any] = dict(guest.groupdict()) if guest else self._member(who)
            Speaker.objects.create(
                event=event, session=session, position=position, role=role or Speaker.Role.SPEAKER, **known
            )

    def _member(self, key: str) -> dict[str, Any]:
        person = self.people[key]
        post = person.appointments.select_related("centre").first()
        return {"person": person, "name": person.name, "affiliation": str(post) if post else ""}

    def _happen(self, record: Record, event: Event) -> None:
        what, _bar, note = record.get("status").partition(" | ")
        kind, _blank, days = what.strip().partition(" ")
        told = Told(_words(note))
        match kind:
            case "cancelled":
                happening.cancel(event, event.version, told, self.by)
            case "postponed":
                happening.postpone(event, event.version, told, self.by)
            case "online":
                happening.move(event, event.version, place_of(event, online_only=True), told, self.by)
            case "moved":
                later = timedelta(days=int(record.get("in")) - int(days))
                there = place_of(event, starts_at=event.starts_at + later, ends_at=event.ends_at + later)
                happening.move(event, event.version, there, told, self.by)


def place_of(event: Event, **changes: Any) -> Place:
    names = ("starts_at", "ends_at", "is_all_day", "time_zone", "venue", "room", "address", "is_online")
    return Place(**{name: getattr(event, name) for name in names} | {"online_only": False} | changes)


def _working_day(day: date, days: int) -> date:
    """The first from this one on that begins so many days of a week before its Saturday."""
    while day.weekday() + days > 5:
        day += timedelta(days=1)
    return day


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _words(text: str) -> str:
    return text.replace("'", "’")
