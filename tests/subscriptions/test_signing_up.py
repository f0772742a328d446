"""From the form to the confirmed wish: S6, F28, P1, P2, P19, SG-3."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscriptions import barring, lists, signing_up, wishes
from subscriptions.models import ConsentRecord, Subscriber, Subscription, Suppression
from tests.factories import PersonFactory, PublicationFactory, RegionFactory, SeriesFactory, TopicFactory
from tests.subscriptions.signing import WITHOUT_VALUES, filled, letters_to, link_of, sign_up, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def anyone() -> Client:
    """With the guard against forged requests as it is outside tests."""
    return Client(enforce_csrf_checks=True)


def active() -> list[tuple[str, str]]:
    return list(Subscription.objects.filter(is_active=True).order_by("target").values_list("target", "frequency"))


def test_every_spelling_of_a_list_is_one_list() -> None:
    topic, series, person = TopicFactory.create(name="Law"), SeriesFactory.create(), PersonFactory.create()
    PublicationFactory.create(published=True, series=series, topics=[topic], tags=["asean"], authors=[person])
    page = topic.get_absolute_url()
    found = {address: (lists.canonical(address) or ("",))[0] for address in (
        f"{page}?tag=asean&sort=title&page=3", f"{page}?density=compact&tag=asean&year=2020", "/publications/in-house/",
        f"/publications/?topic={topic.slug}&series={series.slug}", "/search/?q=%20sea%20%20law ", person.get_absolute_url(),
        "/tags/asean/", "publications", "events",
    )}  # fmt: skip
    assert list(found.values()) == [
        f"{page}?tag=asean", f"{page}?tag=asean", "publications", f"/publications/?series={series.slug}&topic={topic.slug}",
        "/search/?q=sea+law", person.get_absolute_url(), "/tags/asean/", "publications", "events",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["", "/", "/admin/", "//elsewhere.example/", "/\x00", "http://[", "/search/", "/people/nobody/", "/topics/none/",
     "/publications/?" + "a=1&" * 60, "/search/?q=" + "x" * 5000, "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_list_is_none(address: str) -> None:
    assert lists.canonical(address) is None


def test_a_tag_and_a_person_of_drafts_alone_cannot_be_followed() -> None:
    person = PersonFactory.create()
    PublicationFactory.create(tags=["embargoed"], authors=[person])
    assert [lists.canonical("/tags/embargoed/"), lists.canonical(person.get_absolute_url())] == [None, None]


def test_recent_is_what_became_public_in_ninety_days() -> None:
    now = timezone.now()
    old = PublicationFactory.create(published=True, publish_at=now - timedelta(days=91))
    new = PublicationFactory.create(published=True, publish_at=now - timedelta(days=89), series=old.series)
    PublicationFactory.create(series=old.series)
    followed = lists.read(old.series.get_absolute_url())
    assert followed is not None
    assert [list(rows) for rows in followed.recent()] == [[new], []]


def test_the_links_of_the_menu_choose_their_list(client: Client) -> None:
    topic = TopicFactory.create()
    for query, wanted in (("list=publications", "publications"), ("list=events", "events"), (f"target={topic.get_absolute_url()}%3Fsort=title", topic.get_absolute_url())):  # fmt: skip
        page = client.get(f"/subscribe/?{query}")
        assert page.context["form"].chosen == {wanted}
        assert f'value="{wanted}"' in page.content.decode()


def test_a_filtered_list_and_a_search_stand_on_the_page_by_name(client: Client) -> None:
    topic = TopicFactory.create(name="Maritime Security")
    PublicationFactory.create(published=True, topics=[topic], tags=["asean"])
    page = client.get("/subscribe/", {"target": [f"{topic.get_absolute_url()}?tag=asean", "/search/?q=sea law"]})
    assert [one.label for one in page.context["form"].others] == ["Search · sea law", "Maritime Security · asean"]


def test_every_list_offers_itself_by_mail(client: Client) -> None:
    topic = TopicFactory.create()
    PublicationFactory.create(published=True, topics=[topic], tags=["asean"])
    page = client.get(f"{topic.get_absolute_url()}?sort=title&tag=asean").content.decode()
    assert f'href="/subscribe/?target=%2Ftopics%2F{topic.slug}%2F%3Ftag%3Dasean"' in page


def test_sg3_p1_nothing_is_active_until_the_button_is_pressed(client: Client, anyone: Client) -> None:
    TopicFactory.create(slug="law")
    answer = sign_up(client, lists=["publications", "/topics/law/"], frequency="weekly")
    assert (answer.status_code, answer["Location"], active()) == (302, "/subscribe/?sent=1", [])
    link = link_of(letters_to()[0])
    for _look in range(100):
        assert "You are not subscribed yet" in anyone.get(link).content.decode()
    assert [anyone.head(link).status_code, anyone.options(link).status_code, active()] == [200, 405, []]
    assert anyone.post(link)["Location"] == link
    assert active() == [("/topics/law/", "weekly"), ("publications", "weekly")]
    assert "You are subscribed" in anyone.get(link).content.decode()
    anyone.post(link)
    steps = ConsentRecord.objects.order_by("step", "purpose").values_list("step", "purpose", "wording")
    assert list(steps) == [
        ("asked", "/topics/law/", "2026-11"), ("asked", "publications", "2026-11"),
        ("confirmed", "/topics/law/", "2026-11"), ("confirmed", "publications", "2026-11"),
    ]  # fmt: skip


def test_p2_the_letter_and_the_page_say_that_it_is_not_done(client: Client) -> None:
    PublicationFactory.create(published=True, title="Straits and Cables")
    sign_up(client)
    [letter] = letters_to()
    assert letter.text.splitlines()[0] == "You are not subscribed yet"
    assert "mei" not in link_of(letter)
    page = client.get(link_of(letter))
    assert "Straits and Cables" in page.content.decode()
    assert (page["X-Robots-Tag"], page["Referrer-Policy"]) == ("noindex, nofollow", "no-referrer")
    assert "no-store" in page["Cache-Control"]
    assert "csrftoken" not in page.cookies


def test_before_signing_up_the_last_ninety_days_can_be_seen(client: Client) -> None:
    series = SeriesFactory.create()
    PublicationFactory.create(published=True, title="Seen Before", series=series)
    PublicationFactory.create(title="Still a Draft", series=series)
    page = sign_up(
        client, lists=[series.get_absolute_url(), "events"], preview="1", email="half-typed"
    ).content.decode()
    assert ["Seen Before" in page, "Still a Draft" in page, 'value="half-typed"' in page] == [True, False, True]
    assert Subscriber.objects.count() == 0


def test_r12_however_many_lists_are_chosen_a_few_are_shown_and_the_others_counted(client: Client) -> None:
    topics = TopicFactory.create_batch(12)
    PublicationFactory.create(published=True, topics=topics)
    costs = []
    for many in (3, 3, 12):
        with CaptureQueriesContext(connection) as asked:
            page = sign_up(
                client, lists=[one.get_absolute_url() for one in topics[:many]], preview="1"
            ).content.decode()
        costs.append((len(asked), page.count('class="lately"'), "And what comes of 9 more lists." in page))
    assert costs[1:] == [(costs[1][0], 3, False), (costs[1][0], 3, True)]
    assert costs[1][0] <= 30


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_costs_the_same_with_more_rows(client: Client, many: int) -> None:
    for model in (TopicFactory, RegionFactory, SeriesFactory):
        model.create_batch(many)
    client.get("/subscribe/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/subscribe/")
    assert len([one for one in asked if "research_" in one["sql"] or "publications_series" in one["sql"]]) == 4


def test_p19_one_letter_a_day_and_one_reminder_after_two_days(client: Client) -> None:
    with time_machine.travel("2026-03-20 10:00+08:00") as clock:
        sign_up(client)
        letters_to()
        sign_up(client, lists=["events"])
        assert len(letters_to()) == 1
        clock.shift(timedelta(hours=25))
        sign_up(client)
        assert [len(letters_to()), signing_up.remind_due()] == [2, 0]
        clock.shift(timedelta(hours=49))
        assert [signing_up.remind_due(), signing_up.remind_due(), len(letters_to())] == [1, 0, 3]


def test_f28_the_same_form_sent_twice_is_one_row_and_one_letter(client: Client) -> None:
    for _time in range(2):
        sign_up(client, email="Mei@Example.org")
    sign_up(client, email="mei@example.org")
    assert [Subscriber.objects.count(), Subscription.objects.count(), len(letters_to("Mei@Example.org"))] == [1, 1, 1]


def statements(number: int, email: str) -> tuple[list[str], Any]:
    """Of a sign-up from a network of its own, without the values in them."""
    with CaptureQueriesContext(connection) as asked:
        data = filled(email=email, lists=["publications", "events"])
        answer = Client().post("/subscribe/", data, REMOTE_ADDR=f"10.{number}.0.1")
    return [WITHOUT_VALUES.split(one["sql"])[0] for one in asked], answer


def test_a_known_address_is_answered_with_the_same_bytes_and_statements(client: Client) -> None:
    with time_machine.travel("2026-03-20 10:00+08:00") as clock:
        subscribed(client, email="known@example.org", lists=["publications", "events"])
        left = subscribed(client, email="left@example.org")
        wishes.leave_all(left, "test")
        barring.bar("barred@example.org", Suppression.Cause.COMPLAINT)
        clock.shift(timedelta(days=2))
        statements(9, "first-of-the-hour@example.org")
        names = ("unknown", "known", "left", "barred")
        (asked, answer), *others = [statements(n, f"{name}@example.org") for n, name in enumerate(names)]
    assert [one[0] for one in others] == [asked] * 3
    assert [(one[1].status_code, one[1].content, one[1]["Location"]) for one in others] == [
        (302, answer.content, answer["Location"])
    ] * 3


def test_a_known_address_gets_a_letter_that_says_so(client: Client) -> None:
    with time_machine.travel("2026-03-20 10:00+08:00") as clock:
        subscribed(client)
        clock.shift(timedelta(days=2))
        sign_up(client, frequency="weekly")
        letter = letters_to()[-1]
    assert (letter.subject, active()) == ("You receive these lists already: RSIS by e-mail", [("publications", "once")])
    assert link_of(letter).startswith("/subscriptions/manage/")


def test_further_lists_of_a_subscriber_wait_for_the_button_too(client: Client) -> None:
    with time_machine.travel("2026-03-20 10:00+08:00") as clock:
        subscribed(client)
        clock.shift(timedelta(days=2))
        sign_up(client, lists=["events"])
        letter = letters_to()[-1]
        assert (letter.text.splitlines()[0], active()) == (
            "You do not receive these lists yet",
            [("publications", "once")],
        )
        client.post(link_of(letter))
    assert active() == [("events", "once"), ("publications", "once")]


def test_whoever_complained_is_not_written_to(client: Client) -> None:
    barring.bar("mei@example.org", Suppression.Cause.COMPLAINT, "ARF")
    assert [sign_up(client).status_code, letters_to()] == [302, []]


def test_whoever_was_erased_may_come_back_by_their_own_hand(client: Client) -> None:
    barring.bar("mei@example.org", Suppression.Cause.ERASED)
    subscribed(client)
    assert [barring.find("mei@example.org"), active()] == [None, [("publications", "once")]]


def test_too_many_for_one_address_are_asked_to_wait(client: Client) -> None:
    answers = [client.post("/subscribe/", filled(), REMOTE_ADDR=f"10.{n}.0.1") for n in range(12)]
    assert [one.status_code for one in answers] == [302] * 10 + [429] * 2
    assert int(answers[-1]["Retry-After"]) > 0
    assert 'value="mei@example.org"' in answers[-1].content.decode()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"lists": []}, 422), ({"lists": ["/topics/none/"]}, 422), ({"lists": ["x\x00"]}, 422), ({"lists": [f"/tags/{n}/" for n in range(41)]}, 422),
        ({"email": "mei@example.org\r\nBcc: a@example.org"}, 422), ({"email": "a" * 300 + "@example.org"}, 422), ({"email": "nobody"}, 422),
        ({"frequency": "hourly"}, 422), ({"email": ["a@example.org", "b@example.org"]}, 400),
        ({"website": "http://spam.example"}, 302), ({"opened": "forged"}, 302),
    ],
)  # fmt: skip
def test_hostile_sign_ups_leave_nothing(client: Client, changes: dict[str, Any], status: int) -> None:
    assert sign_up(client, **changes).status_code == status
    assert [Subscriber.objects.count(), Subscription.objects.count()] == [0, 0]


def test_unknown_fields_are_ignored(client: Client) -> None:
    sign_up(client, state="confirmed", is_active="1", confirmed_at="2026-01-01")
    assert [Subscriber.objects.get().state, active()] == ["unconfirmed", []]


def test_the_form_wants_its_token(anyone: Client) -> None:
    assert sign_up(anyone).status_code == 403


def test_what_lists_would_have_sent_is_public_already(client: Client) -> None:
    series = SeriesFactory.create()
    states = ("draft", "in_review", "scheduled", "published", "withdrawn", "trashed")
    for state in states:
        trait = {} if state == "draft" else {state: True}
        PublicationFactory.create(title=f"Piece that is {state}", series=series, **trait)
    sign_up(client, lists=[series.get_absolute_url()])
    shown = [
        client.get(link_of(letters_to()[0])).content.decode(),
        sign_up(client, lists=[series.get_absolute_url()], preview="1").content.decode(),
    ]
    assert [[state for state in states if f"Piece that is {state}" in page] for page in shown] == [["published"]] * 2
