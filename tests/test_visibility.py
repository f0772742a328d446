"""Every public surface, once, with an item in every state. What the public sees is decided in one queryset."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from editorial.models import State
from events.models import Event, EventSeries, Registration, Speaker
from people.models import Person, StaffProfile
from publications.models import AbbreviationUse, Project, Publication, ResourcePage, Series
from research.models import Region, ResearchCentre, Topic
from subscriptions import composing
from subscriptions.links import token_of
from subscriptions.models import Notification, Subscriber, Subscription
from tests.event_factories import EventFactory, RegistrationDeskFactory, RegistrationFactory
from tests.factories import (
    AbbreviationFactory,
    AppointmentFactory,
    AttachmentFactory,
    AuthorshipFactory,
    AwardingFactory,
    BulletinItemFactory,
    CentreFactory,
    DocumentFactory,
    LanguageFactory,
    PageFactory,
    PersonFactory,
    PodcastShowFactory,
    ProjectFactory,
    PublicationFactory,
    RegionFactory,
    ResourceBlockFactory,
    ResourcePageFactory,
    SeriesFactory,
    SlotFactory,
    StaffProfileFactory,
    TopicFactory,
    TypesetPdfFactory,
    VacancyFactory,
)

pytestmark = pytest.mark.django_db

TITLE = "The Item Whose Visibility Is Asked"
STATES = ("draft", "in_review", "scheduled", "published", "withdrawn", "trashed")

# The listings and pages on which a public item's title stands.
LISTS = {
    "home": "/",
    "archive": "/publications/",
    "archive, filtered": "/publications/?topic=strait&region=asia&tag=sea&author=mei&centre=institute&series=rsis-commentary-series",
    "family": "/publications/in-house/",
    "series": "/publications/rsis-commentary-series/",
    "year": "/publications/year/2025/",
    "bibliography": "/publications/for-the-year/?year=2025",
    "topic": "/topics/strait/",
    "region": "/regions/asia/",
    "tag": "/tags/sea/",
    "centre": "/research/institute/publications/",
    "centre, as a facet of its own": "/publications/?centre=institute",
    "home of a centre": "/research/institute/",
    "project": "/research/projects/outcome/",
    "person": "/people/mei/",
    "export of the archive": "/publications/export.csv",
    "export of the series": "/publications/rsis-commentary-series/export.bib",
    "export of a topic, filtered": "/topics/strait/export.ris?tag=sea",
    "export of a person": "/people/mei/export.json",
    "related to another": "/publications/rsis-commentary-series/another/",
    "pieces with an abbreviation": "/glossary/vsb/",
    "pieces with an award": "/publications/awarded/",
    "news sitemap": "/news-sitemap.xml",
    "search": "/search/?q=whose+visibility",
    "search by the text": "/search/?q=%22its+own+words%22&kind=publications",
    "search by the number": "/search/?q=co+25059",
    "search, filtered": "/search/?q=item+visibility&topic=strait&author=mei&sort=newest",
    "search within a list": "/publications/rsis-commentary-series/?q=visibility",
    "resource page, pinned": "/media/cohesive-societies/",
    "resource page, by itself": "/media/resource-pages/taking/",
    "newsletter": "/publications/letters/issue/",
    "feed of the newsletter": "/publications/letters/feed.atom",
}

# Lists in which a withdrawn item is followed by its notice.
FEEDS = {
    f"{name}, {form}": f"{address}feed.{form}{query}"
    for name, (address, _mark, query) in {
        name: LISTS[name].partition("?")
        for name in ("archive", "family", "series", "year", "topic", "region", "tag", "centre", "person")
    }.items()
    for form in ("atom", "json")
} | {"archive, filtered, atom": LISTS["archive, filtered"].replace("/?", "/feed.atom?")}

ALL = LISTS | FEEDS

# Lists of addresses.
MAPS = {
    "sitemap of pages": ("/sitemap-publications-1.xml", "page"),
    "sitemap of files": ("/sitemap-files-1.xml", "file"),
}


@pytest.fixture
def item(request: pytest.FixtureRequest) -> Publication:
    return make(request.param)


def make(state: str) -> Publication:
    """The item in a state, and a public one beside it that shares all its facets, so that every page exists."""
    series = SeriesFactory.create(commentary=True)
    facets = {
        "topics": [TopicFactory.create(slug="strait")],
        "regions": [RegionFactory.create(slug="asia")],
        "centres": [CentreFactory.create(slug="institute")],
        "tags": ["sea"],
        "series": series,
        "issued_on": "2025-03-20",
    }
    person = PersonFactory.create(slug="mei")
    another = PublicationFactory.create(published=True, slug="another", title="Another", **facets)
    AuthorshipFactory.create(publication=another, person=person)
    wanted = {} if state == "draft" else {state: True}
    piece = PublicationFactory.create(
        title=TITLE,
        slug="item",
        number="CO25059",
        document=DocumentFactory.create(),
        body="<p>Its own words.</p><p>A VSB.</p>",
        **wanted,
        **facets,
    )
    AuthorshipFactory.create(publication=piece, person=person)
    SlotFactory.create(publication=piece)
    SlotFactory.create(publication=piece, centre=facets["centres"][0])
    ProjectFactory.create(published=True, slug="outcome", outputs=[piece])
    name_elsewhere(piece)
    AwardingFactory.create(publication=piece, citation="A citation.")
    AbbreviationFactory.create(short="VSB")
    AbbreviationUse.objects.renew([piece])
    return piece


def name_elsewhere(piece: Publication) -> None:
    """In a newsletter, and on resource pages: pinned to one, taken by another."""
    ResourceBlockFactory.create(page__slug="cohesive-societies", page__published=True, publication=piece)
    ResourceBlockFactory.create(page__slug="taking", page__published=True, section=True, topic=piece.topics.get())
    issue = PublicationFactory.create(
        published=True, slug="issue", title="Issue", series__slug="letters", series__shape=Series.Shape.NEWSLETTER
    )
    BulletinItemFactory.create(issue=issue, publication=piece)


def text_of(response: Any) -> str:
    """What the answer says; search marks words in it."""
    text = (b"".join(response) if response.streaming else response.content).decode()
    return re.sub("</?mark>", "", text)


@pytest.mark.parametrize("item", STATES, indirect=True)
@pytest.mark.parametrize("surface", LISTS)
def test_only_a_public_item_stands_in_lists(client: Client, item: Publication, surface: str) -> None:
    response = client.get(LISTS[surface])
    assert response.status_code == 200
    assert (TITLE in text_of(response)) == item.is_public


@pytest.mark.parametrize("item", STATES, indirect=True)
@pytest.mark.parametrize("surface", FEEDS)
def test_only_a_public_item_stands_in_feeds_and_a_withdrawn_one_by_its_notice(
    client: Client, item: Publication, surface: str
) -> None:
    response = client.get(FEEDS[surface])
    text = response.content.decode()
    assert response.status_code == 200
    assert (TITLE in text) == (item.is_public or item.state == State.WITHDRAWN)
    assert ("Its own words." in text) == item.is_public
    assert ("at the request of the authors" in text) == (item.state == State.WITHDRAWN)


@pytest.mark.parametrize("item", STATES, indirect=True)
@pytest.mark.parametrize("surface", MAPS)
def test_only_a_public_item_stands_in_sitemaps(client: Client, item: Publication, surface: str) -> None:
    address, kind = MAPS[surface]
    response = client.get(address)
    place = item.get_absolute_url() if kind == "page" else item.get_file_url()
    assert response.status_code == 200
    assert (f"{place}</loc>" in response.content.decode()) == item.is_public


# What search alone shows of an author: found by name only with something public to show.
@pytest.mark.parametrize("state", STATES)
def test_search_finds_people_only_with_something_public(client: Client, state: str) -> None:
    item = make(state)
    only = AuthorshipFactory.create(publication=item, person__name="Solely Hers").person
    page = client.get("/search/?q=solely&kind=people").content.decode()
    assert (only.get_absolute_url() in page) == item.is_public


# Where a profile, or the little that a list says of somebody, stands.
PROFILES = {
    "own page": "/people/mei/",
    "directory": "/people/",
    "directory, everyone": "/people/?who=all",
    "directory, filtered": "/people/?group=faculty-and-research&centre=unit&topic=sea&region=coast&language=ms&letter=W",
    "group": "/people/groups/faculty-and-research/",
    "group, filtered": "/people/groups/faculty-and-research/?topic=sea",
    "experts": "/people/experts/",
    "experts, filtered": "/people/experts/?topic=sea&region=coast&language=ms&medium=radio&zone=Asia/Singapore",
    "topic": "/topics/sea/",
    "region": "/regions/coast/",
    "centre": "/research/unit/",
    "home": "/",
    "search": "/search/?q=whoever&kind=people",
    "sitemap": "/sitemap-people-1.xml",
}


def make_profile(state: str) -> StaffProfile:
    """Somebody known by nothing but a profile in a state, with all that a filter asks for."""
    wanted = {} if state == "draft" else {state: True}
    about = {
        "is_expert": True,
        "speaks_about": "the coast",
        "for_radio": True,
        "biography": "<p>Kept to themselves.</p>",
    }
    profile: StaffProfile = StaffProfileFactory.create(
        person__name="Whoever It Is", person__slug="mei", **about, **wanted
    )
    AppointmentFactory.create(person=profile.person, centre=CentreFactory.create(slug="unit"))
    profile.expertise.set([TopicFactory.create(slug="sea")])
    profile.regions.set([RegionFactory.create(slug="coast")])
    profile.speaks.set([LanguageFactory.create(code="ms")])
    return profile


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("surface", PROFILES)
def test_only_a_public_profile_is_shown_or_counted(client: Client, state: str, surface: str) -> None:
    profile = make_profile(state)
    text = text_of(client.get(PROFILES[surface]))
    # The slug and not the name: search repeats what was asked for.
    assert ("/people/mei/" in text) == profile.is_public
    assert "Kept to themselves." not in text or (profile.is_public and surface in {"own page", "search"})


def test_a_scheduled_profile_is_public_at_its_second_everywhere(client: Client) -> None:
    profile = make_profile("draft")
    six = datetime(2025, 3, 19, 22, 0, tzinfo=UTC)
    StaffProfile.objects.filter(pk=profile.pk).update(state=State.PUBLISHED, publish_at=six, first_published_at=six)
    found = []
    for moment in (six.replace(hour=21, minute=59, second=59), six):
        with time_machine.travel(moment, tick=False):
            found.append([name for name, address in PROFILES.items() if "/people/mei/" in text_of(client.get(address))])
    assert found == [[], list(PROFILES)]


def address_of_page(item: Publication) -> str:
    return item.get_absolute_url()


def address_of_number(item: Publication) -> str:
    return "/CO25059"


def address_of_file(item: Publication) -> str:
    return item.get_file_url()


def address_of_form(item: Publication) -> str:
    return item.get_respond_url()


def address_of_cover(item: Publication) -> str:
    return f"/covers/{item.pk}.svg"


def address_of_reference(item: Publication) -> str:
    return item.get_cite_url("json")


def address_of_share_card(item: Publication) -> str:
    return f"/covers/{item.pk}.png"


def address_of_typeset_file(item: Publication) -> str:
    """Made ahead for a scheduled item, and left over from one that was public before."""
    Publication.objects.filter(pk=item.pk).update(document=None)
    TypesetPdfFactory.create(publication=item)
    return item.get_file_url()


ADDRESSES: dict[Callable[[Publication], str], dict[str, int]] = {
    address_of_page: {"published": 200, "withdrawn": 200},  # a withdrawn item leaves its stone
    address_of_number: {"published": 301, "withdrawn": 301},
    address_of_file: {"published": 200},
    address_of_cover: {"published": 200},
    address_of_form: {"published": 200},
    address_of_reference: {"published": 200},
    address_of_share_card: {"published": 200},
    address_of_typeset_file: {"published": 200},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda function: function.__name__)
def test_addresses_of_an_item_answer_by_its_state(
    client: Client, address: Callable[[Publication], str], state: str
) -> None:
    item = make(state)
    response = client.get(address(item))
    assert response.status_code == ADDRESSES[address].get(state, 404)
    if response.streaming:
        b"".join(response)
    elif state != "published":
        assert "Its own words." not in response.content.decode()


def test_a_pdf_made_ahead_is_handed_out_from_the_second_its_piece_is_public(client: Client) -> None:
    item = make("draft")
    six = datetime(2025, 3, 19, 22, 0, tzinfo=UTC)
    Publication.objects.filter(pk=item.pk).update(state=State.PUBLISHED, publish_at=six, document=None)
    TypesetPdfFactory.create(publication=item)
    answers = []
    for moment in (six.replace(hour=21, minute=59, second=59), six):
        with time_machine.travel(moment, tick=False):
            page, file = client.get(item.get_absolute_url()), client.get(item.get_file_url())
            if file.streaming:
                b"".join(file)
            answers.append((page.status_code, file.status_code, b"Download PDF" in page.content))
    assert answers == [(404, 404, False), (200, 200, True)]


@pytest.mark.parametrize("state", [state for state in STATES if state != "published"])
def test_nobody_responds_to_what_is_not_public(client: Client, state: str) -> None:
    item = make(state)
    sent = {"name": "Mei", "email": "mei@example.org", "text": "Words"}
    assert client.post(item.get_respond_url(), sent).status_code == 404
    assert item.reader_responses.count() == 0


@pytest.mark.parametrize("state", [state for state in STATES if state != "published"])
def test_counts_leave_out_what_is_not_public(client: Client, state: str) -> None:
    make(state)
    page = client.get("/publications/").content.decode()
    assert "<strong>2 publications</strong>" in page  # another, and the newsletter


def test_a_scheduled_item_is_public_at_its_second_everywhere_without_a_worker(client: Client) -> None:
    item = make("draft")
    six = datetime(2025, 3, 19, 22, 0, tzinfo=UTC)  # Thu 20 March 2025, 06:00 in Singapore
    Publication.objects.filter(pk=item.pk).update(state=State.PUBLISHED, publish_at=six, first_published_at=six)
    for beside in (Publication.objects.filter(slug="another"), Project.objects.filter(slug="outcome")):
        beside.update(publish_at=datetime(2025, 1, 1, tzinfo=UTC))
    Publication.objects.filter(slug__in=["another", "issue"]).update(publish_at=datetime(2025, 1, 1, tzinfo=UTC))
    ResourcePage.objects.update(publish_at=datetime(2025, 1, 1, tzinfo=UTC))
    with time_machine.travel(six.replace(hour=21, minute=59, second=59), tick=False):
        assert client.get(item.get_absolute_url()).status_code == 404
        assert [name for name, address in ALL.items() if TITLE in text_of(client.get(address))] == []
    with time_machine.travel(six, tick=False):
        assert client.get(item.get_absolute_url()).status_code == 200
        assert [name for name, address in ALL.items() if TITLE in text_of(client.get(address))] == list(ALL)


@pytest.mark.parametrize("family", [Series.Family.EXTERNAL, Series.Family.MEDIA])
@pytest.mark.parametrize("state", STATES)
def test_the_other_families_obey_the_same_rule(client: Client, family: str, state: str) -> None:
    series = SeriesFactory.create(family=family, slug="elsewhere")
    wanted = {} if state == "draft" else {state: True}
    item = PublicationFactory.create(series=series, title=TITLE, **wanted)
    listing = client.get(series.get_absolute_url()).content.decode()
    assert (TITLE in listing) == item.is_public
    assert client.get(item.get_absolute_url()).status_code == (200 if state in ("published", "withdrawn") else 404)
    assert client.get(item.get_cite_url("bib")).status_code == (200 if state == "published" else 404)
    export = text_of(client.get(series.get_absolute_url() + "export.ris"))
    assert (TITLE in export) == item.is_public


PROJECT = "The Project Whose Visibility Is Asked"
# Where a project stands. The person who works on it has a page whatever the project's state.
PROJECT_LISTS = {
    "catalogue": "/research/projects/",
    "catalogue, filtered": "/research/projects/?theme=strait&region=asia&entity=institute",
    "research": "/research/",
    "home of a centre": "/research/institute/",
    "projects of a centre": "/research/institute/projects/",
    "its output": "/publications/rsis-commentary-series/another/",
    "search": "/search/?q=whose+visibility",
    "search, its kind alone": "/search/?q=its+own+words&kind=projects",
    "sitemap": "/sitemap-projects-1.xml",
}


@pytest.mark.parametrize("state", STATES)
def test_only_a_public_project_stands_anywhere(client: Client, state: str) -> None:
    make("published")
    wanted = {} if state == "draft" else {state: True}
    project = ProjectFactory.create(
        title=PROJECT,
        slug="asked",
        abstract="<p>Its own words.</p>",
        outputs=[Publication.objects.get(slug="another")],
        centres=ResearchCentre.objects.all(),
        topics=Topic.objects.all(),
        regions=Region.objects.all(),
        **wanted,
    )
    shown = {name: PROJECT in text_of(client.get(address)) for name, address in PROJECT_LISTS.items()}
    shown["sitemap"] = "/research/projects/asked/</loc>" in text_of(client.get(PROJECT_LISTS["sitemap"]))
    assert shown == dict.fromkeys(PROJECT_LISTS, project.is_public)
    page = client.get(project.get_absolute_url())
    assert page.status_code == (200 if state in ("published", "withdrawn") else 404)
    assert ("Its own words." in text_of(page)) == project.is_public
    assert ("at the request of the authors" in text_of(page)) == (state == "withdrawn")


def test_a_scheduled_project_is_public_at_its_second(client: Client) -> None:
    six = datetime(2025, 3, 19, 22, 0, tzinfo=UTC)
    project = ProjectFactory.create(title=PROJECT, state=State.PUBLISHED, publish_at=six, first_published_at=six)
    seen = []
    for moment in (six.replace(hour=21, minute=59, second=59), six):
        with time_machine.travel(moment, tick=False):
            listed = PROJECT in text_of(client.get("/research/projects/"))
            seen.append((client.get(project.get_absolute_url()).status_code, listed))
    assert seen == [(404, False), (200, True)]


# --- Pages of the institution -------------------------------------------------------------------------------------------
PAGES = {
    "landing page above": "/section/",
    "short menu of a page beside": "/section/beside/",
    "search": "/search/?q=whose+visibility",
    "search of pages": "/search/?q=%22its+own+words%22&kind=pages",
    "sitemap": "/sitemap-institution-1.xml",
    "page of the centre": "/research/institute/",
    "short menu in the centre": "/research/institute/beside/",
}


@pytest.mark.parametrize("state", STATES)
def test_only_a_public_page_stands_in_menus_lists_and_search(client: Client, state: str) -> None:
    section = PageFactory.create(slug="section", kind="landing", published=True)
    centre = CentreFactory.create(slug="institute")
    PageFactory.create(slug="beside", parent=section, published=True)
    PageFactory.create(slug="beside", centre=centre, published=True)
    wanted = {"title": TITLE, "body": "<p>Its own words.</p>"} | ({} if state == "draft" else {state: True})
    items = [PageFactory.create(slug="item", **place, **wanted) for place in ({"parent": section}, {"centre": centre})]
    for item in items:
        AttachmentFactory.create(page=item)
    pages = {name: text_of(client.get(address)) for name, address in PAGES.items()}
    shown = [name for name, page in pages.items() if TITLE in page or "/item/</loc>" in page]
    assert shown == (list(PAGES) if items[0].is_public else [])
    # Below a unit, an address of nothing leads to the unit, as it did on the former site.
    for item, missing in zip(items, ((404, None), (301, "/research/institute/")), strict=True):
        response = client.get(item.get_absolute_url())
        answer = (response.status_code, response.get("Location"))
        assert answer == ((200, None) if state in {"published", "withdrawn"} else missing)
        assert ("Its own words." in response.content.decode()) == item.is_public
        file = client.get(f"{item.get_absolute_url()}accounts.pdf")
        assert (file.status_code, file.get("Location")) == ((200, None) if item.is_public else missing)
        if file.streaming:
            b"".join(file)


@pytest.mark.parametrize("state", STATES)
def test_only_a_public_vacancy_stands_in_lists_and_search(client: Client, state: str) -> None:
    wanted = {} if state == "draft" else {state: True}
    post = VacancyFactory.create(title=TITLE, page__slug="jobs", **wanted)
    surfaces = ("/jobs/", "/search/?q=whose+visibility", "/sitemap-vacancies-1.xml")
    pages = [text_of(client.get(address)) for address in surfaces]
    assert [TITLE in page or f"/{post.slug}/</loc>" in page for page in pages] == [post.is_public] * 3


# --- Media --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", STATES)
def test_an_episode_makes_its_show_and_stands_in_its_feeds_only_when_public(client: Client, state: str) -> None:
    series = SeriesFactory.create(media=True, slug="podcasts")
    show = PodcastShowFactory.create(slug="desk", name="The Show")
    wanted = {} if state == "draft" else {state: True}
    item = PublicationFactory.create(
        series=series, title=TITLE, show=show, enclosure_url="https://media.example.org/1.mp3", enclosure_type="audio/mpeg",
        **wanted,
    )  # fmt: skip
    pages = {
        address: text_of(client.get(address))
        for address in ("/media/all/", "/media/podcasts/", "/media/podcasts/feed.rss")
    }
    assert [address for address, text in pages.items() if TITLE in text] == (list(pages) if item.is_public else [])
    assert ("The Show" in pages["/media/podcasts/"]) == item.is_public
    for address in (show.get_absolute_url(), show.get_feed_url()):
        response = client.get(address)
        assert (response.status_code, TITLE in text_of(response)) == ((200, True) if item.is_public else (404, False))
    assert ("/shows/desk/</loc>" in text_of(client.get("/sitemap-podcasts-1.xml"))) == item.is_public


@pytest.mark.parametrize("state", STATES)
def test_a_resource_page_is_seen_by_its_state(client: Client, state: str) -> None:
    wanted = {} if state == "draft" else {state: True}
    page = ResourcePageFactory.create(title=TITLE, slug="subject", intro="<p>Its own words.</p>", **wanted)
    is_gone = state == "withdrawn"
    response = client.get(page.get_absolute_url())
    assert response.status_code == (200 if page.is_public or is_gone else 404)
    assert ("Its own words." in response.content.decode()) == page.is_public
    assert ("at the request of the authors" in response.content.decode()) == is_gone
    lists = (
        "/media/all/",
        "/media/resource-pages/",
        "/search/?q=whose+visibility",
        "/search/?q=%22its+own+words%22&kind=resources",
    )
    for address in lists:
        assert (TITLE in text_of(client.get(address))) == page.is_public, address
    assert ("/subject/</loc>" in text_of(client.get("/sitemap-resources-1.xml"))) == page.is_public


# --- Events -------------------------------------------------------------------------------------------------------------
EVENT = "The Event Whose Visibility Is Asked"
# Where an event stands, by what marks it there: its title in pages and feeds, its address in the sitemap.
EVENT_LISTS = {
    "home page": "/",
    "home of a centre": "/research/institute/",
    "topic": "/topics/strait/",
    "speaker": "/people/mei/",
    "coming": "/events/",
    "coming, filtered": "/events/?kind=public-lecture&centre=institute&topic=strait",
    "month": "/events/calendar/2025/04/",
    "calendar": "/events/calendar.ics",
    "calendar, filtered": "/events/calendar.ics?topic=strait",
    "calendar of a centre": "/research/institute/events.ics",
    "calendar of a topic": "/topics/strait/events.ics",
    "atom": "/events/feed.atom",
    "json": "/events/feed.json?centre=institute",
    "what came of it": "/publications/rsis-commentary-series/another/",
    "another edition": "/events/edition/",
    "search": "/search/?q=whose+visibility+asked",
    "search, its kind alone": "/search/?q=%22its+own+words%22&kind=events",
}
IN_MARCH = datetime(2025, 3, 24, 4, 0, tzinfo=UTC)


def make_event(state: str) -> Event:
    """The event in a state, and a public edition of the same line beside it."""
    line = EventSeries.objects.create(name="A line", slug="line")
    wanted: dict[str, Any] = {
        "draft": {},
        "in_review": {"state": State.IN_REVIEW},
        "scheduled": {"state": State.PUBLISHED, "publish_at": IN_MARCH + timedelta(days=1)},
        "published": {"published": True},
        "trashed": {"published": True, "deleted_at": IN_MARCH},
        "withdrawn": {
            "published": True, "state": State.WITHDRAWN, "withdrawn_at": IN_MARCH, "withdrawal_reason": "Announced in error.",
        },
    }[state]  # fmt: skip
    starts_at = datetime(2025, 4, 10, 6, 0, tzinfo=UTC)
    EventFactory.create(published=True, slug="edition", series=line, starts_at=starts_at)
    event: Event = EventFactory.create(
        title=EVENT, slug="asked", body="<p>Its own words.</p>", series=line, starts_at=starts_at,
        document=DocumentFactory.create(), **wanted,
    )  # fmt: skip
    for name, rows in (("centres", ResearchCentre), ("topics", Topic), ("regions", Region)):
        getattr(event, name).set(rows.objects.all())
    event.results.set(Publication.objects.filter(slug="another"))
    Speaker.objects.create(event=event, person=Person.objects.get(slug="mei"))
    return event


@pytest.mark.parametrize("state", STATES)
def test_only_a_public_event_stands_anywhere(client: Client, state: str) -> None:
    with time_machine.travel(IN_MARCH, tick=False):
        make("published")
        event = make_event(state)
        shown = {
            name: EVENT in text_of(client.get(address)).replace("\r\n ", "") for name, address in EVENT_LISTS.items()
        }
        shown["sitemap"] = "/events/asked/</loc>" in text_of(client.get("/sitemap-events-1.xml"))
        assert shown == dict.fromkeys([*EVENT_LISTS, "sitemap"], event.is_public)
        page = client.get(event.get_absolute_url())
        assert page.status_code == (200 if state in ("published", "withdrawn") else 404)
        assert ("Its own words." in text_of(page)) == event.is_public
        assert ("Announced in error." in text_of(page)) == (state == "withdrawn")
        for file in ("event.ics", "programme.pdf"):
            answer = client.get(f"{event.get_absolute_url()}{file}")
            text_of(answer) if file == "event.ics" else b"".join(answer)
            assert answer.status_code == (200 if event.is_public else 404)
    with time_machine.travel(datetime(2025, 6, 1, tzinfo=UTC), tick=False):
        event.refresh_from_db()
        assert (EVENT in text_of(client.get("/events/past/?year=2025"))) == event.is_public


def test_a_scheduled_event_is_public_at_its_second_and_only_then_does_its_calendar_know_it(client: Client) -> None:
    with time_machine.travel(IN_MARCH, tick=False):
        make("published")
        event = make_event("scheduled")
    seen = []
    for moment in (IN_MARCH + timedelta(days=1, seconds=-1), IN_MARCH + timedelta(days=1)):
        with time_machine.travel(moment, tick=False):
            listed = {EVENT in text_of(client.get(address)).replace("\r\n ", "") for address in EVENT_LISTS.values()}
            seen.append((client.get(event.get_absolute_url()).status_code, listed))
    assert seen == [(404, {False}), (200, {True})]


def test_nobody_who_registered_stands_on_any_public_surface(client: Client) -> None:
    """In every state, with everything a form takes; and nobody's own page is found by a number, a code or a forged token."""
    said = ("Mei-Registered", "mei-registered@", "Registered Works", "No-nuts-registered", "Answered-registered")
    with time_machine.travel(IN_MARCH, tick=False):
        make("published")
        event = make_event("published")
        desk = RegistrationDeskFactory.create(event=event, seats_in_person=99)
        marks = []
        for number, state in enumerate(Registration.State.values):
            one = RegistrationFactory.create(
                desk=desk, state=state, name=said[0], email=f"{said[1]}{number}.example.org", affiliation=said[2],
                needs=said[3], answers={"1": said[4]}, note=said[0], offer_until=event.starts_at, queued_at=IN_MARCH,
            )  # fmt: skip
            marks += [one.mark.hex, str(one.mark)]
        own = event.get_absolute_url()
        addresses = [*EVENT_LISTS.values(), own, f"{own}event.ics", f"{own}register/", f"{own}register/?sent=1",
                     "/sitemap-events-1.xml", "/search/?q=mei-registered", "/search/?q=registered+works"]  # fmt: skip
        texts = {address: text_of(client.get(address)).replace("\r\n ", "") for address in addresses}
        # What a search was asked for is said again; nothing else is.
        found = [
            (address, word)
            for address, text in texts.items()
            for word in (*said, *marks)
            if word in text and word.lower() not in address
        ]
        assert found == []
        guesses = [*marks, *(f"{mark}:{'A' * 43}" for mark in marks), "1", str(desk.pk)]
        assert {client.get(f"/events/registration/{guess}/").status_code for guess in guesses} == {404}


