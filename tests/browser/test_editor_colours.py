"""The rich text editor wears the colours of the desk, whether the system or the desk's own switch chose them."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.factories import PublicationFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

EDITABLE = "#cke_id_body .cke_editable"
BODY = (
    "<h2>Heading</h2><p>Words, a <a href='/x'>link</a> and a note<sup class='fn' data-note='n'></sup>.</p>"
    "<blockquote class='pull'><p>Pulled out.</p></blockquote>"
    "<table><caption>Trade</caption><thead><tr><th scope='col'>Year</th></tr></thead><tbody><tr><td>2024</td></tr></tbody></table>"
)
LIGHT = {"text": "rgb(253, 252, 249)", "toolbar": "rgb(244, 241, 234)", "icons": "none"}
DARK = {"text": "rgb(21, 20, 19)", "toolbar": "rgb(36, 34, 32)", "icons": "invert(0.9) hue-rotate(180deg)"}
COLOURS = """() => {
    const style = selector => getComputedStyle(document.querySelector(`#cke_id_body ${selector}`));
    return {
        text: style(".cke_editable").backgroundColor,
        toolbar: style(".cke_top").backgroundColor,
        icons: style(".cke_button_icon").filter,
    };
}"""


@pytest.fixture
def open_editor(
    new_page: Callable[..., Page], live_server: LiveServer, client: Client
) -> Callable[[str, str | None], Page]:
    """A piece in its form, on a system of one colour scheme, with what the desk's switch was set to."""
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    piece = PublicationFactory.create(body=BODY)

    def open_page(system: str, chosen: str | None = None) -> Page:
        page = new_page(color_scheme=system)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        if chosen:
            page.add_init_script(f"localStorage.setItem('theme', '{chosen}')")
        page.goto(f"/admin/publications/publication/{piece.pk}/change/")
        page.wait_for_selector(EDITABLE)
        return page

    return open_page


@pytest.mark.parametrize(
    ("system", "chosen", "colours"),
    [
        ("light", None, LIGHT),
        ("dark", None, DARK),
        ("light", "dark", DARK),
        ("dark", "light", LIGHT),
        ("dark", "auto", DARK),
    ],
)
def test_the_editing_area_and_its_toolbar_follow_the_theme_of_the_desk(
    open_editor: Callable[..., Page], system: str, chosen: str | None, colours: dict[str, str]
) -> None:
    assert open_editor(system, chosen).evaluate(COLOURS) == colours


@pytest.mark.parametrize("system", ["light", "dark"])
def test_w1_text_toolbar_and_a_dialog_have_the_contrast_that_reading_takes(
    open_editor: Callable[..., Page], system: str
) -> None:
    page, found = open_editor(system), {}
    for button, part in (("", "#cke_id_body"), ("link", ".cke_dialog"), ("find", ".cke_dialog")):
        if button:
            page.locator(f"#cke_id_body .cke_button__{button}").click()
            page.locator(f"{part}:visible").wait_for()
        result = Axe().run(page, part, {"runOnly": ["color-contrast"]}).response
        assert len(result["passes"]) == 1  # it found something to measure
        found[button] = [node["html"] for issue in result["violations"] for node in issue["nodes"]]
        if button:
            page.locator(f"{part}:visible .cke_dialog_close_button").click()
    assert found == {"": [], "link": [], "find": []}
