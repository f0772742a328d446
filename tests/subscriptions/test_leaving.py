"""The links of letters: UNS-4 to UNS-11, SG-1, SG-2, S6, F29, F32, and the page of preferences."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from mail.models import Letter
from subscriptions import barring, links, matching, wishes
from subscriptions.links import manage_url, unsubscribe_url
from subscriptions.lists import read
from subscriptions.models import ConsentRecord, Subscriber, Subscription, Suppression
from tests.factories import TopicFactory
from tests.subscriptions.signing import WITHOUT_VALUES, filled, link_of, sign_up, subscribed

pytestmark = pytest.mark.django_db

PAIR = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


def path_of(url: str) -> str:
    return urlsplit(url).path


def active(subscriber: Subscriber) -> list[str]:
    return list(subscriber.subscriptions.filter(is_active=True).order_by("target").values_list("target", flat=True))


@pytest.fixture
def machine() -> Client:
    """A mail program: no cookie, no token, no referrer, and guards as they are outside tests."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def mei(client: Client) -> Subscriber:
    TopicFactory.create(slug="law", name="Law")
    return subscribed(client, lists=["publications", "events", "/topics/law/"])


def test_uns4_uns5_the_pair_alone_leaves_the_list_in_hand(mei: Subscriber, machine: Client) -> None:
    answer = machine.post(path_of(unsubscribe_url(mei, "events")), PAIR, content_type=FORM)
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert active(mei) == ["/topics/law/", "publications"]
    assert ConsentRecord.objects.filter(step="withdrawn").values_list("purpose", "source").get() == (
        "events",
        "one-click",
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PAIR, FORM), ("", FORM), ("anything=else", FORM), ("{}", "application/json"), ("", ""),
        ('--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n', "multipart/form-data; boundary=b"),
        ("broken", "multipart/form-data; boundary=b"), ("broken", "multipart/form-data"), ("\x00\xff", FORM),
    ],
)  # fmt: skip
def test_uns6_whatever_the_body_it_is_a_wish_to_leave(mei: Subscriber, machine: Client, body: str, kind: str) -> None:
    answer = machine.generic("POST", path_of(unsubscribe_url(mei, "events")), body.encode("latin-1"), content_type=kind)
    assert [answer.status_code, active(mei)] == [200, ["/topics/law/", "publications"]]


def test_the_heading_asks_what_the_link_would_do(mei: Subscriber, machine: Client) -> None:
    pages = [machine.get(path_of(unsubscribe_url(mei, *target))).context["title"] for target in (["events"], [])]
    assert pages == ["Leave this list?", "Leave all lists?"]


def test_uns7_no_spelling_is_redirected(mei: Subscriber, machine: Client) -> None:
    path = path_of(unsubscribe_url(mei, "events"))
    answers = [machine.post(one).status_code for one in (path, path.rstrip("/"), f"{path}?utm_source=mail", path)]
    assert answers == [200] * 4


def test_uns8_a_changed_token_is_unknown_and_changes_nothing(mei: Subscriber, machine: Client) -> None:
    path = path_of(unsubscribe_url(mei, "events"))
    token = path.split("/")[-2]
    forged = [
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        "x" + token[1:],
        token.partition("~")[0],
        "~",
        "a" * 3000,
    ]
    assert [machine.post(f"/subscriptions/unsubscribe/{one}/").status_code for one in forged] == [404] * 5
    # A link to one page is no key to another.
    assert [machine.get(f"/subscriptions/{page}/{token}/").status_code for page in ("manage", "confirm", "change")] == [
        404
    ] * 3
    assert active(mei) == ["/topics/law/", "events", "publications"]


def test_no_link_holds_the_address(mei: Subscriber) -> None:
    urls = [unsubscribe_url(mei, "events"), unsubscribe_url(mei), manage_url(mei), links.confirm_url(mei)]
    assert [one for one in urls if "mei" in one or "example.org" in one.partition("//")[2].partition("/")[2]] == []


def test_addresses_made_for_many_are_those_made_for_one(mei: Subscriber) -> None:
    mark, scope = mei.mark.hex, links.scope_of("events")
    assert links.Addresses("unsubscribe").of(mark, scope) == unsubscribe_url(mei, "events")
    assert links.Addresses("manage").of(mark) == manage_url(mei)


