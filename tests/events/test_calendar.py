"""Calendar files, rule by rule, read back by the library that wrote them and by a reader of our own."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from events import calendar, correspondence, happening, registering
from events.happening import Told
from events.models import Event, JoiningLink, Mode
from events.registering import Asked
from mail.models import Letter
from tests.event_factories import EventFactory, RegistrationDeskFactory
from tests.factories import CentreFactory, TopicFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # Mon 2 March 2026, 12:00 in Singapore
NEWLINE = "\r\n"


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def event_at(start: datetime = datetime(2026, 3, 12, 6, 0, tzinfo=UTC), **more: Any) -> Event:
    made: Event = EventFactory.create(published=True, starts_at=start, **more)
    return Event.objects.get(pk=made.pk)


class Line:
    """A content line (RFC 5545, 3.1): name, parameters, value as written."""

    def __init__(self, text: str) -> None:
        match = re.fullmatch(
            r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*))*):(.*)', text, re.DOTALL
        )
        assert match, f"no content line: {text!r}"
        self.name, given, self.value = match.groups()
        self.parameters = dict(re.findall(r';([A-Z0-9-]+)=("[^"]*"|[^;:]*)', given))

    @property
    def text(self) -> str:
        """The value of a TEXT, unescaped; anything but the four escapes is an error (3.3.11)."""
        assert not re.search(r"(?<!\\)(?:\\\\)*[,;]", self.value), f"not escaped: {self.value!r}"
        assert not re.search(r"\\(?![\\,;nN])", self.value.replace("\\\\", "")), f"odd escape: {self.value!r}"
        meant = {"n": "\n", "N": "\n"}
        return re.sub(r"\\(.)", lambda found: meant.get(found[1], found[1]), self.value)


def read(content: bytes) -> list[Line]:
    """A second reading, by the grammar alone: CRLF everywhere, 75 octets at most, folded lines joined."""
    text = content.decode()
    assert text.endswith(NEWLINE)
    lines = text.removesuffix(NEWLINE).split(NEWLINE)
    assert not any("\n" in line or "\r" in line for line in lines)
    assert max(len(line.encode()) for line in lines) <= 75
    return [Line(line) for line in text.removesuffix(NEWLINE).replace(f"{NEWLINE} ", "").split(NEWLINE)]


def component(lines: list[Line], kind: str) -> list[list[Line]]:
    found: list[list[Line]] = []
    inside = False
    for line in lines:
        if (line.name, line.value) == ("BEGIN", kind):
            inside = True
            found.append([])
        elif (line.name, line.value) == ("END", kind):
            inside = False
        elif inside:
            found[-1].append(line)
    return found


def named(lines: list[Line], name: str) -> list[Line]:
    return [line for line in lines if line.name == name]


def entry_of(event: Event) -> list[Line]:
    (entry,) = component(read(calendar.single(event)), "VEVENT")
    return entry


def offset_in_file(zones: list[list[Line]], name: str, moment: datetime) -> timedelta:
    """What the VTIMEZONE of the file says about a local time, by its own rules and none of ours."""
    (zone,) = [lines for lines in zones if named(lines, "TZID")[0].value == name]
    onsets: list[tuple[datetime, str]] = []
    start: datetime | None = None
    rules: list[str] = []
    dates: list[str] = []
    to = ""
    for line in zone:
        if line.name == "BEGIN":
            start, rules, dates, to = None, [], [], ""
        elif line.name == "DTSTART":
            start = datetime.strptime(line.value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 -- local by definition
        elif line.name == "RDATE":
            dates += [datetime.strptime(one, "%Y%m%dT%H%M%S") for one in line.value.split(",")]  # noqa: DTZ007
        elif line.name == "RRULE":
            rules.append(line.value)
        elif line.name == "TZOFFSETTO":
            to = line.value
        elif line.name == "END" and start:
            assert rules == []  # the library writes every change out
            onsets += [(onset, to) for onset in (start, *dates)]
    sign, hours, minutes = re.fullmatch(
        r"([+-])(\d\d)(\d\d)", max(one for one in onsets if one[0] <= moment)[1]
    ).groups()  # type: ignore[union-attr]
    return timedelta(hours=int(hours), minutes=int(minutes)) * (1 if sign == "+" else -1)


def instant(content: bytes, name: str) -> datetime:
    lines = read(content)
    (line,) = named(component(lines, "VEVENT")[0], name)
    local = datetime.strptime(line.value.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 -- its zone follows
    if line.value.endswith("Z"):
        assert "TZID" not in line.parameters
        return local.replace(tzinfo=UTC)
    return local.replace(tzinfo=UTC) - offset_in_file(component(lines, "VTIMEZONE"), line.parameters["TZID"], local)


def test_ics_1_type_line_ends_and_lines_of_75_octets_that_cut_no_letter(client: Client) -> None:
    event = event_at(title="新加坡海峡的领航员、机器与航程最后一海里" * 4, summary="Über Straßen, சிங்கப்பூர் " * 20)
    response = client.get(f"{event.get_absolute_url()}event.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    (summary,) = named(component(read(response.content), "VEVENT")[0], "SUMMARY")
    assert summary.text == event.title
    for line in response.content.split(b"\r\n"):
        line.decode()
    assert response["Content-Disposition"].startswith('attachment; filename="')


def test_ics_2_what_must_be_there_is_there_once(client: Client) -> None:
    event_at()
    event_at()
    lines = read(client.get("/events/calendar.ics").content)
    assert (len(named(lines, "PRODID")), [line.value for line in named(lines, "VERSION")]) == (1, ["2.0"])
    entries = component(lines, "VEVENT")
    assert [[len(named(entry, name)) for name in ("UID", "DTSTAMP", "DTSTART", "DTEND")] for entry in entries] == [
        [1] * 4
    ] * 2
    assert named(lines, "METHOD") == []


def test_ics_3_dtstamp_is_the_last_change_in_utc_and_two_fetches_are_the_same_bytes(client: Client) -> None:
    event_at()
    before = client.get("/events/calendar.ics").content
    with time_machine.travel(NOON + timedelta(days=3, seconds=7), tick=False):
        after = client.get("/events/calendar.ics").content
    assert before == after
    assert [line.value for line in named(component(read(before), "VEVENT")[0], "DTSTAMP")] == ["20260302T040000Z"]
    with time_machine.travel(NOON + timedelta(days=4), tick=False):
        corrected = Event.objects.get()
        corrected.title = "Straits in Summer"
        corrected.save()
    changed = component(read(client.get("/events/calendar.ics").content), "VEVENT")[0]
    assert [named(changed, name)[0].value for name in ("DTSTAMP", "LAST-MODIFIED", "SEQUENCE")] == [
        "20260306T040000Z", "20260306T040000Z", "0",
    ]  # fmt: skip


@pytest.mark.parametrize("zone", ["Asia/Singapore", "Europe/London", "America/New_York", "Asia/Kathmandu"])
def test_ics_4_a_local_time_names_a_zone_that_the_file_describes(zone: str) -> None:
    lines = read(calendar.single(event_at(time_zone=zone)))
    used = {line.parameters["TZID"] for line in named(component(lines, "VEVENT")[0], "DTSTART")}
    described = {named(one, "TZID")[0].value for one in component(lines, "VTIMEZONE")}
    assert (used, described) == ({zone}, {zone})


def test_ics_5_the_uid_is_stored_and_outlives_title_and_address() -> None:
    event = event_at()
    before = named(entry_of(event), "UID")[0].value
    event.title, event.slug = "Another name", "another-address"
    event.save()
    assert named(entry_of(Event.objects.get()), "UID")[0].value == before == str(event.calendar_uid)


@pytest.mark.parametrize(
    ("changes", "sequence"),
    [
        ({"starts_at": NOON + timedelta(days=9)}, 1),
        ({"ends_at": NOON + timedelta(days=30)}, 1),
        ({"time_zone": "Asia/Tokyo"}, 1),
        ({"venue": "Elsewhere"}, 1),
        ({"has_moved_online": True}, 1),
        ({"status": "cancelled"}, 1),
        ({"title": "Straits in Sumer"}, 0),
        ({"summary": "Corrected."}, 0),
        ({"audience": "invited"}, 0),
    ],
)
def test_ics_6_sequence_rises_by_one_for_time_place_and_fate_and_not_for_words(
    changes: dict[str, Any], sequence: int
) -> None:
    event = event_at()
    assert named(entry_of(event), "SEQUENCE")[0].value == "0"
    for name, value in changes.items():
        setattr(event, name, value)
    event.save()
    event.save()
    assert named(entry_of(event), "SEQUENCE")[0].value == str(sequence)


def test_ics_7_a_cancelled_event_stays_for_at_least_90_days_under_a_higher_sequence(client: Client) -> None:
    event = event_at(NOON - timedelta(days=500))
    event_at(NOON - timedelta(days=500))
    assert component(read(client.get("/events/calendar.ics").content), "VEVENT") == []
    happening.cancel(event, event.version, Told(), None)
    for days, count in ((0, 1), (89, 1), (91, 0)):
        with time_machine.travel(NOON + timedelta(days=days), tick=False):
            entries = component(read(client.get("/events/calendar.ics").content), "VEVENT")
        assert len(entries) == count
        for entry in entries:
            assert [named(entry, name)[0].value for name in ("STATUS", "SEQUENCE", "SUMMARY")] == [
                "CANCELLED", "1", "Cancelled: Straits in Winter",
            ]  # fmt: skip


def test_ics_7_calendars_hear_of_what_comes_and_of_the_last_year(client: Client) -> None:
    for days, title in ((-366, "Too old"), (-364, "Last year"), (400, "To come")):
        event_at(NOON + timedelta(days=days), title=title)
    entries = component(read(client.get("/events/calendar.ics").content), "VEVENT")
    assert [named(entry, "SUMMARY")[0].value for entry in entries] == ["Last year", "To come"]


def test_ics_8_whole_days_are_dates_and_end_on_the_day_after_the_last() -> None:
    zone = ZoneInfo("Asia/Singapore")
    event = event_at(datetime(2026, 3, 10, tzinfo=zone), ends_at=datetime(2026, 3, 13, tzinfo=zone), is_all_day=True)
    entry = entry_of(event)
    (start,), (end,) = named(entry, "DTSTART"), named(entry, "DTEND")
    assert [(line.parameters, line.value) for line in (start, end)] == [
        ({"VALUE": "DATE"}, "20260310"), ({"VALUE": "DATE"}, "20260313"),
    ]  # fmt: skip
    assert (named(entry, "DURATION"), component(read(calendar.single(event)), "VTIMEZONE")) == ([], [])
    (read_back,) = Calendar.from_ical(calendar.single(event)).walk("VEVENT")
    assert (read_back.decoded("dtstart"), read_back.decoded("dtend")) == (date(2026, 3, 10), date(2026, 3, 13))


def test_ics_8_what_lasts_over_midnight_ends_at_its_hour() -> None:
    event = event_at(ends_at=datetime(2026, 3, 14, 9, 0, tzinfo=UTC))
    assert [instant(calendar.single(event), name) for name in ("DTSTART", "DTEND")] == [event.starts_at, event.ends_at]


@pytest.mark.parametrize(
    "text",
    [
        "Back\\slash, comma; semicolon: colon",
        "Two\nlines",
        'Quotes " and — dashes',
        "සිංහල\u200dය with joiners",
        "BEGIN:VEVENT\r\nATTENDEE:mailto:x@example.org",
    ],
)
def test_ics_9_text_is_escaped_and_comes_back_as_it_was(text: str) -> None:
    event = event_at(summary=text)
    entry = entry_of(event)
    (line,) = named(entry, "DESCRIPTION")
    assert line.text == text.replace("\r\n", "\n")
    assert ("\\:" in line.value, named(entry, "ATTENDEE")) == (False, [])
    (read_back,) = Calendar.from_ical(calendar.single(event)).walk("VEVENT")
    assert str(read_back["description"]) == text.replace("\r\n", "\n")


def test_ics_9_control_characters_are_left_out() -> None:
    event = Event(
        **{field: getattr(event_at(), field) for field in ("starts_at", "ends_at", "slug", "status", "venue")}
    )
    event.title, event.updated_at, event.created_at = "Str\x07ai\x1bts\tin\x7f Winter\x85", NOON, NOON
    assert named(entry_of(event), "SUMMARY")[0].text == "Straits in Winter"


def test_ics_10_public_files_hold_nobody_who_registered(client: Client) -> None:
    event = event_at(is_online=True)
    registering.register(RegistrationDeskFactory.create(event=event), Asked("Hui Min", "hui.min@example.org"))
    JoiningLink.objects.create(event=event, url="https://join.example.org/secret")
    for address in ("/events/calendar.ics", f"{event.get_absolute_url()}event.ics"):
        content = client.get(address).content
        assert [line for line in read(content) if line.name in {"METHOD", "ATTENDEE", "CONFERENCE"}] == []
        assert (b"Hui Min" in content, b"join.example.org" in content) == (False, False)


def invitations(method: str) -> list[list[Line]]:
    letters = Letter.objects.filter(calendar_method=method).order_by("pk")
    return [read(letter.calendar.encode()) for letter in letters]


def test_ics_11_a_mailed_update_keeps_the_uid_raises_the_sequence_and_names_the_attendee() -> None:
    event = event_at()
    registering.register(RegistrationDeskFactory.create(event=event), Asked("Tan, Hui Min", "hui@example.org"))
    happening.cancel(event, event.version, Told(), None)
    while correspondence.write_notices():
        pass
    (asked,), (cancelled,) = invitations("REQUEST"), invitations("CANCEL")
    assert [named(lines, "METHOD")[0].value for lines in (asked, cancelled)] == ["REQUEST", "CANCEL"]
    entries = [component(lines, "VEVENT")[0] for lines in (asked, cancelled)]
    assert len({named(entry, "UID")[0].value for entry in entries}) == 1
    assert [named(entry, "SEQUENCE")[0].value for entry in entries] == ["0", "1"]
    assert [named(entry, "ATTENDEE")[0].value for entry in entries] == ["mailto:hui@example.org"] * 2
    assert [named(entry, "ATTENDEE")[0].parameters["CN"] for entry in entries] == ['"Tan, Hui Min"'] * 2
    assert [len(named(entry, "ORGANIZER")) for entry in entries] == [1, 1]
    assert named(entries[1], "STATUS")[0].value == "CANCELLED"


def test_ics_12_a_followed_calendar_has_a_name_an_address_and_an_interval(client: Client) -> None:
    event = event_at()
    lines = read(client.get("/events/calendar.ics").content)
    head = lines[: [line.value for line in lines].index("VTIMEZONE")]
    assert {line.name: (line.value, line.parameters) for line in head if line.name in {"NAME", "URL", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"}} == {
        "NAME": ("RSIS events", {}),
        "URL": ("http://localhost:8000/events/", {"VALUE": "URI"}),
        "REFRESH-INTERVAL": ("PT6H", {"VALUE": "DURATION"}),
        "X-PUBLISHED-TTL": ("PT6H", {}),
    }  # fmt: skip
    (entry,) = component(lines, "VEVENT")
    assert named(entry, "URL")[0].value == f"http://localhost:8000{event.get_absolute_url()}"
    assert len(named(entry, "LAST-MODIFIED")) == 1


def test_ics_12_the_joining_link_is_in_the_copy_of_whoever_joins_online_alone() -> None:
    event = event_at(is_online=True)
    JoiningLink.objects.create(event=event, url="https://join.example.org/secret")
    desk = RegistrationDeskFactory.create(event=event)
    registering.register(desk, Asked("On", "on@example.org", mode=Mode.ONLINE))
    registering.register(desk, Asked("Here", "here@example.org"))
    online, in_person = invitations("REQUEST")
    (conference,) = named(online, "CONFERENCE")
    assert (conference.value, conference.parameters["VALUE"]) == ("https://join.example.org/secret", "URI")
    assert named(in_person, "CONFERENCE") == []


@pytest.mark.parametrize(
    "address", ["/events/calendar.ics", "/events/a/event.ics", "/research/seas/events.ics", "/topics/law/events.ics"]
)
def test_ics_13_whoever_has_a_calendar_is_told_that_nothing_changed(client: Client, address: str) -> None:
    event = event_at(slug="a")
    event.centres.add(CentreFactory.create(slug="seas"))
    event.topics.add(TopicFactory.create(slug="law"))
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    event.venue = "Elsewhere"
    event.save()
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


MOMENTS = [
    ("Asia/Singapore", datetime(2026, 3, 12, 6, 0, tzinfo=UTC)),
    ("Asia/Singapore", datetime(1981, 12, 1, 6, 0, tzinfo=UTC)),  # half an hour less, until 1982
    ("Europe/London", datetime(2026, 7, 1, 17, 0, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 1, 15, 18, 0, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),  # the last minute of winter
    ("Europe/London", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 20, 13, 30, tzinfo=UTC)),
    ("UTC", datetime(2026, 7, 1, 17, 0, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "start"), MOMENTS)
def test_ics_14_two_readers_find_the_instants_that_went_in(zone: str, start: datetime) -> None:
    event = event_at(start, time_zone=zone, ends_at=start + timedelta(minutes=90))
    content = calendar.single(event)
    (read_back,) = Calendar.from_ical(content).walk("VEVENT")
    ours = [instant(content, name) for name in ("DTSTART", "DTEND")]
    theirs = [read_back.decoded(name).astimezone(UTC) for name in ("dtstart", "dtend")]
    assert ours == theirs == [event.starts_at, event.ends_at]


def test_calendars_of_a_unit_and_of_a_topic_hold_what_lies_within(client: Client) -> None:
    unit, topic = CentreFactory.create(slug="seas", name="Seas"), TopicFactory.create(slug="law", name="Law")
    event, other = event_at(title="Within"), event_at(title="Elsewhere")
    event.centres.add(CentreFactory.create(parent=unit))
    event.topics.add(topic)
    other.centres.add(CentreFactory.create())
    found = {}
    for address in ("/research/seas/events.ics", "/topics/law/events.ics", "/events/calendar.ics?centre=seas"):
        lines = read(client.get(address).content)
        names = [named(entry, "SUMMARY")[0].value for entry in component(lines, "VEVENT")]
        found[address] = (named(lines, "NAME")[0].text, names)
    assert found == {
        "/research/seas/events.ics": ("RSIS events: Seas", ["Within"]),
        "/topics/law/events.ics": ("RSIS events: Law", ["Within"]),
        "/events/calendar.ics?centre=seas": ("RSIS events: Seas", ["Within"]),
    }
    assert client.get("/research/nowhere/events.ics").status_code == 404
