"""What comes, on pages of other rooms: the home page, a unit's, a topic's, a person's. Right at the second, and held."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from editorial.models import User
from events import happening
from events.happening import Told
from events.models import Event, Speaker
from tests.event_factories import EventFactory
from tests.factories import (
    CentreFactory,
    PublicationFactory,
    SeriesFactory,
    StaffProfileFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PAGES = ("/", "/research/unit/", "/topics/topic/", "/people/person/")


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def make() -> Callable[..., Event]:
    """Makes an event of the unit within the unit, of the topic below the topic, at which the person takes part."""
    unit, topic = CentreFactory.create(slug="unit"), TopicFactory.create(slug="topic")
    within, below = CentreFactory.create(parent=unit, slug="within"), TopicFactory.create(slug="below")
    below.parent = topic
    below.save()
    profile = StaffProfileFactory.create(published=True, person__slug="person")
    PublicationFactory.create(published=True, series=SeriesFactory.create(commentary=True), title="A piece")

    def made(title: str, hours: float = 24, **more: Any) -> Event:
        facts = {"state": "published", "publish_at": NOON - timedelta(days=9), "first_published_at": NOON}
        event: Event = EventFactory.create(
            **facts | {"title": title, "starts_at": NOON + timedelta(hours=hours)} | more
        )
        event.centres.set([unit, within])
        event.topics.set([below])
        for role in ("chair", "speaker"):
            Speaker.objects.create(event=event, person=profile.person, role=role)
        return event

    return made


def shown(client: Client, address: str) -> list[str]:
    tree = html.fromstring(client.get(address).content)
    return [link.text_content().strip() for link in tree.xpath("//section[@class='coming-events']//h3/a")]


def everywhere(client: Client) -> list[list[str]]:
    return [shown(client, address) for address in PAGES]


def test_the_next_stand_on_the_home_page_and_on_those_of_their_unit_topic_and_people_each_once(
    client: Client, make: Callable[..., Event]
) -> None:
    for number in (3, 1, 5, 2, 4):
        make(f"In {number} days", hours=24 * number)
    make("Over", hours=-3)
    EventFactory.create(title="Elsewhere", state="published", publish_at=NOON, starts_at=NOON + timedelta(hours=30))
    names = [f"In {number} days" for number in range(1, 6)]
    assert everywhere(client) == [[names[0], "Elsewhere", *names[1:3]], *[names[:3]] * 3]
    assert shown(client, "/research/within/") == names[:3]


def test_they_lead_to_their_list_and_to_a_calendar(client: Client, make: Callable[..., Event]) -> None:
    make("Soon")
    links = "//section[@class='coming-events']//a[not(ancestor::article)]/@href"
    found = [html.fromstring(client.get(address).content).xpath(links) for address in PAGES]
    assert found == [
        ["/events/", "/events/calendar.ics"],
        ["/events/?centre=unit", "/research/unit/events.ics"],
        ["/events/?topic=topic", "/topics/topic/events.ics"],
        [],
    ]
    assert [client.get(address).status_code for address in chain(*found)] == [200] * 6


def test_a_page_without_any_has_no_heading_of_them_nor_has_a_narrowed_list(
    client: Client, make: Callable[..., Event]
) -> None:
    make("Over", hours=-3)
    assert [b"coming-events" in client.get(address).content for address in PAGES] == [False] * 4
    make("Soon")
    assert [shown(client, f"/topics/topic/{query}") for query in ("", "?sort=oldest", "?q=piece")] == [["Soon"], [], []]


def test_each_appears_and_ends_at_its_second_without_a_write(client: Client, make: Callable[..., Event]) -> None:
    event = make("Timed", hours=3, publish_at=NOON + timedelta(hours=1))
    seconds = []
    for moment in (NOON + timedelta(hours=1), event.starts_at, event.ends_at):
        for before in (1, 0):
            with time_machine.travel(moment - timedelta(seconds=before), tick=False):
                seconds.append(everywhere(client) == [["Timed"]] * 4)
    assert seconds == [False, True, True, True, True, False]


def test_j21_2_what_happens_to_one_stands_there_at_once(client: Client, make: Callable[..., Event]) -> None:
    event, told = make("Told", hours=48), Told()
    seen = []
    by: User = UserFactory.create()
    for step in (happening.postpone, happening.cancel, happening.reinstate):
        everywhere(client)
        event = step(event, event.version, told, by)
        tree = html.fromstring(client.get("/topics/topic/").content)
        seen.append(
            [
                words.strip()
                for words in tree.xpath("//section[@class='coming-events']//*[@class='event-status']/text()")
            ]
        )
    assert seen == [["Postponed"], ["Cancelled"], []]
    Event.objects.filter(pk=event.pk).update(state="withdrawn", withdrawn_at=NOON)
    assert everywhere(client) == [[]] * 4


@pytest.mark.parametrize("address", PAGES)
def test_a_page_costs_no_more_with_events_on_it_than_without_once_they_are_held(
    client: Client, make: Callable[..., Event], address: str
) -> None:
    costs = []
    for number in range(3):
        shown(client, address)
        cache.clear()  # of whole pages: what is asked for here is what they are made of
        with CaptureQueriesContext(connection) as found:
            assert len(shown(client, address)) == number
        costs.append(len(found))
        make(f"Event {number}")
    assert costs == [costs[0]] * 3


@pytest.mark.parametrize("address", PAGES)
def test_for_whom_nothing_is_held_a_page_costs_the_same_for_one_and_for_three(
    make: Callable[..., Event], address: str
) -> None:
    client = Client()
    client.force_login(UserFactory.create())
    make("First")
    shown(client, address)  # what is asked once in a process is asked now
    costs = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as found:
            shown(client, address)
        costs.append(len(found))
        make("Second")
        make("Third")
    assert costs == [costs[0]] * 2
