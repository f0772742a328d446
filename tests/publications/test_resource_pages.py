"""Resource pages: sections, pinned pieces, what a section takes, the desk."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from editorial import history, preview
from editorial.models import Redirect
from publications import resource_pages
from publications.models import ResourceBlock, ResourcePage
from rsis import navigation
from rsis.models import MenuItem
from tests.desk_form import post
from tests.factories import (
    CentreFactory,
    PersonFactory,
    PublicationFactory,
    RegionFactory,
    ResourceBlockFactory,
    ResourcePageFactory,
    SeriesFactory,
    TopicFactory,
    UserFactory,
)
from tests.filled_form import read_form

pytestmark = pytest.mark.django_db


def shown(page: ResourcePage) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    return [
        (section.heading, [(month, [one.piece.title for one in ones]) for month, ones in section.groups])
        for section in resource_pages.sections(page)
    ]


def piece(title: str, day: str = "2025-03-01", **fields: object) -> object:
    return PublicationFactory.create(published=True, title=title, issued_on=day, **fields)


def test_pins_come_first_then_the_newest_and_nothing_twice() -> None:
    page = ResourcePageFactory.create(published=True)
    old, new = piece("Old", "2024-01-01"), piece("New", "2025-01-01")
    ResourceBlockFactory.create(page=page, section=True, heading="All", newest=5)
    ResourceBlockFactory.create(page=page, publication=old, text="Read this.", person=PersonFactory.create(name="Mei"))
    assert shown(page) == [("All", [("", ["Old", "New"])])]
    first = resource_pages.sections(page)[0].groups[0][1][0]
    assert (first.comment, str(first.person)) == ("Read this.", "Mei")
    assert new.pk


def test_pieces_before_any_section_need_no_heading_and_empty_sections_are_left_out() -> None:
    page = ResourcePageFactory.create(published=True)
    ResourceBlockFactory.create(page=page, publication=piece("Pinned"))
    ResourceBlockFactory.create(page=page, section=True, heading="Empty", newest=0)
    ResourceBlockFactory.create(page=page, section=True, heading="Said", newest=0, text="Only words.")
    assert shown(page) == [("", [("", ["Pinned"])]), ("Said", [])]


def test_a_section_takes_what_is_under_everything_chosen() -> None:
    parent = TopicFactory.create(name="Sea")
    below = TopicFactory.create(name="Straits", parent=parent)
    region, centre, person, series = (
        RegionFactory.create(),
        CentreFactory.create(),
        PersonFactory.create(),
        SeriesFactory.create(),
    )
    whole = {
        "topics": [below],
        "regions": [region],
        "centres": [centre],
        "authors": [person],
        "series": series,
        "tags": ["Ships"],
    }
    piece("Wanted", body="<p>About lanterns.</p>", **whole)
    for name in whole:
        piece(
            f"Without {name}",
            body="<p>About lanterns.</p>",
            **{key: value for key, value in whole.items() if key != name},
        )
    piece("Without words", **whole)
    page = ResourcePageFactory.create(published=True)
    ResourceBlockFactory.create(
        page=page, section=True, heading="Narrow", newest=9, topic=parent, region=region, centre=centre, person=person,
        series=series, tag="ships", words="lanterns",
    )  # fmt: skip
    assert shown(page) == [("Narrow", [("", ["Wanted"])])]


def test_no_more_than_the_newest_are_taken_and_months_stand_apart_newest_first() -> None:
    page = ResourcePageFactory.create(published=True)
    for day in ("2025-01-05", "2025-02-01", "2025-02-20", "2025-03-01"):
        piece(day, day)
    ResourceBlockFactory.create(page=page, section=True, heading="Months", newest=3, is_by_month=True)
    expected = [("March 2025", ["2025-03-01"]), ("February 2025", ["2025-02-20", "2025-02-01"])]
    assert shown(page) == [("Months", expected)]


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_for_one_piece_and_section_and_for_three(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = ResourcePageFactory.create(published=True)
    for number in range(count):
        topic, region = TopicFactory.create(), RegionFactory.create()
        PublicationFactory.create(published=True, topics=[topic], regions=[region], authors=[PersonFactory.create()])
        ResourceBlockFactory.create(
            page=page, section=True, heading=f"H{number}", topic=topic, region=region, is_by_month=True
        )
        ResourceBlockFactory.create(page=page, person=PersonFactory.create())
    client.get("/publications/")
    with django_assert_num_queries(9):
        assert client.get(page.get_absolute_url()).status_code == 200


def test_two_pages_have_places_of_their_own_and_the_others_are_listed(client: Client) -> None:
    places = {
        slug: ResourcePageFactory.create(published=True, slug=slug).get_absolute_url()
        for slug in ("cohesive-societies", "sustainable-security", "straits")
    }
    assert places == {
        "cohesive-societies": "/media/cohesive-societies/",
        "sustainable-security": "/media/sustainable-security/",
        "straits": "/media/resource-pages/straits/",
    }
    page = client.get("/media/resource-pages/").content.decode()
    assert re.findall(r'<h2><a href="([^"]+)"', page) == ["/media/resource-pages/straits/"]
    assert client.get("/media/sustainable-security/").status_code == 200


def test_the_sections_of_the_site_stay_in_the_head_of_the_page(client: Client) -> None:
    MenuItem.objects.create(label="Research", address="/research/")
    navigation.hold()
    page = ResourcePageFactory.create(published=True)
    ResourceBlockFactory.create(page=page)
    assert '<a href="/research/"' in client.get(page.get_absolute_url()).content.decode()


def test_the_database_refuses_a_pin_without_a_piece_and_a_section_without_a_heading() -> None:
    page = ResourcePageFactory.create()
    for wrong in ({"publication": None}, {"section": True, "heading": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ResourceBlockFactory.create(page=page, **wrong)


def test_a_preview_shows_a_draft_to_whoever_has_the_link(client: Client) -> None:
    page = ResourcePageFactory.create(intro="<p>Not yet public.</p>")
    link = preview.link_url(preview.make_link(page, UserFactory.create()))
    response = client.get(link)
    assert ("Not yet public." in response.content.decode(), response["X-Robots-Tag"]) == (True, "noindex, nofollow")


# --- The desk ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def test_a_page_is_made_ordered_published_and_moved_on_the_desk(desk: Client) -> None:
    pinned = PublicationFactory.create(published=True, title="The Pinned Piece")
    address = reverse("admin:publications_resourcepage_add")
    blocks = {
        "blocks-TOTAL_FORMS": "2",
        "blocks-0-kind": "pin", "blocks-0-position": "5", "blocks-0-publication": str(pinned.pk),
        "blocks-0-publication_words": "The Pinned Piece", "blocks-0-newest": "",
        "blocks-1-kind": "section", "blocks-1-position": "2", "blocks-1-heading": "What is new", "blocks-1-newest": "4",
    }  # fmt: skip
    fields = (
        read_form(desk.get(address).content, "resourcepage_form") | {"title": "Straits", "slug": "straits"} | blocks
    )
    desk.post(address, fields | {"_step": "publish"})
    page = ResourcePage.objects.get()
    assert page.is_public
    assert [(row.position, str(row)) for row in page.blocks.all()] == [(1, "What is new"), (2, "The Pinned Piece")]
    change = reverse("admin:publications_resourcepage_change", args=[page.pk])
    moved = read_form(desk.get(change).content, "resourcepage_form") | {"slug": "the-straits"}
    post(desk, change, moved, is_sure=True)
    assert list(Redirect.objects.values_list("old_path", "new_path")) == [
        ("/media/resource-pages/straits/", "/media/resource-pages/the-straits/")
    ]


def test_faults_in_a_row_are_said_beside_it_and_what_was_typed_stays(desk: Client) -> None:
    address = reverse("admin:publications_resourcepage_add")
    wrong = {
        "blocks-TOTAL_FORMS": "2",
        "blocks-0-kind": "section", "blocks-0-position": "1", "blocks-0-text": "Typed at length.", "blocks-0-newest": "99",
        "blocks-1-kind": "pin", "blocks-1-position": "2", "blocks-1-publication_words": "No such piece",
    }  # fmt: skip
    page = desk.post(
        address, read_form(desk.get(address).content, "resourcepage_form") | {"title": "T", "slug": "t"} | wrong
    ).content.decode()
    assert ("Give the section a heading." in page, "Nothing is called “No such piece”" in page, "Typed at length." in page) == (
        True, True, True,
    )  # fmt: skip
    assert ResourcePage.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_asks_for_its_choices_once(desk: Client, count: int) -> None:
    page = ResourcePageFactory.create()
    for number in range(count):
        ResourceBlockFactory.create(page=page, section=True, heading=f"H{number}", topic=TopicFactory.create())
    html = desk.get(reverse("admin:publications_resourcepage_change", args=[page.pk])).content.decode()
    assert html.count('name="blocks-0-topic"') == 1


def test_lines_come_back_with_a_revision() -> None:
    page = ResourcePageFactory.create()
    ResourceBlockFactory.create(page=page, text="Read this.")
    kept = history.snapshot(page)
    ResourceBlock.objects.all().delete()
    history.apply(page, kept)
    assert [row.text for row in page.blocks.all()] == ["Read this."]
