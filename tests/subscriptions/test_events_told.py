"""Events by e-mail: which lists they stand on, announced once, changes only when asked, in digests, in the look before."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from editorial import publishing
from events import happening
from events.models import Event, EventKind, Speaker
from people.models import Person
from research.models import Region, ResearchCentre, Topic
from subscriptions import announcing, composing, digests, lists, matching
from subscriptions.models import Delivery, Notification, Subscriber, Subscription
from subscriptions.sending import send_due
from tests.desk_form import error_summary, form_data
from tests.event_factories import EventFactory, EventKindFactory
from tests.factories import CentreFactory, RegionFactory, SeriesFactory, StaffProfileFactory, TopicFactory, UserFactory
from tests.smtp_sink import Sink
from tests.subscriptions.mailing_stand import addressed, announced, bulk_sink, piece, reader
from tests.subscriptions.signing import sign_up

pytestmark = pytest.mark.django_db
State = Notification.State


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with bulk_sink(settings) as found:
        yield found


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True, email="editor@example.org"))
    return client


def event(**facts: Any) -> Event:
    """Public since yesterday, ten days ahead, on every kind of list."""
    if not Topic.objects.filter(slug="maritime").exists():
        TopicFactory.create(slug="maritime", name="Maritime", parent=TopicFactory.create(slug="security"))
        RegionFactory.create(slug="asean", parent=RegionFactory.create(slug="asia"))
        CentreFactory.create(slug="maritime-programme", parent=CentreFactory.create(slug="idss"))
        StaffProfileFactory.create(person__slug="lim-mei", person__name="Lim Mei", published=True)
    made: Event = EventFactory.create(published=True, **facts)
    made.topics.set(Topic.objects.filter(slug="maritime"))
    made.regions.set(Region.objects.filter(slug="asean"))
    made.centres.set(ResearchCentre.objects.filter(slug="maritime-programme"))
    Speaker.objects.create(event=made, person=Person.objects.get(slug="lim-mei"))
    Speaker.objects.create(event=made, name="A Guest", position=2)
    return made


PLAIN = [
    "/people/lim-mei/", "/topics/maritime/", "/topics/security/", "/regions/asean/", "/regions/asia/",
    "/research/maritime-programme/", "/research/idss/", "events",
]  # fmt: skip
# Lists with filters that hold the event, and such that do not.
HELD = [
    "/events/?kind=public-lecture", "/events/?centre=idss", "/events/?kind=public-lecture&centre=idss&topic=security",
    "/search/?q=straits", "/search/?q=straits&topic=maritime&region=asia&author=lim-mei", "/topics/maritime/?centre=idss",
]  # fmt: skip
NOT_HELD = [
    "/events/?kind=workshop", "/events/?topic=law", "/search/?q=mountains", "/search/?q=straits&series=commentary",
    "/publications/?topic=maritime", "/topics/law/?centre=idss",
]  # fmt: skip


def surroundings() -> None:
    TopicFactory.create(slug="law")
    SeriesFactory.create(slug="commentary")
    EventKindFactory.create(slug="workshop", name="Workshop")


def test_an_event_stands_on_the_plain_list_and_those_of_its_people_topics_regions_and_units() -> None:
    one = event()
    assert matching.plain_targets_of(one) == PLAIN
    other = EventFactory.create(published=True)
    assert [(one in lists.events(target), other in lists.events(target)) for target in PLAIN] == [
        (True, target == "events") for target in PLAIN
    ]


def test_saved_searches_and_lists_with_filters_that_hold_the_event_are_found() -> None:
    surroundings()
    one = event()
    for number, target in enumerate([*HELD, *NOT_HELD]):
        canonical = lists.canonical(target)
        reader(f"r{number}@example.org", canonical[0] if canonical else target)
    found = [lists.canonical(target) for target in HELD]
    assert sorted(matching.filtered_targets_of(one)) == sorted(target for target, _label in found if target)  # type: ignore[misc]
    assert [one in lists.events(target) for target in [*HELD, *NOT_HELD]] == [True] * len(HELD) + [False] * len(
        NOT_HELD
    )


def test_a_list_of_events_is_one_list_by_every_spelling(client: Client) -> None:
    surroundings()
    event()
    spellings = (
        "/events/", "/events/past/?year=2020", "/events/?page=2", "/events/?kind=none", "/events/?topic=maritime&kind=public-lecture",
        "/events/past/?kind=public-lecture&topic=maritime&year=2024",
    )  # fmt: skip
    narrow = ("/events/?kind=public-lecture&topic=maritime", "RSIS Events · Public lecture · Maritime")
    found = [lists.canonical(one) for one in spellings]
    assert [one and one[0] for one in found] == ["events"] * 4 + [narrow[0]] * 2
    page = client.get("/events/?kind=public-lecture&page=1").content.decode()
    assert 'href="/subscribe/?target=%2Fevents%2F%3Fkind%3Dpublic-lecture"' in page
    assert client.get("/subscribe/", {"target": "/events/?kind=public-lecture"}).context["form"].others[0].label == (
        "RSIS Events · Public lecture"
    )


def test_a_list_of_a_series_a_tag_or_the_archive_holds_no_event() -> None:
    event()
    for target in ("publications", "/publications/", "/publications/?topic=maritime", "/media/all/"):
        assert list(lists.events(target)) == [], target


def test_an_event_is_announced_once_to_matching_confirmed_readers(sink: Sink) -> None:
    reader("events@example.org", "events")
    reader("topic@example.org", "/topics/security/", "events", "/people/lim-mei/")
    reader("papers@example.org", "publications")
    reader("unsure@example.org", "events", state="unconfirmed", confirmed_at=None)
    one = event(title="Straits in Winter", summary="What the ice means.")
    held = announced(one)
    announced(one)
    assert (addressed(held), Notification.objects.count()) == (["events@example.org", "topic@example.org"], 1)
    send_due()
    assert sorted((str(one["To"]), str(one["Subject"])) for one in sink.messages) == [
        ("events@example.org", "Straits in Winter"), ("topic@example.org", "Straits in Winter"),
    ]  # fmt: skip
    text = sink.messages[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for words in ("Event · Public lecture", "SGT (UTC+8)", "Lecture Theatre, Block S4", "Lim Mei, A Guest", "What the ice means.", one.get_absolute_url()):  # fmt: skip
        assert words in text, words


def test_a_joining_link_is_in_no_letter(sink: Sink) -> None:
    from events.models import JoiningLink  # noqa: PLC0415 -- of this test alone

    reader("events@example.org", "events")
    one = event(is_online=True)
    JoiningLink.objects.create(event=one, url="https://meet.example.org/secret")
    announced(one)
    send_due()
    assert [b"secret" in data for _to, data in sink.taken] == [False]


def test_j23_the_desk_asks_at_publishing_an_event_and_the_hold_can_be_stopped(desk: Client) -> None:
    reader("events@example.org", "events")
    one = EventFactory.create(title="Straits in Winter", summary="Ice.", body="<p>Ice.</p>")
    address = f"/admin/events/event/{one.pk}/change/"
    page = desk.get(address)
    assert "Notify 1 subscriber of List events" in " ".join(page.text.split())
    sent = desk.post(address, form_data(page, "event_form") | {"_step": "publish"})
    assert error_summary(sent) == ""
    held = Notification.objects.get()
    assert (held.state, held.subject, announcing.item_of(held)) == (State.HELD, "Straits in Winter", one)
    mailing = f"/admin/subscriptions/notification/{held.pk}/"
    shown = " ".join(desk.get(f"{mailing}change/").text.split())
    assert ["in 300 seconds" in shown or "in 299 seconds" in shown, ">Stop<" in shown] == [True, True]
    desk.post(f"{mailing}stop/")
    Notification.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    announcing.work()
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize(
    ("facts", "is_ticked"),
    [({}, True), ({"audience": "invited"}, False), ({"starts_at": timezone.now() - timedelta(days=3)}, False)],
)
def test_an_event_to_come_is_news_and_one_by_invitation_or_over_is_not(
    desk: Client, facts: dict[str, Any], is_ticked: bool
) -> None:
    one = EventFactory.create(**facts)
    data = form_data(desk.get(f"/admin/events/event/{one.pk}/change/"), "event_form")
    assert ("notify" in data) == is_ticked


def test_j23_before_it_is_announced_an_editor_sees_who_gets_it_how_it_reads_and_can_have_a_test(desk: Client) -> None:
    from mail.models import Letter  # noqa: PLC0415

    reader("a@example.org", "events", "/topics/maritime/")
    reader("b@example.org", "/topics/maritime/")
    one = event()
    address = f"/admin/subscriptions/notification/about/event/{one.pk}/"
    page = " ".join(desk.get(address).text.split())
    assert [
        "At once to 2 subscribers" in page,
        "List /topics/maritime/" in page,
        "Lecture Theatre" in page,
    ] == [True] * 3
    assert one.title in desk.get(f"{address}letter/").text
    desk.post(f"{address}test/")
    assert Letter.objects.values_list("to_address", "subject").get() == ("editor@example.org", f"Test: {one.title}")
    assert desk.get("/admin/subscriptions/notification/about/person/1/").status_code == 404


def move_screen(one: Event, step: str) -> str:
    return f"/admin/events/event/{one.pk}/happening/{step}/"


def test_subscribers_are_told_of_a_cancellation_only_when_asked(desk: Client, sink: Sink) -> None:
    reader("events@example.org", "events")
    one, other = event(title="Straits in Winter"), EventFactory.create(published=True)
    announced(one)
    for each, asked in ((other, {}), (one, {"notify": "on"})):
        page = desk.get(move_screen(each, "cancel"))
        assert "Tell 1 subscriber too" in " ".join(page.text.split())
        data = form_data(page, "happening_form")
        assert "notify" not in data
        desk.post(move_screen(each, "cancel"), data | {"note": "The speaker is ill."} | asked)
    changed = Notification.objects.exclude(change="").get()
    assert (changed.state, changed.change, changed.subject) == (State.HELD, "cancel 1", "Cancelled: Straits in Winter")
    Notification.objects.update(due_at=timezone.now())
    announcing.work()
    send_due()
    last = sink.messages[-1]
    assert (len(sink.taken), str(last["Subject"])) == (2, "Cancelled: Straits in Winter")
    assert "The speaker is ill." in last.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert len({str(one["Message-ID"]) for one in sink.messages}) == 2


def test_each_change_is_told_by_itself_and_none_twice() -> None:
    one = event()
    first = announcing.wish(one, None, change="move 1", subject="New time or place: Straits")
    assert announcing.wish(one, None, change="move 1", subject="New time or place: Straits") == first
    announcing.wish(one, None, change="cancel 2", subject="Cancelled: Straits")
    announcing.wish(one, None)
    assert sorted(Notification.objects.values_list("change", flat=True)) == ["", "cancel 2", "move 1"]
    assert announcing.notification_of(one) == Notification.objects.get(change="")


def test_an_event_that_readers_do_not_see_offers_to_tell_nobody_of_its_change(desk: Client) -> None:
    reader("events@example.org", "events")
    one = EventFactory.create()
    page = desk.get(move_screen(one, "cancel"))
    assert "Tell" not in page.text
    desk.post(move_screen(one, "cancel"), form_data(page, "happening_form") | {"notify": "on"})
    assert Notification.objects.count() == 0


def daily(email: str, *targets: str) -> Subscriber:
    return reader(email, *targets, frequency="daily")


def test_j23_a_digest_holds_each_event_once_beside_publications_and_none_that_is_over(
    sink: Sink, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to("2026-03-16 12:00+08:00", tick=False)  # Monday
    daily("mei@example.org", "publications", "events", "/topics/maritime/")
    one = event(title="Straits in Winter")
    soon = event(title="This Evening", starts_at=timezone.now() + timedelta(hours=3))
    papers = piece(title="A Paper")
    for item in (one, soon, papers):
        announced(item)
    happening.cancel(one, one.version, happening.Told(note="Fog."), None)
    one.refresh_from_db()
    announcing.wish(one, None, change="cancel 1", subject="Cancelled")
    Notification.objects.filter(state=State.HELD).update(due_at=timezone.now())
    announcing.work()
    time_machine.move_to("2026-03-17 07:01+08:00", tick=False)
    announcing.work()
    Delivery.objects.update(due_at=timezone.now())
    send_due()
    [letter] = sink.messages
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert (text.count("Straits in Winter"), text.count("A Paper"), "This Evening" in text) == (1, 1, False)
    assert "Cancelled: Straits in Winter" in text
    time_machine.move_to("2026-03-18 07:01+08:00", tick=False)
    announcing.work()
    assert Delivery.objects.count() == 1


def test_items_between_leaves_out_events_that_were_over_then(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to("2026-03-16 12:00+08:00", tick=False)
    held = announced(event(starts_at=timezone.now() + timedelta(hours=3)))
    begin = timezone.now() - timedelta(days=1)
    found = [digests.items_between(begin, timezone.now() + timedelta(hours=hours)) for hours in (1, 6)]
    assert found == [[held], []]


def test_the_last_ninety_days_show_events_beside_publications(client: Client) -> None:
    event(title="Straits in Winter")
    piece(title="On the Straits", topics=[Topic.objects.get(slug="maritime")])
    EventFactory.create(title="Still a Draft")
    page = " ".join(sign_up(client, lists=["events", "/topics/maritime/"], preview="1").content.decode().split())
    assert ["Straits in Winter" in page, "On the Straits" in page, "Still a Draft" in page] == [True, True, False]
    assert [page.count("1 piece, 1 event in the last 90 days"), page.count("1 event in the last 90 days")] == [1, 2]


def test_the_label_of_a_kind_names_the_list_that_is_followed(client: Client) -> None:
    EventKind.objects.create(name="Film evening", slug="film")
    assert lists.canonical("/events/?kind=film") == ("/events/?kind=film", "RSIS Events · Film evening")


def test_an_event_withdrawn_within_the_hold_is_not_announced() -> None:
    reader("events@example.org", "events")
    one = event()
    announcing.wish(one, None)
    publishing.withdraw(one, "Announced in error.", None)
    Notification.objects.update(due_at=timezone.now())
    announcing.work()
    assert (Notification.objects.get().state, Delivery.objects.count()) == (State.STOPPED, 0)


def test_registering_for_an_event_follows_no_list() -> None:
    from tests.event_factories import RegistrationFactory  # noqa: PLC0415

    RegistrationFactory.create(email="guest@example.org")
    assert (Subscriber.objects.count(), Subscription.objects.count()) == (0, 0)


def test_s8_the_largest_digest_there_can_be_stays_below_what_gmail_cuts() -> None:
    """Sixty events and pieces with everything as long as it may be, in letters of three octets."""
    items: list[Any] = []
    for number in range(30):
        one = EventFactory.create(
            published=True, title="海" * 300, slug=f"{'sea-' * 30}{number}", summary="“洋” & " * 200, venue="港" * 200, room="湾" * 100,
            address="\n".join(["岸" * 40] * 5), status="cancelled", status_note="风" * 300,
        )  # fmt: skip
        for place in range(9):
            Speaker.objects.create(event=one, name="林" * 200, position=place)
        items.append(one)
        items.append(piece(title="海" * 290, synopsis="“洋” & " * 200))
    made = composing.of_items("New", items, is_digest=True, web_copy="https://localhost/")
    few = composing.of_items("New", items[:4], is_digest=True, web_copy="https://localhost/")
    assert (len(made.entries), len(made.html().encode()) < 102_400) == (60, True)
    assert [bool(one.synopsis) for one in few.entries] == [True] * 4


def test_s8_a_digest_of_usual_length_keeps_every_synopsis() -> None:
    items = [
        piece(title="A title of some length " * 4, synopsis="Words that say what it is. " * 10) for _one in range(60)
    ]
    made = composing.of_items("New", items, is_digest=True, web_copy="https://localhost/")
    assert ([bool(one.synopsis) for one in made.entries], len(made.html().encode()) < 102_400) == ([True] * 60, True)
