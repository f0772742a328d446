"""Places at an event: never more than there are, always in order, each step once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from time_machine import TimeMachineFixture

from events import registering
from events.models import Event, Hold, Mode, Registration, RegistrationDesk
from events.registering import Asked, Full, NotPossible
from mail.models import Letter
from tests.event_factories import EventFactory, RegistrationDeskFactory

pytestmark = pytest.mark.django_db
State = Registration.State
PERSON = Mode.IN_PERSON


def desk_of(seats: int | None = 2, **more: Any) -> RegistrationDesk:
    return RegistrationDeskFactory.create(seats_in_person=seats, **more)


def come(desk: RegistrationDesk, name: str, guests: int = 0, **more: Any) -> Registration:
    return registering.register(desk, Asked(name=name, email=f"{name}@example.org", guests=guests), **more)


def states(desk: RegistrationDesk) -> dict[str, str]:
    return dict(desk.registrations.order_by("pk").values_list("name", "state"))


def letters_to(name: str) -> list[str]:
    return list(
        Letter.objects.filter(to_address=f"{name}@example.org").order_by("pk").values_list("subject", flat=True)
    )


def test_j22_1_places_go_to_the_first_who_come_and_the_rest_wait_in_order() -> None:
    desk = desk_of(2)
    for name in ("ana", "ben", "cai", "dee"):
        come(desk, name)
    assert states(desk) == {"ana": "confirmed", "ben": "confirmed", "cai": "waiting", "dee": "waiting"}
    assert list(desk.registrations.waiting(PERSON).values_list("name", flat=True)) == ["cai", "dee"]
    assert [letters_to("ana"), letters_to("cai")] == [
        ["Your place is confirmed: Straits in Winter"],
        ["You are on the waiting list: Straits in Winter"],
    ]


def test_j22_2_a_freed_place_is_offered_to_the_next_once_and_kept_for_them() -> None:
    desk = desk_of(1)
    ana, ben, cai = (come(desk, name) for name in ("ana", "ben", "cai"))
    registering.cancel(ana)
    registering.cancel(ana)
    assert states(desk) == {"ana": "cancelled", "ben": "offered", "cai": "waiting"}
    assert come(desk, "dee").state == State.WAITING
    registering.accept(ben)
    registering.accept(ben)
    assert states(desk) == {"ana": "cancelled", "ben": "confirmed", "cai": "waiting", "dee": "waiting"}
    assert letters_to("ben") == [
        "You are on the waiting list: Straits in Winter", "A place is free for you: Straits in Winter",
        "Your place is confirmed: Straits in Winter",
    ]  # fmt: skip
    assert [letters_to("ana"), cai.state] == [
        ["Your place is confirmed: Straits in Winter", "Your registration is cancelled: Straits in Winter"], "waiting",
    ]  # fmt: skip


def test_j22_2_an_offer_that_runs_out_goes_on_and_is_not_made_again(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    desk = desk_of(1, offer_hours=24)
    ana, ben, _cai = (come(desk, name) for name in ("ana", "ben", "cai"))
    registering.cancel(ana)
    time_machine.shift(timedelta(hours=23, minutes=59))
    assert registering.let_offers_lapse() == 0
    time_machine.shift(timedelta(minutes=1))
    with pytest.raises(NotPossible):
        registering.accept(ben)
    assert (registering.let_offers_lapse(), registering.let_offers_lapse()) == (1, 0)
    assert states(desk) == {"ana": "cancelled", "ben": "lapsed", "cai": "offered"}
    assert come(desk, "ben").state == State.WAITING  # anew, at the end


def test_no_offer_outlives_the_beginning_of_the_event(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    desk = desk_of(1, offer_hours=1_000)
    ana, ben = come(desk, "ana"), come(desk, "ben")
    registering.cancel(ana)
    ben.refresh_from_db()
    assert ben.offer_until == desk.event.starts_at


def test_f28_the_same_form_twice_is_one_row_and_one_letter() -> None:
    desk = desk_of(5)
    first = come(desk, "ana")
    again = registering.register(desk, Asked(name="Ana again", email="ANA@example.org", guests=0))
    assert (again.pk, again.name, desk.registrations.count(), len(letters_to("ana"))) == (first.pk, "ana", 1, 1)


def test_a_party_takes_a_place_for_each_and_waits_until_it_fits() -> None:
    desk = desk_of(3, most_guests=2)
    ana, trio, solo = come(desk, "ana", guests=1), come(desk, "trio", guests=2), come(desk, "solo")
    assert [ana.state, trio.state, solo.state] == ["confirmed", "waiting", "confirmed"]
    registering.cancel(ana)
    assert states(desk) == {"ana": "cancelled", "trio": "waiting", "solo": "confirmed"}
    registering.cancel(solo)
    assert states(desk) == {"ana": "cancelled", "trio": "offered", "solo": "cancelled"}


def test_places_online_and_in_person_are_counted_apart() -> None:
    desk = desk_of(1, seats_online=1)
    desk.event.is_online = True
    desk.event.save()
    come(desk, "ana")
    online = registering.register(desk, Asked(name="on", email="on@example.org", mode=Mode.ONLINE))
    assert [online.state, registering.free(desk, Mode.ONLINE), come(desk, "ben").state] == ["confirmed", 0, "waiting"]


def test_approval_comes_before_a_place() -> None:
    desk = desk_of(1, needs_approval=True)
    ana, ben, cai = (come(desk, name) for name in ("ana", "ben", "cai"))
    assert set(states(desk).values()) == {"pending"}
    registering.approve(ben)
    registering.approve(ana)
    registering.refuse(cai)
    assert states(desk) == {"ana": "waiting", "ben": "confirmed", "cai": "refused"}
    assert come(desk, "cai").state == State.REFUSED


def test_j22_3_held_places_are_not_given_and_are_offered_on_when_they_are_let_go() -> None:
    desk = desk_of(2)
    held = registering.hold(desk, PERSON, 1, "Guest of honour")
    ana, ben = come(desk, "ana"), come(desk, "ben")
    assert [ana.state, ben.state] == ["confirmed", "waiting"]
    with pytest.raises(Full):
        registering.hold(desk, PERSON, 1, "Press")
    registering.release(held)
    registering.release(held)
    assert states(desk) == {"ana": "confirmed", "ben": "offered"}


def test_j22_3_capacity_goes_down_to_what_is_taken_and_up_with_offers() -> None:
    desk = desk_of(2)
    for name in ("ana", "ben", "cai"):
        come(desk, name)
    with pytest.raises(NotPossible, match="2 places are taken, offered or held"):
        registering.set_capacity(desk, PERSON, 1)
    desk.refresh_from_db()
    assert desk.seats_in_person == 2
    registering.set_capacity(desk, PERSON, 3)
    assert states(desk)["cai"] == "offered"


def test_staff_and_the_door_go_past_the_list_but_not_past_the_places() -> None:
    desk = desk_of(1, is_stopped=True)
    with pytest.raises(NotPossible, match="Registration is closed"):
        come(desk, "ana")
    added = come(desk, "ben", source=Registration.Source.STAFF)
    with pytest.raises(Full):
        come(desk, "cai", source=Registration.Source.DOOR)
    registering.set_capacity(desk, PERSON, 2)
    walked_in = come(desk, "dee", source=Registration.Source.DOOR)
    assert [added.state, walked_in.state, walked_in.checked_in_at is not None] == ["confirmed", "confirmed", True]
    assert [len(letters_to("ben")), len(letters_to("dee"))] == [1, 0]


@pytest.mark.parametrize(
    ("desk", "event", "asked", "words"),
    [
        ({"opens_at": timedelta(hours=1)}, {}, {}, "Registration is closed"),
        ({"closes_at": timedelta(hours=-1)}, {}, {}, "Registration is closed"),
        ({}, {"status": Event.Status.POSTPONED}, {}, "Registration is closed"),
        ({}, {}, {"mode": Mode.ONLINE}, "cannot be attended that way"),
        ({}, {}, {"guests": 1}, "Guests cannot be brought"),
        ({"most_guests": 2}, {}, {"guests": 3}, "up to 2 guests"),
        ({"has_waiting_list": False, "seats_in_person": 0}, {"venue": ""}, {}, "cannot be attended that way"),
    ],
)
def test_what_is_not_possible_is_said_and_nothing_is_kept(
    desk: dict[str, Any], event: dict[str, Any], asked: dict[str, Any], words: str
) -> None:
    facts = {name: timezone.now() + value if isinstance(value, timedelta) else value for name, value in desk.items()}
    made = RegistrationDeskFactory.create(event=EventFactory.create(published=True, **event), **facts)
    with pytest.raises(NotPossible, match=words):
        registering.register(made, Asked(**{"name": "Ana", "email": "ana@example.org"} | asked))
    assert (Registration.objects.count(), Letter.objects.count()) == (0, 0)


def test_without_a_waiting_list_a_full_event_says_so() -> None:
    desk = desk_of(1, has_waiting_list=False)
    come(desk, "ana")
    with pytest.raises(Full):
        come(desk, "ben")
    assert states(desk) == {"ana": "confirmed"}


ACTIONS: dict[str, Callable[[RegistrationDesk, int], object]] = {
    "come": lambda desk, n: come(desk, f"p{n}", guests=n % 3),
    "add": lambda desk, n: come(desk, f"s{n}", guests=n % 3, source=Registration.Source.STAFF),
    "cancel": lambda desk, n: registering.cancel(one_of(desk, n)),
    "accept": lambda desk, n: registering.accept(one_of(desk, n)),
    "approve": lambda desk, n: registering.approve(one_of(desk, n)),
    "confirm": lambda desk, n: registering.confirm(one_of(desk, n)),
    "refuse": lambda desk, n: registering.refuse(one_of(desk, n)),
    "capacity": lambda desk, n: registering.set_capacity(desk, PERSON, n % 7),
    "hold": lambda desk, n: registering.hold(desk, PERSON, n % 3 + 1, "Guests"),
    "release": lambda desk, n: registering.release(list(desk.holds.all())[n % desk.holds.count()]),
    "lapse": lambda desk, _n: lapse(desk),
}


def one_of(desk: RegistrationDesk, number: int) -> Registration:
    found = list(desk.registrations.order_by("pk"))
    if not found:
        raise NotPossible
    return found[number % len(found)]


def lapse(desk: RegistrationDesk) -> None:
    Registration.objects.filter(state=State.OFFERED).update(offer_until=timezone.now())
    registering.let_offers_lapse()


def taken(desk: RegistrationDesk) -> int:
    return desk.registrations.holding(PERSON).seats() + sum(Hold.objects.values_list("seats", flat=True))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    approval=st.booleans(),
    steps=st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 11)), min_size=5, max_size=40),
)
def test_j22_3_whatever_is_done_in_whatever_order_places_and_offers_never_exceed_what_there_is(
    approval: bool, steps: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        desk = desk_of(3, most_guests=2, needs_approval=approval)
        for name, number in steps:
            before = dict(desk.registrations.values_list("pk", "state"))
            try:
                ACTIONS[name](desk, number)
            except (NotPossible, ZeroDivisionError):
                assert dict(desk.registrations.values_list("pk", "state")) == before
            desk.refresh_from_db()
            assert desk.seats_in_person is not None
            assert taken(desk) <= desk.seats_in_person
            fitting = [
                one.seats
                for one in desk.registrations.waiting(PERSON)
                if one.seats <= desk.seats_in_person - taken(desk)
            ]
            assert fitting == []
        assert Letter.objects.filter(key__startswith="registration:").count() == sum(
            desk.registrations.values_list("step", flat=True)
        )
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_f27_many_at_once_for_the_last_places_get_exactly_those() -> None:
    desk = desk_of(3)
    errors: list[Exception] = []

    def one(number: int) -> None:
        try:
            come(desk, f"p{number}")
        except Exception as error:  # noqa: BLE001 -- told below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = list(desk.registrations.values_list("state", flat=True))
    assert (errors, found.count("confirmed"), found.count("waiting"), Letter.objects.count()) == ([], 3, 17, 20)
