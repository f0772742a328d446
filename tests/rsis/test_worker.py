"""What the worker does beside what: S4."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from events import registering
from events.registering import Asked
from rsis.management.commands import worker
from rsis.management.commands.worker import DUTIES_OF_BULK, DUTIES_OF_MAIL, Worker
from subscriptions import announcing
from subscriptions.models import Notification
from tests.event_factories import RegistrationDeskFactory
from tests.mail.test_sending import wait_for
from tests.subscriptions.mailing_stand import bulk_sink, piece, reader
from tests.subscriptions.signing import sign_up

BEFORE, NEWSLETTER = 12, 60
ASKED = {"new@example.org", "guest@example.org"}


@contextmanager
def at_work() -> Iterator[None]:
    """The threads that send, as the worker has them."""
    stop = threading.Event()
    threads = [threading.Thread(target=Worker(stop, duties).run) for duties in (DUTIES_OF_MAIL, DUTIES_OF_BULK)]
    for one in threads:
        one.start()
    try:
        yield
    finally:
        stop.set()
        for one in threads:
            one.join()


@pytest.mark.django_db(transaction=True)
def test_s4_confirmations_leave_while_a_newsletter_is_under_way(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.05)
    readers = {f"r{number}@example.org" for number in range(NEWSLETTER)}
    for to in readers:
        reader(to)
    desk = RegistrationDeskFactory.create()
    announcing.wish(piece(), None)
    Notification.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    with bulk_sink(settings) as sink:
        came: Callable[[], list[str]] = lambda: [to for to, _data in sink.taken]  # noqa: E731 -- asked time and again
        # The newsletter stands still in the middle until both are there: had they to wait for it, they never came.
        sink.keeps_waiting = lambda to: to in readers and len(came()) >= BEFORE and not came()[BEFORE + 1 :]
        with at_work():
            wait_for(lambda: len(came()) >= BEFORE)
            sign_up(client, email="new@example.org")
            registering.register(desk, Asked("Guest", "guest@example.org"))
            wait_for(lambda: len(came()) == NEWSLETTER + 2)
        order = came()
    assert (set(order[:BEFORE]) <= readers, set(order[BEFORE : BEFORE + 2])) == (True, ASKED)
    assert sorted(order[BEFORE + 2 :]) == sorted(readers - set(order[:BEFORE]))
