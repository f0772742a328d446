"""The feedback form in a real browser: with scripts it counts as one types, without them it works all the same."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from contact.models import Feedback
from editorial import forms

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_counter_follows_every_letter_and_says_when_it_is_too_much(page: Page) -> None:
    page.goto("/feedback/?from=/people/")
    liked = page.get_by_label("What did you like?")
    counter, said = page.locator("#feedback-liked-count"), page.locator('[data-said-of="feedback-liked"]')
    expect(counter).to_have_text("0/255 characters")
    liked.fill("Notes 😀")
    expect(counter).to_have_text("7/255 characters")
    expect(said).to_have_text("7 of 255 characters")
    liked.fill("a" * 260)
    expect(counter).to_have_text("260/255 characters")
    expect(said).to_have_text("5 characters too many")


def test_the_form_is_filled_in_and_sent(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "SOONEST", 0)  # nobody is as fast as this test
    page.goto("/feedback/?from=/people/")
    page.get_by_role("radio", name="4").check()
    page.get_by_label("What can be improved?").fill("More maps.")
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_text("Thank you for your feedback.")).to_be_visible()
    assert list(Feedback.objects.values_list("rating", "improve", "page")) == [(4, "More maps.", "/people/")]


def test_without_scripts_the_limit_is_told_by_the_server_and_nothing_is_cleared(
    new_page: Callable[..., Page], complaints: list[str]
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/feedback/")
    page.get_by_role("radio", name="2").check()
    page.get_by_label("What did you like?").fill("a" * 256)
    page.get_by_label("Your email").fill("mei@")
    page.get_by_role("button", name="Send feedback").click()
    expect(page.get_by_role("alert")).to_contain_text("Please enter a valid email.")
    expect(page.get_by_role("alert")).to_contain_text("this is 256")
    expect(page.get_by_role("radio", name="2")).to_be_checked()
    expect(page.get_by_label("What did you like?")).to_have_value("a" * 256)
    assert Feedback.objects.count() == 0
    complaints.clear()  # the browser notes the status 422
