"""The registration desk: who may see whom, what staff can do, and what of it is written down."""

import csv
import json
import logging
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from editorial import roles
from editorial.models import User
from events import registering
from events.models import CheckIn, Question, Registration, RegistrationDesk, Speaker
from events.registering import Asked
from events.running import may_run
from mail.models import Letter
from tests.event_factories import EventFactory, RegistrationDeskFactory, RegistrationFactory
from tests.factories import CentreFactory, UserFactory

pytestmark = pytest.mark.django_db
State = Registration.State
DESKS, PEOPLE = 13, 18  # statements
ALL = ("view_registration", "add_registration", "change_registration", "export_registration", "check_in_registration",
       "view_registrationdesk", "change_registrationdesk")  # fmt: skip


def staff(*names: str, **facts: Any) -> User:
    user: User = UserFactory.create(is_staff=True, **facts)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="events", codename__in=names))
    return user


@pytest.fixture
def desk() -> RegistrationDesk:
    made: RegistrationDesk = RegistrationDeskFactory.create(seats_in_person=3)
    made.event.centres.add(CentreFactory.create(slug="institute"))
    return made


@pytest.fixture
def assistant(desk: RegistrationDesk) -> User:
    user = staff(*ALL)
    desk.event.centres.get().editors.add(user)
    return user


@pytest.fixture
def mei(desk: RegistrationDesk) -> Registration:
    return registering.register(desk, Asked("Lim Mei", "mei@example.org", affiliation="=cmd()", needs="No nuts"))


def at(desk: RegistrationDesk, rest: str = "people/") -> str:
    return f"/admin/events/registrationdesk/{desk.pk}/{rest}"


def addresses(desk: RegistrationDesk, one: Registration) -> dict[str, str]:
    """Every screen and file that shows registrants."""
    return {
        "people": at(desk), "person": at(desk, f"people/{one.pk}/"), "counts": at(desk, "people/counts.json"),
        "export": at(desk, "people/everyone.csv"), "attendance": at(desk, "people/attendance.csv"),
        "badges": at(desk, "badges.pdf"), "door": at(desk, "check-in/"), "door list": at(desk, "check-in/people.json"),
        "code": f"/admin/events/registrationdesk/door/{one.mark.hex}/", "settings": at(desk, "change/"),
        "letters": "/admin/mail/letter/?q=mei",
    }  # fmt: skip


def elsewhere() -> User:
    user = staff(*ALL)
    CentreFactory.create().editors.add(user)
    return user


def of_centre(desk: RegistrationDesk) -> User:
    user = staff(*ALL)
    desk.event.centres.get().editors.add(user)
    return user


def helper(desk: RegistrationDesk) -> User:
    user = staff("check_in_registration", "view_registrationdesk")
    desk.helpers.add(user)
    return user


ANSWERS: dict[str, tuple[Callable[[RegistrationDesk], User | None], dict[str, int]]] = {
    "nobody in particular": (lambda _desk: None, dict.fromkeys(["all"], 302)),
    "somebody signed in who is not staff": (lambda _desk: UserFactory.create(), dict.fromkeys(["all"], 302)),
    "staff without the rights": (lambda _desk: staff(), dict.fromkeys(["all"], 403)),
    "another centre’s assistant": (lambda _desk: elsewhere(), {"all": 404, "settings": 302, "letters": 403}),
    "this centre’s assistant": (of_centre, {"all": 200, "code": 302, "letters": 403}),
    "a helper at this event": (
        helper,
        {"all": 403, "door": 200, "door list": 200, "code": 302, "settings": 200},
    ),
    "who runs every desk": (
        lambda _desk: staff(*ALL, "run_registrationdesk"),
        {"all": 200, "code": 302, "letters": 403},
    ),
}


