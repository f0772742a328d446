"""Header and footer from the settings, the notice about cookies, outside links, and the pages that gather what there is."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import etree
from lxml import html as lxml_html
from pytest_django import DjangoAssertNumQueries, Settings

from editorial import roles
from publications.models import Series
from rsis import navigation
from rsis.models import MenuItem, SiteSettings, SocialAccount
from tests import stand_ins
from tests.factories import CentreFactory, PersonFactory, PublicationFactory, SeriesFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def read_anew() -> None:
    navigation.hold()


@pytest.fixture
def seeded(settings: Settings) -> Iterator[None]:
    settings.ROOT_URLCONF = "tests.stand_ins"
    stand_ins.fill()
    yield
    navigation.hold()


def page(client: Client, address: str = "/privacy/") -> Any:
    return lxml_html.fromstring(client.get(address).content.decode())


def words(element: Any) -> list[str]:
    return [" ".join(link.text_content().split()) for link in element.cssselect("a")]


def text(element: Any) -> str:
    return " ".join(element.text_content().split())


def test_s04_the_nameplate_has_name_descriptor_motto_and_year(client: Client, seeded: None) -> None:
    head = page(client).cssselect("header")[0]
    assert text(head.cssselect(".nameplate")[0]) == (
        "S. Rajaratnam School of International Studies Think Tank and Graduate School"
    )
    assert text(head.cssselect(".tagline")[0]) == "Ponder The Improbable Since 1996"
    SiteSettings.objects.update(since_year=None)
    navigation.hold()
    assert text(page(client).cssselect(".tagline")[0]) == "Ponder The Improbable"


def test_s06_s38_connect_is_one_source_in_header_and_footer(client: Client, seeded: None) -> None:
    found = page(client)
    head, foot = found.cssselect("header .connect-panel")[0], found.cssselect("footer .footer-columns")[0]
    assert [text(one.cssselect(".connect-with")[0]) for one in (head, foot)] == [
        text(head.cssselect(".connect-with")[0])
    ] * 2
    assert text(head.cssselect("h2")[0]) == "Connect with Us"
    SocialAccount.objects.filter(handle="rsissg").update(network="Mastodon")
    navigation.hold()
    assert page(client).text_content().count("Mastodon") == 2


def test_s12_the_address_is_told_to_machines_as_it_is_set(client: Client, seeded: None) -> None:
    SiteSettings.objects.update(street="1 Other Road", phone="+65 6000 0000")
    navigation.hold()
    told = json.loads(page(client, "/").cssselect('script[type="application/ld+json"]')[0].text)
    school = next(node for node in told["@graph"] if node["@type"] == "CollegeOrUniversity")
    assert school["address"]["streetAddress"] == "Block S4, Level B3, 1 Other Road"
    assert (school["telephone"], len(school["sameAs"])) == ("+65 6000 0000", 8)


def test_s51_to_s53_without_anything_that_needs_consent_nobody_is_asked(client: Client, seeded: None) -> None:
    response = client.get("/privacy/")
    found = lxml_html.fromstring(response.content.decode())
    assert (found.cssselect(".consent"), response.cookies, response["Vary"]) == ([], {}, "Accept-Encoding")
    assert (
        text(found.cssselect("footer .legal p")[1]) == "Reading this site sets no cookie. Learn more about cookies here"
    )


@pytest.fixture
def counted(seeded: None) -> str:
    address = "https://count.example.org/script.js"
    SiteSettings.objects.update(counter_url=address)
    navigation.hold()
    return address


def test_s51_to_s53_a_counter_waits_for_a_choice_between_two_equal_answers(client: Client, counted: str) -> None:
    response = client.get("/privacy/")
    found = lxml_html.fromstring(response.content.decode())
    box = found.cssselect(".consent")[0]
    assert [(one.tag, one.get("class"), text(one)) for one in box.cssselect("button")] == [
        ("button", None, "Accept"), ("button", None, "Reject"),
    ]  # fmt: skip
    assert "Learn more" in text(box)
    assert (counted in response.content.decode(), "count.example.org" in response["Content-Security-Policy"]) == (
        False, False,
    )  # fmt: skip
    assert (response.cookies, response["Vary"]) == ({}, "Accept-Encoding, Cookie")


@pytest.mark.parametrize("choice", ["accept", "reject"])
def test_s53_the_choice_is_remembered_and_kept_to(client: Client, counted: str, choice: str) -> None:
    answer = client.post("/cookies/", {"choice": choice, "next": "/accessibility/"})
    assert (answer.status_code, answer["Location"]) == (302, "/accessibility/")
    kept = client.cookies["consent"]
    assert (kept.value, kept["httponly"], kept["samesite"]) == (choice, True, "Lax")
    response = client.get("/privacy/")
    is_accepted = choice == "accept"
    assert 'class="consent"' not in response.content.decode()
    assert (f'<script src="{counted}" defer>' in response.content.decode()) is is_accepted
    assert ("https://count.example.org" in response["Content-Security-Policy"]) is is_accepted


@pytest.mark.parametrize(
    ("sent", "headers", "status", "leads"),
    [
        ({"choice": "accept", "next": "https://example.org/"}, {}, 302, "/"),
        ({"choice": "accept", "next": "//example.org/"}, {}, 302, "/"),
        ({"choice": "accept", "next": "/\\example.org/"}, {}, 302, "/"),
        ({"choice": "accept", "next": "/x" * 400}, {}, 302, "/"),
        ({"choice": "accept"}, {}, 302, "/"),
        ({"choice": "maybe"}, {}, 400, None),
        ({"choice": "accept\x00"}, {}, 400, None),
        ({}, {}, 400, None),
        ({"choice": "accept"}, {"Sec-Fetch-Site": "cross-site"}, 400, None),
    ],
)
def test_a_hostile_choice_leads_nowhere_else(
    client: Client, counted: str, sent: dict[str, str], headers: dict[str, str], status: int, leads: str | None
) -> None:
    answer = client.post("/cookies/", sent, headers=headers)
    assert (answer.status_code, answer.get("Location")) == (status, leads)


def test_kept_pages_are_kept_apart_by_the_choice(counted: str, settings: Settings, tmp_path: Any) -> None:
    settings.PAGE_CACHE, settings.PAGE_CACHE_FILE = "process", tmp_path / "edition"
    caches["pages"].clear()
    found = []
    for choice in ("", "accept", "reject", "", "accept", "nonsense"):
        client = Client(headers={"Cookie": f"consent={choice}"} if choice else {})
        answer = client.get("/privacy/").content.decode()
        found.append(('class="consent"' in answer, counted in answer))
    caches["pages"].clear()
    assert found == [(True, False), (False, True), (False, False), (True, False), (False, True), (True, False)]


def test_the_settings_are_one_row() -> None:
    SiteSettings.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        SiteSettings.objects.bulk_create([SiteSettings(pk=2)])
    SiteSettings(name="Again").save()
    assert [one.name for one in SiteSettings.objects.all()] == ["Again"]


@pytest.mark.parametrize(
    "fields",
    [
        {"phone": "call me"}, {"parent_url": "javascript:alert(1)"}, {"counter_url": "https://a:b@example.org/x.js"},
        {"since_year": 66}, {"country": "Sg"}, {"name": ""},
    ],
)  # fmt: skip
def test_settings_that_would_break_a_page_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SiteSettings(id=1, **fields).full_clean()


# --- The desk


@pytest.fixture
def desk(client: Client, seeded: None) -> Client:
    """Somebody of the group for whom the menu is."""
    roles.load()
    member = UserFactory.create(is_staff=True)
    member.groups.add(Group.objects.get(name="Web editors"))
    client.force_login(member)
    return client


MENU = "/admin/rsis/menuitem/"


def test_the_desk_shows_what_is_hidden_and_why(desk: Client) -> None:
    item = MenuItem.objects.get(place="main", label="Introduction")
    MenuItem.objects.filter(pk=item.pk).update(path="/no/page/", address="/no/page/")
    due = timezone.now() + timedelta(days=1)
    piece = PublicationFactory.create(scheduled=True, publish_at=due, series=SeriesFactory.create())
    MenuItem.objects.create(label="Soon", place="popular", address=piece.get_absolute_url())
    found = lxml_html.fromstring(desk.get(MENU).content.decode())
    line = found.get_element_by_id(f"line-{item.pk}")
    assert text(line.cssselect(".menu-why")[0]) == "Hidden: There is no page at this address."
    hidden = {text(one.getparent()).split()[0]: text(one) for one in found.cssselect(".menu-hidden")}
    assert hidden["Popular"] == "1 hidden from readers"
    assert "Hidden: Its page is public from" in text(found)


def test_the_desk_lists_one_line_and_three_with_the_same_statements(
    desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    MenuItem.objects.filter(parent__parent__isnull=False).delete()
    MenuItem.objects.filter(parent__isnull=False).delete()
    MenuItem.objects.all().delete()
    desk.get(MENU)
    for count in (1, 2):
        for number in range(count):
            MenuItem.objects.create(label=f"{count} {number}", address=SeriesFactory.create().get_absolute_url())
        desk.get(MENU)
        with django_assert_num_queries(7):
            desk.get(MENU)


def test_a_line_is_moved_by_its_buttons_and_by_a_drop(desk: Client) -> None:
    def order() -> list[str]:
        return list(MenuItem.objects.filter(place="legal").order_by("position").values_list("label", flat=True))

    first, second, third, *_rest = MenuItem.objects.filter(place="legal").order_by("position")
    answer = desk.post(MENU, {"move": f"{third.pk}:up"})
    assert answer["Location"] == f"{MENU}?moved={third.pk}%3Aup#line-{third.pk}"
    assert order()[:3] == [first.label, third.label, second.label]
    desk.post(MENU, {"item": str(third.pk), "parent": "", "at": "0"})
    assert order()[:3] == [third.label, first.label, second.label]
    focus = lxml_html.fromstring(desk.get(answer["Location"].partition("#")[0]).content.decode()).cssselect(
        "[autofocus]"
    )
    assert [one.get("value") for one in focus] == [f"{third.pk}:up"]


@pytest.mark.parametrize(
    "sent",
    [
        {"move": "x:up"}, {"move": "1\x00:up"}, {"move": "99999999999999999999:up"}, {"move": ":"}, {}, {"item": "-1"},
        {"move": "1:sideways"}, {"item": "1", "parent": "99999", "at": "1"},
    ],
)  # fmt: skip
def test_a_hostile_move_is_no_error_of_ours(desk: Client, sent: dict[str, str]) -> None:
    before = list(MenuItem.objects.order_by("pk").values("parent", "position"))
    assert desk.post(MENU, sent).status_code in {302, 400, 404}
    assert list(MenuItem.objects.order_by("pk").values("parent", "position")) == before


def test_a_new_line_stands_last_and_a_wrong_address_keeps_what_was_typed(desk: Client) -> None:
    research = MenuItem.objects.get(place="main", label="Research")
    form = {"place": "main", "parent": str(research.pk), "label": "Maps", "address": "/nowhere/", "note": ""}
    answer = desk.post(f"{MENU}add/", form)
    found = answer.content.decode()
    assert (answer.status_code, 'value="/nowhere/"' in found, "No reader finds a page" in found) == (200, True, True)
    assert desk.post(f"{MENU}add/", {**form, "address": "/topics"}).status_code == 302
    made = MenuItem.objects.get(label="Maps")
    assert (made.address, made.position, made.parent) == ("/topics/", 4, research)


def test_a_hidden_line_can_be_renamed_without_its_page_being_there(desk: Client) -> None:
    line = MenuItem.objects.create(label="Old", address="/not/yet/")
    form = {"place": "main", "parent": "", "label": "New", "address": "/not/yet/", "note": ""}
    assert desk.post(f"{MENU}{line.pk}/change/", form).status_code == 302
    assert MenuItem.objects.get(pk=line.pk).label == "New"


def test_a_group_is_not_removed_with_what_stands_under_it(desk: Client) -> None:
    group = MenuItem.objects.get(place="main", label="Research")
    desk.post(f"{MENU}{group.pk}/delete/", {"post": "yes"})
    assert MenuItem.objects.filter(pk=group.pk).exists()


def test_web_editors_keep_the_site_and_nobody_else_does(client: Client, seeded: None) -> None:
    roles.load()
    found = {}
    for name in ("Authors", "Editors", "Publishers", "Administrators", "Web editors"):
        member = UserFactory.create(is_staff=True)
        member.groups.add(Group.objects.get(name=name))
        client.force_login(member)
        found[name] = tuple(
            client.get(address, follow=True).status_code
            for address in (
                MENU,
                "/admin/rsis/sitesettings/",
                "/admin/editorial/linktarget/",
                "/admin/publications/publication/add/",
            )
        )
    assert found == {
        "Authors": (403, 403, 403, 200),
        **dict.fromkeys(("Editors", "Publishers"), (403, 403, 200, 200)),
        "Administrators": (200, 200, 200, 200),
        "Web editors": (200, 200, 200, 403),
    }


def test_the_settings_are_one_form_and_its_save_shows_on_every_page(desk: Client) -> None:
    address = reverse("admin:rsis_sitesettings_change", args=[1])
    assert desk.get("/admin/rsis/sitesettings/")["Location"] == address
    assert desk.get("/admin/rsis/sitesettings/add/").status_code == 403
    fields = {name: value for name, value in vars(SiteSettings.objects.get()).items() if name not in {"_state", "id"}}
    rows = {"accounts-TOTAL_FORMS": "0", "accounts-INITIAL_FORMS": "0"}
    assert desk.post(address, {**fields, **rows, "motto": "Think Twice"}).status_code == 302
    navigation.hold()
    assert text(page(Client()).cssselect(".tagline")[0]) == "Think Twice Since 1996"


# --- Pages that gather


@pytest.mark.parametrize(
    ("family", "address"), [("inhouse", "/publications/in-house/"), ("external", "/publications/external/")]
)
def test_the_shelf_shows_each_series_with_its_count_and_newest_piece(client: Client, family: str, address: str) -> None:
    series = SeriesFactory.create(name="Papers", family=family)
    SeriesFactory.create(name="Empty Ones", family=family)
    SeriesFactory.create(name="Of Another Family", family="media")
    for day in (1, 2):
        PublicationFactory.create(published=True, series=series, title=f"Paper {day}", issued_on=f"2026-02-0{day}")
    PublicationFactory.create(series=series, title="Draft Paper", issued_on="2026-03-01")
    found = [text(one) for one in page(client, address).cssselect(".shelves > li")]
    assert [one for one in found if one.startswith("Papers")] == ["Papers 2 Newest Paper 2 2 February 2026"]
    assert "Empty Ones 0 Nothing published in this series yet." in found
    assert len(found) == 2


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("address", ["/publications/in-house/", "/publications/for-the-year/"])
def test_shelf_and_bibliography_cost_the_same_for_one_and_three(
    client: Client, count: int, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(count):
        PublicationFactory.create_batch(
            count, published=True, series=SeriesFactory.create(), authors=[PersonFactory.create()]
        )
    client.get("/publications/")
    client.get("/privacy/")
    with django_assert_num_queries({"/publications/in-house/": 7, "/publications/for-the-year/": 6}[address]):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("family", "address"),
    [("inhouse", "/publications/for-the-year/"), ("external", "/publications/external/for-the-year/")],
)
@time_machine.travel("2026-11-25T12:00:00+08:00", tick=False)
def test_the_bibliography_of_the_year_goes_series_by_series(client: Client, family: str, address: str) -> None:
    first, second = (
        SeriesFactory.create(name=name, family=family, position=n) for n, name in enumerate(("One", "Two"))
    )
    other = SeriesFactory.create(family="media")
    for series, title, day in (
        (second, "B", "2026-01-05"), (first, "A", "2026-01-01"), (first, "C", "2026-05-01"), (first, "Old", "2024-01-01"),
        (other, "Elsewhere", "2026-01-01"),
    ):  # fmt: skip
        PublicationFactory.create(published=True, series=series, title=title, issued_on=day)
    PublicationFactory.create(series=first, title="Draft", issued_on="2026-01-01")

    def shown(query: str = "") -> list[tuple[str, list[str]]]:
        sections = page(client, address + query).cssselect(".bibliography")
        return [(text(one.cssselect("h2")[0]), words(one.cssselect("ol")[0])) for one in sections]

    assert shown() == [("One 2", ["C", "A"]), ("Two 1", ["B"])]
    assert shown("?year=2024") == [("One 1", ["Old"])]
    assert shown("?year=2025") == []
    years = page(client, address).cssselect(".years a")
    assert [(text(one).partition(":")[0], one.get("aria-current")) for one in years] == [
        ("2026", "page"),
        ("2024", None),
    ]


@pytest.mark.parametrize("query", ["?year=0", "?year=x", "?year=99999", "?year=٢٠٢٤", "?year=2024&year=x", "?year="])
def test_an_odd_year_is_the_running_one(client: Client, query: str) -> None:
    assert client.get(f"/publications/for-the-year/{query}").context["year"] == timezone.localdate().year


def test_a_long_series_of_a_year_leads_on_to_the_rest(client: Client) -> None:
    series = SeriesFactory.create(name="Daily")
    PublicationFactory.create_batch(27, published=True, series=series, issued_on=timezone.localdate())
    section = page(client, "/publications/for-the-year/").cssselect(".bibliography")[0]
    year = timezone.localdate().year
    assert len(section.cssselect("li")) == 25
    assert (words(section)[-1], section.cssselect("p > a")[-1].get("href")) == (
        f"All 27 of {year} in Daily", f"{series.get_absolute_url()}?year={year}",
    )  # fmt: skip


def test_the_address_of_the_former_site_leads_to_the_shelf(client: Client) -> None:
    answer = client.get("/publications/rsis-publications/?year=2025")
    assert (answer.status_code, answer["Location"]) == (301, "/publications/in-house/?year=2025")


def test_every_feed_that_the_help_page_and_its_file_name_is_there(client: Client) -> None:
    call_command("seed", verbosity=0, stdout=mock.Mock())
    found = page(client, "/feeds/").cssselect(".feed-list li span a")
    assert len(found) == 2 * len(page(client, "/feeds/").cssselect(".feed-list li"))
    some = [one.get("href") for one in found][::25]
    assert [client.get(address).status_code for address in some] == [200] * len(some)
    answer = client.get("/feeds/rsis.opml")
    outline = etree.fromstring(answer.content).findall(".//outline[@xmlUrl]")
    assert answer["Content-Type"] == "text/x-opml; charset=utf-8"
    assert len(outline) == 5 + Series.objects.count()
    assert outline[0].get("xmlUrl") == "http://localhost:8000/publications/feed.atom"


@pytest.mark.parametrize("count", [1, 3])
def test_the_feed_page_costs_the_same_for_one_and_three(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    SeriesFactory.create_batch(count)
    CentreFactory.create_batch(count)
    client.get("/privacy/")
    with django_assert_num_queries(4):
        client.get("/feeds/")
