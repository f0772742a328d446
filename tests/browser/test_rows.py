"""Lines of a newsletter on the desk: moved by buttons, by dragging, added and taken out."""

import pytest
from playwright.sync_api import Locator, Page, expect

from publications.models import Publication, Series
from tests.factories import (
    PASSWORD,
    BulletinItemFactory,
    NewsletterFactory,
    PublicationFactory,
    SeriesFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lines(page: Page) -> Locator:
    UserFactory.create(username="ed", is_staff=True, is_superuser=True)
    issue = PublicationFactory.create(
        title="Issue", series=SeriesFactory.create(shape=Series.Shape.NEWSLETTER), newsletter=NewsletterFactory.create()
    )
    for headline in ("First", "Second", "Third"):
        BulletinItemFactory.create(issue=issue, block="text", publication=None, headline=headline)
    page.goto("/admin/login/")
    page.fill("#id_username", "ed")
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    page.goto(f"/admin/publications/publication/{issue.pk}/change/")
    page.wait_for_selector("#cke_id_body .cke_editable")
    return page.locator("#bulletin_items-group")


def order(lines: Locator) -> list[str]:
    return [box.input_value() for box in lines.locator("[data-row]:not([hidden]) [name$='-headline']").all()]


def save(page: Page) -> list[str]:
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    return [item.headline for item in Publication.objects.get().bulletin_items.all()]


def test_lines_are_moved_by_the_keyboard_and_each_move_is_said(page: Page, lines: Locator) -> None:
    down = lines.locator("[data-row]").first.get_by_role("button", name="Down")
    down.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(lines.locator("[data-row-status]")).to_have_text("The line is now number 3 of 3.")
    assert order(lines) == ["Second", "Third", "First"]
    assert save(page) == ["Second", "Third", "First"]


def test_a_line_is_dragged_by_its_handle(page: Page, lines: Locator) -> None:
    rows = lines.locator("[data-row]")
    page.set_viewport_size({"width": 1280, "height": 4000})
    rows.nth(0).locator("legend").scroll_into_view_if_needed()
    rows.nth(2).locator(".row-handle").hover()
    page.mouse.down()
    for _twice in range(2):  # the first move begins the drag, the second is over the other line
        rows.nth(0).locator("legend").hover()
    page.mouse.up()
    assert order(lines) == ["Third", "First", "Second"]
    assert save(page) == ["Third", "First", "Second"]


def test_lines_are_added_and_taken_out(page: Page, lines: Locator) -> None:
    lines.locator("[data-row]").nth(1).get_by_role("button", name="Remove").click()
    lines.get_by_role("button", name="Add a line").click()
    new = lines.locator("[data-row]").last
    new.locator("select").select_option("text")
    new.locator("summary").click()
    new.locator("[name$='-headline']").fill("Fourth")
    assert save(page) == ["First", "Third", "Fourth"]