def test_uns9_looking_changes_nothing(mei: Subscriber, machine: Client) -> None:
    paths = [path_of(url) for url in (unsubscribe_url(mei, "events"), unsubscribe_url(mei), manage_url(mei))]
    before = list(Subscription.objects.order_by("pk").values())
    for _look in range(34):
        assert [machine.get(path).status_code for path in paths] == [200] * 3
    assert [machine.head(path).status_code for path in paths] == [200] * 3
    assert [machine.options(path).status_code for path in paths] == [405] * 3
    page = machine.get(paths[0])
    assert [page.content.decode().count("<form class=\"form gap\" method=\"post\""), page["X-Robots-Tag"], page["Referrer-Policy"]] == [1, "noindex, nofollow", "no-referrer"]  # fmt: skip
    assert "no-store" in page["Cache-Control"]
    assert list(Subscription.objects.order_by("pk").values()) == before


def test_uns10_after_one_list_all_lists_and_a_slower_pace_are_offered(mei: Subscriber, machine: Client) -> None:
    page = machine.post(path_of(unsubscribe_url(mei, "events")), PAIR, content_type=FORM).content.decode()
    assert all(words in page for words in ("Leave all lists", "Once a week instead", "“RSIS Events”"))
    wish = mei.subscriptions.get(target="events")
    machine.post(path_of(manage_url(mei)), {"action": "back", "wish": wish.pk, "pace": "weekly"})
    wish.refresh_from_db()
    assert (wish.is_active, wish.frequency) == (True, "weekly")
    machine.post(path_of(unsubscribe_url(mei)))
    mei.refresh_from_db()
    assert [active(mei), mei.state] == [[], "left"]


def test_uns11_again_is_no_error_and_years_later_it_still_works(mei: Subscriber, machine: Client) -> None:
    path = path_of(unsubscribe_url(mei, "events"))
    with time_machine.travel("2031-11-25"):
        assert [machine.post(path).status_code for _time in range(3)] == [200] * 3
    assert active(mei) == ["/topics/law/", "publications"]
    assert ConsentRecord.objects.filter(step="withdrawn").count() == 1


def test_a_digest_is_left_by_its_pace(mei: Subscriber, machine: Client) -> None:
    mei.subscriptions.filter(target="events").update(frequency="weekly")
    machine.post(path_of(unsubscribe_url(mei, "weekly")))
    assert active(mei) == ["/topics/law/", "publications"]


def test_links_of_somebody_erased_say_that_nothing_is_held(mei: Subscriber, machine: Client) -> None:
    paths = [path_of(url) for url in (unsubscribe_url(mei, "events"), manage_url(mei), links.confirm_url(mei))]
    mei.delete()
    assert [machine.get(path).status_code for path in paths] == [200] * 3
    assert machine.post(paths[0]).status_code == 200


def test_f32_links_work_after_a_change_of_keys(mei: Subscriber, machine: Client, settings: Settings) -> None:
    path = path_of(unsubscribe_url(mei, "events"))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key, made this morning"
    assert [machine.post(path).status_code, active(mei)] == [200, ["/topics/law/", "publications"]]


def test_f29_the_last_word_wins(client: Client, mei: Subscriber) -> None:
    confirmation = path_of(links.confirm_url(mei))
    wishes.leave_all(mei, "test")
    client.post(confirmation)  # an old link confirms nothing that was left since
    assert active(mei) == []
    with time_machine.travel("2031-01-01"):
        sign_up(client, lists=["events"])
        client.post(confirmation)
    assert active(mei) == ["events"]


def test_preferences_hold_pace_pause_and_hour(mei: Subscriber, machine: Client) -> None:
    rows = dict(mei.subscriptions.values_list("target", "pk"))
    given = {
        "action": "arrange", f"pace-{rows['events']}": "weekly", f"pace-{rows['publications']}": "",
        f"pace-{rows['/topics/law/']}": "once", "pause": "2", "hour": "18",
    }  # fmt: skip
    with time_machine.travel("2026-03-20 10:00+08:00"):
        answer = machine.post(path_of(manage_url(mei)), given)
        assert "Until 3 April 2026" in machine.get(path_of(manage_url(mei))).content.decode()
    mei.refresh_from_db()
    assert answer["Location"].endswith("?done=arrange")
    assert list(mei.subscriptions.filter(is_active=True).order_by("target").values_list("target", "frequency")) == [
        ("/topics/law/", "once"), ("events", "weekly"),
    ]  # fmt: skip
    assert (mei.paused_until, mei.digest_hour) == (date(2026, 4, 3), 18)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"action": "arrange", "hour": "25"}, 422), ({"action": "arrange", "hour": "\x00"}, 422), ({"action": "arrange", "hour": "7", "pause": "9999"}, 422),
        ({"action": "move", "email": "nobody"}, 422), ({"action": "back", "wish": "9" * 30, "pace": "weekly"}, 400),
        ({"action": "back", "wish": "1", "pace": "hourly"}, 400), ({"action": "confirm"}, 400), ({}, 400),
    ],
)  # fmt: skip
def test_hostile_preferences_change_nothing(
    mei: Subscriber, machine: Client, given: dict[str, str], status: int
) -> None:
    before = list(Subscription.objects.order_by("pk").values())
    assert machine.post(path_of(manage_url(mei)), given).status_code == status
    assert list(Subscription.objects.order_by("pk").values()) == before


