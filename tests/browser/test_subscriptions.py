"""The whole round of a subscriber in a browser without scripts: choose, look, sign up, confirm, arrange, leave."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from editorial import forms
from subscriptions.links import unsubscribe_url
from subscriptions.models import Subscriber, Subscription
from tests.factories import PublicationFactory, TopicFactory
from tests.subscriptions.signing import letters_to, link_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_whole_round_without_scripts(
    new_page: Callable[..., Page], live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "SOONEST", 0)
    topic = TopicFactory.create(name="Maritime Security")
    PublicationFactory.create(published=True, title="Straits and Cables", topics=[topic])
    page = new_page(java_script_enabled=False)
    page.goto(f"{live_server.url}{topic.get_absolute_url()}")
    page.get_by_role("navigation", name="Follow this list").get_by_role("link", name="E-mail").click()
    expect(page.get_by_label("Maritime Security")).to_be_checked()
    page.get_by_label("RSIS Events").check()
    page.get_by_label("Every week").check()
    page.get_by_label("Your e-mail address").fill("mei@example.org")
    page.get_by_role("button", name="What would have come lately?").click()
    expect(page.get_by_role("link", name="Straits and Cables")).to_have_count(1)
    expect(page.get_by_label("Every week")).to_be_checked()
    page.get_by_role("button", name="Subscribe", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("one step is left")

    page.goto(live_server.url + link_of(letters_to()[0]))
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not subscribed yet")
    page.get_by_role("button", name="Yes, subscribe me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are subscribed")
    page.get_by_role("link", name="Your subscriptions").click()
    page.get_by_label("Maritime Security").select_option("once")
    page.get_by_label("Pause all letters").select_option("4")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")

    mei = Subscriber.objects.get()
    page.goto(live_server.url + "/" + unsubscribe_url(mei, "events").split("/", 3)[3])
    page.get_by_role("button", name="Leave this list").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have left")
    page.get_by_role("button", name="Leave all lists").click()
    expect(page.get_by_role("status")).to_contain_text("No more letters from RSIS lists")
    assert list(Subscription.objects.filter(is_active=True)) == []
