"""Registering on the site, and a person's own page: the same words for everybody, and nothing changes by looking."""

import re
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from events import correspondence, registering, registration_forms
from events.models import Event, JoiningLink, Mode, Question, Registration, RegistrationDesk
from events.registering import Asked
from events.registration_forms import RegistrationForm
from mail.models import Letter
from tests.event_factories import EventFactory, RegistrationDeskFactory

pytestmark = pytest.mark.django_db
State = Registration.State
MOST = {limit.whose: limit.most for limit in registration_forms.SENT}


@pytest.fixture
def desk() -> RegistrationDesk:
    return RegistrationDeskFactory.create(seats_in_person=2)


def address(desk: RegistrationDesk) -> str:
    return f"/events/{desk.event.slug}/register/"


def filled(desk: RegistrationDesk, **changes: Any) -> dict[str, Any]:
    opened = signing.dumps(int(time.time()) - 3600, salt=RegistrationForm.salt())
    form = {"name": "Mei", "email": "mei@example.org", "affiliation": "", "guests": "0", "needs": "", "website": "",
            "opened": opened, "consent": "on", "consent_version": str(desk.consent_version)}  # fmt: skip
    return {name: value for name, value in (form | changes).items() if value is not None}


def send(client: Client, desk: RegistrationDesk, **changes: Any) -> Any:
    return client.post(address(desk), filled(desk, **changes))


def own_page(one: Registration) -> str:
    return f"/events/registration/{correspondence.token(one)}/"


def rows() -> list[tuple[str, str, str]]:
    return list(Registration.objects.order_by("pk").values_list("name", "email", "state"))


def subjects(to: str = "mei@example.org") -> list[str]:
    return list(Letter.objects.filter(to_address=to).order_by("pk").values_list("subject", flat=True))


# --- The form ---------------------------------------------------------------------------------------------------------


def test_the_form_registers_once_keeps_what_was_agreed_to_and_says_where_to_look(
    client: Client, desk: RegistrationDesk
) -> None:
    response = send(client, desk, needs="No nuts", affiliation="NTU")
    assert (response.status_code, response["Location"]) == (302, f"{address(desk)}?sent=1")
    (one,) = Registration.objects.all()
    assert (one.state, one.needs, one.affiliation, one.consent_version, one.consent_text) == (
        State.CONFIRMED, "No nuts", "NTU", 1, desk.consent_text,
    )  # fmt: skip
    assert "We have written to you" in client.get(response["Location"]).content.decode()
    assert subjects() == ["Your place is confirmed: Straits in Winter"]


def test_it_asks_only_what_the_event_needs(client: Client) -> None:
    plain = RegistrationDeskFactory.create(asks_needs=False)
    found = client.get(address(plain)).context["form"]
    assert [field.name for field in found.shown] == ["name", "email", "affiliation"]
    event = EventFactory.create(published=True, is_online=True)
    rich = RegistrationDeskFactory.create(event=event, most_guests=2)
    first = Question.objects.create(desk=rich, text="Which panel?", kind="choice", options="One\nTwo", is_required=True)
    second = Question.objects.create(desk=rich, text="I have read the paper", kind="confirm")
    form = client.get(address(rich)).context["form"]
    assert [field.name for field in form.shown] == [
        "name", "email", "affiliation", "mode", "guests", "needs", f"question_{first.pk}", f"question_{second.pk}",
    ]  # fmt: skip
    sent = {"mode": "online", "guests": "2", f"question_{first.pk}": "Two"}
    assert send(client, rich, **sent).status_code == 302
    (one,) = Registration.objects.all()
    assert (one.mode, one.guests, one.answers) == (Mode.ONLINE, 2, {str(first.pk): "Two", str(second.pk): False})


