"""The desk on a narrow screen: a head of one line with a button for the rest, and tables as slips."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from editorial.models import User
from tests.factories import FeedbackFactory, PublicationFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

PUBLICATIONS = "/admin/publications/publication/"
TOUCH = 44  # pixels


@pytest.fixture
def phone(new_page: Callable[..., Page], live_server: LiveServer, client: Client) -> Callable[..., Page]:
    """Somebody of the desk, signed in, on a telephone."""

    def open_page(user: User, **options: object) -> Page:
        client.force_login(user)
        page = new_page(**{"viewport": {"width": 390, "height": 844}, **options})
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return page

    return open_page


@pytest.fixture
def admin() -> User:
    return UserFactory.create(is_staff=True, is_superuser=True)


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_head_of_the_desk_is_one_line_that_names_the_section(
    phone: Callable[..., Page], admin: User, width: int
) -> None:
    page = phone(admin, viewport={"width": width, "height": 844})
    page.goto(f"{PUBLICATIONS}{PublicationFactory.create().pk}/change/")
    head = page.locator("#header")
    assert head.evaluate("head => head.offsetHeight") == 65
    assert head.inner_text().split("\n")[-2:] == ["Publications", "Menu"]
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_button_and_everything_behind_it_are_large_enough_for_a_thumb(
    phone: Callable[..., Page], admin: User
) -> None:
    page = phone(admin)
    page.goto("/admin/")
    page.get_by_role("button", name="Menu").click()
    targets = page.locator("#header > button, #desk-menu a, #desk-menu button")
    heights = targets.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert len(heights) == 17  # the button, eleven lists, five tools
    assert [height for height in heights if height < TOUCH] == []


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_the_menu_opens_and_closes_by_keyboard_and_moves_nothing(
    phone: Callable[..., Page], admin: User, java_script_enabled: bool
) -> None:
    page = phone(admin, java_script_enabled=java_script_enabled)
    page.goto(PUBLICATIONS)
    heading, button, menu = (
        page.locator("#content h1"),
        page.get_by_role("button", name="Menu"),
        page.locator("#desk-menu"),
    )
    place = heading.bounding_box()
    expect(menu).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Publications").and_(page.locator("#desk-menu a"))).to_be_focused()
    assert page.locator("#desk-menu a:focus").evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    assert heading.bounding_box() == place
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()


def test_the_menu_shows_the_lists_somebody_may_open_and_marks_the_nearest(phone: Callable[..., Page]) -> None:
    editor = UserFactory.create(is_staff=True)
    rights = ("view_publication", "view_image")
    editor.user_permissions.set(Permission.objects.filter(codename__in=rights))
    page = phone(editor)
    page.goto(f"{PUBLICATIONS}coming-up/")
    page.get_by_role("button", name="Menu").click()
    assert page.locator("#desk-menu nav a").all_inner_texts() == ["Publications", "Coming up", "Images"]
    expect(page.locator("#desk-menu [aria-current]")).to_have_text("Coming up")


def test_on_a_wide_screen_the_menu_lies_open_without_a_button(phone: Callable[..., Page], admin: User) -> None:
    page = phone(admin, viewport={"width": 1440, "height": 900})
    page.goto(PUBLICATIONS)
    expect(page.get_by_role("link", name="Subscribers")).to_be_visible()
    expect(page.get_by_role("link", name="View site")).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()


@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
def test_w1_axe_finds_nothing_in_the_open_menu(phone: Callable[..., Page], admin: User, colour_scheme: str) -> None:
    page = phone(admin, color_scheme=colour_scheme)
    page.goto(PUBLICATIONS)
    page.get_by_role("button", name="Menu").click()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert [(issue["id"], [node["html"] for node in issue["nodes"]]) for issue in found.response["violations"]] == []


HEADS = (
    """() => [...document.querySelectorAll("td[data-head]")].map(cell => getComputedStyle(cell, "::before").content)"""
)


@pytest.mark.parametrize(("width", "heads"), [(390, ['"Wants an answer: "']), (1440, [])])
def test_a_mark_that_says_nothing_alone_takes_the_head_of_its_column_along(
    phone: Callable[..., Page], admin: User, width: int, heads: list[str]
) -> None:
    FeedbackFactory.create(rating=5)
    page = phone(admin, viewport={"width": width, "height": 900})
    page.goto("/admin/contact/feedback/")
    assert page.evaluate(HEADS) == heads


@pytest.mark.parametrize(
    ("width", "heads", "display"),
    [(390, ['"Deleted: "', '"Deleted for good: "'], "grid"), (1440, ["none", "none"], "table-row")],
)
def test_what_lies_in_the_trash_is_a_slip_each_on_a_phone(
    phone: Callable[..., Page], admin: User, width: int, heads: list[str], display: str
) -> None:
    PublicationFactory.create(title="A Title of Many Words " * 6, deleted_at=timezone.now())
    page = phone(admin, viewport={"width": width, "height": 900})
    page.goto(f"{PUBLICATIONS}trash/")
    assert page.evaluate(HEADS) == heads
    assert page.locator("tbody tr").evaluate("row => getComputedStyle(row).display") == display
    assert page.evaluate("document.documentElement.scrollWidth") == width
