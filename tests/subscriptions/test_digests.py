"""Daily and weekly letters at the reader's hour: each item once, and none without an item."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from time_machine import TimeMachineFixture

from editorial import publishing
from subscriptions import announcing, digests, links, sending
from subscriptions.models import Notification
from tests.factories import TopicFactory
from tests.smtp_sink import Sink
from tests.subscriptions.mailing_stand import announced, bulk_sink, forget, piece, reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with bulk_sink(settings) as found:
        yield found


@pytest.fixture
def clock(time_machine: TimeMachineFixture) -> TimeMachineFixture:
    """Sunday noon in Singapore."""
    time_machine.move_to("2026-11-22 04:00Z", tick=False)
    return time_machine


def morning(clock: TimeMachineFixture, day: str, hour: str = "07:00") -> None:
    """The worker at that hour (Singapore), and a quarter of an hour later, by when all of it is due."""
    clock.move_to(f"{day}T{hour}+08:00", tick=False)
    announcing.work()
    clock.shift(timedelta(minutes=16))
    forget()
    sending.send_due()
    announcing.work()


def subjects(sink: Sink) -> list[tuple[str, str]]:
    return [(str(one["To"]), str(one["Subject"])) for one in sink.messages]


def test_j23_a_digest_holds_what_was_announced_since_the_last_one_and_empty_days_are_skipped(
    sink: Sink, clock: TimeMachineFixture
) -> None:
    reader("mei@example.org", frequency="daily")
    for title in ("First", "Second"):
        announced(piece(title=title))
    morning(clock, "2026-11-23")
    morning(clock, "2026-11-24")
    (message,) = sink.messages
    text = message.get_body(("plain",)).get_content()
    assert (message["Subject"], text.index("Second") < text.index("First")) == ("New from RSIS today", True)


def test_j23_each_item_comes_once_whatever_the_lists_and_the_paces(sink: Sink, clock: TimeMachineFixture) -> None:
    topic = TopicFactory.create(slug="maritime")
    reader("mei@example.org", "publications", frequency="daily")
    reader("mei@example.org", "/publications/", frequency="weekly")
    reader("mei@example.org", "/topics/maritime/")
    announced(piece(title="At once", topics=[topic]))
    announced(piece(title="In the digest"))
    sending.send_due()
    morning(clock, "2026-11-23")
    morning(clock, "2026-11-24")
    morning(clock, "2026-11-30")
    assert subjects(sink) == [("mei@example.org", "At once"), ("mei@example.org", "In the digest")]


def test_a_weekly_letter_goes_on_monday_at_the_readers_hour(sink: Sink, clock: TimeMachineFixture) -> None:
    reader("early@example.org", frequency="weekly", digest_hour=6)
    reader("late@example.org", frequency="weekly", digest_hour=18)
    announced(piece(title="One"))
    announced(piece(title="Two"))
    morning(clock, "2026-11-23", "06:00")
    assert [to for to, _subject in subjects(sink)] == ["early@example.org"]
    morning(clock, "2026-11-23", "18:00")
    assert subjects(sink)[1] == ("late@example.org", "New from RSIS this week")
    morning(clock, "2026-11-24", "06:00")
    assert len(sink.taken) == 2


def test_the_hour_is_served_once_however_often_the_worker_comes(sink: Sink, clock: TimeMachineFixture) -> None:
    reader(frequency="daily")
    announced(piece())
    morning(clock, "2026-11-23")
    for _turn in range(3):
        announcing.work()
        sending.send_due()
    assert (len(sink.taken), Notification.objects.exclude(occasion="").count()) == (1, 1)


def test_s7_an_hour_that_nobody_served_is_left_out_and_its_items_come_in_the_next(
    sink: Sink, clock: TimeMachineFixture
) -> None:
    reader(frequency="daily")
    announced(piece(title="One"))
    morning(clock, "2026-11-23", "10:00")
    assert sink.taken == []
    morning(clock, "2026-11-24")
    assert [to for to, _subject in subjects(sink)] == ["mei@example.org"]


def test_what_was_stopped_or_withdrawn_is_in_no_digest(sink: Sink, clock: TimeMachineFixture) -> None:
    reader(frequency="daily")
    stopped, gone, stays = (piece(title=title) for title in ("Stopped", "Gone", "Stays"))
    held = announced(stopped)
    Notification.objects.filter(pk=held.pk).update(state="stopped")
    announced(gone)
    announced(stays)
    clock.move_to("2026-11-23T07:00+08:00", tick=False)
    announcing.work()
    publishing.withdraw(gone, "An error in the figures.", None)
    clock.shift(timedelta(minutes=16))
    sending.send_due()
    (message,) = sink.messages
    assert message["Subject"] == "Stays"


def test_one_click_in_a_digest_leaves_all_of_its_pace(sink: Sink, clock: TimeMachineFixture) -> None:
    mei = reader(frequency="daily")
    announced(piece())
    morning(clock, "2026-11-23")
    assert links.unsubscribe_url(mei, "daily") in sink.messages[0]["List-Unsubscribe"]


def test_addressing_digests_costs_the_same_for_one_reader_and_for_thirty(clock: TimeMachineFixture) -> None:
    announced(piece())
    costs, had = [], 0
    for size, day in ((1, 23), (30, 24)):
        for number in range(size):
            reader(f"d{size}-{number}@example.org", frequency="daily")
        clock.move_to(f"2026-11-{day}T07:00+08:00", tick=False)
        digests.begin_due()
        held = Notification.objects.exclude(occasion="").latest("pk")
        with CaptureQueriesContext(connection) as found:
            had += digests.address(held, 0, 1_000)
        costs.append(len(found))
    assert (costs[0] == costs[1], had) == (True, 31)