WRONG = [
    ("name", ""), ("name", "Mei\r\nBcc: all@example.org"), ("email", "mei"), ("email", "mei@[127.0.0.1]"), ("email", "a\0@example.org"),
    ("guests", "3"), ("guests", "-1"), ("guests", "1" + "0" * 38), ("guests", "NaN"), ("mode", "moon"), ("needs", "x" * 501),
    ("needs", "a\0b"), ("name", "x" * 100_000), ("consent", None),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), WRONG, ids=lambda text: repr(text)[:20])
def test_x4_what_cannot_be_taken_is_refused_beside_its_field_and_nothing_typed_is_lost(
    client: Client, field: str, value: str | None
) -> None:
    event = EventFactory.create(published=True, is_online=True)
    desk = RegistrationDeskFactory.create(event=event, most_guests=2)
    response = send(client, desk, **{"mode": "person", "affiliation": "Kept words", field: value})
    assert (response.status_code, list(response.context["form"].errors), rows()) == (422, [field], [])
    page = response.content.decode()
    assert ("Kept words" in page, page.count(f'id="registration-{field}-error"')) == (True, 1)


def test_words_agreed_to_that_have_changed_meanwhile_are_shown_again(client: Client, desk: RegistrationDesk) -> None:
    sent = filled(desk)
    desk.consent_text = "Other words."
    desk.save()
    response = client.post(address(desk), sent)
    assert (response.status_code, rows(), "Other words." in response.content.decode()) == (422, [], True)
    assert send(client, desk).status_code == 302


@pytest.mark.parametrize(
    "bait", [{"website": "http://spam.example"}, {"opened": ""}, {"opened": "forged"}, {"opened": "now"}]
)
def test_robots_are_thanked_and_not_registered(client: Client, desk: RegistrationDesk, bait: dict[str, str]) -> None:
    if bait.get("opened") == "now":
        bait = {"opened": signing.dumps(int(time.time()), salt=RegistrationForm.salt())}
    assert (send(client, desk, **bait).status_code, rows()) == (302, [])


def test_unknown_fields_are_not_assigned_and_fields_given_twice_refused(client: Client, desk: RegistrationDesk) -> None:
    send(client, desk, state="refused", source="staff", note="x", checked_in_at="2026-01-01", mode="online")
    (one,) = Registration.objects.all()
    assert (one.state, one.source, one.note, one.checked_in_at, one.mode) == ("confirmed", "form", "", None, "person")
    assert client.post(address(desk), filled(desk) | {"email": ["a@example.org", "b@example.org"]}).status_code == 400


def test_f28_the_same_form_sent_twice_is_one_row_and_one_letter(client: Client, desk: RegistrationDesk) -> None:
    first, second = send(client, desk), send(client, desk, email="MEI@Example.ORG")
    assert (first["Location"], first.status_code) == (second["Location"], second.status_code)
    assert (len(rows()), len(subjects())) == (1, 1)


