"""The door on a telephone: with a connection, without one, and with one again."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from events import checking_in, registering
from events.models import CheckIn, RegistrationDesk
from events.registering import Asked
from tests.event_factories import RegistrationDeskFactory
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def desk() -> RegistrationDesk:
    made = RegistrationDeskFactory.create(seats_in_person=4)
    for name in ("Lim Mei Huá", "Tan Kok Wee"):
        registering.register(made, Asked(name, f"{name[:3].lower()}@example.org"))
    return made


@pytest.fixture
def door(new_page: Callable[..., Page], desk: RegistrationDesk, live_server: LiveServer, client: Client) -> Page:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    page = new_page(**PHONE)
    cookie = client.cookies["session"].value
    page.context.add_cookies([{"name": "session", "value": cookie, "url": live_server.url}])
    page.goto(f"/admin/events/registrationdesk/{desk.pk}/check-in/")
    page.wait_for_selector("[data-door][data-ready=yes]")
    return page


def here(desk: RegistrationDesk) -> list[str]:
    return list(desk.registrations.exclude(checked_in_at=None).order_by("name").values_list("name", flat=True))


def test_somebody_is_found_without_accents_and_checked_in_with_one_press(door: Page, desk: RegistrationDesk) -> None:
    door.fill("#door-search", "hua")
    with door.expect_response("**/sync/"):
        door.get_by_role("button", name="Check in: Lim Mei Huá").click()
    expect(door.locator("[data-line]")).to_have_text("Connected. Everything is sent.")
    expect(door.locator("[data-list]")).to_contain_text("here since")
    expect(door.locator("[data-here]")).to_have_text("1")
    assert here(desk) == ["Lim Mei Huá"]


def test_a_scanner_that_types_checks_in_by_the_code(door: Page, desk: RegistrationDesk) -> None:
    mark = desk.registrations.get(name="Tan Kok Wee").mark
    for told in ("Tan Kok Wee: here since", "Tan Kok Wee: was checked in already"):
        door.fill("#door-search", f"https://rsis.example/admin/events/registrationdesk/door/{mark.hex}/")
        door.press("#door-search", "Enter")
        expect(door.locator("[data-told]")).to_contain_text(told)
    expect(door.locator("[data-line]")).to_have_text("Connected. Everything is sent.")
    assert (here(desk), CheckIn.objects.count()) == (["Tan Kok Wee"], 1)


def test_j22_4_without_a_connection_nothing_is_lost_and_afterwards_nothing_counts_twice(
    door: Page, desk: RegistrationDesk, complaints: list[str]
) -> None:
    door.context.set_offline(True)
    door.fill("#door-search", "lim")
    door.get_by_role("button", name="Check in: Lim Mei Huá").click()
    door.fill("#walk-in-name", "Walk In")
    door.locator("[data-walk-in] button").click()
    expect(door.locator("[data-line]")).to_have_text("No connection. Go on: 2 are kept here and sent later.")
    expect(door.locator("[data-here]")).to_have_text("2")
    assert here(desk) == []
    door.reload()  # the page and its names are still there
    door.wait_for_selector("[data-door][data-ready=yes]")
    expect(door.locator("[data-line]")).to_contain_text("2 are kept here")
    door.fill("#door-search", "tan")
    expect(door.get_by_role("button", name="Check in: Tan Kok Wee")).to_be_visible()
    # Meanwhile another telephone saw one of them.
    mei = desk.registrations.get(name="Lim Mei Huá")
    checking_in.check_in(desk, checking_in.Arrival(mei.mark, mei.registered_at, mei.mark), None)
    door.context.set_offline(False)
    expect(door.locator("[data-line]")).to_have_text("Connected. Everything is sent.")
    expect(door.locator("[data-here]")).to_have_text("2")
    assert (here(desk), CheckIn.objects.count()) == (["Lim Mei Huá", "Walk In"], 3)
    assert [one for one in complaints if "INTERNET_DISCONNECTED" not in one] == []
    complaints.clear()


def test_who_has_no_place_is_asked_about_and_can_be_given_one(door: Page, desk: RegistrationDesk) -> None:
    registering.set_capacity(desk, "person", 2)
    registering.register(desk, Asked("Wait Ing", "wait@example.org"))
    door.reload()
    door.wait_for_selector("[data-door][data-ready=yes]")
    door.fill("#door-search", "wait")
    expect(door.locator("[data-list]")).to_contain_text("On the waiting list")
    door.get_by_role("button", name="Give a place and check in: Wait Ing").click()
    expect(door.locator("[data-problems]")).to_contain_text("Every place is taken or offered")
    registering.set_capacity(desk, "person", 9)
    with door.expect_response("**/sync/"):
        door.locator("[data-problems] [data-admit]").click()
    assert here(desk) == ["Wait Ing"]


def test_the_names_on_a_telephone_are_forgotten_when_asked(door: Page) -> None:
    door.locator("[data-forget]").click()
    door.wait_for_url("**/registrationdesk/")
    left = door.evaluate("""async () => [(await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length,
        await new Promise((done) => { indexedDB.open("door").onsuccess = ({ target }) => {
            target.result.transaction("lists").objectStore("lists").count().onsuccess = (event) => done(event.target.result); }; })]""")
    assert left == [0, 0, 0]


def test_without_scripts_the_door_works_as_long_as_there_is_a_connection(
    new_page: Callable[..., Page], desk: RegistrationDesk, live_server: LiveServer, client: Client
) -> None:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    page = new_page(**PHONE, java_script_enabled=False)
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
    page.goto(f"/admin/events/registrationdesk/{desk.pk}/check-in/")
    page.fill("#door-search", "lim")
    page.click("text=Find")
    page.get_by_role("button", name="Check in Lim Mei Huá").click()
    page.fill("#walk-in-name", "Walk In")
    page.locator("[data-walk-in] button").click()
    assert here(desk) == ["Lim Mei Huá", "Walk In"]
