"""WSB-1 and WSB-2: feeds name their hub, and a real hub on this machine is told of what is new in them."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from lxml import etree
from pytest_django import Settings
from time_machine import TimeMachineFixture

from editorial import publishing, saving
from events import happening
from publications.models import Publication
from rsis.management.commands.worker import DUTIES
from subscriptions import websub
from subscriptions.models import FeedNews
from tests.desk_form import error_summary, form_data
from tests.event_factories import EventFactory
from tests.factories import CentreFactory, PersonFactory, PublicationFactory, SeriesFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db


class Hub:
    """What it was told, in order; and what it answers."""

    def __init__(self) -> None:
        self.told: list[dict[str, list[str]]] = []
        self.answers: list[int] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                hub.told.append(parse_qs(body))
                self.send_response(hub.answers.pop(0) if hub.answers else 202)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hub"
        self.thread = threading.Thread(target=self.server.serve_forever)

    def feeds(self) -> list[str]:
        return [url.partition("localhost:8000")[2] for one in self.told for url in one["hub.url"]]


@pytest.fixture
def hub(settings: Settings) -> Iterator[Hub]:
    found = Hub()
    found.thread.start()
    settings.WEBSUB_HUB, settings.SITE_URL = found.url, "http://localhost:8000"
    yield found
    found.server.shutdown()
    found.thread.join()
    found.server.server_close()


def piece(**facts: Any) -> Publication:
    return PublicationFactory.create(
        series=SeriesFactory.create(slug="commentary"), topics=[TopicFactory.create(slug="maritime")],
        centres=[CentreFactory.create(slug="idss")], tags=["straits"], issued_on="2026-03-20",
        authors=[PersonFactory.create(slug="lim-mei", has_page=True)], **facts,
    )  # fmt: skip


FEEDS = sorted(
    f"{page}feed.{form}"
    for form in ("atom", "json")
    for page in (
        "/people/lim-mei/", "/tags/straits/", "/topics/maritime/", "/research/idss/", "/research/idss/publications/",
        "/publications/commentary/", "/publications/in-house/", "/publications/", "/publications/year/2026/",
    )
)  # fmt: skip


def test_wsb_1_every_feed_that_the_hub_is_told_of_names_hub_and_self(client: Client, hub: Hub) -> None:
    piece(published=True)
    EventFactory.create(published=True)
    for address in [*FEEDS, "/events/feed.atom", "/events/feed.json"]:
        answer = client.get(address)
        own = f"http://localhost:8000{address}"
        assert answer["Link"] == f'<{hub.url}>; rel="hub", <{own}>; rel="self"', address
        if address.endswith("json"):
            feed = json.loads(answer.content)
            assert (feed["hubs"], feed["feed_url"]) == ([{"type": "WebSub", "url": hub.url}], own)
        else:
            links = etree.fromstring(answer.content).findall("{http://www.w3.org/2005/Atom}link")
            assert [one.get("href") for one in links if one.get("rel") == "hub"] == [hub.url]
            assert [one.get("href") for one in links if one.get("rel") == "self"] == [own]


def test_wsb_1_a_choice_within_a_list_or_a_further_page_names_no_hub_for_none_is_told_of_it(
    client: Client, hub: Hub
) -> None:
    piece(published=True)
    for query in ("?topic=maritime", "?before=1-1", "?tag=straits"):
        answer = client.get(f"/publications/commentary/feed.atom{query}")
        assert ("Link" in answer, b'rel="hub"' in answer.content) == (False, False)


def test_wsb_1_off_unless_it_is_set(client: Client) -> None:
    one = piece(published=True)
    saving.record(one, None)
    answer = client.get("/publications/feed.json")
    assert ("Link" in answer, "hubs" in json.loads(answer.content), FeedNews.objects.count()) == (False, False, 0)


def test_wsb_2_published_at_the_desk_the_hub_is_told_by_the_worker_and_never_within_the_request(
    client: Client, hub: Hub
) -> None:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    one = piece(ready=True)
    address = f"/admin/publications/publication/{one.pk}/change/"
    sent = client.post(address, form_data(client.get(address), "publication_form") | {"_step": "publish"})
    assert (error_summary(sent), hub.told, FeedNews.objects.count() > 0) == ("", [], True)
    next(duty for duty in DUTIES if duty.name == "news of feeds").work()
    assert [one["hub.mode"] for one in hub.told] == [["publish"]]
    assert (sorted(hub.feeds()), FeedNews.objects.count()) == (FEEDS, 0)


def test_wsb_2_what_is_rolled_back_is_told_to_nobody(hub: Hub) -> None:
    one = piece(published=True)
    with transaction.atomic():
        saving.record(one, None)
        assert FeedNews.objects.count() == 1
        transaction.set_rollback(True)
    assert (websub.tell_due(), hub.told) == (0, [])


def test_wsb_2_a_scheduled_piece_is_told_of_at_its_second_and_not_before(
    client: Client, hub: Hub, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to("2026-03-19 12:00+08:00", tick=False)
    one = piece()
    six = timezone.now() + timedelta(hours=18)
    publishing.publish(one, six, None)
    told = []
    for moment in (timezone.now(), six - timedelta(seconds=1), six):
        time_machine.move_to(moment, tick=False)
        websub.tell_due()
        told.append((sorted(set(hub.feeds())), one.title in client.get("/publications/feed.json").content.decode()))
    assert told == [([], False), ([], False), (FEEDS, True)]


@pytest.mark.parametrize("answer", [500, 302, 404])
def test_wsb_2_a_hub_that_does_not_take_it_is_asked_again_with_growing_pauses(
    hub: Hub, time_machine: TimeMachineFixture, answer: int
) -> None:
    time_machine.move_to("2026-03-19 12:00+08:00", tick=False)
    saving.record(piece(published=True), None)
    hub.answers = [answer, answer]
    tried = []
    for minutes in (0, 0, 1, 1, 1, 10):
        time_machine.shift(timedelta(minutes=minutes))
        websub.tell_due()
        tried.append(len(hub.told))
    assert (tried, FeedNews.objects.count()) == ([1, 1, 2, 2, 3, 3], 0)


def test_wsb_2_no_hub_at_all_loses_nothing_and_is_given_up_after_a_day(
    settings: Settings, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to("2026-03-19 12:00+08:00", tick=False)
    settings.WEBSUB_HUB = "http://127.0.0.1:9/"
    saving.record(piece(published=True), None)
    assert (websub.tell_due(), FeedNews.objects.get().attempts) == (0, 1)
    for _hour in range(40):
        time_machine.shift(timedelta(hours=1))
        websub.tell_due()
    assert FeedNews.objects.count() == 0


def test_wsb_2_changes_withdrawals_and_events_are_told_and_drafts_are_not(hub: Hub) -> None:
    one, draft = piece(published=True), PublicationFactory.create()
    event = EventFactory.create(published=True)
    saving.record(draft, None)
    assert FeedNews.objects.count() == 0
    publishing.withdraw(one, "An error.", None)
    happening.cancel(event, event.version, happening.Told(), None)
    websub.tell_due()
    assert sorted(set(hub.feeds())) == sorted([*FEEDS, "/events/feed.atom", "/events/feed.json"])


def test_wsb_2_many_changes_are_one_request_that_names_each_feed_once(hub: Hub) -> None:
    one = piece(published=True)
    for _time in range(3):
        saving.record(one, None)
    websub.tell_due()
    assert (len(hub.told), sorted(hub.feeds())) == (1, FEEDS)
