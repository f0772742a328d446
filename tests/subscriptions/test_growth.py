"""The figures of lists at the desk: growth, letters, what came back, complaints, who left; by month and by list."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscriptions import growth, retention, wishes
from subscriptions.models import Bounce, Delivery, Notification
from tests.subscriptions.mailing_stand import announced, piece, reader
from tests.subscriptions.signing import subscribed
from tests.subscriptions.test_desk import desk_of

pytestmark = pytest.mark.django_db

FIGURES = "/admin/subscriptions/notification/figures/"


def sent(count: int, kind: str = "") -> Notification:
    """A mailing to everybody, of which some came back, or were complained of."""
    held = announced(piece())
    held.deliveries.update(state="sent", due_at=None, sent_at=timezone.now())
    for row in held.deliveries.order_by("pk")[:count]:
        Bounce.objects.create(delivery=row, subscriber=row.subscriber, kind=kind)
    Notification.objects.filter(pk=held.pk).update(state="done")
    return held


def year(client: Client) -> None:
    """Two join in January, one in March, who leaves in April; a mailing in February and one in June."""
    with time_machine.travel("2026-01-10 10:00+08:00") as clock:
        subscribed(client, email="a@example.org")
        subscribed(client, email="b@example.org", lists=["publications", "events"])
        clock.move_to("2026-02-28 23:30+08:00")
        sent(1, "hard")
        clock.move_to("2026-03-01 00:30+08:00")
        third = subscribed(client, email="c@example.org")
        clock.move_to("2026-04-10 10:00+08:00")
        wishes.leave_all(third, "page of leaving")
        clock.move_to("2026-06-10 10:00+08:00")
        sent(1, "complaint")


@pytest.mark.parametrize("is_tallied", [False, True])
def test_months_hold_growth_letters_what_came_back_complaints_and_who_left(client: Client, is_tallied: bool) -> None:
    year(client)
    with time_machine.travel("2026-07-05 10:00+08:00"):
        if is_tallied:  # February's deliveries are gone, June's not yet
            assert retention.tally_old() == 2
        months = {one.label: one for one in growth.months_of("publications")}
    told = [
        (one.followers, one.joined, one.left, one.sent, one.bounced, one.complaints)
        for one in (months[f"{name} 2026"] for name in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul"))
    ]
    assert told == [
        (2, 2, 0, 0, 0, 0), (2, 0, 0, 2, 1, 0), (3, 1, 0, 0, 0, 0), (2, 0, 1, 0, 0, 0), (2, 0, 0, 0, 0, 0),
        (2, 0, 0, 2, 0, 1), (2, 0, 0, 0, 0, 0),
    ]  # fmt: skip
    assert (len(months), months["Aug 2025"].followers) == (12, 0)


def test_lists_stand_beside_each_other_and_a_rate_of_complaints_above_one_in_a_thousand_stands_out(
    client: Client,
) -> None:
    year(client)
    with time_machine.travel("2026-07-05 10:00+08:00"):
        lines = growth.by_list()
    assert [(one.target, one.followers, one.joined, one.left, one.sent, one.complaints, one.percent) for one in lines] == [
        ("publications", 2, 3, 1, 4, 1, "25.00"), ("events", 1, 1, 0, 0, 0, "0.00"),
    ]  # fmt: skip
    assert [one.is_alarming for one in lines] == [True, False]


def test_the_desk_shows_charts_and_the_same_as_a_table_of_all_lists_or_one(client: Client) -> None:
    desk = desk_of("Publishers")
    year(client)
    with time_machine.travel("2026-07-05 10:00+08:00"):
        page = desk.get(FIGURES).text
        one = desk.get(FIGURES, {"list": "events"}).text
    assert (page.count('<svg class="chart"'), page.count('role="img"'), "<script" in page.partition('id="content-main"')[2]) == (
        5, 5, False,
    )  # fmt: skip
    assert (one.count('<svg class="chart"'), one.count("None in these twelve months.")) == (1, 4)
    assert ["(25.00 %)" in page, "All lists together" in page, "RSIS Events" in one] == [True] * 3
    assert desk.get(FIGURES, {"list": "/none/"}).status_code == 404
    assert desk_of("Editors").get(FIGURES).status_code == 403


def test_the_figures_cost_the_same_with_three_lists_as_with_one() -> None:
    reader("a@example.org", "publications")
    counts = []
    for targets in ((), ("/topics/a/", "/topics/b/")):
        if targets:
            reader("b@example.org", *targets)
        with CaptureQueriesContext(connection) as asked:
            growth.months_of()
            growth.by_list()
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_snd_3_complaints_are_shown_warned_of_at_one_and_stopped_at_three_in_a_thousand() -> None:
    """The stop itself is tested with the reports that lead to it."""
    with time_machine.travel("2026-07-05 10:00+08:00", tick=False):
        for number in range(4):
            reader(f"r{number}@example.org")
        held = sent(0)
        row = held.deliveries.first()
        assert row
        Delivery.objects.bulk_create(
            Delivery(
                notification=held, subscriber=reader(f"more{number}@example.org"), target="publications", domain="example.org",
                state="sent", sent_at=timezone.now() - timedelta(seconds=1), due_at=None,
            )
            for number in range(996)
        )  # fmt: skip
        rates = []
        for number in range(2):
            Bounce.objects.create(
                delivery=held.deliveries.order_by("pk")[number], subscriber=row.subscriber, kind="complaint"
            )
            [line] = growth.by_list()
            rates.append((line.percent, line.is_alarming))
    assert rates == [("0.10", True), ("0.20", True)]
