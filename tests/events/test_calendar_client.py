"""J21.1, ICS-11: the letters of one registration as a calendar takes them that knows nothing but the RFCs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar, Component

from events import correspondence, happening, registering
from events.happening import Place, Told
from events.models import Event, RegistrationDesk
from events.registering import Asked
from mail.models import Letter
from tests.event_factories import EventFactory, RegistrationDeskFactory

pytestmark = pytest.mark.django_db
NO_WORDS = Told()


class Client:
    """What RFC 5546 asks of whoever is invited: an entry is known by its UID; an older SEQUENCE is ignored (2.1.5); REQUEST
    puts it in or replaces it (3.2.2), CANCEL takes it out (3.2.5).
    """

    def __init__(self) -> None:
        self.entries: dict[str, Component] = {}
        self.seen: dict[str, int] = {}

    def take(self, letter: bytes) -> None:
        for part in message_from_bytes(letter, policy=policy.default).walk():
            if part.get_content_type() == "text/calendar":
                method = str(part["Content-Type"].params["method"])
                calendar = Calendar.from_ical(part.get_payload(decode=True))
                assert calendar["METHOD"] == method
                for entry in calendar.walk("VEVENT"):
                    self._take(method, entry)

    def _take(self, method: str, entry: Component) -> None:
        uid, sequence = str(entry["UID"]), int(entry["SEQUENCE"])
        if sequence < self.seen.get(uid, 0):
            return
        self.seen[uid] = sequence
        if method == "CANCEL":
            self.entries.pop(uid, None)
        else:
            self.entries[uid] = entry

    @property
    def shown(self) -> list[tuple[datetime, datetime, str]]:
        return [
            (one.decoded("DTSTART").astimezone(UTC), one.decoded("DTEND").astimezone(UTC), str(one["LOCATION"]))
            for one in self.entries.values()
        ]


def letters() -> list[bytes]:
    """All that were written, in their order, as they go out."""
    while correspondence.write_notices():
        pass
    return [bytes(letter.message().message()) for letter in Letter.objects.order_by("pk")]


def place_of(event: Event) -> Place:
    return Place(
        event.starts_at, event.ends_at, is_all_day=False, time_zone=event.time_zone, venue=event.venue, room="",
        address="", is_online=False, online_only=False,
    )  # fmt: skip


@pytest.fixture(params=["Asia/Singapore", "Europe/London", "UTC"])
def desk(request: pytest.FixtureRequest) -> RegistrationDesk:
    year = datetime.now(UTC).year + 1
    start = datetime(year, 7, 1, 17, 0, tzinfo=UTC)
    event = EventFactory.create(published=True, starts_at=start, time_zone=request.param, venue="Hall")
    made: RegistrationDesk = RegistrationDeskFactory.create(event=event)
    registering.register(made, Asked("Hui Min", "hui@example.org"))
    return made


def test_j21_1_who_imported_the_first_letter_sees_the_entry_move_go_and_come_back(desk: RegistrationDesk) -> None:
    event, client = Event.objects.get(pk=desk.event_id), Client()
    first, later = event.starts_at, event.starts_at + timedelta(days=8, hours=1)
    moved = replace(place_of(event), starts_at=later, ends_at=later + timedelta(hours=3), venue="Library")
    client.take(letters()[-1])
    assert client.shown == [(first, first + timedelta(hours=2), "Hall")]
    event = happening.move(event, event.version, moved, NO_WORDS, None)
    client.take(letters()[-1])
    assert client.shown == [(later, later + timedelta(hours=3), "Library")]
    event = happening.cancel(event, event.version, NO_WORDS, None)
    client.take(letters()[-1])
    assert client.shown == []
    event = happening.reinstate(event, event.version, NO_WORDS, None)
    client.take(letters()[-1])
    assert client.shown == [(later, later + timedelta(hours=3), "Library")]
    for letter in letters():  # and out of their order they change nothing any more
        client.take(letter)
    assert (client.shown, len(client.seen)) == ([(later, later + timedelta(hours=3), "Library")], 1)


def test_ics_11_who_gives_up_a_place_loses_the_entry_and_has_it_again_with_a_new_place(desk: RegistrationDesk) -> None:
    client = Client()
    registering.cancel(desk.registrations.get())
    registering.register(desk, Asked("Hui Min", "hui@example.org"))
    counts = []
    for letter in letters():
        client.take(letter)
        counts.append(len(client.entries))
    assert (counts, len(client.seen)) == ([1, 0, 1], 1)
