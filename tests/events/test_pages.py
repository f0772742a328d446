"""Public pages of events: lists, a month, one event before and after, and where events stand on other pages."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from lxml import html
from pytest_django import DjangoAssertNumQueries

from editorial import preview, redirects
from events.models import Event, EventSeries, JoiningLink, Photograph, Session, Speaker
from events.page import DeskPanel, desk_of
from rsis import page_cache
from tests.event_factories import EventFactory, EventKindFactory, RegistrationDeskFactory, RegistrationFactory
from tests.factories import (
    CentreFactory,
    ImageFactory,
    PersonFactory,
    PublicationFactory,
    SeriesFactory,
    StaffProfileFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # Mon 2 March 2026, 12:00 in Singapore
SECRET = "https://join.example.org/secret-room"


def event_on(day: int, month: int = 3, **more: Any) -> Event:
    start = datetime(2026, month, day, 6, 0, tzinfo=UTC)
    made: Event = EventFactory.create(
        **({"state": "published", "publish_at": datetime(2026, 1, 1, tzinfo=UTC), "starts_at": start} | more)
    )
    return made


def titles(client: Client, address: str) -> list[str]:
    tree = html.fromstring(client.get(address).content)
    return [
        " ".join(link.text_content().split()) for link in tree.xpath("//article[contains(@class,'event-line')]//h3/a")
    ]


def words_of(client: Client, address: str) -> str:
    tree = html.fromstring(client.get(address).content)
    return " ".join(tree.get_element_by_id("main").text_content().split())


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def test_what_comes_is_listed_next_first_and_what_is_over_latest_first(client: Client) -> None:
    for day, title in ((20, "Third"), (3, "First"), (10, "Second")):
        event_on(day, title=title)
    event_on(1, title="Over")
    event_on(1, month=2, title="Long over")
    assert titles(client, "/events/") == ["First", "Second", "Third"]
    assert titles(client, "/events/past/") == ["Over", "Long over"]


def test_an_event_is_over_at_the_second_it_ends(client: Client) -> None:
    event = event_on(3, title="Soon over")
    with time_machine.travel(event.ends_at - timedelta(seconds=1), tick=False):
        assert (titles(client, "/events/"), titles(client, "/events/past/")) == (["Soon over"], [])
    with time_machine.travel(event.ends_at, tick=False):
        assert (titles(client, "/events/"), titles(client, "/events/past/")) == ([], ["Soon over"])


def test_no_kept_page_outlives_the_end_of_an_event_or_the_opening_of_its_desk() -> None:
    event = event_on(3)
    RegistrationDeskFactory.create(event=event, opens_at=NOON + timedelta(hours=1), closes_at=NOON + timedelta(hours=2))
    moments = []
    for after in (NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=2), event.starts_at):
        with time_machine.travel(after, tick=False):
            moments.append(page_cache.next_change(after))
    midnight = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert moments == [NOON + timedelta(hours=1), NOON + timedelta(hours=2), midnight, event.ends_at]


def test_filters_are_links_with_figures_that_come_true_and_can_be_removed_one_by_one(client: Client) -> None:
    unit = CentreFactory.create(name="Seas", slug="seas")
    within = CentreFactory.create(name="Straits", slug="straits", parent=unit)
    topic, below = TopicFactory.create(name="Law", slug="law"), TopicFactory.create(name="Tolls", slug="tolls")
    below.parent = topic
    below.save()
    seminar = EventKindFactory.create(name="Seminar", slug="seminar")
    for day in range(3, 26):
        made = event_on(day, title=f"Day {day}", kind=seminar if day % 2 else EventKindFactory.create())
        made.centres.add(within if day < 10 else CentreFactory.create())
        made.topics.add(below if day < 6 else topic)
    tree = html.fromstring(client.get("/events/").content)
    links = {
        " ".join(link.text_content().split()): link.get("href") for link in tree.xpath("//aside//li/a[not(contains(@href,'centre-'))]")
    }  # fmt: skip
    wanted = {"Public lecture 11", "Seminar 12", "Seas 7", "Straits 7", "Law 23", "Tolls 3"}
    assert wanted <= links.keys()
    for words in wanted:
        found = html.fromstring(client.get(links[words]).content)
        assert found.xpath("string(//p[@role='status']/strong)").strip() == f"{words.split()[-1]} events"
    page = client.get("/events/?kind=seminar&centre=seas").content.decode()
    assert ('href="/events/?centre=seas"' in page, 'href="/events/?kind=seminar"' in page) == (True, True)
    assert titles(client, "/events/?kind=seminar&centre=seas") == ["Day 3", "Day 5", "Day 7", "Day 9"]
    assert titles(client, "/events/?kind=x&year=0&topic=law&topic=law&page=99") == titles(client, "/events/")


def test_what_is_over_is_read_by_year_and_in_pages(client: Client) -> None:
    for number in range(25):
        event_on(1, month=1, title=f"Talk {number:02}", starts_at=datetime(2025, 1, 1, number % 24, 0, tzinfo=UTC))
    event_on(1, month=2, title="This year")
    tree = html.fromstring(client.get("/events/past/").content)
    years = [(link.text, link.get("href")) for link in tree.xpath("//nav[@class='years']/a")]
    assert years == [("2026", "/events/past/?year=2026"), ("2025", "/events/past/?year=2025")]
    assert titles(client, "/events/past/?year=2026") == ["This year"]
    assert [len(titles(client, f"/events/past/?year=2025&page={page}")) for page in (1, 2)] == [20, 5]


LISTS = (
    "/events/",
    "/events/past/",
    "/events/calendar/2026/03/",
    "/events/feed.atom",
    "/events/calendar.ics",
    "/events/a/",
)


@pytest.mark.parametrize("address", LISTS)
def test_every_page_costs_the_same_for_one_and_for_three(
    client: Client, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    costs = {
        "/events/": 8,
        "/events/past/": 8,
        "/events/calendar/2026/03/": 2,
        "/events/feed.atom": 8,
        "/events/calendar.ics": 7,
    }

    def furnish(number: int) -> None:
        for event in (event_on(3, slug="a" if number == 0 else f"b{number}"), event_on(1)):
            event.centres.add(CentreFactory.create())
            event.topics.add(TopicFactory.create())
            Speaker.objects.create(event=Event.objects.get(slug="a"), person=PersonFactory.create(), position=number)
            Photograph.objects.create(event=Event.objects.get(slug="a"), image=ImageFactory.create())
            Event.objects.get(slug="a").results.add(PublicationFactory.create(published=True))
            Session.objects.create(event=event, title="S", starts_at=event.starts_at, ends_at=event.ends_at)

    furnish(0)
    with django_assert_num_queries(costs.get(address, 11)):
        assert client.get(address).status_code == 200
    furnish(1)
    furnish(2)
    cache.clear()
    with django_assert_num_queries(costs.get(address, 11)):
        assert client.get(address).status_code == 200


def test_a_month_is_a_table_of_weeks_in_which_each_event_stands_on_all_its_days(client: Client) -> None:
    event_on(3, title="Afternoon")
    days = {"starts_at": datetime(2026, 3, 9, 16, tzinfo=UTC), "ends_at": datetime(2026, 3, 12, 16, tzinfo=UTC)}
    event_on(9, title="Three days", is_all_day=True, **days)
    late = {"starts_at": datetime(2026, 3, 31, 22, tzinfo=UTC), "ends_at": datetime(2026, 3, 31, 23, tzinfo=UTC)}
    event_on(31, title="London evening", time_zone="Europe/London", **late)
    tree = html.fromstring(client.get("/events/calendar/2026/03/").content)
    assert tree.xpath("//table/thead//th/@scope") == ["col"] * 7
    shown = {
        cell.xpath("string(.//time/@datetime)"): [link.text for link in cell.xpath(".//li/a")]
        for cell in tree.xpath("//td[.//li]")
    }
    assert shown == {
        "2026-03-03": ["Afternoon"],
        "2026-03-10": ["Three days"],
        "2026-03-11": ["Three days"],
        "2026-03-12": ["Three days"],
        "2026-03-31": ["London evening"],
    }
    assert len(tree.xpath("//td[@aria-current='date']")) == 1


def test_months_lead_to_each_other_as_far_as_there_are_events(client: Client) -> None:
    event_on(20, month=1)
    event_on(20, month=4)
    found = {}
    for month in ("2026/01", "2026/03", "2026/04"):
        tree = html.fromstring(client.get(f"/events/calendar/{month}/").content)
        found[month] = (tree.xpath("//a[@rel='prev']/@href"), tree.xpath("//a[@rel='next']/@href"))
    assert found == {
        "2026/01": ([], ["/events/calendar/2026/02/"]),
        "2026/03": (["/events/calendar/2026/02/"], ["/events/calendar/2026/04/"]),
        "2026/04": (["/events/calendar/2026/03/"], []),
    }
    assert client.get("/events/calendar/")["Location"] == "/events/calendar/2026/03/"
    for nowhere in ("2025/12", "2026/05", "2026/00", "2026/13", "0000/01", "9999/12", "2026/3"):
        assert client.get(f"/events/calendar/{nowhere}/").status_code == 404


def test_j20_3_the_page_names_the_time_in_singapore_and_at_the_place(client: Client) -> None:
    event = event_on(12, starts_at=datetime(2026, 3, 12, 18, tzinfo=UTC), time_zone="Europe/London")
    words = words_of(client, event.get_absolute_url())
    assert "Friday 13 March 2026, 02:00–04:00 SGT (UTC+8)" in words
    assert "Thursday 12 March 2026, 18:00–20:00 London (UTC+0)" in words
    tree = html.fromstring(client.get(event.get_absolute_url()).content)
    (own,) = tree.xpath("//*[@data-own-time]")
    assert (own.get("data-starts"), own.get("hidden") is not None, own.text) == (
        "2026-03-13T02:00:00+08:00",
        True,
        None,
    )
    assert tree.xpath("//dd/time/@datetime") == ["2026-03-13T02:00:00+08:00"]


def test_j20_5_whole_days_have_days_and_no_hours(client: Client) -> None:
    days = {"starts_at": datetime(2026, 3, 9, 16, tzinfo=UTC), "ends_at": datetime(2026, 3, 12, 16, tzinfo=UTC)}
    words = words_of(client, event_on(9, is_all_day=True, **days).get_absolute_url())
    assert "Tuesday 10 March 2026 – Thursday 12 March 2026" in words
    assert "SGT" not in words


def test_j20_1_speakers_stand_in_order_with_their_roles_and_are_linked_when_they_have_a_page(client: Client) -> None:
    event = event_on(12)
    known, nameless = PersonFactory.create(name="Wei Lim"), PersonFactory.create(name="No Page")
    StaffProfileFactory.create(person=known, published=True)
    rows = ((known, "", "chair"), (nameless, "", "speaker"), (None, "A Guest", "discussant"))
    for position, (person, name, role) in enumerate(rows):
        Speaker.objects.create(event=event, person=person, name=name, role=role, position=position, affiliation="Post")
    tree = html.fromstring(client.get(event.get_absolute_url()).content)
    found = [" ".join(row.text_content().split()) for row in tree.xpath("//ul[@class='speakers']/li")]
    assert found == ["Wei Lim Chair Post", "No Page Post", "A Guest Discussant Post"]
    assert tree.xpath("//ul[@class='speakers']//a/@href") == [known.get_absolute_url()]


def test_j20_2_the_joining_link_is_on_no_page_feed_calendar_or_line_for_machines(client: Client) -> None:
    event = event_on(12, is_online=True)
    JoiningLink.objects.create(event=event, url=SECRET)
    RegistrationDeskFactory.create(event=event)
    own = event.get_absolute_url()
    addresses = (
        own, f"{own}event.ics", "/events/", "/events/calendar/2026/03/", "/events/calendar.ics", "/events/feed.atom", "/events/feed.json",
        "/search/?q=straits", "/sitemap-events-1.xml", preview.link_url(preview.make_link(event, None)),
    )  # fmt: skip
    found = [(client.get(address).status_code, b"secret-room" in client.get(address).content) for address in addresses]
    assert found == [(200, False)] * len(addresses)


def test_the_agenda_stands_by_day_and_by_the_clock_of_the_place(client: Client) -> None:
    event = event_on(
        12,
        time_zone="Asia/Tokyo",
        starts_at=datetime(2026, 3, 12, 0, tzinfo=UTC),
        ends_at=datetime(2026, 3, 13, 9, tzinfo=UTC),
    )
    for hour, title in ((0, "Opening"), (25, "Second day")):
        start = event.starts_at + timedelta(hours=hour)
        Session.objects.create(event=event, title=title, starts_at=start, ends_at=start + timedelta(minutes=90))
    Speaker.objects.create(event=event, session=Session.objects.get(title="Opening"), name="A Guest")
    words = words_of(client, event.get_absolute_url())
    assert "Thursday 12 March 09:00–10:30 Opening A Guest" in words
    assert "Friday 13 March 10:00–11:30 Second day" in words


def panel(**more: Any) -> DeskPanel | None:
    facts = {name: more.pop(name) for name in ("status", "is_online") if name in more}
    event = event_on(12, **({"is_online": True} | facts))
    desk = RegistrationDeskFactory.create(event=event, **more)
    RegistrationFactory.create(desk=desk, guests=1)
    return desk_of(Event.objects.select_related("desk").get(pk=event.pk))


def test_the_panel_says_whether_and_how_one_registers() -> None:
    open_now = panel(seats_in_person=10, seats_online=2)
    assert open_now is not None
    assert open_now.lines == ["In person: 8 places left", "Online: 2 places left"]
    found = [
        panel(seats_in_person=3),
        panel(seats_in_person=2),
        panel(seats_in_person=2, has_waiting_list=False),
        panel(opens_at=NOON + timedelta(days=1)),
        panel(is_stopped=True),
        panel(status=Event.Status.POSTPONED),
    ]
    assert [one.lines if one else None for one in found] == [
        ["In person: 1 place left"],
        ["In person: every place is taken; you can join the waiting list"],
        ["In person: fully booked"],
        ["Registration opens on Tuesday 3 March 2026, 12:00 SGT (UTC+8)."],
        ["Registration is closed."],
        None,
    ]


def test_the_button_of_the_panel_says_what_comes_of_it_and_is_not_there_for_nothing() -> None:
    found = [
        panel(seats_in_person=2),  # but online there is no limit
        panel(seats_in_person=2, is_online=False),
        panel(seats_in_person=2, is_online=False, has_waiting_list=False),
        panel(seats_in_person=2, is_online=False, has_waiting_list=False, needs_approval=True),
    ]
    assert [one.action if one and one.url else None for one in found] == [
        "Register",
        "Join the waiting list",
        None,
        "Register",
    ]


@pytest.mark.parametrize(
    ("status", "words"), [("on", "When"), ("postponed", "Was planned for"), ("cancelled", "Was planned for")]
)
def test_j21_2_the_page_of_what_does_not_take_place_as_announced_says_so_and_goes_into_no_calendar(
    client: Client, status: str, words: str
) -> None:
    event = event_on(12, status=status, status_note="The speaker is ill.")
    RegistrationDeskFactory.create(event=event)
    page = words_of(client, event.get_absolute_url())
    takes_place = status == "on"
    assert [f"{words} Thursday 12 March 2026" in page, "Add to your calendar" in page, "Register" in page] == [
        True, takes_place, takes_place,
    ]  # fmt: skip
    assert ("A new date will be announced here." in page) == (status == "postponed")
    form = client.get(f"{event.get_absolute_url()}register/").context["form"]
    assert (form is not None) == takes_place


def test_j20_6_afterwards_recording_photographs_transcript_and_report_stand_at_the_same_address(client: Client) -> None:
    event = event_on(1, transcript="<p>Word for word.</p>", is_chatham_house=True)
    recording = PublicationFactory.create(
        published=True, series=SeriesFactory.create(media=True), title="The Film", media_url="https://youtu.be/abc"
    )
    event.recording, event.report = recording, PublicationFactory.create(published=True, title="The Report")
    event.save()
    event.results.add(PublicationFactory.create(published=True, title="The Paper"))
    Photograph.objects.create(event=event, image=ImageFactory.create(), caption="The audience.")
    response = client.get(event.get_absolute_url())
    page = response.content.decode()
    shown = ("The Film", "The Report", "The Paper", "Word for word.", "Chatham House Rule", "Add to your calendar")
    assert [words in page for words in shown] == [True, True, True, True, True, False]
    assert 'data-player="https://www.youtube-nocookie.com/embed/abc?autoplay=1"' in page
    assert "<iframe" not in page
    assert "frame-src https://www.youtube-nocookie.com" in response["Content-Security-Policy"]


@pytest.mark.parametrize("link", ["recording", "report", "results"])
def test_a_publication_names_the_public_event_it_came_from(client: Client, link: str) -> None:
    piece = PublicationFactory.create(published=True)
    for event in (event_on(1, title="The Public Talk"), EventFactory.create(title="The Secret Talk")):
        if link == "results":
            event.results.add(piece)
        else:
            setattr(event, link, piece)
            event.save()
    page = words_of(client, piece.get_absolute_url())
    assert ("From the event The Public Talk" in page, "Secret" in page) == (True, False)


def test_what_came_of_an_event_is_shown_once_it_is_public(client: Client) -> None:
    event = event_on(1)
    draft = PublicationFactory.create(title="The Draft")
    event.recording = event.report = draft
    event.save()
    event.results.add(draft)
    assert "The Draft" not in client.get(event.get_absolute_url()).content.decode()


def graph(client: Client, event: Event) -> dict[str, Any]:
    tree = html.fromstring(client.get(event.get_absolute_url()).content)
    (block,) = tree.xpath("//script[@type='application/ld+json']")
    found: dict[str, Any] = json.loads(block.text)["@graph"][0]
    return found


def test_sch_6_an_event_is_described_for_machines(client: Client) -> None:
    event = event_on(
        12, is_online=True, room="Level B4", address="50 Nanyang Avenue\nSingapore 639798", summary="In short."
    )
    JoiningLink.objects.create(event=event, url=SECRET)
    event.centres.add(CentreFactory.create(name="Seas"))
    Speaker.objects.create(event=event, name="A Guest", affiliation="Ministry of Tides")
    node = graph(client, event)
    url = f"http://localhost:8000{event.get_absolute_url()}"
    assert (node["@type"], node["name"], node["startDate"], node["endDate"]) == (
        "Event", "Straits in Winter", "2026-03-12T14:00:00+08:00", "2026-03-12T16:00:00+08:00",
    )  # fmt: skip
    assert node["eventStatus"] == "https://schema.org/EventScheduled"
    assert node["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert node["location"] == [
        {
            "@type": "Place",
            "name": "Level B4, Lecture Theatre, Block S4",
            "address": "50 Nanyang Avenue Singapore 639798",
        },
        {"@type": "VirtualLocation", "url": url},
    ]
    assert [one["name"] for one in node["organizer"]][1:] == ["Seas"]
    assert node["performer"] == [
        {"@type": "Person", "name": "A Guest", "affiliation": {"@type": "Organization", "name": "Ministry of Tides"}}
    ]
    assert (node["isAccessibleForFree"], node["offers"]["price"], node["offers"]["priceCurrency"]) == (True, "0", "SGD")
    assert "previousStartDate" not in node
    assert "secret-room" not in json.dumps(node)


@pytest.mark.parametrize(
    ("facts", "status", "mode"),
    [
        ({}, "EventScheduled", "OfflineEventAttendanceMode"),
        ({"status": "postponed"}, "EventPostponed", "OfflineEventAttendanceMode"),
        ({"status": "cancelled"}, "EventCancelled", "OfflineEventAttendanceMode"),
        ({"previous_starts_at": NOON}, "EventRescheduled", "OfflineEventAttendanceMode"),
        ({"has_moved_online": True, "is_online": True}, "EventMovedOnline", "OnlineEventAttendanceMode"),
        ({"venue": "", "is_online": True}, "EventScheduled", "OnlineEventAttendanceMode"),
    ],
)
def test_sch_6_status_and_mode_follow_what_happened(
    client: Client, facts: dict[str, Any], status: str, mode: str
) -> None:
    node = graph(client, event_on(12, **facts))
    assert (node["eventStatus"], node["eventAttendanceMode"]) == (
        f"https://schema.org/{status}",
        f"https://schema.org/{mode}",
    )
    assert node.get("previousStartDate") == ("2026-03-02T12:00:00+08:00" if "previous_starts_at" in facts else None)


def test_sch_6_whole_days_and_other_zones(client: Client) -> None:
    days = {"starts_at": datetime(2026, 3, 9, 16, tzinfo=UTC), "ends_at": datetime(2026, 3, 12, 16, tzinfo=UTC)}
    whole = graph(client, event_on(9, is_all_day=True, **days))
    summer = {"starts_at": datetime(2026, 7, 1, 17, tzinfo=UTC), "time_zone": "Europe/London"}
    london = graph(client, event_on(9, **summer))
    assert [whole["startDate"], whole["endDate"], london["startDate"]] == [
        "2026-03-10", "2026-03-12", "2026-07-01T18:00:00+01:00",
    ]  # fmt: skip


def test_a_moved_event_says_when_it_was_first_meant_for(client: Client) -> None:
    event = event_on(12, previous_starts_at=datetime(2026, 3, 5, 6, tzinfo=UTC), status_note="The hall was taken.")
    words = words_of(client, event.get_absolute_url())
    assert (
        "This event has a new time. It was first meant for Thursday 5 March 2026, 14:00–16:00 SGT (UTC+8). The hall was taken."
        in words
    )


def test_words_of_every_kind_stand_as_text(client: Client) -> None:
    hostile = "<script>alert(1)</script>"
    event = event_on(12, title=hostile, summary=hostile, venue=hostile, status_note=hostile, status="postponed")
    Speaker.objects.create(event=event, name=hostile, affiliation=hostile)
    for address in (event.get_absolute_url(), "/events/", "/events/calendar/2026/03/"):
        assert b"<script>alert" not in client.get(address).content


def test_feeds_hold_the_events_announced_last_under_their_filters(client: Client) -> None:
    seminar = EventKindFactory.create(name="Seminar", slug="seminar")
    event_on(12, title="Announced first", summary="What it is about.")
    event_on(4, title="Announced last", kind=seminar, publish_at=NOON - timedelta(hours=1))
    found = client.get("/events/feed.json").json()
    assert [item["title"] for item in found["items"]] == ["Announced last", "Announced first"]
    assert "Thursday 12 March 2026, 14:00–16:00 SGT (UTC+8)" in found["items"][1]["content_html"]
    narrowed = client.get("/events/feed.json?kind=seminar").json()
    assert ([item["title"] for item in narrowed["items"]], narrowed["title"]) == (
        ["Announced last"],
        "RSIS · Events · Seminar",
    )
    again = client.get("/events/feed.atom", headers={"if-none-match": client.get("/events/feed.atom")["ETag"]})
    assert again.status_code == 304


def test_search_has_a_group_of_events_found_by_title_speaker_and_text(client: Client) -> None:
    event = event_on(12, title="Quiet Monsoons", body="<p>About granaries.</p>")
    Speaker.objects.create(event=event, name="Leopold Marsh")
    EventFactory.create(title="Secret Monsoons")
    for question in ("monsoons", "leopold", "granaries"):
        assert titles(client, f"/search/?q={question}&kind=events") == ["Quiet Monsoons"]


def test_other_editions_of_a_line_are_named(client: Client) -> None:
    line = EventSeries.objects.create(name="Conference on Seas", slug="seas")
    event = event_on(12, series=line, edition="2026")
    event_on(1, title="Last year’s", series=line, edition="2025")
    EventFactory.create(title="Secret", series=line, edition="2027")
    words = words_of(client, event.get_absolute_url())
    assert ("2025: Last year’s" in words, "Secret" in words) == (True, False)


def test_a_new_address_leaves_a_redirect_for_page_and_calendar_file(client: Client) -> None:
    event = event_on(12)
    old = event.get_absolute_url()
    event.slug = "new-address"
    with redirects.following(event):
        event.save()
    found = [client.get(f"{old}{file}") for file in ("", "event.ics")]
    assert [(one.status_code, one["Location"]) for one in found] == [
        (301, "/events/new-address/"),
        (301, "/events/new-address/event.ics"),
    ]


def test_what_a_unit_a_topic_and_a_person_show_is_asked_of_the_queryset(client: Client) -> None:
    unit, topic, person = CentreFactory.create(), TopicFactory.create(), PersonFactory.create()
    within = CentreFactory.create(parent=unit)
    event, other = event_on(12), event_on(13)
    event.centres.add(within)
    event.topics.add(topic)
    Speaker.objects.create(event=event, person=person)
    Speaker.objects.create(event=EventFactory.create(), person=person)
    public = Event.objects.published().coming()
    assert [list(public.of_centre(unit)), list(public.of_topic(topic)), list(public.of_speaker(person))] == [
        [event]
    ] * 3
    assert list(public) == [event, other]


def test_the_page_of_a_withdrawn_event_keeps_its_reason_alone(client: Client) -> None:
    event = event_on(
        12, state="withdrawn", first_published_at=NOON, withdrawn_at=NOON, withdrawal_reason="Announced in error.",
        body="<p>Its own words.</p>",
    )  # fmt: skip
    page = client.get(event.get_absolute_url())
    assert (page.status_code, b"Announced in error." in page.content, b"Its own words" in page.content) == (
        200,
        True,
        False,
    )
    assert client.get(f"{event.get_absolute_url()}event.ics").status_code == 404
