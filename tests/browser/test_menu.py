"""The menu in a real browser: two looks of one list, by mouse, by keyboard and without scripts."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from rsis.models import SiteSettings
from tests import stand_ins
from tests.menu_nodes import NODES

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture(autouse=True)
def seeded(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.stand_ins"
    stand_ins.fill()


def menu(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Sections")


def opener(page: Page, section: str) -> Locator:
    return page.locator(".section", has=page.get_by_role("link", name=section, exact=True)).locator(
        "> details > summary"
    )


def shown(page: Page) -> list[str]:
    """Labels that can be seen now, in their order."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('nav.menu li > a')].filter((one) => one.checkVisibility()).map((one) => one.textContent)"
    )
    return found


def below(number: str, level: int) -> list[str]:
    return [label for _number, at, label, above in NODES if above == number and at == level]


SECTIONS = [label for _number, level, label, _above in NODES if level == 1]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_s03_a_wide_screen_opens_one_section_at_a_time_with_all_its_columns(
    new_page: Callable[..., Page], scripts: bool
) -> None:
    page = new_page(java_script_enabled=scripts)
    page.goto("/privacy/")
    assert shown(page) == SECTIONS
    for number, section in (("N57", "Publications"), ("N21", "Research")):
        opener(page, section).click()
        within = [
            label for _n, level, label, above in NODES if above == number or (level == 3 and above in UNDER[number])
        ]
        at = SECTIONS.index(section) + 1
        assert shown(page) == SECTIONS[:at] + within + SECTIONS[at:]
    page.get_by_role("link", name="Institute of Defence and Strategic Studies (IDSS)").click()
    expect(page.locator("h1")).to_have_text("Institute of Defence and Strategic Studies (IDSS)")
    expect(menu(page).get_by_role("link", name="Research", exact=True)).to_have_attribute("aria-current", "true")


UNDER = {
    number: [other for other, level, _label, above in NODES if above == number and level == 2]
    for number, *_rest in NODES
}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_s01_s02_a_phone_drills_down_three_levels_and_back(new_page: Callable[..., Page], scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts, **PHONE)
    page.goto("/privacy/")
    assert shown(page) == []
    page.get_by_text("Menu", exact=True).click()
    assert shown(page) == SECTIONS
    opener(page, "About RSIS").click()
    assert shown(page) == ["About RSIS", *below("N01", 2)]
    page.locator(".group", has=page.get_by_role("link", name="Staff Profiles")).locator("> details > summary").click()
    assert shown(page) == ["Staff Profiles", *below("N11", 3)]
    page.get_by_text("Back", exact=True).locator("visible=true").click()
    assert shown(page) == ["About RSIS", *below("N01", 2)]
    page.get_by_text("Back", exact=True).locator("visible=true").click()
    assert shown(page) == SECTIONS
    assert page.evaluate("document.scrollingElement.scrollWidth") == 390


def test_the_keyboard_goes_everywhere_in_the_wide_menu(page: Page) -> None:
    page.goto("/privacy/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    menu(page).get_by_role("link", name="Outreach", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    expect(opener(page, "Graduate Education")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(menu(page).get_by_role("link", name="Global Networks", exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(menu(page).get_by_role("link", name="About Global Networks")).to_be_focused()
    page.keyboard.press("End")
    expect(menu(page).get_by_role("link", name="International Strategy Forum-Asia (ISF-Asia)")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener(page, "Outreach")).to_be_focused()
    assert shown(page) == SECTIONS
    page.keyboard.press("Enter")
    assert len(shown(page)) == 8 + 3 + 10
    page.keyboard.press("Tab")
    expect(menu(page).get_by_role("link", name="Global Networks", exact=True)).to_be_focused()
    menu(page).get_by_role("link", name="Media", exact=True).focus()
    assert shown(page) == SECTIONS
    opener(page, "Media").press("Enter")
    page.mouse.click(640, 700)
    assert shown(page) == SECTIONS


def test_the_keyboard_goes_down_and_back_on_a_narrow_screen(new_page: Callable[..., Page]) -> None:
    page = new_page(**PHONE)
    page.goto("/privacy/")
    page.locator(".drawer > summary").press("Enter")
    page.keyboard.press("ArrowDown")
    expect(menu(page).get_by_role("link", name="About RSIS")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert shown(page)[:2] == ["About RSIS", "Introduction"]
    page.keyboard.press("Escape")
    assert shown(page) == SECTIONS
    expect(opener(page, "About RSIS")).to_be_focused()
    page.keyboard.press("Escape")
    assert shown(page) == []


@pytest.mark.parametrize(
    "options",
    [{}, PHONE, {"color_scheme": "dark"}, {**PHONE, "color_scheme": "dark"}],
    ids=["wide", "phone", "dark", "dark phone"],
)
def test_axe_finds_nothing_in_what_is_open(new_page: Callable[..., Page], options: dict[str, object]) -> None:
    SiteSettings.objects.update(counter_url="https://count.example.org/script.js")
    page, found = new_page(**options), {}
    for address in ("/menu/", "/feeds/", "/cookies/", "/publications/in-house/", "/publications/for-the-year/"):
        page.goto(address)
        if "viewport" in options:
            page.locator(".drawer > summary").click()
        opener(page, "Publications").click()
        for violation in Axe().run(page).response["violations"]:
            found[address, violation["id"]] = [node["html"] for node in violation["nodes"]]
        page.locator(".connect > summary").click()
        for violation in Axe().run(page, ".connect").response["violations"]:
            found[address, violation["id"]] = [node["html"] for node in violation["nodes"]]
    assert found == {}


def test_a_choice_about_cookies_needs_no_script(new_page: Callable[..., Page]) -> None:
    SiteSettings.objects.update(counter_url="https://count.example.org/script.js")
    page = new_page(java_script_enabled=False)
    page.goto("/accessibility/")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("h1")).to_have_text("Accessibility")
    expect(page.get_by_text("May we count your visit?")).to_have_count(0)
    page.get_by_role("link", name="Your choice about cookies").click()
    expect(page.get_by_text("You rejected the counter; nothing is counted.")).to_be_visible()