def test_lists_are_added_by_the_link_without_another_letter(mei: Subscriber, client: Client) -> None:
    TopicFactory.create(slug="sea")
    before = Letter.objects.count()
    page = client.get(path_of(manage_url(mei))).content.decode()
    address = page.partition('href="/subscribe/?of=')[2].partition('"')[0]
    data = {"lists": ["/topics/sea/"], "frequency": "daily"}
    assert client.get(f"/subscribe/?of={address}").status_code == 200
    answer = client.post(f"/subscribe/?of={address}", filled(**data))
    assert answer["Location"] == path_of(manage_url(mei))
    assert "/topics/sea/" in active(mei)
    assert Letter.objects.count() == before


def test_the_address_changes_once_both_have_agreed(mei: Subscriber, client: Client, machine: Client) -> None:
    other = subscribed(client, email="mei@new.example")
    wishes.add(other, [one] if (one := read("events")) else [], "weekly", "test")
    machine.post(path_of(manage_url(mei)), {"action": "move", "email": "mei@new.example"})
    old, new = Letter.objects.order_by("-pk")[:2][::-1]
    assert [old.to_address, new.to_address, "new.example" in old.text] == ["mei@example.org", "mei@new.example", False]
    for letter in (old, new):
        machine.get(link_of(letter))
        mei.refresh_from_db()
        assert mei.email == "mei@example.org"
        machine.post(link_of(letter))
    mei.refresh_from_db()
    assert (mei.email, mei.key, mei.wanted_email) == ("mei@new.example", "mei@new.example", "")
    assert [Subscriber.objects.count(), active(mei)] == [1, ["/topics/law/", "events", "publications"]]
    assert machine.post(link_of(old)).status_code == 200


def test_a_wish_to_move_tells_of_no_address_whether_it_is_known_nor_by_its_statements(client: Client) -> None:
    subscribed(client, email="known@example.org")
    barring.bar("barred@example.org", Suppression.Cause.COMPLAINT)
    found = []
    for number, to in enumerate(["first", "unknown", "known", "barred"]):
        mover = subscribed(client, email=f"mover{number}@example.org")
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(path_of(manage_url(mover)), {"action": "move", "email": f"{to}@example.org"})
        shown = (answer.status_code, answer.content, answer["Location"].partition("?")[2])
        found.append((shown, [WITHOUT_VALUES.split(one["sql"])[0] for one in asked]))
    assert found[2:] == [found[1]] * 2
    told = Letter.objects.filter(subject__startswith="Please confirm: another").exclude(to_address__startswith="mover")
    states = dict(told.values_list("to_address", "state"))
    assert states == {
        "first@example.org": "due", "unknown@example.org": "due", "known@example.org": "due", "barred@example.org": "skipped",
    }  # fmt: skip


def test_what_barred_the_former_address_does_not_bar_the_new_one_and_what_bars_that_still_does(
    mei: Subscriber, machine: Client
) -> None:
    barring.bar(mei.email, Suppression.Cause.SOFT, subscriber=mei)
    found = []
    for to in ("mei@new.example", "mei@third.example"):
        Subscriber.objects.update(wanted_at=None)
        machine.post(path_of(manage_url(mei)), {"action": "move", "email": to})
        old, new = Letter.objects.order_by("-pk")[:2][::-1]
        if to == "mei@third.example":
            barring.bar(to, Suppression.Cause.COMPLAINT)
        for letter in (old, new):
            machine.post(link_of(letter))
        mei.refresh_from_db()
        found.append((mei.email, matching.reachable(at_once=False).filter(subscriber=mei).exists()))
    assert found == [("mei@new.example", True), ("mei@third.example", False)]


def test_one_address_alone_moves_nothing_and_a_week_later_neither(mei: Subscriber, machine: Client) -> None:
    with time_machine.travel("2026-03-20 10:00+08:00") as clock:
        machine.post(path_of(manage_url(mei)), {"action": "move", "email": "mei@new.example"})
        again = machine.post(path_of(manage_url(mei)), {"action": "move", "email": "mei@third.example"})
        old, new = Letter.objects.order_by("-pk")[:2][::-1]
        machine.post(link_of(new))
        machine.post(link_of(new))
        clock.shift(timedelta(days=8))
        machine.post(link_of(old))
    mei.refresh_from_db()
    assert [mei.email, again["Location"].endswith("?done=later")] == ["mei@example.org", True]
