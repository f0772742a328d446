"""From "notify" to one delivery for each person: who is addressed, when, and that it happens once."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from editorial import publishing
from subscriptions import announcing, barring, lists, matching
from subscriptions.models import Delivery, Notification
from tests.desk_form import error_summary, form_data
from tests.factories import (
    CentreFactory,
    PersonFactory,
    PublicationFactory,
    RegionFactory,
    SeriesFactory,
    TopicFactory,
    UserFactory,
)
from tests.mail.test_sending import killable_worker, wait_for
from tests.subscriptions.mailing_stand import addressed, announced, piece, reader

pytestmark = pytest.mark.django_db
State = Notification.State


def test_a_piece_belongs_to_every_list_that_its_pages_show_it_on() -> None:
    above = TopicFactory.create(slug="security")
    topic, region = TopicFactory.create(slug="maritime", parent=above), RegionFactory.create(slug="asean")
    centre = CentreFactory.create(slug="idss")
    programme = CentreFactory.create(slug="maritime-programme", parent=centre)
    one = piece(
        series=SeriesFactory.create(slug="commentary"), topics=[topic], regions=[region], centres=[programme],
        authors=[PersonFactory.create(slug="lim-mei", has_page=True)], tags=["Straits"],
    )  # fmt: skip
    assert matching.targets_of(one) == [
        "/people/lim-mei/", "/tags/straits/", "/topics/maritime/", "/topics/security/", "/regions/asean/",
        "/research/maritime-programme/", "/research/idss/", "/publications/commentary/", "publications", "/publications/",
    ]  # fmt: skip


def test_the_lists_of_a_piece_are_those_whose_pages_hold_it() -> None:
    topic = TopicFactory.create(slug="maritime", parent=TopicFactory.create(slug="security"))
    one, other = piece(topics=[topic], tags=["straits"]), piece()
    for target in matching.targets_of(one):
        assert one in lists.pieces(target), target
    assert [target for target in matching.targets_of(one) if other in lists.pieces(target)] == [
        target for target in matching.targets_of(other) if target in matching.targets_of(one)
    ]


def test_a_saved_search_and_a_list_with_filters_are_asked_once_each_about_the_piece() -> None:
    series = SeriesFactory.create(slug="commentary")
    for number in range(3):
        reader(f"r{number}@example.org", "/search/?q=strait", "/publications/commentary/?topic=maritime")
    reader("other@example.org", "/search/?q=palm")
    one = piece(series=series, title="Two navies in the strait", topics=[TopicFactory.create(slug="maritime")])
    assert matching.filtered_targets_of(one) == ["/publications/commentary/?topic=maritime", "/search/?q=strait"]


def test_j23_somebody_on_three_of_its_lists_gets_one_letter() -> None:
    reader("mei@example.org", "publications", "/publications/", "/topics/maritime/")
    held = announced(piece(topics=[TopicFactory.create(slug="maritime")]))
    assert list(held.deliveries.values_list("target", "domain", "state")) == [
        ("/topics/maritime/", "example.org", "due")
    ]


def test_only_confirmed_readers_who_have_not_paused_left_or_been_barred_are_addressed() -> None:
    today = timezone.localdate()
    reader("yes@example.org")
    reader("back@example.org", paused_until=today)
    reader("unsure@example.org", state="unconfirmed", confirmed_at=None)
    reader("paused@example.org", paused_until=today + timedelta(days=1))
    reader("daily@example.org", frequency="daily")
    left = reader("left@example.org")
    left.subscriptions.update(is_active=False)
    barring.bar("bounced@example.org", "hard", "550", reader("bounced@example.org"))
    assert addressed(announced()) == ["back@example.org", "yes@example.org"]


def test_addressing_in_batches_leaves_nobody_out_and_addresses_nobody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "BATCH", 3)
    monkeypatch.setattr(announcing, "BATCHES_A_TURN", 1)
    for number in range(8):
        reader(f"r{number}@example.org")
    held = announced()
    turns = 1
    while held.state == State.EXPANDING:
        announcing.work()
        held.refresh_from_db()
        turns += 1
    assert (turns > 1, len(addressed(held)), held.state) == (True, 8, State.SENDING)


def test_a_batch_that_was_cut_off_is_done_again_and_no_one_is_addressed_twice() -> None:
    for number in range(4):
        reader(f"r{number}@example.org")
    held = announced()
    Notification.objects.update(state=State.EXPANDING, expanded_to=0)  # as if the progress had been lost
    announcing.work()
    assert len(addressed(held)) == 4


def test_f21_two_workers_address_everybody_once() -> None:
    """Under one lock: see the transaction test below for real threads."""
    reader()
    one = piece()
    first, second = announcing.wish(one, None), announcing.wish(one, None)
    assert (first, Notification.objects.count()) == (second, 1)


@pytest.mark.django_db(transaction=True)
def test_s3_workers_at_once_address_everybody_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "BATCH", 5)
    for number in range(40):
        reader(f"r{number}@example.org")
    announcing.wish(piece(), None)
    Notification.objects.update(due_at=timezone.now())

    def work() -> None:
        while announcing.work():
            pass
        connections.close_all()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while announcing.work():
        pass
    assert (Notification.objects.get().state, Delivery.objects.count()) == (State.SENDING, 40)


def test_j23_nothing_goes_out_within_the_hold_and_it_can_be_stopped(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    reader()
    one = piece()
    held = announcing.wish(one, None)
    time_machine.shift(announcing.HOLD - timedelta(seconds=1))
    announcing.work()
    assert Delivery.objects.count() == 0
    announcing.stop(held, "Stopped by mei")
    time_machine.shift(timedelta(minutes=10))
    announcing.work()
    held.refresh_from_db()
    assert (held.state, held.stopped_because, Delivery.objects.count()) == (State.STOPPED, "Stopped by mei", 0)


def test_a_scheduled_piece_is_announced_after_its_hour(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    reader()
    one = PublicationFactory.create()
    hour = timezone.now() + timedelta(hours=9)
    publishing.publish(one, hour, None)
    held = announcing.wish(one, None)
    assert held.due_at == hour + announcing.HOLD
    announcing.work()
    assert Delivery.objects.count() == 0
    time_machine.move_to(held.due_at, tick=False)
    announcing.work()
    assert Delivery.objects.count() == 1


def test_s7_found_over_two_hours_late_it_waits_for_a_person(time_machine: TimeMachineFixture) -> None:
    reader()
    held = announcing.wish(piece(), None)
    time_machine.move_to(held.due_at + announcing.TOO_LATE + timedelta(minutes=1))
    announcing.work()
    held.refresh_from_db()
    assert (held.state, Delivery.objects.count()) == (State.LATE, 0)
    announcing.go_on(held)
    announcing.work()
    assert Delivery.objects.count() == 1


def test_a_piece_withdrawn_within_the_hold_is_not_announced() -> None:
    reader()
    one = piece()
    announcing.wish(one, None)
    publishing.withdraw(one, "An error in the figures.", None)
    Notification.objects.update(due_at=timezone.now())
    announcing.work()
    assert (Notification.objects.get().state, Delivery.objects.count()) == (State.STOPPED, 0)


def test_j23_published_again_it_is_not_announced_again() -> None:
    reader()
    one = piece()
    held = announced(one)
    announcing.wish(one, None)
    announcing.work()
    assert (Notification.objects.count(), held.deliveries.count()) == (1, 1)


def test_j23_the_desk_asks_at_publishing_and_tells_afterwards(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    reader()
    one = PublicationFactory.create(series=SeriesFactory.create(family="inhouse"), ready=True)
    address = f"/admin/publications/publication/{one.pk}/change/"
    page = client.get(address)
    assert "Notify 1 subscriber of List publications" in " ".join(page.text.split())
    sent = client.post(address, form_data(page, "publication_form") | {"_step": "publish"})
    assert error_summary(sent) == ""
    held = Notification.objects.get()
    assert (held.state, held.subject) == (State.HELD, one.title)
    assert "It can still be stopped." in client.get(address).text


def test_unticked_nobody_is_told(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    one = PublicationFactory.create(series=SeriesFactory.create(family="inhouse"), ready=True)
    address = f"/admin/publications/publication/{one.pk}/change/"
    data = form_data(client.get(address), "publication_form") | {"_step": "publish"}
    data.pop("notify")
    assert error_summary(client.post(address, data)) == ""
    one.refresh_from_db()
    assert (one.is_public, Notification.objects.count()) == (True, 0)


def test_a_schedule_taken_back_takes_the_announcement_back(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    one = PublicationFactory.create(series=SeriesFactory.create(family="inhouse"), ready=True)
    address = f"/admin/publications/publication/{one.pk}/change/"
    client.post(
        address,
        form_data(client.get(address), "publication_form") | {"_step": "schedule", "schedule_for": "2099-01-01 06:00"},
    )
    assert Notification.objects.get().state == State.HELD
    client.post(address, form_data(client.get(address), "publication_form") | {"_step": "unschedule"})
    assert Notification.objects.get().state == State.STOPPED


ADDRESSING = """
import django
django.setup()
from subscriptions import announcing
announcing.BATCH = announcing.BATCHES_A_TURN = 1
print("ready", flush=True)
while True:
    announcing.work()
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_s1_s2_a_worker_killed_while_it_addresses_leaves_nobody_out_and_addresses_nobody_twice() -> None:
    for number in range(150):
        reader(f"r{number}@example.org")
    held = announcing.wish(piece(), None)
    Notification.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    kills = 0
    while kills < 4:
        with killable_worker(1, ADDRESSING) as kill:
            wanted = min(Delivery.objects.count() + 20, 150)
            wait_for(lambda wanted=wanted: Delivery.objects.count() >= wanted)  # type: ignore[misc]
            kill()
        kills += 1
    announcing.work()
    while Notification.objects.filter(state=State.EXPANDING).exists():
        announcing.work()
    assert addressed(held) == sorted(f"r{number}@example.org" for number in range(150))
