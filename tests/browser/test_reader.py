"""The reader's side in a real browser: nothing loads from elsewhere unasked, and everything works without scripts."""

import gzip
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from editorial import held, renditions
from publications.models import Publication, ReaderResponse
from rsis import menu_seed
from tests.factories import (
    AppointmentFactory,
    AuthorshipFactory,
    CentreFactory,
    DocumentFactory,
    ImageFactory,
    NoticeFactory,
    PublicationFactory,
    RegionFactory,
    SeriesFactory,
    StaffProfileFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

BODY = (
    "<p>The strait is busy.<sup class='fn' data-note='Port statistics, table 4.'></sup></p>"
    "<h2>What has changed</h2><p>Ships have grown.<sup class='fn' data-note='Another count.'></sup></p>"
    "<blockquote class='pull'><p>A strait is a room.</p></blockquote>"
    "<table><thead><tr><th scope='col'>Layer</th><th scope='col'>Kept by</th></tr></thead>"
    "<tbody><tr><td>Buoys</td><td>Three states</td></tr></tbody></table>"
    "<h2>Conclusion</h2><p>Keep talking.</p>"
)


@pytest.fixture
def commentary() -> Publication:
    topic = TopicFactory.create(name="Maritime Security", slug="maritime-security")
    centre = CentreFactory.create(
        name="Institute of Straits", slug="institute-of-straits", description="<p>We look.</p>"
    )
    piece = PublicationFactory.create(
        published=True,
        series=SeriesFactory.create(commentary=True, synopsis_label="SYNOPSIS", body_label="COMMENTARY"),
        title="Quiet Rules for Crowded Straits and for the Ships That Are Too Long to Turn in Them",
        number="CO25059",
        synopsis="Small agreements keep ships apart.",
        body=BODY,
        image=ImageFactory.create(),
        document=DocumentFactory.create(),
        topics=[topic],
        regions=[RegionFactory.create(name="Southeast Asia and ASEAN", slug="southeast-asia-and-asean")],
        centres=[centre],
        tags=["shipping"],
    )
    renditions.make_due()
    signed = AuthorshipFactory.create(
        publication=piece, person__name="Đặng Thị Khánh Vân", printed_note="Đặng Thị Khánh Vân is a Senior Fellow."
    )
    AppointmentFactory.create(person=signed.person, centre=centre)
    StaffProfileFactory.create(
        person=signed.person, published=True, biography="<p>She reads charts.</p>"
    ).expertise.add(topic)
    NoticeFactory.create(publication=piece)
    return piece


PAGES = (
    "/",
    "/publications/",
    "/publications/?topic=maritime-security",
    "/publications/rsis-commentary-series/",
    "/topics/",
    "/topics/maritime-security/",
    "/regions/southeast-asia-and-asean/",
    "/tags/shipping/",
    "/people/",
    "/research/",
    "/research/institute-of-straits/",
    "/media/all/",
    "/accessibility/",
    "/privacy/",
    "/no-such-page/",
)


@pytest.mark.parametrize(
    "options",
    [{}, {"viewport": {"width": 320, "height": 800}}, {"color_scheme": "dark"}],
    ids=["wide", "narrow", "dark"],
)
def test_w1_axe_finds_nothing_on_any_kind_of_page(
    new_page: Callable[..., Page], commentary: Publication, options: dict[str, object], complaints: list[str]
) -> None:
    page, found = new_page(**options), {}
    for address in (*PAGES, commentary.get_absolute_url(), commentary.authorships.get().person.get_absolute_url()):
        page.goto(address)
        for violation in Axe().run(page).response["violations"]:
            found[address, violation["id"]] = [node["html"] for node in violation["nodes"]]
    assert found == {}
    assert [line for line in complaints if "404" not in line] == []
    complaints.clear()


def test_every_task_of_a_reader_works_without_scripts(new_page: Callable[..., Page], commentary: Publication) -> None:
    menu_seed.load()
    page = new_page(java_script_enabled=False)
    page.goto("/")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Publications", exact=True).click()
    page.select_option("[name=topic]", "maritime-security")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=commentary.title).click()
    expect(page.locator("h1")).to_have_text(f"CO25059 | {commentary.title}")
    page.locator("sup a").first.click()
    expect(page.locator(".notes li:target")).to_contain_text("Port statistics, table 4.")
    page.locator(".notes li:target").get_by_role("link").click()
    assert page.evaluate("document.querySelector(':target').closest('p').textContent").startswith("The strait is busy.")
    page.get_by_role("navigation", name="Contents").get_by_role("link", name="Conclusion").click()
    expect(page.locator(":target")).to_have_text("Conclusion")
    page.get_by_text("Write a response").click()
    page.get_by_label("Your name").fill("A Reader")
    page.get_by_label("Your e-mail address").fill("reader@example.org")
    page.get_by_label("Your response").fill("I have sailed there.")
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        page.get_by_role("button", name="Send to the editors").click()
        expect(page.get_by_role("status").first).to_contain_text("An editor will read your response")
    page.get_by_role("link", name=commentary.title).last.click()
    assert [(one.name, one.verdict) for one in ReaderResponse.objects.all()] == [("A Reader", "waiting")]
    page.get_by_role("link", name="Đặng Thị Khánh Vân").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đặng Thị Khánh Vân")


