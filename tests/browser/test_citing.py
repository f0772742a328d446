"""The box that says how to cite a piece, in a browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.factories import PersonFactory, PublicationFactory, SeriesFactory

pytestmark = pytest.mark.django_db(transaction=True)


def address_of_a_piece() -> str:
    author = PersonFactory.create(name="Goh Kah Leong", family_name="Goh", given_names="Kah Leong")
    series = SeriesFactory.create(commentary=True)
    piece = PublicationFactory.create(
        published=True, series=series, title="</script><b>Quiet Rules", slug="quiet", number="CO25059", authors=[author]
    )
    return piece.get_absolute_url()


def test_sch_1_the_policy_lets_the_data_block_be_and_a_hostile_title_stays_inside_it(page: Page) -> None:
    page.goto(address_of_a_piece())
    block = page.locator('script[type="application/ld+json"]')
    assert block.count() == 1
    names = block.evaluate("element => JSON.parse(element.textContent)['@graph'].map(node => node['@type'])")
    assert names == ["OpinionNewsArticle", "BreadcrumbList"]
    assert page.locator("h1 b").count() == 0


def test_a_reference_is_copied_with_one_press(new_page: Callable[..., Page]) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(address_of_a_piece())
    page.get_by_role("button", name="Copy APA").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Goh, K. L. (")
    assert copied.endswith("/publications/rsis-commentary-series/quiet/")


def test_the_references_are_there_without_scripts(new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(address_of_a_piece())
    box = page.get_by_role("region", name="Cite this")
    assert re.findall(r"Goh,? K", box.inner_text()) == ["Goh, K", "Goh K", "Goh K", "Goh, K"]
    assert box.get_by_role("button").count() == 0
    with page.expect_download() as download:
        box.get_by_role("link", name="BibTeX").click()
    assert download.value.suggested_filename == "CO25059.bib"