# --- Subscriptions ------------------------------------------------------------------------------------------------------
# What letters and their pages show of an item: its title, its own words, and the reason for which it was withdrawn.
TOLD = (
    "sign-up, the last ninety days",
    "page of confirming",
    "letter",
    "digest",
    "public copy",
    "public copy of a digest",
)


def told(client: Client, item: Publication | Event, plain: str) -> dict[str, str]:
    """What stands on each surface, in an answer to somebody who follows the list and was told of it while it was public."""
    subscriber = Subscriber.objects.create(email="mei@example.org", key="mei@example.org")
    Subscription.objects.create(subscriber=subscriber, target=plain, label="The list", asked_at=timezone.now())
    kind = ContentType.objects.get_for_model(item)
    facts: dict[str, Any] = {
        "state": "done",
        "announced_at": timezone.now() - timedelta(hours=1),
        "subject": item.title,
    }
    single = Notification.objects.create(content_type=kind, object_id=item.pk, **facts)
    daily = Notification.objects.create(
        occasion="daily 2025-03-24 12", **facts | {"announced_at": timezone.now(), "subject": "New today"}
    )
    letter = composing.of_notification(single)
    digest = composing.of_notification(daily, [single.pk])
    return {
        "sign-up, the last ninety days": client.post("/subscribe/", {"lists": [plain], "preview": "1"}).text,
        "page of confirming": client.get(f"/subscriptions/confirm/{token_of('confirm', subscriber)}/").text,
        "letter": letter.html() + letter.text() if letter else "",
        "digest": digest.html() + digest.text() if digest else "",
        "public copy": client.get(f"/subscriptions/mailings/{single.pk}/").text,
        "public copy of a digest": client.get(f"/subscriptions/mailings/{daily.pk}/").text,
    }


