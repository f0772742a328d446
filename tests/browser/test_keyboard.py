"""W2: every page by the keyboard alone. Nothing asks the outside and the console stays empty: `new_page` sees to that."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from publications.models import Publication
from rsis import menu_seed
from tests.event_factories import EventFactory
from tests.factories import AuthorshipFactory, CentreFactory, PublicationFactory, SeriesFactory, TopicFactory

pytestmark = pytest.mark.django_db(transaction=True)

# Numbers whatever Tab has to reach, and notes how it looks while it has no focus.
SURVEY = """() => {
    const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex]";
    const isOfArrows = one => one.type === "radio" && !one.checked;  // Tab stops at the one that is chosen
    const isReachable = one => one.tabIndex >= 0 && !one.disabled && !isOfArrows(one)
        && one.checkVisibility({visibilityProperty: true});
    window.look = one => {
        const style = getComputedStyle(one);
        return [style.outline, style.boxShadow, style.backgroundColor, style.borderColor, style.textDecoration].join();
    };
    window.stops = [...document.querySelectorAll(wanted)].filter(isReachable);
    window.looks = window.stops.map(window.look);
    return window.stops.map(one => one.outerHTML.slice(0, 120));
}"""
# Where the focus is: its number, whether it shows, and whether something lies upon it.
FOCUS = """() => {
    const one = document.activeElement, number = window.stops.indexOf(one);
    if (number < 0) return null;
    const box = one.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const isOnTop = top && (one.contains(top) || top.contains(one));
    return {number, isMarked: window.looks[number] !== window.look(one), isOnTop: Boolean(isOnTop)};
}"""
WORDS = "document.querySelector('main').innerText.trim().split(/\\s+/)"

# Buttons for what no page can do by itself; the address and the browser's own menu do the same.
ONLY_BY_SCRIPT = {"Copy", "Print"}


@pytest.fixture
def addresses() -> list[str]:
    """One page of each kind, with the whole menu."""
    menu_seed.load()
    topic, centre = TopicFactory.create(), CentreFactory.create()
    piece: Publication = PublicationFactory.create(
        published=True, series=SeriesFactory.create(commentary=True), topics=[topic], centres=[centre]
    )
    person = AuthorshipFactory.create(publication=piece).person
    event = EventFactory.create(published=True)
    shown = (piece, person, event, topic, centre, piece.series)
    plain = (
        "/",
        "/publications/",
        "/search/?q=sea",
        "/people/",
        "/research/",
        "/events/",
        "/subscribe/",
        "/accessibility/",
    )
    return [*plain, *(one.get_absolute_url() for one in shown)]


def test_w2_tab_reaches_everything_in_sight_and_shows_where_it_is(
    new_page: Callable[..., Page], addresses: list[str]
) -> None:
    page = new_page(reduced_motion="reduce")  # or pages would still be on their way to what has the focus
    trouble: dict[str, list[str]] = {}
    for address in addresses:
        page.goto(address)
        stops: list[str] = page.evaluate(SURVEY)
        seen: set[int] = set()
        for _press in stops:
            page.keyboard.press("Tab")
            focus = page.evaluate(FOCUS)
            if focus is None:
                break
            seen.add(focus["number"])
            for flaw in ("isMarked", "isOnTop"):
                if not focus[flaw]:
                    trouble.setdefault(f"{address} not {flaw}", []).append(stops[focus["number"]])
        if missed := [stop for number, stop in enumerate(stops) if number not in seen]:
            trouble[f"{address} never reached"] = missed
    assert trouble == {}


def test_w2_the_first_stop_leads_past_the_menu(page: Page, addresses: list[str]) -> None:
    arrived = {}
    for address in addresses:
        page.goto(address)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        arrived[address] = page.evaluate("Boolean(document.activeElement.closest('main, footer'))")
    assert arrived == dict.fromkeys(addresses, True)


def test_w2_the_whole_page_is_there_without_scripts(new_page: Callable[..., Page], addresses: list[str]) -> None:
    with_scripts, without = new_page(), new_page(java_script_enabled=False)
    missing = {}
    for address in addresses:
        with_scripts.goto(address)
        without.goto(address)
        if lost := set(with_scripts.evaluate(WORDS)) - set(without.evaluate(WORDS)) - ONLY_BY_SCRIPT:
            missing[address] = sorted(lost)
    assert missing == {}
