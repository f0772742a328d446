"""J24: what the desk answers a subscriber, what is given out, erased, and not kept."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from editorial import roles
from mail.models import Letter
from subscriptions import barring, personal_data, retention, signing_up, wishes
from subscriptions.lists import Followable
from subscriptions.models import ConsentRecord, Delivery, Notification, Subscriber, Subscription, Suppression
from tests.factories import EnquiryFactory, PublicationFactory, UserFactory
from tests.subscriptions.signing import filled, letters_to, link_of, sign_up, subscribed

pytestmark = pytest.mark.django_db

SEARCH = "/admin/subscriptions/subscriber/"


def desk_of(role: str) -> Client:
    roles.load()
    user = UserFactory.create(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk() -> Client:
    return desk_of("Administrators")


def screen(subscriber: Subscriber) -> str:
    return reverse("admin:subscriptions_subscriber_change", args=[subscriber.pk])


def test_j24_one_screen_has_consent_wishes_messages_and_letters(
    client: Client, desk: Client, caplog: pytest.LogCaptureFixture
) -> None:
    mei = subscribed(client)
    notification = Notification.objects.create(subject="Straits and Cables")
    Delivery.objects.create(
        notification=notification, subscriber=mei, target="publications", state="failed", due_at=None,
        reply="550 5.1.1 No such user", domain="example.org",
    )  # fmt: skip
    found = desk.post(SEARCH, {"address": "Mei@Example.ORG"})
    assert found["Location"] == screen(mei)
    page = desk.get(found["Location"]).content.decode()
    for words in ("mei@example.org", "RSIS Publications", "Straits and Cables", "550 5.1.1 No such user", "Please confirm", "sign-up page"):  # fmt: skip
        assert words in page
    assert [one for one in caplog.records if "mei@" in str(vars(one))] == []
    assert "personal data read" in [one.getMessage() for one in caplog.records]


def test_an_address_of_nobody_says_what_else_is_known(desk: Client) -> None:
    barring.bar("gone@example.org", Suppression.Cause.HARD, "550 5.1.1 No such user")
    page = desk.post(SEARCH, {"address": "gone@example.org"}).content.decode()
    assert ["No subscriber has this address." in page, "550 5.1.1" in page] == [True, True]


def test_j24_the_desk_removes_from_one_list_or_all(client: Client, desk: Client) -> None:
    mei = subscribed(client, lists=["publications", "events"])
    wish = mei.subscriptions.get(target="events")
    desk.post(screen(mei), {"wish": wish.pk})
    assert list(mei.subscriptions.filter(is_active=True).values_list("target", flat=True)) == ["publications"]
    desk.post(screen(mei), {"wish": "all"})
    mei.refresh_from_db()
    assert [mei.state, ConsentRecord.objects.filter(source="staff").count()] == ["left", 2]
    assert desk.post(screen(mei), {"wish": "\x009" * 40}).status_code == 302


def test_j24_staff_can_confirm_nobody(client: Client, desk: Client) -> None:
    sign_up(client)
    mei = Subscriber.objects.get()
    desk.post(screen(mei), {"state": "confirmed", "is_active": "on", "confirmed_at": "2026-01-01", "_save": "1"})
    assert desk.get(f"{SEARCH}add/").status_code == 403
    mei.refresh_from_db()
    assert [mei.state, Subscription.objects.filter(is_active=True).count()] == ["unconfirmed", 0]


def test_j24_who_may_look_export_and_erase_is_a_matter_of_roles(client: Client) -> None:
    mei = subscribed(client)
    given: dict[str, Any] = {"address": mei.email, "form": "json"}
    answers = {}
    for role in ("Editors", "Publishers"):
        desk = desk_of(role)
        answers[role] = [
            desk.get(screen(mei)).status_code, desk.get(SEARCH).status_code, desk.post(screen(mei), {"wish": "all"}).status_code,
            desk.post(f"{SEARCH}data/", given).status_code, desk.post(f"{SEARCH}erase/", given).status_code,
            desk.get(f"{SEARCH}import/").status_code,
        ]  # fmt: skip
    assert answers == {"Editors": [403] * 6, "Publishers": [200, 200, 403, 403, 403, 403]}
    assert Subscriber.objects.filter(state="confirmed").count() == 1


def test_j24_everything_about_an_address_is_given_out(client: Client, desk: Client) -> None:
    subscribed(client)
    EnquiryFactory.create(email="mei@example.org", message="May I visit?")
    EnquiryFactory.create(email="another@example.org", message="Somebody else’s")
    held = desk.post(f"{SEARCH}data/", {"address": "mei@example.org"})
    text = desk.post(f"{SEARCH}data/", {"address": "mei@example.org", "form": "text"}).content.decode()
    data = held.json()
    assert [data["subscriber"][0]["state"], data["lists"][0]["list"], len(data["consent"]), len(data["letters"])] == [
        "confirmed", "publications", 2, 1,
    ]  # fmt: skip
    assert [data["enquiries"][0]["message"], "Somebody" in text, "May I visit?" in text] == [
        "May I visit?",
        False,
        True,
    ]
    assert desk.get(f"{SEARCH}data/").status_code == 404


def test_j24_erasing_leaves_a_hash_that_bars_an_import(client: Client, desk: Client) -> None:
    subscribed(client)
    EnquiryFactory.create(email="mei@example.org")
    desk.post(f"{SEARCH}erase/", {"address": "Mei@Example.org"})
    assert [Subscriber.objects.count(), Letter.objects.count(), ConsentRecord.objects.count()] == [0, 0, 0]
    left = Suppression.objects.get()
    assert [left.cause, "mei" in left.digest + left.raw] == ["erased", False]
    taken = desk.post(f"{SEARCH}import/", {"table": table("mei@example.org"), "chosen": ["publications"]}).context[
        "taken"
    ]
    assert [taken.barred, taken.invited, Subscriber.objects.count()] == [1, 0, 0]


def table(*addresses: str, head: str = "name,email") -> SimpleUploadedFile:
    rows = [head, *(f"Somebody,{one}" for one in addresses)]
    return SimpleUploadedFile("contacts.csv", "\r\n".join(rows).encode("utf-8-sig"))


def test_sg3_an_imported_address_gets_one_invitation_and_is_forgotten_for_good(client: Client, desk: Client) -> None:
    with time_machine.travel("2026-03-20 10:00+08:00") as clock:
        known = subscribed(client, email="known@example.org")
        given = {"table": table("new@example.org", "known@example.org", "nobody", "=cmd()"), "chosen": ["events"]}
        taken = desk.post(f"{SEARCH}import/", given).context["taken"]
        assert [taken.invited, taken.known, [line for line, _words in taken.refused]] == [1, 1, [4, 5]]
        [letter] = letters_to("new@example.org")
        assert letter.text.splitlines()[0] == "Would you like to hear from RSIS?"
        clock.shift(timedelta(days=3))
        assert [signing_up.remind_due(), len(letters_to("new@example.org"))] == [0, 1]
        clock.shift(timedelta(days=5))
        retention.erase_old()
        assert list(Subscriber.objects.all()) == [known]
        again = desk.post(f"{SEARCH}import/", {"table": table("new@example.org"), "chosen": ["events"]}).context[
            "taken"
        ]
        assert [again.invited, again.barred] == [0, 1]


def test_an_invitation_is_confirmed_like_any_sign_up(client: Client, desk: Client) -> None:
    desk.post(f"{SEARCH}import/", {"table": table("new@example.org"), "chosen": ["events"]})
    assert Subscription.objects.get().is_active is False
    client.post(link_of(letters_to("new@example.org")[0]))
    assert [Subscription.objects.get().is_active, Subscriber.objects.get().state] == [True, "confirmed"]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"a" * 1_000_001, b"\n".join([b"a@example.org"] * 1_001)])
def test_a_table_that_is_none_is_refused_with_words(desk: Client, data: bytes) -> None:
    answer = desk.post(f"{SEARCH}import/", {"table": SimpleUploadedFile("x.csv", data), "chosen": ["events"]})
    assert [answer.status_code, bool(answer.context["form"].errors["table"]), Subscriber.objects.count()] == [
        200,
        True,
        0,
    ]


def test_what_was_not_confirmed_is_erased_after_a_week(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with time_machine.travel("2026-03-20 10:00+08:00") as clock:
        subscribed(client, email="kept@example.org")
        sign_up(client)
        letters_to()
        clock.shift(timedelta(days=6))
        client.post("/subscribe/", filled(email="kept@example.org", lists=["events"]))
        assert retention.erase_old() == 0
        clock.shift(timedelta(days=2))
        assert retention.erase_old() == 1
        assert [list(Subscriber.objects.values_list("email", flat=True)), letters_to()] == [["kept@example.org"], []]
        clock.shift(timedelta(days=7))
        assert retention.erase_old() == 1
    events = Subscription.objects.get(target="events")
    assert [events.is_active, events.asked_at] == [False, None]
    assert [one for one in caplog.records if "@example.org" in str(vars(one))] == []


def test_whoever_left_is_forgotten_after_two_years(client: Client) -> None:
    with time_machine.travel("2026-03-20 10:00+08:00") as clock:
        wishes.leave_all(subscribed(client), "test")
        clock.shift(timedelta(days=729))
        assert retention.erase_old() == 0
        clock.shift(timedelta(days=2))
        assert [retention.erase_old(), Subscriber.objects.count()] == [1, 0]


def test_a_bar_holds_under_the_former_key(settings: Any) -> None:
    barring.bar("mei@example.org", Suppression.Cause.COMPLAINT)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key, made this morning"
    found = barring.find("Mei@Example.org")
    assert found is not None
    assert [barring.lift("mei@example.org", "Called us."), barring.find("mei@example.org")] == [1, None]


def test_personal_data_of_nobody_is_empty() -> None:
    PublicationFactory.create(published=True)
    signing_up.take_in("else@example.org", [Followable("publications", "RSIS Publications")], "once", "test")
    assert {kind: rows for kind, rows in personal_data.about("mei@example.org").items() if rows} == {}


@pytest.mark.parametrize("where", ["", "figures/"])
def test_mailings_are_called_so_on_their_pages_and_on_the_front_page_of_the_desk(desk: Client, where: str) -> None:
    shown = desk.get(f"/admin/subscriptions/notification/{where}").content.decode()
    front = desk.get("/admin/").content.decode()
    assert ("Mailings" in shown, "Notifications" in shown) == (True, False)
    assert ("Mailings" in front, "Notifications" in front) == (True, False)