@pytest.mark.parametrize("who", ANSWERS)
def test_registrants_are_shown_to_those_who_run_the_event_and_to_nobody_else(
    client: Client, desk: RegistrationDesk, mei: Registration, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.badges.printed", lambda html: b"%PDF-1.7 Lim Mei" if "Lim Mei" in html else b"")
    person, expected = ANSWERS[who]
    if user := person(desk):
        client.force_login(user)
    found, shown = {}, []
    for name, address in addresses(desk, mei).items():
        response = client.get(address)
        text = b"".join(response) if response.streaming else response.content
        found[name] = response.status_code
        shown += [name] if b"Lim Mei" in text or b"mei@example.org" in text else []
    assert found == {name: expected.get(name, expected["all"]) for name in found}
    sees = {name for name, status in found.items() if status == 200} - {"counts", "door", "settings"}
    assert set(shown) == sees


WRITES = {
    "step": ("people/step/", {"step": "cancel"}), "add": ("people/add/", {"name": "X", "mode": "person", "guests": "0"}),
    "places": ("people/places/", {"what": "person", "seats": "99"}), "check-in": ("check-in/", {}),
    "sync": ("check-in/sync/", {}), "correct": ("", {"name": "Y"}),
}  # fmt: skip


@pytest.mark.parametrize("who", ["staff without the rights", "another centre’s assistant", "nobody in particular"])
@pytest.mark.parametrize("what", WRITES)
def test_x_nobody_else_changes_anything_by_its_address(
    client: Client, desk: RegistrationDesk, mei: Registration, who: str, what: str
) -> None:
    if user := ANSWERS[who][0](desk):
        client.force_login(user)
    before = list(Registration.objects.values())
    rest, sent = WRITES[what]
    rest = rest or f"people/{mei.pk}/"
    sent = sent | {"chosen": [mei.pk], "mark": mei.mark.hex}
    if what == "sync":
        body = json.dumps({"arrivals": [{"id": str(uuid.uuid4()), "mark": mei.mark.hex}]})
        response = client.post(at(desk, rest), body, content_type="application/json")
    else:
        response = client.post(at(desk, rest), sent)
    assert response.status_code == ANSWERS[who][1]["all"]
    desk.refresh_from_db()
    assert (list(Registration.objects.values()), desk.seats_in_person, CheckIn.objects.count()) == (before, 3, 0)


def test_somebody_of_another_event_is_not_reached_through_ones_own_desk(
    client: Client, desk: RegistrationDesk, assistant: User
) -> None:
    other = RegistrationFactory.create(name="Not Yours")
    client.force_login(assistant)
    assert client.get(at(desk, f"people/{other.pk}/")).status_code == 404
    client.post(at(desk, "people/step/"), {"step": "cancel", "chosen": [other.pk]})
    answer = client.post(at(desk, "check-in/"), {"mark": other.mark.hex}, follow=True)
    other.refresh_from_db()
    assert (other.state, other.checked_in_at, b"belongs to nobody registered" in answer.content) == (
        "confirmed",
        None,
        True,
    )
    assert client.get(f"/admin/events/registrationdesk/door/{other.mark.hex}/").status_code == 404


@pytest.mark.parametrize("more", [1, 3])
def test_the_list_of_desks_holds_ones_own_in_a_fixed_number_of_statements(
    client: Client, desk: RegistrationDesk, assistant: User, more: int
) -> None:
    RegistrationDeskFactory.create(event=EventFactory.create(published=True, title="Somebody Else’s"))
    for _one in range(more - 1):
        RegistrationDeskFactory.create().event.centres.add(desk.event.centres.get())
    client.force_login(assistant)
    client.get("/admin/events/registrationdesk/")  # what is asked once for each process and session
    with CaptureQueriesContext(connection) as statements:
        page = client.get("/admin/events/registrationdesk/").content.decode()
    assert (page.count(">Straits in Winter</b>"), "Somebody Else" in page) == (more, False)
    assert len(statements) == DESKS


@pytest.mark.parametrize("more", [1, 3])
def test_the_list_of_people_takes_a_fixed_number_of_statements(
    client: Client, desk: RegistrationDesk, assistant: User, more: int
) -> None:
    client.force_login(assistant)
    RegistrationFactory.create_batch(more, desk=desk)
    client.get(at(desk))
    with CaptureQueriesContext(connection) as statements:
        assert client.get(at(desk)).status_code == 200
    assert len(statements) == PEOPLE


def test_people_are_found_by_words_state_and_way_and_words_are_in_no_address(
    client: Client, desk: RegistrationDesk, assistant: User, mei: Registration
) -> None:
    RegistrationFactory.create(
        desk=desk, name="Tan", email="tan@example.org", state=State.WAITING, queued_at=timezone.now()
    )
    client.force_login(assistant)

    def names(**sent: str) -> list[str]:
        response = client.post(at(desk), sent)
        return [one.name for one in response.context["shown"]]

    assert [names(q="MEI"), names(q="tan@"), names(q="cmd"), names(state="waiting"), names(mode="online"), names(q="%")] == [
        ["Lim Mei"], ["Tan"], ["Lim Mei"], ["Tan"], [], [],
    ]  # fmt: skip
    assert [names(state="x", mode="y", page="999"), names(page="-1"), names(page="a")] == [["Lim Mei", "Tan"]] * 3
    form = client.get(at(desk)).content.decode().split('id="find"')[0].rpartition("<form")[2]
    assert 'method="post"' in form


def test_steps_are_taken_for_those_chosen_and_what_cannot_be_is_said_by_name(
    client: Client, desk: RegistrationDesk, assistant: User
) -> None:
    RegistrationDesk.objects.filter(pk=desk.pk).update(needs_approval=True, has_waiting_list=False, seats_in_person=1)
    desk.refresh_from_db()
    ana, ben, cai = (registering.register(desk, Asked(name, f"{name}@example.org")) for name in ("ana", "ben", "cai"))
    client.force_login(assistant)
    response = client.post(
        at(desk, "people/step/"), {"step": "approve", "chosen": [ana.pk, ben.pk, "x", "9" * 30]}, follow=True
    )
    words = [str(one) for one in response.context["messages"]]
    assert words == ["ben: Every place is taken. Raise the number of places, or refuse.", "Done for 1 of 2."]
    for step, one in (("refuse", cai), ("cancel", ana), ("confirm", ben)):
        client.post(at(desk, "people/step/"), {"step": step, "chosen": [one.pk]})
    assert dict(desk.registrations.values_list("name", "state")) == {
        "ana": "cancelled",
        "ben": "confirmed",
        "cai": "refused",
    }
    assert client.post(at(desk, "people/step/"), {"step": "delete", "chosen": [ana.pk]}).status_code == 404


def test_the_last_letter_goes_again_as_things_stand_as_often_as_asked(
    client: Client, desk: RegistrationDesk, assistant: User, mei: Registration
) -> None:
    client.force_login(assistant)
    for _time in range(2):
        client.post(at(desk, "people/step/"), {"step": "resend", "chosen": [mei.pk], "person": mei.pk})
    found = list(Letter.objects.order_by("pk").values_list("subject", "calendar_method"))
    assert found == [("Your place is confirmed: Straits in Winter", "REQUEST")] * 3


def test_staff_add_somebody_and_the_form_comes_back_when_nothing_is_free(
    client: Client, desk: RegistrationDesk, assistant: User
) -> None:
    client.force_login(assistant)
    sent = {"name": "Guest of Honour", "email": "", "affiliation": "", "mode": "person", "guests": "2"}
    assert client.post(at(desk, "people/add/"), sent).status_code == 302
    response = client.post(at(desk, "people/add/"), sent | {"name": "Too Many", "guests": "0"})
    assert (response.status_code, b"Every place is taken" in response.content, b"Too Many" in response.content) == (
        422,
        True,
        True,
    )
    assert list(desk.registrations.values_list("name", "source", "state")) == [
        ("Guest of Honour", "staff", "confirmed")
    ]


def test_places_and_holds_are_changed_and_never_below_what_is_taken(
    client: Client, desk: RegistrationDesk, assistant: User, mei: Registration
) -> None:
    client.force_login(assistant)

    def change(**sent: str) -> int:
        return client.post(at(desk, "people/places/"), sent).status_code

    answers = [
        change(what="hold", mode="person", seats="2", label="Press"), change(what="hold", mode="person", seats="1", label="More"),
        change(what="person", seats="2"), change(what="person", seats="5"), change(what="person", seats="x"),
        change(what="release", hold=str(desk.holds.get().pk)), change(what="release", hold="x"), change(what="moon"),
    ]  # fmt: skip
    desk.refresh_from_db()
    assert (answers, desk.seats_in_person, desk.holds.count()) == ([302, 422, 422, 302, 422, 302, 302, 404], 5, 0)


def test_what_is_known_of_somebody_can_be_put_right_but_not_onto_another(
    client: Client, desk: RegistrationDesk, assistant: User, mei: Registration
) -> None:
    RegistrationFactory.create(desk=desk, email="tan@example.org")
    client.force_login(assistant)
    sent = {
        "name": "Lim Mei Ling",
        "email": "TAN@example.org",
        "affiliation": "",
        "needs": "",
        "note": "VIP",
        "state": "refused",
    }
    page = at(desk, f"people/{mei.pk}/")
    assert client.post(page, sent).status_code == 422
    assert client.post(page, sent | {"email": "ling@Example.ORG"}).status_code == 302
    mei.refresh_from_db()
    assert (mei.name, mei.email, mei.note, mei.state) == ("Lim Mei Ling", "ling@example.org", "VIP", "confirmed")


def lines(response: Any) -> list[list[str]]:
    return list(csv.reader(StringIO(b"".join(response).decode("utf-8-sig"))))


def test_j22_5_exports_run_no_formula_and_hold_the_answers(
    client: Client, desk: RegistrationDesk, assistant: User, mei: Registration
) -> None:
    question = Question.objects.create(desk=desk, text="=Why?")
    mei.answers = {str(question.pk): "+1"}
    mei.name, mei.note = "@Mei", "\t=x\nsecond line"
    mei.save()
    client.force_login(assistant)
    heads, row = lines(client.get(at(desk, "people/everyone.csv")))
    assert (row[0], row[2], row[10], row[11], heads[11]) == ("'@Mei", "'=cmd()", "'\t=x\nsecond line", "'+1", "'=Why?")
    assert {"mei@example.org", "No nuts"} <= set(row)


def test_the_attendance_list_has_who_came_first_and_no_addresses(
    client: Client, desk: RegistrationDesk, assistant: User, mei: Registration
) -> None:
    RegistrationFactory.create(desk=desk, name="Aba", email="aba@example.org")
    client.force_login(assistant)
    client.post(at(desk, "check-in/"), {"mark": mei.mark.hex})
    found = lines(client.get(at(desk, "people/attendance.csv")))
    assert [(row[0], row[-1]) for row in found[1:]] == [("Lim Mei", "yes"), ("Aba", "no")]
    assert "@" not in "".join(map("".join, found))


def test_every_look_and_every_export_leaves_a_line_without_names(
    client: Client, desk: RegistrationDesk, assistant: User, mei: Registration, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("events.badges.printed", lambda _html: b"%PDF")
    client.force_login(assistant)
    with caplog.at_level(logging.INFO, "rsis.events"):
        for name, address in addresses(desk, mei).items():
            if name not in {"counts", "door", "code", "settings"}:
                response = client.get(address)
                b"".join(response) if response.streaming else response.content
    noted = [record for record in caplog.records if record.getMessage() not in {"request", "signed in"}]
    assert [record.getMessage() for record in noted] == [
        "registrations seen", "registration seen", "registrations exported", "registrations exported", "badges printed",
        "door list fetched",
    ]  # fmt: skip
    facts: list[dict[str, Any]] = [vars(record)["facts"] for record in noted]
    assert {(one["user"], one["event"]) for one in facts} == {(assistant.pk, desk.event_id)}
    assert "mei" not in json.dumps([vars(record)["facts"] for record in caplog.records]).lower()


def test_the_roles_of_the_desk(desk: RegistrationDesk) -> None:
    roles.load()
    found = {}
    for name in ("Authors", "Editors", "Publishers", "At the door"):
        user = UserFactory.create(is_staff=True)
        user.groups.add(Group.objects.get(name=name))
        found[name] = (
            may_run(user, desk.event),
            user.has_perm("events.export_registration"),
            user.has_perm("events.check_in_registration"),
        )
    assert found == {
        "Authors": (False, False, False), "Editors": (False, True, True), "Publishers": (True, True, True),
        "At the door": (False, False, True),
    }  # fmt: skip


def test_badges_and_the_speaker_sheet_are_printed_in_our_own_type(
    client: Client, desk: RegistrationDesk, assistant: User, mei: Registration
) -> None:
    RegistrationFactory.create(desk=desk, name="Not Coming", state=State.CANCELLED)
    mei.name = "<b>Lim</b> Mei 林美"
    mei.save()
    Speaker.objects.create(event=desk.event, name="Ana Speaker", affiliation="Port Authority", role="chair")
    client.force_login(assistant)
    texts = {}
    for name in ("badges", "speakers"):
        response = client.get(at(desk, f"{name}.pdf"))
        assert response["Content-Type"] == "application/pdf"
        texts[name] = " ".join(PdfReader(BytesIO(response.content)).pages[0].extract_text().split())
    assert ("<b>Lim</b> Mei" in texts["badges"], "Not Coming" in texts["badges"]) == (True, False)
    assert ("Ana Speaker" in texts["speakers"], "Port Authority" in texts["speakers"]) == (True, True)


def test_settings_are_saved_without_touching_places_and_a_changed_consent_is_a_new_version(
    client: Client, desk: RegistrationDesk, assistant: User
) -> None:
    client.force_login(assistant)
    sent = {"reminder_hours": "24", "offer_hours": "12", "most_guests": "0", "erase_after_days": "30", "consent_text": "New.",
            "seats_in_person": "1000", "event": "999", "has_waiting_list": "on",
            **{f"questions-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}}  # fmt: skip
    response = client.post(at(desk, "change/"), sent)
    assert response.status_code == 302
    before, desk = desk, RegistrationDesk.objects.get(pk=desk.pk)
    assert (desk.seats_in_person, desk.event_id, desk.offer_hours, desk.consent_version) == (3, before.event_id, 12, 2)


def test_a_desk_is_opened_for_one_of_ones_own_events(client: Client, desk: RegistrationDesk) -> None:
    user = staff(*ALL, "add_registrationdesk")
    mine, other = EventFactory.create(published=True), EventFactory.create(published=True)
    centre = desk.event.centres.get()
    centre.editors.add(user)
    mine.centres.add(centre)
    client.force_login(user)
    sent = {"seats_in_person": "20", "reminder_hours": "24", "offer_hours": "12", "most_guests": "0", "erase_after_days": "30",
            "consent_text": "Yes.", **{f"questions-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}}  # fmt: skip
    answers = [
        client.post("/admin/events/registrationdesk/add/", sent | {"event": event.pk}).status_code
        for event in (other, mine)
    ]
    assert (answers, RegistrationDesk.objects.filter(event__in=[mine, other]).get().event) == ([200, 302], mine)


def test_an_old_event_is_still_run_by_its_own(desk: RegistrationDesk, assistant: User) -> None:
    event = desk.event
    event.starts_at, event.ends_at = timezone.now() - timedelta(days=2), timezone.now() - timedelta(days=1)
    event.save()
    assert (may_run(assistant, event), may_run(None, event), may_run(elsewhere(), event)) == (True, False, False)
