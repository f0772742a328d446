"""At the door: whoever comes is counted once, whatever the telephones send, how often and how late."""

import json
import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from events import checking_in, registering, ticket
from events.checking_in import Arrival
from events.models import CheckIn, Registration, RegistrationDesk
from events.registering import Asked, NotPossible
from mail.models import Letter
from tests.event_factories import RegistrationDeskFactory, RegistrationFactory
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
State = Registration.State
NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def desk() -> RegistrationDesk:
    made: RegistrationDesk = RegistrationDeskFactory.create(seats_in_person=3)
    return made


@pytest.fixture
def mei(desk: RegistrationDesk) -> Registration:
    return registering.register(desk, Asked("Mei", "mei@example.org"))


@pytest.fixture
def door(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def sync(door: Client, desk: RegistrationDesk, *arrivals: Any) -> Any:
    address = f"/admin/events/registrationdesk/{desk.pk}/check-in/sync/"
    return door.post(address, json.dumps({"arrivals": arrivals}), content_type="application/json")


def arrival(one: Registration, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    moment = (at or timezone.now()).timestamp() * 1000
    return {"id": str(uuid.uuid4()), "at": moment, "mark": one.mark.hex, **more}


def test_j22_4_an_arrival_sent_again_and_again_is_one(door: Client, desk: RegistrationDesk, mei: Registration) -> None:
    sent = arrival(mei)
    answers = [sync(door, desk, sent, sent).json() for _time in range(3)]
    assert [one["counts"]["here"] for one in answers] == [1, 1, 1]
    assert [one["results"][sent["id"]]["ok"] for one in answers] == [True] * 3
    assert CheckIn.objects.count() == 1


def test_j22_4_of_two_telephones_the_first_to_see_somebody_counts_whoever_sends_first(
    door: Client, desk: RegistrationDesk, mei: Registration, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(NOW, tick=False)
    late, early = NOW - timedelta(minutes=5), NOW - timedelta(minutes=50)
    sync(door, desk, arrival(mei, late))
    found = sync(door, desk, arrival(mei, early)).json()
    mei.refresh_from_db()
    assert (mei.checked_in_at, found["counts"]["here"], CheckIn.objects.count()) == (early, 1, 2)


@pytest.mark.parametrize(
    ("at", "believed"),
    [
        (NOW + timedelta(hours=5), NOW),
        (NOW - timedelta(days=900), NOW - checking_in.OLDEST),
        (None, NOW),
        ("soon", NOW),
        (1e30, NOW),
    ],
)
def test_f20_a_telephone_with_a_wrong_clock_is_not_believed(
    door: Client,
    desk: RegistrationDesk,
    mei: Registration,
    time_machine: TimeMachineFixture,
    at: Any,
    believed: datetime,
) -> None:
    time_machine.move_to(NOW, tick=False)
    moment = at.timestamp() * 1000 if isinstance(at, datetime) else at
    assert sync(door, desk, arrival(mei) | {"at": moment}).status_code == 200
    mei.refresh_from_db()
    assert mei.checked_in_at == believed


def test_j22_6_who_walks_in_has_a_place_and_is_here_and_is_one_however_often_it_is_sent(
    door: Client, desk: RegistrationDesk
) -> None:
    sent = {"id": str(uuid.uuid4()), "name": "Walk In", "email": "walk@example.org"}
    for _time in range(3):
        sync(door, desk, sent)
    (one,) = desk.registrations.all()
    assert (one.name, one.source, one.state, one.checked_in_at is not None) == ("Walk In", "door", "confirmed", True)
    assert Letter.objects.count() == 0


def test_who_walks_in_but_is_registered_is_checked_in_as_such(
    door: Client, desk: RegistrationDesk, mei: Registration
) -> None:
    sync(door, desk, {"id": str(uuid.uuid4()), "name": "M.", "email": "MEI@example.org"})
    mei.refresh_from_db()
    assert (desk.registrations.count(), mei.name, mei.checked_in_at is not None) == (1, "Mei", True)


def test_without_a_place_nobody_is_counted_until_the_door_gives_one(door: Client, desk: RegistrationDesk) -> None:
    waiting = RegistrationFactory.create(desk=desk, state=State.WAITING, queued_at=timezone.now())
    first, second = arrival(waiting), arrival(waiting, admit=True)
    refused = sync(door, desk, first).json()["results"][first["id"]]
    assert (refused["ok"], refused["words"]) == (False, "On the waiting list: without a place so far.")
    assert sync(door, desk, second).json()["results"][second["id"]]["ok"] is True
    waiting.refresh_from_db()
    assert (waiting.state, waiting.checked_in_at is not None) == (State.CONFIRMED, True)


def test_a_full_house_stays_full_at_the_door(door: Client, desk: RegistrationDesk) -> None:
    RegistrationFactory.create_batch(3, desk=desk)
    sent = {"id": str(uuid.uuid4()), "name": "Walk In"}
    result = sync(door, desk, sent).json()["results"][sent["id"]]
    assert (result["ok"], result["words"], desk.registrations.count()) == (
        False,
        "Every place is taken. Nothing was changed.",
        3,
    )


def test_what_was_undone_stays_undone_when_it_is_sent_again(
    door: Client, desk: RegistrationDesk, mei: Registration
) -> None:
    sent = arrival(mei)
    sync(door, desk, sent)
    checking_in.undo(mei)
    found = sync(door, desk, sent).json()
    mei.refresh_from_db()
    assert (mei.checked_in_at, found["counts"]["here"]) == (None, 0)
    sync(door, desk, arrival(mei))
    mei.refresh_from_db()
    assert mei.checked_in_at is not None


def test_an_id_of_another_event_is_refused(door: Client, desk: RegistrationDesk, mei: Registration) -> None:
    other = RegistrationFactory.create()
    sent = arrival(mei)
    sync(door, desk, sent)
    found = sync(door, other.desk, sent | {"mark": other.mark.hex}).json()
    other.refresh_from_db()
    assert (found["results"][sent["id"]]["ok"], other.checked_in_at) == (False, None)


BROKEN = ["", "null", "[]", "{}", '{"arrivals": 3}', '{"arrivals": [3]}', '{"arrivals": [{"id": "x"}]}', "\0", "[" * 5000,
          json.dumps({"arrivals": [{"id": str(uuid.uuid4())}] * 201})]  # fmt: skip


@pytest.mark.parametrize("body", BROKEN, ids=lambda text: text[:12])
def test_x4_what_no_telephone_sends_is_refused(door: Client, desk: RegistrationDesk, body: str) -> None:
    address = f"/admin/events/registrationdesk/{desk.pk}/check-in/sync/"
    assert door.post(address, body, content_type="application/json").status_code == 400


ODD = [{"mark": "nothing"}, {"mark": ["x"]}, {"name": ""}, {"name": "a\r\nb"}, {"name": "a" * 500}, {"name": "\0"}, {},
       {"name": "Mei", "email": "no address"}, {"mark": "0" * 32}, {"mark": "x" * 10_000}]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_x4_one_odd_arrival_is_answered_with_words_and_stops_no_other(
    door: Client, desk: RegistrationDesk, mei: Registration, odd: dict[str, Any]
) -> None:
    good, bad = arrival(mei), {"id": str(uuid.uuid4()), **odd}
    found = sync(door, desk, bad, good).json()["results"]
    assert (found[bad["id"]]["ok"], bool(found[bad["id"]]["words"]), found[good["id"]]["ok"]) == (False, True, True)
    assert desk.registrations.count() == 1


def test_the_page_works_without_scripts_and_names_nobody_by_itself(
    door: Client, desk: RegistrationDesk, mei: Registration
) -> None:
    page = f"/admin/events/registrationdesk/{desk.pk}/check-in/"
    assert ("Mei" in door.get(page).content.decode(), "Mei" in door.post(page, {"what": "find", "q": "me"}).content.decode()) == (
        False, True,
    )  # fmt: skip
    by_code = door.get(f"/admin/events/registrationdesk/door/{mei.mark.hex}/", follow=True)
    assert ("Mei" in by_code.content.decode(), CheckIn.objects.count()) == (True, 0)
    assert "Mei is checked in." in door.post(page, {"mark": mei.mark.hex}, follow=True).content.decode()
    walk_in = {"what": "walk-in", "name": "Walk In", "email": "bad"}
    response = door.post(page, walk_in)
    assert (response.status_code, "Walk In" in response.content.decode()) == (422, True)
    door.post(page, walk_in | {"email": ""})
    assert list(desk.registrations.exclude(checked_in_at=None).order_by("pk").values_list("name", flat=True)) == [
        "Mei",
        "Walk In",
    ]
    assert door.post(page, {"mark": "nothing"}).status_code == 400


def test_only_the_door_may_start_a_worker_and_use_the_camera(door: Client, desk: RegistrationDesk) -> None:
    page = door.get(f"/admin/events/registrationdesk/{desk.pk}/check-in/")
    other = door.get(f"/admin/events/registrationdesk/{desk.pk}/people/")
    worker = door.get(f"/admin/events/registrationdesk/{desk.pk}/check-in/worker.js")
    assert ["worker-src 'self'" in one["Content-Security-Policy"] for one in (page, other)] == [True, False]
    assert ["camera=(self)" in one.headers.get("Permissions-Policy", "") for one in (page, other)] == [True, False]
    assert (worker["Content-Type"], worker.headers.get("Service-Worker-Allowed")) == (
        "text/javascript; charset=utf-8",
        None,
    )


def test_the_list_for_the_telephone_holds_no_address_and_nobody_who_does_not_come(
    door: Client, desk: RegistrationDesk, mei: Registration
) -> None:
    RegistrationFactory.create(desk=desk, name="Gone", state=State.CANCELLED)
    found = door.get(f"/admin/events/registrationdesk/{desk.pk}/check-in/people.json").json()
    assert found["people"] == [
        {"mark": mei.mark.hex, "name": "Mei", "of": "", "state": "confirmed", "guests": 0, "mode": "person", "at": None}
    ]


def test_the_code_leads_to_the_mark_however_it_is_read(mei: Registration) -> None:
    address = ticket.address(mei)
    texts = [address, address.upper(), str(mei.mark), mei.mark.hex.upper(), f" {mei.mark.hex}\n"]
    assert [ticket.mark_in(text) for text in texts] == [mei.mark] * 5
    assert [ticket.mark_in(text) for text in ("", "Mei", mei.mark.hex[:-1], f"{mei.mark.hex}/x")] == [None] * 4


@pytest.mark.django_db(transaction=True)
def test_j22_4_ten_telephones_at_once_count_one_person_once() -> None:
    desk = RegistrationDeskFactory.create()
    mei = registering.register(desk, Asked("Mei", "mei@example.org"))
    errors: list[Exception] = []
    one_id = uuid.uuid4()

    def come(number: int) -> None:
        try:
            client_id = one_id if number % 2 else uuid.uuid4()
            checking_in.check_in(desk, Arrival(client_id, timezone.now(), mei.mark), None)
        except (NotPossible, Exception) as error:  # noqa: BLE001 -- told below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (errors, checking_in.counts(desk)["here"], CheckIn.objects.count()) == ([], 1, 6)