def test_whoever_is_registered_is_answered_as_anybody_and_told_by_letter_once_a_day(
    client: Client, desk: RegistrationDesk, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(timezone.now().replace(hour=2), tick=False)
    send(client, desk)
    answers = []
    for _hour in range(4):
        time_machine.shift(timedelta(hours=2))
        answer = send(client, desk, name="Somebody Else")
        answers.append((answer.status_code, answer["Location"]))
    assert answers == [(302, f"{address(desk)}?sent=1")] * 4
    assert rows() == [("Mei", "mei@example.org", "confirmed")]
    assert subjects() == ["Your place is confirmed: Straits in Winter", "You are registered already: Straits in Winter"]
    (one,) = Registration.objects.all()
    assert own_page(one) in Letter.objects.order_by("-pk")[0].text
    time_machine.shift(timedelta(days=1))
    send(client, desk)
    assert len(subjects()) == 3


@pytest.mark.parametrize("more", [{"has_waiting_list": False}, {"is_stopped": True}, {"closes_at": timezone.now()}])
def test_a_refusal_does_not_tell_who_is_registered(client: Client, more: dict[str, Any]) -> None:
    desk = RegistrationDeskFactory.create(seats_in_person=1)
    send(client, desk)
    RegistrationDesk.objects.filter(pk=desk.pk).update(**more)
    known, unknown = send(client, desk), send(client, desk, email="other@example.org")
    assert (known.status_code, unknown.status_code) == (409, 409)
    assert [re.sub(r'value="[^"]*"', "", one.content.decode()) for one in (known,)] == [
        re.sub(r'value="[^"]*"', "", unknown.content.decode())
    ]


def test_a_party_that_does_not_fit_is_refused_alike_without_a_waiting_list(client: Client) -> None:
    desk = RegistrationDeskFactory.create(seats_in_person=2, most_guests=3, has_waiting_list=False)
    send(client, desk)
    answers = [send(client, desk, email=to, guests="3") for to in ("mei@example.org", "other@example.org")]
    assert [(one.status_code, "Every place is taken" in one.content.decode()) for one in answers] == [(422, True)] * 2


CLOSED = {
    "cancelled": ({"status": Event.Status.CANCELLED}, {}, "This event is cancelled"),
    "postponed": ({"status": Event.Status.POSTPONED}, {}, "opens again when the new date is known"),
    "not open": ({}, {"opens_at": timedelta(days=1)}, "Registration opens on"),
    "closed": ({}, {"closes_at": timedelta(days=-1)}, "Registration is closed"),
    "stopped": ({}, {"is_stopped": True}, "Registration is closed"),
    "full": ({}, {"has_waiting_list": False, "seats_in_person": 1}, "there is no waiting list"),
}


@pytest.mark.parametrize("kind", CLOSED)
def test_where_nobody_can_register_the_page_says_why(client: Client, kind: str) -> None:
    event, desk, words = CLOSED[kind]
    facts = {name: timezone.now() + value if isinstance(value, timedelta) else value for name, value in desk.items()}
    made = RegistrationDeskFactory.create(event=EventFactory.create(published=True, **event), **facts)
    if kind == "full":
        registering.register(made, Asked("Ana", "ana@example.org"))
    before = len(rows())
    shown, sent = client.get(address(made)), send(client, made)
    assert (shown.status_code, sent.status_code, len(rows())) == (200, 409, before)
    assert [words in one.content.decode() and b"<button" in one.content for one in (shown, sent)] == [True, True]
    assert b'name="email"' not in shown.content


def test_a_full_event_offers_its_waiting_list_in_words(client: Client, desk: RegistrationDesk) -> None:
    for name in ("ana", "ben"):
        registering.register(desk, Asked(name, f"{name}@example.org"))
    assert "Join the waiting list" in client.get(address(desk)).content.decode()
    send(client, desk)
    assert rows()[-1] == ("Mei", "mei@example.org", "waiting")


@pytest.mark.parametrize("state", ["draft", "in_review", "withdrawn"])
def test_nobody_registers_for_what_is_not_public(client: Client, state: str) -> None:
    desk = RegistrationDeskFactory.create(event=EventFactory.create())
    Event.objects.filter(pk=desk.event_id).update(state=state)
    assert (client.get(address(desk)).status_code, send(client, desk).status_code, rows()) == (404, 404, [])


def test_an_event_without_a_desk_has_no_form(client: Client) -> None:
    assert client.get(f"/events/{EventFactory.create(published=True).slug}/register/").status_code == 404


def test_x12_one_network_is_asked_to_wait_and_what_was_typed_stays(
    client: Client, desk: RegistrationDesk, time_machine: TimeMachineFixture
) -> None:
    begins = datetime.fromtimestamp((time.time() // 600 + 1) * 600, UTC)
    time_machine.move_to(begins + timedelta(minutes=3), tick=False)
    for number in range(MOST["caller"]):
        assert send(client, desk, email=f"m{number}@example.org").status_code == 302
    response = send(client, desk, email="late@example.org", affiliation="Kept words")
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"], "Kept words" in page) == (429, "420", True)
    assert len(rows()) == MOST["caller"]
    time_machine.move_to(begins + timedelta(minutes=10), tick=False)
    assert (send(client, desk, email="late@example.org").status_code, len(rows())) == (302, MOST["caller"] + 1)


def test_an_address_that_is_registered_everywhere_gets_no_more_letters_that_day(client: Client) -> None:
    desks = [RegistrationDeskFactory.create() for _number in range(MOST["subject"] + 1)]
    written = ["mei@example.org", "MEI@example.org"]
    found = [send(client, desk, email=written[number % 2]).status_code for number, desk in enumerate(desks)]
    assert found == [302] * MOST["subject"] + [429]
    assert Letter.objects.count() == MOST["subject"]


@pytest.mark.parametrize("way", ["form", "sent", "own"])
def test_nothing_of_it_is_kept_by_caches_or_listed(client: Client, desk: RegistrationDesk, way: str) -> None:
    one = registering.register(desk, Asked("Mei", "mei@example.org"))
    where = {"form": address(desk), "sent": f"{address(desk)}?sent=1", "own": own_page(one)}[way]
    response = client.get(where)
    assert [response[name] for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")] == [
        "no-store, private", "noindex, nofollow", "same-origin",
    ]  # fmt: skip
    assert "mei@example.org" not in response.content.decode()


# --- The own page -------------------------------------------------------------------------------------------------------


@pytest.fixture
def mei(desk: RegistrationDesk) -> Registration:
    return registering.register(desk, Asked("Mei", "mei@example.org"))


@pytest.mark.parametrize("method", ["get", "head"])
def test_p1_looking_changes_nothing_in_any_state(
    client: Client, desk: RegistrationDesk, mei: Registration, method: str
) -> None:
    for state in State:
        until = timezone.now() + timedelta(days=1) if state == State.OFFERED else None
        Registration.objects.filter(pk=mei.pk).update(state=state, offer_until=until)
        before = Registration.objects.values().get(pk=mei.pk)
        letters = Letter.objects.count()
        for query in ("", "?action=cancel", "?action=accept"):
            assert getattr(client, method)(own_page(mei) + query).status_code == 200
        assert (Registration.objects.values().get(pk=mei.pk), Letter.objects.count()) == (before, letters)


def test_a_place_is_given_up_by_a_button_and_goes_on(client: Client, mei: Registration, desk: RegistrationDesk) -> None:
    registering.register(desk, Asked("Ana", "ana@example.org"))
    ben = registering.register(desk, Asked("Ben", "ben@example.org"))
    answers = [client.post(own_page(mei), {"action": "cancel"}) for _time in range(2)]
    assert [(one.status_code, one["Location"]) for one in answers] == [(302, own_page(mei))] * 2
    assert [one[2] for one in rows()] == ["cancelled", "confirmed", "offered"]
    page = client.get(own_page(ben)).content.decode()
    assert ("Take the place" in page, "Decline" in page) == (True, True)
    client.post(own_page(ben), {"action": "accept"})
    assert [one[2] for one in rows()] == ["cancelled", "confirmed", "confirmed"]
    assert len(subjects("ben@example.org")) == 3


def test_j22_2_an_offer_is_declined_and_one_that_ran_out_says_so(
    client: Client, desk: RegistrationDesk, mei: Registration
) -> None:
    registering.register(desk, Asked("Ana", "ana@example.org"))
    waiting = [registering.register(desk, Asked(name, f"{name}@example.org")) for name in ("ben", "cai")]
    registering.cancel(mei)
    client.post(own_page(waiting[0]), {"action": "decline"})
    assert [one[2] for one in rows()][2:] == ["cancelled", "offered"]
    Registration.objects.filter(pk=waiting[1].pk).update(offer_until=timezone.now())
    response = client.post(own_page(waiting[1]), {"action": "accept"})
    assert (response.status_code, "This offer is over" in response.content.decode()) == (409, True)


def test_guests_become_fewer_never_more_and_a_letter_says_so(client: Client) -> None:
    desk = RegistrationDeskFactory.create(seats_in_person=3, most_guests=2)
    one = registering.register(desk, Asked("Mei", "mei@example.org", guests=2))
    ben = registering.register(desk, Asked("Ben", "ben@example.org"))
    assert client.post(own_page(one), {"action": "guests", "guests": "7"}).status_code == 409
    assert client.post(own_page(one), {"action": "guests", "guests": "1"}).status_code == 302
    one.refresh_from_db()
    ben.refresh_from_db()
    assert (one.guests, ben.state, subjects()[1:]) == (
        1,
        State.OFFERED,
        ["Your registration is changed: Straits in Winter"],
    )


@pytest.mark.parametrize("sent", [{}, {"action": "delete"}, {"action": ["cancel", "x"]}, {"action": "cancel\0"}])
def test_what_no_button_sends_is_refused(client: Client, mei: Registration, sent: dict[str, Any]) -> None:
    assert (client.post(own_page(mei), sent).status_code, rows()[0][2]) == (400, "confirmed")


def test_the_joining_link_is_for_who_has_a_place_online_and_for_nobody_else(client: Client) -> None:
    event = EventFactory.create(published=True, is_online=True)
    desk = RegistrationDeskFactory.create(event=event, seats_online=1)
    JoiningLink.objects.create(event=event, url="https://meet.example/secret", note="Dial in early")
    people = {
        "online": registering.register(desk, Asked("On", "on@example.org", mode=Mode.ONLINE)),
        "waiting": registering.register(desk, Asked("Wait", "wait@example.org", mode=Mode.ONLINE)),
        "in person": registering.register(desk, Asked("In", "in@example.org")),
    }
    told = {name: "meet.example/secret" in client.get(own_page(one)).content.decode() for name, one in people.items()}
    assert told == {"online": True, "waiting": False, "in person": False}
    assert "meet.example" not in client.get(address(desk)).content.decode()
    registering.cancel(people["online"])
    assert "meet.example" not in client.get(own_page(people["online"])).content.decode()
    texts = {one.to_address: "meet.example/secret" in one.text for one in Letter.objects.filter(key__endswith=":1")}
    assert texts == {"on@example.org": True, "wait@example.org": False, "in@example.org": False}


def test_guesses_of_a_token_all_get_the_same_answer(client: Client, mei: Registration) -> None:
    true = correspondence.token(mei)
    mark, _colon, signature = true.partition(":")
    guesses = [
        mark,
        f"{mark}:",
        f"{uuid.uuid4().hex}:{signature}",
        f"{mark}:{signature[:-1]}",
        str(mei.pk),
        true.upper(),
        "x" * 3000,
    ]
    answers = [client.get(f"/events/registration/{guess}/") for guess in guesses]
    assert {one.status_code for one in answers} == {404}
    assert len({re.sub(r"/events/registration/[^\"]*", "", one.content.decode()) for one in answers}) == 1
    assert [one["Cache-Control"] for one in answers] == ["no-store, private"] * len(guesses)


def test_f32_links_of_letters_outlive_a_change_of_keys(client: Client, mei: Registration, settings: Settings) -> None:
    page, old = own_page(mei), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-of-some-length-altogether", [old]
    assert (client.get(page).status_code, own_page(mei) == page) == (200, False)
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(page).status_code == 404


def test_a_code_for_the_door_stands_on_the_page_of_a_confirmed_place_only(client: Client, mei: Registration) -> None:
    assert client.get(own_page(mei)).content.decode().count('class="ticket-code"') == 1
    registering.cancel(mei)
    assert client.get(own_page(mei)).content.decode().count('class="ticket-code"') == 0


def test_f20_after_the_event_buttons_are_gone_and_do_nothing(
    client: Client, mei: Registration, time_machine: TimeMachineFixture
) -> None:
    page = own_page(mei)
    time_machine.move_to(mei.desk.event.ends_at + timedelta(days=1), tick=False)
    response = client.post(page, {"action": "cancel"})
    assert (response.status_code, rows()[0][2], b'name="action"' in response.content) == (409, "confirmed", False)
