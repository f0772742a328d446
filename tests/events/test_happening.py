"""Postponed, moved, cancelled, reinstated: said everywhere at once, and to everyone registered exactly once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from editorial import history, saving
from editorial.publishing import NotAllowed
from editorial.saving import Conflict
from events import correspondence, happening, registering
from events.happening import Place, Told
from events.models import Event, EventNotice, JoiningLink, Mode, Registration
from events.registering import Asked
from mail.models import Letter
from tests.event_factories import EventFactory, RegistrationDeskFactory

pytestmark = pytest.mark.django_db
TOLD = Told("The speaker is ill.", "We are sorry, and hope to see you in May.")


def event_with(people: int = 3, **more: Any) -> Event:
    event = EventFactory.create(published=True, **more)
    saving.record(event, None)
    desk = RegistrationDeskFactory.create(event=event)
    for number in range(people):
        registering.register(desk, Asked(f"P{number}", f"p{number}@example.org"))
    return Event.objects.get(pk=event.pk)


def write_all() -> None:
    while correspondence.write_notices():
        pass


def place_of(event: Event, **more: Any) -> Place:
    names = ("starts_at", "ends_at", "is_all_day", "time_zone", "venue", "room", "address", "is_online")
    return Place(**{name: getattr(event, name) for name in names} | {"online_only": False} | more)


def entries(subject: str) -> list[Any]:
    files = Letter.objects.filter(subject=subject).order_by("pk").values_list("calendar", flat=True)
    return [Calendar.from_ical(file).walk("VEVENT")[0] for file in files]


def test_j21_1_cancelling_tells_each_once_and_takes_the_entry_out_of_their_calendars() -> None:
    event = event_with(3)
    (before,) = {str(one["uid"]) for one in entries("Your place is confirmed: Straits in Winter")}
    assert happening.concerned(event, EventNotice.Kind.CANCELLED) == 3
    cancelled = happening.cancel(event, event.version, TOLD, None)
    write_all()
    write_all()
    letters = Letter.objects.filter(subject="Cancelled: Straits in Winter")
    assert (letters.count(), {letter.calendar_method for letter in letters}) == (3, {"CANCEL"})
    assert [
        (str(one["uid"]), int(one["sequence"]), str(one["status"])) for one in entries("Cancelled: Straits in Winter")
    ] == [(before, 1, "CANCELLED")] * 3
    assert (cancelled.sequence, cancelled.status_note) == (1, "The speaker is ill.")
    assert "We are sorry" in letters[0].text


def test_j21_5_a_second_press_changes_nothing_and_tells_nobody() -> None:
    event = event_with(2)
    happening.cancel(event, event.version, TOLD, None)
    with pytest.raises(Conflict):
        happening.cancel(event, event.version, TOLD, None)
    now = Event.objects.get(pk=event.pk)
    with pytest.raises(NotAllowed, match="cancelled already"):
        happening.cancel(now, now.version, TOLD, None)
    write_all()
    assert (EventNotice.objects.count(), Letter.objects.filter(subject__startswith="Cancelled").count()) == (1, 2)


def test_j21_5_a_worker_killed_between_two_letters_writes_each_once() -> None:
    event = event_with(3)
    happening.postpone(event, event.version, TOLD, None)
    assert correspondence.write_notices(limit=2) == 2
    EventNotice.objects.update(written_to=0)  # as if the mark had been lost with the process
    write_all()
    assert Letter.objects.filter(subject="Postponed: Straits in Winter").count() == 3


def test_j21_a_postponed_event_is_moved_to_its_new_date_and_goes_ahead() -> None:
    event = event_with(1)
    first = event.starts_at.replace(microsecond=0)
    Event.objects.filter(pk=event.pk).update(starts_at=first)
    postponed = happening.postpone(event, event.version, TOLD, None)
    write_all()
    later = place_of(postponed, starts_at=first + timedelta(days=30), ends_at=first + timedelta(days=30, hours=2))
    moved = happening.move(postponed, postponed.version, later, Told(), None)
    write_all()
    assert (moved.status, moved.previous_starts_at, moved.sequence) == ("on", first, 2)
    (entry,) = entries("New time or place: Straits in Winter")
    assert (entry.decoded("dtstart"), int(entry["sequence"])) == (first + timedelta(days=30), 2)


def test_j21_4_reinstating_puts_it_back_and_offers_what_became_free() -> None:
    event = event_with(0)
    registering.set_capacity(event.desk, Mode.IN_PERSON, 1)
    ana, ben = (registering.register(event.desk, Asked(name, f"{name}@example.org")) for name in ("ana", "ben"))
    cancelled = happening.cancel(event, event.version, TOLD, None)
    registering.cancel(ana)
    assert Registration.objects.get(pk=ben.pk).state == "waiting"
    back = happening.reinstate(cancelled, cancelled.version, Told(), None)
    assert (back.status, back.sequence, Registration.objects.get(pk=ben.pk).state) == ("on", 2, "offered")


def test_j21_each_is_a_revision_and_the_first_announced_date_is_kept() -> None:
    event = event_with(0)
    first = event.starts_at
    for days in (7, 14):
        now = Event.objects.get(pk=event.pk)
        there = place_of(now, starts_at=first + timedelta(days=days), ends_at=first + timedelta(days=days, hours=1))
        happening.move(now, now.version, there, Told(), None)
    assert Event.objects.get(pk=event.pk).previous_starts_at == first
    notes = [revision.note for revision in history.revisions(event)]
    assert notes == ["New time or place", "New time or place", ""]


def test_j21_moving_to_what_it_is_already_is_refused_once_everyone_was_told() -> None:
    event = event_with(1)
    told = happening.move(event, event.version, place_of(event, room="Hall 2"), Told(), None)
    with pytest.raises(NotAllowed, match="Nothing was changed"):
        happening.move(told, told.version, place_of(told), Told(), None)
    assert EventNotice.objects.count() == 1


def test_j21_3_a_time_zone_alone_is_a_change_and_a_typing_slip_is_none() -> None:
    event = event_with(0)
    event.title, event.summary = "Straits in Summer", "Corrected."
    event.save()
    assert event.sequence == 0
    event.time_zone = "Asia/Tokyo"
    event.save()
    assert event.sequence == 1


def test_moved_online_takes_everyone_along_and_lets_them_join() -> None:
    event = event_with(2, is_online=True)
    event.desk.seats_online = 1
    event.desk.save()
    there = place_of(event, online_only=True, joining_link="https://join.example.org/room")
    moved = happening.move(event, event.version, there, Told(), None)
    write_all()
    assert (moved.has_moved_online, moved.is_in_person, JoiningLink.objects.get().event) == (True, False, moved)
    assert set(Registration.objects.values_list("mode", "state")) == {("online", "confirmed")}
    event.desk.refresh_from_db()
    assert (event.desk.seats_online, registering.free(event.desk, Mode.ONLINE)) == (3, 1)
    letters = Letter.objects.filter(subject="New time or place: Straits in Winter")
    assert [("https://join.example.org/room" in letter.text) for letter in letters] == [True, True]


def test_j21_2_page_lists_feeds_and_calendars_say_so_at_once(client: Client) -> None:
    event = event_with(0)
    address = event.get_absolute_url()
    happening.cancel(event, event.version, TOLD, None)
    page, listed = client.get(address).content.decode(), client.get("/events/").content.decode()
    assert ("This event is cancelled." in page, "The speaker is ill." in page, "EventCancelled" in page) == (True,) * 3
    assert ('<span class="event-status">Cancelled</span>' in listed) is True
    assert b"Cancelled: Straits in Winter" in client.get("/events/feed.atom").content
    assert b"STATUS:CANCELLED" in client.get("/events/calendar.ics").content
    assert "Registration" not in page


def test_a_happening_of_the_past_cannot_be_undone_without_a_new_date() -> None:
    start = datetime(2025, 3, 1, 6, 0, tzinfo=UTC)
    event = event_with(0, starts_at=start)
    cancelled = happening.cancel(event, event.version, Told(), None)
    with pytest.raises(NotAllowed, match="Move it to a new one"):
        happening.reinstate(cancelled, cancelled.version, Told(), None)
