"""A page's place in the tree is its address; whatever moves, old addresses lead to it in one hop."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from editorial import redirects, trash
from editorial.models import Redirect
from editorial.publishing import NotAllowed
from institution import moving
from institution.models import Page
from tests.desk_form import error_summary, form_data, post
from tests.factories import CentreFactory, PageFactory, RedirectFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def about() -> Page:
    about: Page = PageFactory.create(slug="about", published=True)
    introduction = PageFactory.create(slug="introduction", parent=about, published=True)
    PageFactory.create(slug="history", parent=introduction, published=True)
    PageFactory.create(slug="draft", parent=about)
    return about


def rename(page: Page, slug: str) -> None:
    page.slug = slug
    with redirects.following(page), moving.keeping_addresses(page):
        page.save()


def change(desk: Client, page: Page, is_sure: bool = False, **fields: object) -> str:
    address = f"/admin/institution/page/{page.pk}/change/"
    return error_summary(post(desk, address, form_data(desk.get(address), "page_form") | fields, is_sure=is_sure))


def hops(client: Client, address: str) -> list[tuple[str, int]]:
    return client.get(address, follow=True).redirect_chain


def test_the_address_follows_from_the_tree(about: Page) -> None:
    assert sorted(page.get_absolute_url() for page in Page.objects.all()) == [
        "/about/", "/about/draft/", "/about/introduction/", "/about/introduction/history/",
    ]  # fmt: skip


def test_a_page_of_a_centre_stands_below_it_and_moves_with_it(client: Client) -> None:
    centre = CentreFactory.create(slug="idss", name="Institute")
    page = PageFactory.create(slug="exercise", centre=centre, published=True)
    below = PageFactory.create(slug="rules", parent=page, published=True)
    assert [page.get_absolute_url(), below.get_absolute_url()] == [
        "/research/idss/exercise/",
        "/research/idss/exercise/rules/",
    ]
    shown = client.get("/research/idss/exercise/rules/").content.decode()
    assert 'href="/research/idss/">Institute</a>' in shown
    assert "/research/idss/exercise/" in client.get("/research/idss/").content.decode()
    centre.slug = "defence"
    with redirects.following(centre):
        centre.save()
    assert client.get("/research/defence/exercise/rules/").status_code == 200
    assert hops(client, "/research/idss/exercise/rules/") == [("/research/defence/exercise/rules/", 301)]


def test_two_pages_have_one_address_only_in_different_centres() -> None:
    PageFactory.create(slug="exercise")
    PageFactory.create(slug="exercise", centre=CentreFactory.create())
    with pytest.raises(IntegrityError), transaction.atomic():
        PageFactory.create(slug="exercise")


def test_renaming_takes_the_subtree_along_and_leaves_one_hop(client: Client, about: Page) -> None:
    rename(about, "school")
    assert client.get("/school/introduction/history/").status_code == 200
    assert hops(client, "/about/introduction/history/") == [("/school/introduction/history/", 301)]
    rename(about, "institute")
    rename(Page.objects.get(path="institute/introduction"), "opening")
    assert [
        hops(client, address) for address in ("/about/", "/about/introduction/", "/school/introduction/history/")
    ] == [
        [("/institute/", 301)],
        [("/institute/opening/", 301)],
        [("/institute/opening/history/", 301)],
    ]


def test_there_and_back_leaves_no_circle(client: Client, about: Page) -> None:
    rename(about, "school")
    rename(about, "about")
    assert client.get("/about/introduction/history/").status_code == 200
    assert hops(client, "/school/introduction/history/") == [("/about/introduction/history/", 301)]
    assert [row for row in Redirect.objects.all() if row.old_path == row.new_path] == []


def test_pages_below_one_that_nobody_saw_leave_their_own_redirects(client: Client) -> None:
    draft = PageFactory.create(slug="drafts")
    PageFactory.create(slug="seen", parent=draft, published=True)
    PageFactory.create(slug="unseen", parent=draft)
    rename(draft, "papers")
    assert list(Redirect.objects.values_list("old_path", "new_path")) == [("/drafts/seen/", "/papers/seen/")]


def test_the_desk_says_how_many_redirects_a_move_makes_before_it_makes_them(desk: Client, about: Page) -> None:
    assert "Moving it makes 3 redirects." in desk.get(f"/admin/institution/page/{about.pk}/change/").content.decode()
    assert "/about/ moves to /school/ with what lies below: 3 redirects will be made." in change(
        desk, about, slug="school"
    )
    assert (Page.objects.get(pk=about.pk).slug, Redirect.objects.count()) == ("about", 0)
    assert change(desk, about, is_sure=True, slug="school") == ""
    assert desk.get("/about/introduction/", follow=True).redirect_chain == [("/school/introduction/", 301)]
    assert "Moved from /about/ to /school/" in desk.get(f"/admin/institution/page/{about.pk}/history/").content.decode()


def test_a_draft_moves_without_a_question(desk: Client) -> None:
    page = PageFactory.create(slug="a")
    assert change(desk, page, slug="b") == ""
    assert Redirect.objects.count() == 0


def test_an_old_address_is_taken_only_after_a_warning(desk: Client) -> None:
    RedirectFactory.create(old_path="/old/", new_path="/publications/")
    page = PageFactory.create(slug="new")
    assert "/old/ leads readers to /publications/ today" in change(desk, page, slug="old")
    assert change(desk, page, is_sure=True, slug="old") == ""


@pytest.mark.parametrize("slug", ["search", "publications", "admin", "CO25059", "Über", "-a", "a--b", "a_b", "a/b", ""])
def test_an_address_that_is_not_free_is_refused_in_the_form(desk: Client, slug: str) -> None:
    page = PageFactory.create(slug="free")
    assert "Address" in change(desk, page, slug=slug)
    assert Page.objects.get(pk=page.pk).slug == "free"


def test_the_address_of_another_page_is_refused_even_in_the_trash(desk: Client) -> None:
    PageFactory.create(slug="taken", trashed=True)
    assert "has the address /taken/" in change(desk, PageFactory.create(slug="free"), slug="taken")


def test_a_page_cannot_stand_below_itself(desk: Client, about: Page) -> None:
    below = Page.objects.get(path="about/introduction/history")
    assert "cannot stand below itself" in change(desk, about, parent=below.pk)


def test_a_page_with_pages_below_it_stays_out_of_the_trash() -> None:
    page = PageFactory.create()
    PageFactory.create(parent=page)
    with pytest.raises(NotAllowed, match="pages below"):
        trash.move_to_trash(page, None)


def test_the_list_is_the_tree_with_state_and_next_step(desk: Client, about: Page) -> None:
    PageFactory.create(slug="zebra", position=1, title="Zebra")
    page = desk.get("/admin/institution/page/").content.decode()
    places = [
        page.index(f'<td class="field-stands_at">{path}</td>')
        for path in ("/about/", "/about/introduction/", "/about/introduction/history/", "/zebra/")
    ]
    assert places == sorted(places)
    assert "Next: submit for review" in page


@pytest.mark.parametrize("query", ["state=draft", "review=old", "q=introduction", "kind__exact=text", "mine=1"])
def test_the_list_is_narrowed(desk: Client, about: Page, query: str) -> None:
    assert desk.get(f"/admin/institution/page/?{query}").status_code == 200


def test_old_addresses_answer_before_the_tree_is_asked(client: Client) -> None:
    RedirectFactory.create(old_path="/rsis-publication/rsis/co18025-a/", new_path="/publications/")
    assert hops(client, "/rsis-publication/rsis/co18025-a") == [("/publications/", 301)]
    assert client.get("/nothing/of/the/kind/").status_code == 404


def test_a_missing_slash_is_added_where_there_is_something_and_nowhere_else(client: Client, about: Page) -> None:
    assert hops(client, "/about/introduction?a=b") == [("/about/introduction/?a=b", 301)]
    assert hops(client, "/publications") == [("/publications/", 301)]
    assert [
        client.get(address).status_code for address in ("/about/draft", "/about/nothing", "/wp-json/wp/v2/users")
    ] == [404] * 3


def test_nothing_is_posted_to_a_page(client: Client, about: Page) -> None:
    assert [client.post(address).status_code for address in ("/about/", "/about/nothing/", "/nothing")] == [
        405,
        404,
        404,
    ]
