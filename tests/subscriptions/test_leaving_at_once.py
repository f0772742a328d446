"""Whoever leaves gets no letter after the answer, be it in a worker's hands by then."""

import random
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from editorial import publishing
from mail import batch, leaving
from mail import sending as engine
from mail.models import Outgoing
from subscriptions import announcing, links, personal_data, sending, wishes
from subscriptions.models import Subscriber
from tests.mail.test_sending import elsewhere
from tests.smtp_sink import Sink
from tests.subscriptions.mailing_stand import announced, bulk_sink, fates, piece, reader

pytestmark = pytest.mark.django_db(transaction=True)
State = Outgoing.State


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with bulk_sink(settings) as found:
        yield found


def leave(one: Subscriber) -> None:
    wishes.leave(one, links.scope_of("publications"), "one-click")


def pause(one: Subscriber) -> None:
    wishes.arrange(one, {}, 4, 7, "preferences")


def erase(one: Subscriber) -> None:
    personal_data.erase(one.email)


WAYS = [leave, wishes.leave_all, pause, erase]


def take_out(way: Callable[..., object], one: Subscriber) -> None:
    way(one, "preferences") if way is wishes.leave_all else way(one)


@pytest.mark.parametrize("way", WAYS)
def test_uns_12_s6_f29_whoever_leaves_before_the_worker_comes_gets_nothing(
    sink: Sink, way: Callable[..., object]
) -> None:
    gone, stays = reader("left@example.org"), reader("stays@example.org")
    held = announced()
    take_out(way, gone)
    sending.send_due()
    assert (fates(held).get(gone.email, State.SKIPPED), fates(held)[stays.email]) == (State.SKIPPED, State.SENT)
    assert [to for to, _data in sink.taken] == [stays.email]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("whose", ["the letter on the line", "one behind it", "one announced with it"])
def test_uns_12_s6_whoever_leaves_while_a_worker_has_their_letter_in_hand_gets_nothing(
    sink: Sink, way: Callable[..., object], whose: str
) -> None:
    readers = {name: reader(f"{name}@example.org") for name in ("first", "second", "third")}
    leaver = {"the letter on the line": "first", "one announced with it": "second", "one behind it": "third"}[whose]
    held = announced()
    answered: list[bool] = []

    def at_first(to: str) -> None:
        """The server is about to answer to the first recipient; meanwhile somebody leaves, and is answered."""
        if not answered:
            answered.append(True)
            elsewhere(lambda: take_out(way, readers[leaver]))

    sink.at_rcpt = at_first
    sending.send_due()
    assert answered == [True]
    assert sorted(to for to, _data in sink.taken) == [f"{name}@example.org" for name in readers if name != leaver]
    assert fates(held).get(f"{leaver}@example.org", State.SKIPPED) == State.SKIPPED


def test_s6_the_answer_waits_for_a_letter_that_is_on_its_way_and_no_longer_than_it_must(
    sink: Sink, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "LONGEST_WAIT", 30)
    monkeypatch.setattr(leaving, "FRESH", 10)
    one = reader()
    announced()
    asked, seen = threading.Event(), []
    waits = leaving._wait

    def watched(handing: object) -> None:
        asked.set()
        waits(handing)
        seen.append([to for to, _data in sink.taken])

    monkeypatch.setattr(leaving, "_wait", watched)
    thread = threading.Thread(target=lambda: elsewhere(lambda: leave(one)))

    def at_first(_to: str) -> None:
        if not thread.ident:
            thread.start()
            asked.wait(10)

    sink.at_rcpt = at_first
    sending.send_due()
    thread.join()
    assert (seen, sink.taken) == ([[one.email]], sink.taken[:1])


def test_uns_12_s6_f29_of_many_who_leave_amid_a_mailing_none_gets_a_letter_after_the_answer(
    sink: Sink, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "LONGEST_WAIT", 30)  # however slow the machine of the test is
    settings.BULK_CONNECTIONS = 1 if connection.vendor == "sqlite" else 3
    readers = [reader(f"r{number}@example.org") for number in range(90)]
    held = announced()
    chance = random.Random(3)
    leavers = chance.sample(readers, 30)
    answered_after: dict[str, int] = {}

    def leave_all() -> None:
        for one in leavers:
            leave(one)
            answered_after[one.email] = len(sink.taken)

    thread = threading.Thread(target=lambda: elsewhere(leave_all))
    sink.at_rcpt = lambda _to: None if thread.ident else thread.start()
    while sending.send_due():
        pass
    thread.join()
    late = [to for place, (to, _data) in enumerate(sink.taken) if place >= answered_after.get(to, len(sink.taken))]
    assert (late, set(fates(held).values()) <= {State.SENT, State.SKIPPED}) == ([], True)
    assert {to for to, _data in sink.taken} == {to for to, state in fates(held).items() if state == State.SENT}


def test_j23_stopped_while_letters_are_in_hand_no_further_one_leaves(sink: Sink) -> None:
    for number in range(9):
        reader(f"r{number}@example.org")
    held = announced()
    stopped: list[int] = []

    def at_third(_to: str) -> None:
        if len(sink.taken) >= 2 and not stopped:
            stopped.append(1)
            elsewhere(lambda: announcing.stop(held, "Stopped by mei"))
            stopped[0] = len(sink.taken)

    sink.at_rcpt = at_third
    sending.send_due()
    assert (stopped, len(sink.taken)) == ([2], 2)
    assert announcing.go_on(held) == 7


def test_a_piece_withdrawn_amid_a_mailing_goes_to_nobody_further(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOOK_EVERY", 0)
    monkeypatch.setattr(engine, "FIRST_AT_ONCE", 2)
    monkeypatch.setattr(batch, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(leaving, "FRESH", 10)  # so that the two of the batch leave in any case
    monkeypatch.setattr(leaving, "LONGEST_WAIT", 0)
    for number in range(9):
        reader(f"r{number}@example.org")
    one = piece()
    held = announced(one)
    withdrawn: list[bool] = []

    def at_first(_to: str) -> None:
        if not withdrawn:
            withdrawn.append(True)
            elsewhere(lambda: publishing.withdraw(one, "An error in the figures.", None))

    sink.at_rcpt = at_first
    sending.send_due()
    held.refresh_from_db()
    assert (len(sink.taken), held.state) == (2, "stopped")