def assert_told(found: dict[str, str], item: Publication | Event, title: str, reason: str) -> None:
    copies = [name for name in TOLD if name.startswith("public copy")]
    public = list(TOLD) if item.is_public else copies if item.is_withdrawn else []
    assert [name for name, text in found.items() if title in text] == public
    assert [name for name, text in found.items() if "Its own words." in text] == (
        list(TOLD)[2:] if item.is_public else []
    )
    assert [name for name, text in found.items() if reason in text] == (copies if item.is_withdrawn else [])


@pytest.mark.parametrize("state", STATES)
def test_letters_and_their_pages_show_only_a_public_piece_and_of_a_withdrawn_one_the_notice(
    client: Client, state: str
) -> None:
    wanted = {} if state == "draft" else {state: True}
    series = SeriesFactory.create(family="inhouse")
    item = PublicationFactory.create(title=TITLE, series=series, synopsis="Its own words.", **wanted)
    assert_told(told(client, item, "publications"), item, TITLE, "at the request of the authors")


@pytest.mark.parametrize("state", STATES)
def test_letters_and_their_pages_show_only_a_public_event_and_of_a_withdrawn_one_the_notice(
    client: Client, state: str
) -> None:
    with time_machine.travel(IN_MARCH, tick=False):
        make("published")  # whose people speak
        event = make_event(state)
        Event.objects.filter(pk=event.pk).update(summary="Its own words.")
        event.refresh_from_db()
        assert_told(told(client, event, "events"), event, EVENT, "Announced in error.")


def test_a_mailing_that_waits_or_was_stopped_before_it_began_has_no_public_copy(client: Client) -> None:
    item = PublicationFactory.create(title=TITLE, published=True)
    kind = ContentType.objects.get_for_model(item)
    for number, state in enumerate(("held", "late", "stopped")):
        row = Notification.objects.create(content_type=kind, object_id=item.pk, state=state, change=f"{number}")
        assert client.get(f"/subscriptions/mailings/{row.pk}/").status_code == 404


def test_a_scheduled_item_is_in_no_letter_before_its_second(client: Client) -> None:
    six = datetime(2025, 3, 19, 22, 0, tzinfo=UTC)
    item = PublicationFactory.create(title=TITLE, state=State.PUBLISHED, publish_at=six, first_published_at=six)
    kind = ContentType.objects.get_for_model(item)
    held = Notification.objects.create(
        content_type=kind, object_id=item.pk, state="sending", announced_at=six - timedelta(days=1)
    )
    seen = []
    for moment in (six - timedelta(seconds=1), six):
        with time_machine.travel(moment, tick=False):
            page = client.get(f"/subscriptions/mailings/{held.pk}/").status_code
            seen.append((composing.of_notification(held) is not None, page))
    assert seen == [(False, 404), (True, 200)]