def test_a_player_of_another_service_loads_only_on_a_click(page: Page, complaints: list[str]) -> None:
    piece = PublicationFactory.create(
        published=True,
        series=SeriesFactory.create(media=True),
        title="A Conversation",
        media_url="https://www.youtube.com/watch?v=abc123",
    )
    page.goto(piece.get_absolute_url())
    expect(page.locator("iframe")).to_have_count(0)
    assert complaints == []
    with page.expect_event("requestfailed"):  # the request that cannot be made here
        page.get_by_role("button", name="Play here").click()
    expect(page.locator("iframe")).to_have_attribute("title", "A Conversation")
    address = "https://www.youtube-nocookie.com/embed/abc123?autoplay=1"
    expect(page.locator("iframe")).to_have_attribute("src", address)
    assert complaints[0] == f"left the site: {address}"
    complaints.clear()


def test_disqus_is_off_and_where_it_is_on_it_loads_only_on_a_click(
    page: Page, settings: Settings, commentary: Publication, complaints: list[str]
) -> None:
    page.goto(commentary.get_absolute_url())
    expect(page.get_by_text("Write a response")).to_be_visible()
    assert "disqus" not in page.content().casefold()
    settings.DISQUS_SHORTNAME = "rsis-example"
    held.forget()  # as a server does that is started with another setting
    page.goto(commentary.get_absolute_url())
    expect(page.get_by_text("Write a response")).to_have_count(0)
    assert complaints == []
    with page.expect_event("console"):  # the request that cannot be made here
        page.get_by_role("button", name="Load the discussion at Disqus").click()
    expect(page.locator("#disqus_thread")).to_have_count(1)
    assert complaints[0] == "left the site: https://rsis-example.disqus.com/embed.js"
    complaints.clear()


def test_light_and_dark_are_remembered(page: Page, commentary: Publication) -> None:
    page.goto("/")
    page.get_by_role("button", name="Dark").click()
    page.goto(commentary.get_absolute_url())
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Light")).to_be_visible()


def test_paper_gets_the_text_and_its_address_and_no_chrome(
    page: Page, settings: Settings, commentary: Publication
) -> None:
    page.goto(commentary.get_absolute_url())
    page.emulate_media(media="print")
    shown = {
        name: page.locator(selector).first.is_visible()
        for name, selector in {
            "title": "h1", "byline": ".authors", "date": ".title-block time", "text": ".prose", "notes": ".notes",
            "address": ".print-only", "sections": ".masthead .strip", "footer": ".footer", "actions": ".actions",
            "contents": ".rail", "sidebar": ".aside", "responses": ".responses",
        }.items()
    }  # fmt: skip
    paper = {"title", "byline", "date", "text", "notes", "address"}
    assert {name for name, is_shown in shown.items() if is_shown} == paper
    assert page.locator(".print-only").text_content() == settings.SITE_URL + commentary.get_absolute_url()


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440, 1920])
def test_no_page_scrolls_sideways(new_page: Callable[..., Page], commentary: Publication, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 900})
    widths = {}
    for address in ("/", "/publications/", "/people/", commentary.get_absolute_url()):
        page.goto(address)
        widths[address] = page.evaluate("document.scrollingElement.scrollWidth")
    assert widths == dict.fromkeys(widths, width)


def test_the_first_view_of_an_article_is_small(page: Page, commentary: Publication) -> None:
    menu_seed.load()
    sizes: dict[str, int] = {}
    page.on(
        "response",
        lambda answer: (
            sizes.update({answer.url: len(gzip.compress(answer.body()))})
            if not re.search(r"/files/|image", answer.url + answer.headers.get("content-type", ""))
            else None
        ),
    )
    page.goto(commentary.get_absolute_url(), wait_until="networkidle")
    assert len(sizes) == 3  # the page, a style sheet, a script
    assert sum(sizes.values()) <= 30 * 1024  # as sent, with the whole menu; 60 KB are allowed
