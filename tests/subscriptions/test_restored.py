"""S7: a restored backup sends nothing by itself, and neither is anybody forgotten in it."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from events.models import EventNotice
from mail.models import Letter
from rsis.management.commands.worker import DUTIES, Worker
from subscriptions import announcing, restored
from subscriptions.models import Delivery, Notification, WorkMark
from tests.event_factories import RegistrationFactory
from tests.smtp_sink import Sink
from tests.subscriptions.mailing_stand import announced, bulk_sink, fates, piece, reader
from tests.subscriptions.signing import sign_up

pytestmark = pytest.mark.django_db

MAIL = tuple(duty for duty in DUTIES if duty.is_mail or duty.is_bulk)


@pytest.fixture
def sink(settings: Settings, time_machine: TimeMachineFixture) -> Iterator[Sink]:
    time_machine.move_to("2026-03-18 12:00:00.5+08:00", tick=False)
    with bulk_sink(settings) as found:
        yield found


def work() -> None:
    Worker(threading.Event(), MAIL).do_everything(nightly=False)


def in_use(time_machine: TimeMachineFixture) -> WorkMark:
    """Workers had their turns for some minutes; the row as a backup of now would hold it."""
    for _minute in range(3):
        work()
        time_machine.shift(timedelta(minutes=2))
    return WorkMark.objects.get()


def put_back(backup: WorkMark) -> None:
    backup.save()


def waiting(client: Client) -> Notification:
    """Something of every kind of mail that is due."""
    reader("mei@example.org")
    held = announced(piece())
    Letter.objects.create(key="confirmation", to_address="ben@example.org", subject="Your place", text="It is kept.")
    sign_up(client, email="new@example.org")
    RegistrationFactory.create(
        email="guest@example.org", desk__event__starts_at=timezone.now() + timedelta(hours=23), desk__reminder_hours=24
    )
    return held


def test_s7_a_restored_backup_sends_nothing_by_itself(
    client: Client, sink: Sink, time_machine: TimeMachineFixture
) -> None:
    backup = in_use(time_machine)
    in_use(time_machine)  # after the backup was made
    put_back(backup)
    waiting(client)
    for _turn in range(3):
        work()
        time_machine.shift(timedelta(minutes=3))
    assert (sink.taken, restored.is_held(), Letter.objects.get().state) == ([], True, "due")


def test_s7_set_aside_what_was_due_waits_for_people_and_new_mail_leaves(
    client: Client, sink: Sink, time_machine: TimeMachineFixture
) -> None:
    backup = in_use(time_machine)
    in_use(time_machine)
    put_back(backup)
    held = waiting(client)
    work()
    call_command("after_restore", "--set-aside", stdout=StringIO())
    work()
    held.refresh_from_db()
    assert (sink.taken, held.state, held.stopped_because) == ([], "stopped", restored.MAY_BE_SENT)
    assert Letter.objects.values_list("state", "reply").get() == ("uncertain", restored.MAY_BE_SENT)
    assert EventNotice.objects.values_list("kind", "written_to").get() == ("reminder", None)
    Letter.objects.create(key="new", to_address="later@example.org", subject="New", text="Words.")
    announcing.go_on(held)
    time_machine.shift(timedelta(seconds=5))
    work()
    assert sorted(to for to, _data in sink.taken) == ["later@example.org", "mei@example.org"]
    assert fates(held) == {"mei@example.org": "sent"}


def test_s7_digests_whose_hour_came_before_the_restore_are_not_sent_again(
    sink: Sink, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to("2026-03-18 05:00:00.5+08:00", tick=False)
    backup = in_use(time_machine)
    reader("mei@example.org", frequency="daily")
    announced(piece())
    time_machine.move_to("2026-03-18 07:10+08:00", tick=False)
    in_use(time_machine)
    Notification.objects.exclude(occasion="").delete()
    put_back(backup)
    work()
    call_command("after_restore", "--set-aside", stdout=StringIO())
    work()
    assert (Delivery.objects.count(), Notification.objects.exclude(occasion="").get().state) == (0, "stopped")


def test_s7_said_so_by_a_person_what_waits_goes_out(
    client: Client, sink: Sink, time_machine: TimeMachineFixture
) -> None:
    backup = in_use(time_machine)
    in_use(time_machine)
    put_back(backup)
    waiting(client)
    work()
    said = StringIO()
    call_command("after_restore", stdout=said)
    work()
    assert ("Mail is held." in said.getvalue(), sink.taken) == (True, [])
    call_command("after_restore", "--send", stdout=StringIO())
    for _turn in range(2):
        time_machine.shift(timedelta(seconds=5))
        work()
    assert sorted(to for to, _data in sink.taken) == [
        "ben@example.org", "guest@example.org", "mei@example.org", "new@example.org",
    ]  # fmt: skip


def test_s7_on_another_machine_without_the_file_a_database_of_hours_ago_is_a_restored_one(
    sink: Sink, settings: Settings, time_machine: TimeMachineFixture
) -> None:
    in_use(time_machine)
    Path(settings.WORK_MARK_FILE).unlink()
    time_machine.shift(timedelta(hours=3))
    assert (restored.may_send(), restored.is_held()) == (False, True)


def test_r4_workers_that_were_away_for_a_day_go_on_by_themselves(sink: Sink, time_machine: TimeMachineFixture) -> None:
    in_use(time_machine)
    time_machine.shift(timedelta(days=1))
    Letter.objects.create(key="confirmation", to_address="ben@example.org", subject="Your place", text="It is kept.")
    work()
    assert [to for to, _data in sink.taken] == ["ben@example.org"]


def test_a_new_database_beside_an_old_file_is_no_restored_one(sink: Sink, settings: Settings) -> None:
    Path(settings.WORK_MARK_FILE).write_text("1000")
    assert (restored.may_send(), restored.may_send(), Path(settings.WORK_MARK_FILE).read_text()) == (True, True, "1")


def test_a_second_machine_whose_file_is_older_finds_nothing_amiss(
    sink: Sink, settings: Settings, time_machine: TimeMachineFixture
) -> None:
    mark = in_use(time_machine)
    Path(settings.WORK_MARK_FILE).write_text("1")
    assert (mark.number > 1, restored.may_send()) == (True, True)


def test_s7_a_crash_that_lost_the_last_minute_holds_no_mail(sink: Sink, time_machine: TimeMachineFixture) -> None:
    mark = in_use(time_machine)
    WorkMark.objects.update(number=mark.number - 1)
    assert (restored.may_send(), restored.is_held()) == (True, False)
