"""Every hostile text, cleaned, in a real browser without any policy: nothing may run, load or cover."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from editorial.html import clean
from tests.editorial.test_html import HOSTILE

WRAPPED = (
    "{}",
    "<p>{}",
    "<table><tr><td>{}",
    "<blockquote><b>{}</b>",
    '<div title="{}">',
    "<svg>{}",
    "<textarea>{}",
    "<!-- {} -->",
)

ALARM = """
window.alarms = [];
window.alert = text => window.alarms.push("alert " + text);
window.addEventListener("error", event => window.alarms.push("error " + event.message), true);
"""


@pytest.mark.parametrize("wrap", WRAPPED)
def test_x5_nothing_hostile_runs_without_the_help_of_a_policy(
    new_page: Callable[..., Page], complaints: list[str], wrap: str
) -> None:
    page = new_page(bypass_csp=True)
    page.add_init_script(ALARM)
    page.goto("about:blank")
    cleaned = [clean(wrap.format(text)) for text in HOSTILE]
    page.set_content("<!doctype html><main>" + "<hr>".join(cleaned) + "</main>")
    page.evaluate(
        "document.querySelectorAll('main *').forEach(one => { one.dispatchEvent(new Event('mouseover')); one.focus?.(); })"
    )
    for link in page.query_selector_all("main a[href]"):
        assert str(link.get_attribute("href")).startswith(("https:", "http:", "mailto:", "tel:", "/", "#"))
    assert page.evaluate("window.alarms") == []
    assert (
        page.locator(
            "main :is(script, style, iframe, object, embed, form, input, svg, math, img, template, base, link, meta)"
        ).count()
        == 0
    )
    fixed = "[...document.querySelectorAll('main *')].filter(one => getComputedStyle(one).position !== 'static').length"
    assert page.evaluate(fixed) == 0
    assert complaints == []


@pytest.mark.parametrize("wrap", WRAPPED)
def test_x5_cleaning_hostile_text_twice_changes_nothing(wrap: str) -> None:
    once = [clean(wrap.format(text)) for text in HOSTILE]
    assert [clean(str(text)) for text in once] == once
