"""Letters to those registered: what each says, to whom, once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from time_machine import TimeMachineFixture

from editorial.models import State as Item
from events import checking_in, correspondence, registering
from events.models import Event, EventNotice, JoiningLink, Mode, Registration, RegistrationDesk
from events.registering import Asked
from mail.models import Letter
from rsis.management.commands.worker import DUTIES, DUTIES_OF_MAIL
from tests.event_factories import EventFactory, RegistrationDeskFactory, RegistrationFactory

pytestmark = pytest.mark.django_db
State = Registration.State


@pytest.fixture(autouse=True)
def still(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(timezone.now(), tick=False)


def reminded() -> list[str]:
    """Those who were reminded, once the worker has nothing more to do."""
    while correspondence.order_reminders() + correspondence.write_notices():
        pass
    return sorted(Letter.objects.filter(subject__startswith="Soon:").values_list("to_address", flat=True))


def test_a_reminder_goes_to_who_has_a_place_at_its_hour_and_once(time_machine: TimeMachineFixture) -> None:
    desk = RegistrationDeskFactory.create(reminder_hours=24)
    RegistrationFactory.create(desk=desk, email="mei@example.org")
    RegistrationFactory.create(desk=desk, email="", name="No Address")
    for state in (State.WAITING, State.CANCELLED, State.PENDING, State.REFUSED):
        RegistrationFactory.create(desk=desk, state=state)
    time_machine.move_to(desk.event.starts_at - timedelta(hours=24, seconds=1), tick=False)
    assert reminded() == []
    time_machine.shift(timedelta(seconds=1))
    assert (reminded(), reminded()) == (["mei@example.org"], ["mei@example.org"])
    assert EventNotice.objects.get().told == 1


def test_f20_no_clock_reminds_twice_and_a_moved_event_reminds_anew(time_machine: TimeMachineFixture) -> None:
    desk = RegistrationDeskFactory.create(reminder_hours=24)
    RegistrationFactory.create(desk=desk, email="mei@example.org")
    near = desk.event.starts_at - timedelta(hours=23)
    for moment in (near, near - timedelta(hours=1), near + timedelta(hours=20), near):
        time_machine.move_to(moment, tick=False)
        assert reminded() == ["mei@example.org"]
    event = Event.objects.get(pk=desk.event_id)
    event.starts_at, event.ends_at = event.starts_at + timedelta(days=7), event.ends_at + timedelta(days=7)
    event.save()
    assert reminded() == ["mei@example.org"]
    time_machine.move_to(event.starts_at - timedelta(hours=23), tick=False)
    assert reminded() == ["mei@example.org"] * 2


@pytest.mark.parametrize(
    ("event", "desk"),
    [({"status": "cancelled"}, {}), ({"status": "postponed"}, {}), ({"state": Item.DRAFT}, {}), ({"state": Item.WITHDRAWN}, {}),
     ({}, {"reminder_hours": 0}), ({"starts_at": timedelta(hours=-1)}, {}), ({"starts_at": timedelta(hours=25)}, {})],
)  # fmt: skip
def test_nobody_is_reminded_of_what_is_not_coming(event: dict[str, Any], desk: dict[str, Any]) -> None:
    made = RegistrationDeskFactory.create(
        event=EventFactory.create(published=True, starts_at=timezone.now() + timedelta(hours=23)), **desk
    )
    RegistrationFactory.create(desk=made)
    facts = {name: timezone.now() + value if isinstance(value, timedelta) else value for name, value in event.items()}
    if "starts_at" in facts:
        facts["ends_at"] = facts["starts_at"] + timedelta(hours=30)
    Event.objects.filter(pk=made.event_id).update(**facts)
    assert reminded() == []


def test_a_reminder_overtaken_by_a_cancellation_is_not_written() -> None:
    desk = RegistrationDeskFactory.create(
        event=EventFactory.create(published=True, starts_at=timezone.now() + timedelta(hours=23))
    )
    RegistrationFactory.create(desk=desk)
    assert correspondence.order_reminders() == 1
    Event.objects.filter(pk=desk.event_id).update(status="cancelled")
    assert (reminded(), EventNotice.objects.get().written_to) == ([], None)


def test_who_comes_online_is_reminded_with_the_link_and_everybody_with_their_own_page() -> None:
    event = EventFactory.create(published=True, is_online=True, starts_at=timezone.now() + timedelta(hours=23))
    desk = RegistrationDeskFactory.create(event=event)
    JoiningLink.objects.create(event=event, url="https://meet.example/secret")
    people = [RegistrationFactory.create(desk=desk, mode=mode) for mode in (Mode.ONLINE, Mode.IN_PERSON)]
    reminded()
    texts = [Letter.objects.get(to_address=one.email).text for one in people]
    assert ["meet.example/secret" in text for text in texts] == [True, False]
    assert [correspondence.own_url(one) in text for one, text in zip(people, texts, strict=True)] == [True, True]


def the_worker_writes_and_sends() -> None:
    """What the worker does about mail, until it has nothing more to do."""
    for duty in DUTIES_OF_MAIL:
        if duty.work.__module__.startswith(("events", "mail")):
            while duty.work():
                pass


@pytest.mark.parametrize("late", [timedelta(hours=2), timedelta(hours=23)])
def test_f30_a_restored_backup_reminds_nobody_of_what_its_clock_missed(
    time_machine: TimeMachineFixture, late: timedelta
) -> None:
    desk = RegistrationDeskFactory.create(reminder_hours=24)
    RegistrationFactory.create(desk=desk, email="mei@example.org")
    due = desk.event.starts_at - timedelta(hours=24)
    time_machine.move_to(due + late, tick=False)
    the_worker_writes_and_sends()
    assert (Letter.objects.count(), EventNotice.objects.count()) == (0, 0)
    time_machine.move_to(due + timedelta(hours=2, seconds=-1), tick=False)
    the_worker_writes_and_sends()
    assert reminded() == ["mei@example.org"]


def test_f30_a_restored_backup_ends_no_offer_of_long_ago_and_the_desk_may(time_machine: TimeMachineFixture) -> None:
    desk = RegistrationDeskFactory.create(seats_in_person=1)
    offered = RegistrationFactory.create(desk=desk, state=State.OFFERED, offer_until=timezone.now())
    waiting = RegistrationFactory.create(desk=desk, state=State.WAITING, queued_at=timezone.now())
    time_machine.shift(timedelta(hours=2))
    the_worker_writes_and_sends()
    assert (Letter.objects.count(), states(desk), checking_in.counts(desk)["late"]) == (
        0,
        [State.OFFERED, State.WAITING],
        1,
    )
    assert (registering.lapse(offered), registering.lapse(offered)) == (True, False)
    assert (states(desk), checking_in.counts(desk)["late"]) == ([State.LAPSED, State.OFFERED], 0)
    assert list(Letter.objects.order_by("pk").values_list("to_address", flat=True)) == [offered.email, waiting.email]


def states(desk: RegistrationDesk) -> list[str]:
    return list(desk.registrations.order_by("pk").values_list("state", flat=True))


def test_f30_a_reminder_that_did_not_leave_before_the_event_began_is_not_sent(
    time_machine: TimeMachineFixture, mailoutbox: list[Any]
) -> None:
    desk = RegistrationDeskFactory.create(reminder_hours=24)
    RegistrationFactory.create_batch(2, desk=desk)
    time_machine.move_to(desk.event.starts_at - timedelta(hours=24), tick=False)
    reminded()
    time_machine.move_to(desk.event.starts_at, tick=False)
    the_worker_writes_and_sends()
    assert (list(Letter.objects.values_list("state", "due_at")), mailoutbox) == ([("skipped", None)] * 2, [])


def test_f30_the_letter_about_an_offer_that_is_over_is_not_sent_after_it(
    time_machine: TimeMachineFixture, mailoutbox: list[Any]
) -> None:
    step_to("offered")
    Letter.objects.exclude(subject__startswith="A place is free").delete()
    time_machine.shift(timedelta(hours=24))
    the_worker_writes_and_sends()
    assert [message.subject.partition(":")[0] for message in mailoutbox] == ["The offer of a place is over"]
    assert list(Letter.objects.order_by("pk").values_list("state", flat=True)) == ["skipped", "sent"]


def step_to(state: str) -> Registration:
    """Somebody brought to a state by the steps that lead there."""
    desk = RegistrationDeskFactory.create(seats_in_person=1, needs_approval=state in {"pending", "refused"})
    if state in {"waiting", "offered", "lapsed"}:
        first = registering.register(desk, Asked("First", "first@example.org"))
        one = registering.register(desk, Asked("Mei", "mei@example.org"))
        if state != "waiting":
            registering.cancel(first)
        if state == "lapsed":
            Registration.objects.filter(pk=one.pk).update(offer_until=timezone.now())
            registering.let_offers_lapse()
    else:
        one = registering.register(desk, Asked("Mei", "mei@example.org"))
        if state == "cancelled":
            registering.cancel(one)
        if state == "refused":
            registering.refuse(one)
    one.refresh_from_db()
    return one


EACH = {
    "pending": "We have your registration", "confirmed": "Your place is confirmed", "waiting": "You are on the waiting list",
    "offered": "A place is free for you", "cancelled": "Your registration is cancelled", "lapsed": "The offer of a place is over",
    "refused": "Your registration",
}  # fmt: skip


@pytest.mark.parametrize("state", EACH)
def test_each_state_has_its_letter_in_text_and_html_that_says_when_and_where(state: str) -> None:
    one = step_to(state)
    letter = Letter.objects.filter(to_address="mei@example.org").latest("pk")
    assert (one.state, letter.subject) == (state, f"{EACH[state]}: Straits in Winter")
    assert [
        words in letter.text and words in letter.html for words in ("Straits in Winter", "Lecture Theatre, Block S4")
    ] == [True, True]
    has_own_page = correspondence.own_url(one) in letter.text
    assert has_own_page == (state in {"pending", "confirmed", "waiting", "offered"})
    assert max(len(line) for line in letter.text.splitlines() if "http" not in line) <= 72


def test_the_worker_lets_offers_lapse_reminds_and_erases() -> None:
    names = {duty.name for duty in DUTIES_OF_MAIL}
    assert {"offers that ran out", "reminders of events", "notices to those registered"} <= names
    assert [duty.is_nightly for duty in DUTIES if duty.name == "registrations whose days are over"] == [True]
    one = step_to("offered")
    Registration.objects.filter(pk=one.pk).update(offer_until=timezone.now())
    for duty in DUTIES:
        if duty.name == "offers that ran out":
            assert (duty.work(), duty.work()) == (1, 0)
    one.refresh_from_db()
    assert one.state == State.LAPSED


def test_a_letter_names_nobody_else_and_no_link_of_others() -> None:
    desk: RegistrationDesk = RegistrationDeskFactory.create()
    ana, ben = (registering.register(desk, Asked(name, f"{name}@example.org")) for name in ("Ana", "Ben"))
    texts = {one.to_address: one.text + one.html + one.calendar for one in Letter.objects.all()}
    assert ("Ben" in texts["Ana@example.org"], correspondence.token(ben) in texts["Ana@example.org"]) == (False, False)
    assert correspondence.token(ana) in texts["Ana@example.org"]
