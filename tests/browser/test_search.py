"""Searching in a real browser, on the smallest screen and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rsis.models import UnansweredSearch
from tests.factories import PublicationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_searches_from_any_page(new_page: Callable[..., Page], scripts: bool) -> None:
    PublicationFactory.create(published=True, title="Quiet Rules for Straits", body="<p>Ships keep apart.</p>")
    page = new_page(java_script_enabled=scripts, viewport={"width": 320, "height": 700})
    page.goto("/privacy/")
    box = page.get_by_role("searchbox", name="Search publications, people and centres")
    box.fill("ship")
    box.press("Enter")
    expect(page.get_by_role("link", name="Quiet Rules for Straits")).to_be_visible()
    expect(page.locator("mark")).to_have_text(["Ships"])
    width = page.locator("html").bounding_box()
    assert width is not None
    assert width["width"] <= 320
    page.get_by_role("searchbox", name="Search publications, people and centres").fill("submarines")
    page.get_by_role("button", name="Search").first.click()
    expect(page.get_by_text("Nothing was found for “submarines”.")).to_be_visible()
    assert list(UnansweredSearch.objects.values_list("words", "times")) == [("submarines", 1)]
    page.goto("/search/?q=submersibles")
    assert UnansweredSearch.objects.count() == 1
