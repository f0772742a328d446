"""The events desk without scripts: the form, who is told, copying, the report, and who may."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from lxml import html
from pytest_django import DjangoAssertNumQueries

from editorial import history, roles, saving
from editorial.models import State, User
from events import registering
from events.models import Event, EventNotice, JoiningLink, Registration, Session, Speaker
from events.registering import Asked
from publications.models import Publication, Series
from publications.seed import DATE_OF_EVENT
from tests.desk_form import error_summary, form_data
from tests.event_factories import EventFactory, EventKindFactory, RegistrationDeskFactory
from tests.factories import (
    AppointmentFactory,
    CentreFactory,
    ImageFactory,
    PersonFactory,
    PublicationFactory,
    SeriesFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/events/event/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def fill_in(desk: Client, address: str, **values: Any) -> Any:
    data = form_data(desk.get(address), "event_form")
    return desk.post(address, data | {"_save": "1"} | values)


def add(desk: Client, **values: Any) -> Any:
    usual = {
        "title": "Straits in Winter",
        "kind": EventKindFactory.create().pk,
        "starts_at": "2026-12-03T14:00",
        "ends_at": "2026-12-03T16:00",
        "venue": "Lecture Theatre",
    }
    return fill_in(desk, f"{LIST}add/", **(usual | values))


def change(desk: Client, event: Event, **values: Any) -> Any:
    return fill_in(desk, f"{LIST}{event.pk}/change/", **values)


def speaker(row: int, name: str, **more: Any) -> dict[str, Any]:
    values = {f"speakers-{row}-person_words": name, f"speakers-{row}-role": "speaker"}
    return values | {f"speakers-{row}-{key}": value for key, value in more.items()}


def announced(people: int = 0, **more: Any) -> Event:
    event = EventFactory.create(published=True, summary="In short.", **more)
    saving.record(event, None)
    if people:
        seats = RegistrationDeskFactory.create(event=event)
        for number in range(people):
            registering.register(seats, Asked(f"P{number}", f"p{number}@example.org"))
    return Event.objects.get(pk=event.pk)


def test_j20_times_are_typed_by_the_clock_of_the_place(desk: Client) -> None:
    response = add(desk, time_zone="Europe/London", starts_at="2026-07-01T18:00", ends_at="2026-07-01 19:30")
    assert error_summary(response) == ""
    event = Event.objects.get()
    assert event.starts_at == datetime(2026, 7, 1, 17, 0, tzinfo=UTC)
    assert (event.state, event.slug) == (State.DRAFT, "straits-in-winter-2026")
    shown = form_data(desk.get(f"{LIST}{event.pk}/change/"), "event_form")
    assert (shown["starts_at"], shown["ends_at"]) == ("2026-07-01T18:00", "2026-07-01T19:30")


def test_j20_whole_days_end_at_the_midnight_after_the_last(desk: Client) -> None:
    add(desk, is_all_day="on", starts_at="2026-12-03T09:00", ends_at="2026-12-05T17:00")
    event = Event.objects.get()
    assert (event.starts.isoformat(), event.ends.isoformat()) == (
        "2026-12-03T00:00:00+08:00",
        "2026-12-06T00:00:00+08:00",
    )
    shown = form_data(desk.get(f"{LIST}{event.pk}/change/"), "event_form")
    assert shown["ends_at"] == "2026-12-05T00:00"
    assert error_summary(change(desk, event)) == ""
    assert Event.objects.get().last_day == date(2026, 12, 5)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ends_at": "2026-12-03T13:00"}, "ends before it begins"),
        ({"starts_at": "tomorrow"}, "2026-11-24 18:30"),
        ({"starts_at": "2026-13-03T14:00"}, "2026-11-24 18:30"),
        ({"time_zone": "Europe/London", "starts_at": "2026-03-29T01:30", "ends_at": "2026-03-29T04:00"}, "clocks go forward"),
        ({"time_zone": "SGT"}, "SGT"),
        ({"venue": ""}, "Give the venue"),
        ({"slug": "calendar"}, "a page of its own"),
        ({"title": "x" * 301}, "300"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    desk: Client, values: dict[str, str], words: str
) -> None:
    response = add(desk, summary="Kept.", **values)
    assert words in response.content.decode()
    assert (Event.objects.count(), form_data(response, "event_form")["summary"]) == (0, "Kept.")


def test_j20_1_speakers_are_people_or_guests_in_order_with_their_post_as_announced(desk: Client) -> None:
    known = PersonFactory.create(name="Wei Lim")
    post = AppointmentFactory.create(person=known, title="Fellow", centre=CentreFactory.create(name="Centre of Seas"))
    rows = speaker(0, "An Outside Guest", position="2", role="chair", affiliation="Ministry of Tides")
    add(desk, **rows, **speaker(1, "Wei Lim", position="1"), **{"speakers-TOTAL_FORMS": "2"})
    event = Event.objects.get()
    found = [(row.position, row.printed_name, row.affiliation, row.role) for row in event.speakers.all()]
    assert found == [
        (1, "Wei Lim", "Fellow, Centre of Seas", "speaker"),
        (2, "An Outside Guest", "Ministry of Tides", "chair"),
    ]
    assert [row.person for row in event.speakers.all()] == [known, None]
    post.title, known.name = "Dean", "Lim Wei"
    post.save()
    known.save()
    assert error_summary(change(desk, event)) == ""
    assert [row.printed_name for row in event.speakers.all()] == ["Wei Lim", "An Outside Guest"]


def test_sessions_are_typed_by_the_same_clock(desk: Client) -> None:
    event = EventFactory.create(time_zone="Europe/London", starts_at=datetime(2026, 7, 1, 8, 0, tzinfo=UTC))
    rows = {
        "sessions-TOTAL_FORMS": "1", "sessions-0-title": "Opening", "sessions-0-starts_at": "2026-07-01T09:00",
        "sessions-0-ends_at": "2026-07-01T09:30",
    }  # fmt: skip
    assert error_summary(change(desk, event, **rows)) == ""
    assert Session.objects.get().starts_at == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    assert error_summary(change(desk, event, time_zone="Asia/Tokyo")) == ""
    assert Session.objects.get().starts_at == datetime(2026, 7, 1, 0, 0, tzinfo=UTC)


def test_the_joining_link_is_kept_apart_from_the_event_and_its_revisions(desk: Client) -> None:
    event = EventFactory.create(is_online=True)
    change(desk, event, **{"joining_link-TOTAL_FORMS": "1", "joining_link-0-url": "https://join.example.org/abc"})
    assert JoiningLink.objects.get().event == event
    assert "join.example.org" not in str([revision.data for revision in history.revisions(event)])


def test_j21_the_form_asks_whether_to_tell_those_registered_and_does_as_told(desk: Client) -> None:
    event = announced(2)
    response = change(desk, event, room="Hall 2")
    assert "Say whether those registered shall be told" in error_summary(response)
    assert "2 people are registered." in response.content.decode()
    assert Event.objects.get().room == ""
    assert error_summary(change(desk, event, room="Hall 2", tell="yes", tell_words="A larger hall.")) == ""
    notice = EventNotice.objects.get()
    assert (notice.kind, notice.words, notice.occasion, Event.objects.get().sequence) == (
        "moved",
        "A larger hall.",
        "1",
        1,
    )


def test_j21_a_correction_can_be_kept_quiet_and_words_alone_ask_nothing(desk: Client) -> None:
    event = announced(2)
    assert error_summary(change(desk, event, title="Straits in Summer")) == ""
    assert error_summary(change(desk, event, room="Hall 2", tell="no")) == ""
    assert (EventNotice.objects.count(), Event.objects.get().sequence) == (0, 1)


def test_j21_a_time_zone_alone_asks_too(desk: Client) -> None:
    assert "shall be told" in error_summary(change(desk, announced(1), time_zone="Asia/Tokyo"))


@pytest.mark.parametrize(
    ("name", "words", "status"),
    [
        ("cancel", "Cancelled: Straits in Winter", "cancelled"),
        ("postpone", "Postponed: Straits in Winter", "postponed"),
    ],
)
def test_j21_1_the_screen_says_who_is_told_in_which_words_and_then_does_it_once(
    desk: Client, name: str, words: str, status: str
) -> None:
    event = announced(3)
    address = f"{LIST}{event.pk}/happening/{name}/"
    page = desk.get(address).content.decode()
    assert ("3 people who registered are written to, each once." in page, words in page) == (True, True)
    data = form_data(desk.get(address), "happening_form") | {"note": "The hall is closed.", "words": "We are sorry."}
    answers = [desk.post(address, data, follow=True).content.decode() for _press in range(2)]
    assert ("3 people are written to." in answers[0], "perhaps by your own first press" in answers[1]) == (True, True)
    assert (EventNotice.objects.get().words, Event.objects.get().status) == ("We are sorry.", status)


def test_j21_moving_asks_for_the_new_time_by_the_clock_of_the_place(desk: Client) -> None:
    event = announced(1)
    address = f"{LIST}{event.pk}/happening/move/"
    data = form_data(desk.get(address), "happening_form")
    bad = desk.post(address, data | {"ends_at": "2020-01-01T00:00"})
    assert "The event ends before it begins." in error_summary(bad)
    desk.post(
        address, data | {"starts_at": "2027-02-01T10:00", "ends_at": "2027-02-01T11:00", "time_zone": "Asia/Tokyo"}
    )
    moved = Event.objects.get()
    assert (moved.starts_at, moved.previous_starts_at) == (datetime(2027, 2, 1, 1, 0, tzinfo=UTC), event.starts_at)


def test_j21_a_cancelled_event_is_reinstated_from_its_form(desk: Client) -> None:
    event = announced(0)
    for name in ("cancel", "reinstate"):
        address = f"{LIST}{event.pk}/happening/{name}/"
        assert address in desk.get(f"{LIST}{event.pk}/change/").content.decode()
        desk.post(address, form_data(desk.get(address), "happening_form"))
    assert (Event.objects.get().status, Event.objects.get().sequence) == ("on", 2)


def test_j20_4_a_copy_has_words_place_and_people_but_no_date_registration_or_identity(desk: Client) -> None:
    centre, topic = CentreFactory.create(), TopicFactory.create()
    event = announced(2, body="<p>At length.</p>", image=ImageFactory.create(), is_chatham_house=True)
    event.centres.add(centre)
    event.topics.add(topic)
    Speaker.objects.create(
        event=event, person=PersonFactory.create(name="Ann Tan"), name="Ann Tan", affiliation="Fellow"
    )
    Speaker.objects.create(event=event, name="A Guest", role="chair", position=2)
    Session.objects.create(event=event, title="Opening", starts_at=event.starts_at, ends_at=event.ends_at)
    JoiningLink.objects.create(event=event, url="https://join.example.org/abc")
    address = f"{LIST}add/?copy={event.pk}"
    shown = form_data(desk.get(address), "event_form")
    assert (shown["starts_at"], shown["ends_at"], shown["slug"], shown["sessions-0-starts_at"]) == ("", "", "", "")
    assert Event.objects.count() == 1
    times = {"starts_at": "2027-12-03T14:00", "ends_at": "2027-12-03T16:00"}
    own = {"sessions-0-starts_at": "2027-12-03T14:00", "sessions-0-ends_at": "2027-12-03T14:30"}
    assert error_summary(fill_in(desk, address, **times, **own)) == ""
    made = Event.objects.exclude(pk=event.pk).get()
    assert [row.printed_name for row in made.speakers.all()] == ["Ann Tan", "A Guest"]
    assert [session.title for session in made.sessions.all()] == ["Opening"]
    assert (made.body, made.image, list(made.centres.all()), list(made.topics.all())) == (
        event.body, event.image, [centre], [topic],
    )  # fmt: skip
    assert (made.calendar_uid != event.calendar_uid, made.uuid != event.uuid, made.sequence, made.state) == (
        True, True, 0, State.DRAFT,
    )  # fmt: skip
    assert (hasattr(made, "desk"), JoiningLink.objects.count(), Registration.objects.count()) == (False, 1, 2)


def test_the_report_begins_with_what_is_known_of_the_event(desk: Client) -> None:
    SeriesFactory.create(
        slug="commemorative-event-reports", prefix="ER", number_pattern=DATE_OF_EVENT,
        number_reset=Series.NumberReset.DAILY,
    )  # fmt: skip
    event = announced(0, starts_at=datetime(2026, 3, 20, 6, 0, tzinfo=UTC), is_chatham_house=True)
    event.topics.add(TopicFactory.create())
    Speaker.objects.create(event=event, name="A <b>Guest</b>", affiliation="Ministry of Tides")
    address = f"{LIST}{event.pk}/start-report/"
    assert address in desk.get(f"{LIST}{event.pk}/change/").content.decode()
    desk.post(address)
    desk.post(address)
    report = Publication.objects.get()
    event.refresh_from_db()
    assert (event.report, report.state, report.issued_on, report.number) == (
        report,
        State.DRAFT,
        date(2026, 3, 20),
        None,
    )
    assert "A &lt;b&gt;Guest&lt;/b&gt;, Ministry of Tides" in report.body
    assert ("Chatham House Rule" in report.body, report.topics.count()) == (True, 1)
    form = desk.get(f"/admin/publications/publication/{report.pk}/change/").content.decode()
    assert "ER260320" in form


def test_publishing_asks_for_a_summary(desk: Client) -> None:
    event = EventFactory.create()
    response = change(desk, event, _step="publish")
    assert "needs a summary" in error_summary(response)
    assert error_summary(change(desk, event, _step="publish", summary="In short.")) == ""
    assert Event.objects.published().count() == 1


def test_the_list_costs_the_same_for_one_and_for_three(
    desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def make() -> None:
        event = announced(2, kind__slug="k", kind__name="K", updated_by=UserFactory.create())
        event.centres.add(CentreFactory.create())

    make()
    desk.get(LIST)
    with django_assert_num_queries(7):
        assert desk.get(LIST).content.count(b'class="field-headline"') == 1
    make()
    make()
    with django_assert_num_queries(7):
        assert desk.get(LIST).content.count(b'class="field-headline"') == 3


def test_the_list_is_narrowed_by_time_and_state(desk: Client) -> None:
    announced(0, title="Soon held")
    announced(0, title="Long over", starts_at=timezone.now() - timedelta(days=400))
    EventFactory.create(title="A draft")
    found = {
        query: [title for title in ("Soon held", "Long over", "A draft") if title in desk.get(f"{LIST}?{query}").content.decode()]
        for query in ("when=coming&state=published", "when=past", "state=draft", "year=x")
    }  # fmt: skip
    assert found == {
        "when=coming&state=published": ["Soon held"],
        "when=past": ["Long over"],
        "state=draft": ["A draft"],
        "year=x": ["Soon held", "Long over", "A draft"],
    }


def member(client: Client, role: str = "") -> User:
    roles.load()
    user: User = UserFactory.create(is_staff=True)
    if role:
        user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


@pytest.mark.parametrize(("role", "status"), [("Authors", 403), ("Editors", 403), ("Publishers", 302)])
def test_only_those_who_publish_cancel_what_readers_see(client: Client, role: str, status: int) -> None:
    event = announced(1)
    member(client, role)
    address = f"{LIST}{event.pk}/happening/cancel/"
    assert client.post(address, {"version": event.version}).status_code == status
    assert Event.objects.get().is_cancelled is (status == 302)


@pytest.mark.parametrize("role", ["Authors", "Editors", "Publishers", "Administrators"])
def test_every_role_can_write_a_draft(client: Client, role: str) -> None:
    member(client, role)
    assert error_summary(add(client, **speaker(0, "Ann Tan"))) == ""
    assert Event.objects.get().speakers.get().printed_name == "Ann Tan"


def test_the_editors_of_a_unit_write_its_drafts_and_see_no_others(client: Client) -> None:
    own, other = CentreFactory.create(name="Own unit"), CentreFactory.create(name="Other unit")
    user = member(client)
    assert client.get(LIST).status_code == 403
    own.editors.add(user)
    foreign = EventFactory.create(title="Of another unit")
    foreign.centres.add(other)
    assert "required" in error_summary(add(client))
    assert error_summary(add(client, centres=[own.pk], **speaker(0, "Ann Tan"))) == ""
    page = client.get(LIST).content.decode()
    assert ("Straits in Winter" in page, "Of another unit" in page) == (True, False)
    assert client.get(f"{LIST}{foreign.pk}/change/").status_code == 302
    assert "Select a valid choice" in add(client, centres=[other.pk]).content.decode()
    mine = Event.objects.get(title="Straits in Winter")
    assert client.post(f"{LIST}{mine.pk}/change/", {"_step": "publish", "version": mine.version}).status_code in {
        200,
        403,
    }
    assert Event.objects.published().count() == 0


def test_what_a_unit_has_published_is_left_to_those_who_publish(client: Client) -> None:
    own = CentreFactory.create()
    own.editors.add(member(client))
    event = announced(0, is_online=True)
    event.centres.add(own)
    JoiningLink.objects.create(event=event, url="https://join.example.org/abc")
    page = client.get(f"{LIST}{event.pk}/change/").content.decode()
    assert ("join.example.org" in page, "You may read this item" in page) == (False, True)


def test_the_joining_link_is_not_for_those_who_may_only_look(client: Client) -> None:
    event = announced(0, is_online=True)
    JoiningLink.objects.create(event=event, url="https://join.example.org/abc")
    member(client, "Authors")
    page = client.get(f"{LIST}{event.pk}/change/").content.decode()
    assert ("Straits in Winter" in page, "join.example.org" in page) == (True, False)


def test_somebody_who_may_not_see_an_event_cannot_copy_it(client: Client) -> None:
    own = CentreFactory.create()
    own.editors.add(member(client))
    assert client.get(f"{LIST}add/?copy={announced(0).pk}").status_code == 403


def test_results_and_photographs_are_named_in_the_form(desk: Client) -> None:
    event, piece, image = (
        announced(0),
        PublicationFactory.create(published=True, title="Sea Lanes"),
        ImageFactory.create(),
    )
    rows = {
        "Event_results-TOTAL_FORMS": "1", "Event_results-0-publication_words": "Sea Lanes",
        "photographs-TOTAL_FORMS": "1", "photographs-0-image_words": image.title, "photographs-0-position": "1",
    }  # fmt: skip
    assert error_summary(change(desk, event, **rows)) == ""
    assert (list(event.results.all()), event.photographs.get().image) == ([piece], image)
    assert error_summary(change(desk, event)) == ""
    assert event.results.count() == 1


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "Draft"),
        ({"state": "published", "publish_at": datetime(2020, 1, 1, tzinfo=UTC)}, "Published"),
        ({"state": "published", "publish_at": datetime(2199, 1, 1, tzinfo=UTC)}, "Scheduled for Tue 1 Jan 2199, 08:00 SGT"),
    ],
)  # fmt: skip
def test_list_and_form_say_where_an_event_stands_whatever_became_of_its_date(
    desk: Client, facts: dict[str, Any], words: str
) -> None:
    event = EventFactory.create(status="postponed", **facts)
    shown = [
        html.fromstring(desk.get(address).content).xpath(f"string({where})").strip()
        for address, where in (
            (LIST, "//table[@id='result_list']//span[starts-with(@class, 'state ')]"),
            (f"{LIST}{event.pk}/change/", "//h2[@id='state-heading']"),
        )
    ]
    assert shown == [words, words]
