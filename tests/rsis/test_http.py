"""What caches and crawlers may rely on: RFC 9110 as far as a reader's programs notice."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from editorial import redirects, renditions
from publications.models import Publication, Series
from tests.factories import (
    AuthorshipFactory,
    CentreFactory,
    DocumentFactory,
    ImageFactory,
    NoticeFactory,
    PersonFactory,
    PublicationFactory,
    ReaderResponseFactory,
    RegionFactory,
    SeriesFactory,
    SlotFactory,
    StaffProfileFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
# Its token and its time make every copy of the form another, so it is never kept.
FORM = "/publications/rsis-commentary-series/item/respond/"


@pytest.fixture
def library() -> Publication:
    """A small site on which every kind of public page exists and is linked."""
    topic, region, centre = TopicFactory.create(slug="t"), RegionFactory.create(slug="r"), CentreFactory.create()
    for family in (Series.Family.EXTERNAL, Series.Family.MEDIA):
        PublicationFactory.create(published=True, series=SeriesFactory.create(family=family), tags=["sea"])
    PublicationFactory.create(withdrawn=True, title="Stone", number="CO25001")
    person = PersonFactory.create()
    StaffProfileFactory.create(published=True, person=person)
    piece: Publication = PublicationFactory.create(
        published=True,
        slug="item",
        number="CO25059",
        series=SeriesFactory.create(commentary=True),
        image=ImageFactory.create(),
        document=DocumentFactory.create(),
        body="<p>Words.<sup class='fn' data-note='A note.'></sup></p>",
        topics=[topic],
        regions=[region],
        centres=[centre],
        tags=["sea"],
    )
    renditions.order(piece.image)
    renditions.make_due(limit=20)
    AuthorshipFactory.create(publication=piece, person=person)
    NoticeFactory.create(publication=piece)
    ReaderResponseFactory.create(publication=piece, verdict="approved")
    SlotFactory.create(publication=piece)
    return piece


def let_go(response: Any) -> None:
    """Close the file it would have sent. Not `close()`, which ends the connection to the database as well."""
    for close in response._resource_closers:
        close()


def crawl(client: Client) -> list[str]:
    """Every address that links, feeds or sitemaps lead to, from the home page and robots.txt on."""
    seen, waiting = set(), ["/", "/robots.txt", "/.well-known/security.txt", "/news-sitemap.xml", "/nothing-here/"]
    while waiting:
        address = waiting.pop().partition("?from=")[0]  # the same form, whatever page led to it
        if address in seen or address.startswith(("/static/", "/admin/")):
            continue
        seen.add(address)
        response = client.get(address)
        text = "" if response.streaming else response.content.decode()
        let_go(response)
        found = re.findall(r'(?:href|src|action)="([^"]+)"|<loc>([^<]+)|^Sitemap: (.+)$', text, re.MULTILINE)
        for one in (part.replace("&amp;", "&").partition("#")[0] for group in found for part in group if part):
            local = one.removeprefix(SITE)
            if local.startswith("/") and not local.startswith("//"):
                waiting.append(local)
    return sorted(seen)


def rule(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*"))


def may_follow(robots: str, address: str) -> bool:
    """By RFC 9309: the longest rule that fits decides."""
    rules = re.findall(r"^(Allow|Disallow): (\S+)$", robots, re.MULTILINE)
    fitting = [(len(pattern), word) for word, pattern in rules if rule(pattern).match(address)]
    return not fitting or max(fitting)[1] == "Allow"


def everything() -> dict[str, list[Any]]:
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in apps.get_models()}


def test_htp_1_no_public_address_changes_the_database_when_read(client: Client, library: Publication) -> None:
    ContentType.objects.get_for_model(Publication)
    addresses = crawl(client)
    assert {"/people/", library.get_file_url(), FORM, "/topics/t/feed.json", "/sitemap.xml"} <= set(addresses)
    before = everything()
    for address in addresses:
        for ask in (client.get, client.head, client.get, client.head):
            let_go(ask(address))
    assert everything() == before


def test_htp_1_head_answers_as_get_does_without_a_body(client: Client, library: Publication) -> None:
    for address in crawl(client):
        got, asked = client.get(address), client.head(address)
        assert (asked.status_code, asked.get("Content-Type"), asked.getvalue()) == (
            got.status_code,
            got.get("Content-Type"),
            b"",
        ), address
        let_go(got)
        let_go(asked)


def test_htp_2_every_page_feed_and_file_is_known_again_and_the_same_for_everybody(library: Publication) -> None:
    for address in crawl(Client()):
        is_form = address.partition("?")[0] in (FORM, "/contact/", "/feedback/", "/subscribe/") or address.endswith(
            "/enquiry/"
        )
        if is_form or address.startswith("/files/") or "/export." in address:
            continue  # a form is never kept, a rendition for ever, and an export is written while it is read
        first, second = Client().get(address), Client(headers={"Accept-Encoding": "gzip"}).get(address)
        let_go(second)
        if first.status_code != 200:
            let_go(first)
            continue
        body = first.getvalue()
        assert Client(headers={"Cookie": "session=x; csrf=y"}).get(address).getvalue() == body, address
        assert (first.cookies, "Cookie" in first.get("Vary", "")) == ({}, False), address
        for condition in (first["ETag"], second["ETag"]):
            assert Client().get(address, headers={"If-None-Match": condition}).status_code == 304, address


def test_htp_2_a_changed_page_is_sent_again(client: Client, library: Publication) -> None:
    tag = client.get(library.get_absolute_url())["ETag"]
    library.title = "Another Title"
    library.save()
    assert client.get(library.get_absolute_url(), headers={"If-None-Match": tag}).status_code == 200


def test_the_form_for_a_response_stands_apart_and_is_never_kept(client: Client, library: Publication) -> None:
    page = client.get(library.get_absolute_url()).content.decode()
    assert (page.count('method="post"'), page.count(f'href="{FORM}"'), "csrfmiddlewaretoken" in page) == (0, 1, False)
    response = client.get(FORM)
    form = response.content.decode()
    assert ("csrfmiddlewaretoken" in form, 'content="noindex"' in form) == (True, True)
    assert "no-store" in response["Cache-Control"]


def test_a_response_is_thanked_where_it_was_written_and_leaves_the_page_alone(library: Publication) -> None:
    reader = Client(enforce_csrf_checks=True)
    before = Client().get(library.get_absolute_url()).content
    form = reader.get(FORM).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', form))
    assert set(sent) == {"csrfmiddlewaretoken", "opened"}
    response = reader.post(FORM, {**sent, "name": "Mei", "email": "mei@example.org", "text": "Words"})
    assert (response.status_code, response["Location"]) == (302, f"{FORM}?sent=1")
    thanks = reader.get(response["Location"]).content.decode()
    assert ("Thank you." in thanks, 'method="post"' in thanks) == (True, False)
    assert reader.get(library.get_absolute_url()).content == before


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_the_form_takes_nothing_else(client: Client, library: Publication, method: str) -> None:
    assert getattr(client, method)(FORM).status_code == 405


def test_htp_3_a_withdrawn_piece_leaves_its_stone_and_a_draft_nothing(client: Client) -> None:
    stone = PublicationFactory.create(withdrawn=True, title="Taken Back", body="<p>Secret words.</p>")
    response = client.get(stone.get_absolute_url())
    text = response.content.decode()
    assert (response.status_code, "Taken Back" in text, "Secret" in text, 'content="noindex"' in text) == (
        200, True, False, True,
    )  # fmt: skip
    assert client.get(PublicationFactory.create(title="Never Cited").get_absolute_url()).status_code == 404


def test_htp_3_what_moved_is_one_hop_away_and_its_feeds_with_it(client: Client, library: Publication) -> None:
    def hops(address: str) -> list[tuple[str, int]]:
        return client.get(address, follow=True).redirect_chain

    for slug in ("second", "third"):
        with redirects.following(library.series):
            library.series.slug = slug
            library.series.save()
    for end in ("", "item/", "feed.atom", "feed.json"):
        assert hops(f"/publications/rsis-commentary-series/{end}") == [(f"/publications/third/{end}", 301)]


@pytest.mark.parametrize("state", ["draft", "scheduled", "withdrawn", "trashed"])
def test_htp_4_a_file_nobody_may_have_answers_like_one_that_does_not_exist(client: Client, state: str) -> None:
    piece = PublicationFactory.create(
        slug="item", number="CO25059", series=SeriesFactory.create(commentary=True), document=DocumentFactory.create(),
        **({} if state == "draft" else {state: True}),
    )  # fmt: skip
    version = piece.document.current
    held = {
        "If-None-Match": f'"v{version.number}-{version.sha256[:20]}"',
        "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
        "Range": "bytes=0-9",
    }
    missing = client.get("/publications/rsis-commentary-series/nothing/CO25059.pdf", headers=held)
    refused = client.get(piece.get_file_url(), headers=held)
    assert (refused.status_code, dict(refused.headers)) == (404, dict(missing.headers))


def test_gsc_9_robots_reach_every_piece_by_plain_links_and_no_combination_of_filters(client: Client) -> None:
    topics = [TopicFactory.create(slug=f"t{number}") for number in range(3)]
    for number in range(45):
        PublicationFactory.create(
            published=True, topics=[topics[number % 3]], tags=["sea"], issued_on=f"{2020 + number % 3}-01-01"
        )
    robots = client.get("/robots.txt").content.decode()
    seen, waiting = set(), ["/"]
    while waiting:
        address = waiting.pop()
        if address in seen or not may_follow(robots, address) or "/feed." in address:
            continue
        seen.add(address)
        page = client.get(address).content.decode()
        links = [one.replace("&amp;", "&").partition("#")[0] for one in re.findall(r'<a [^>]*href="(/[^"]*)"', page)]
        waiting += links
    assert {piece.get_absolute_url() for piece in Publication.objects.select_related("series")} <= seen
    filtered = {address for address in seen if "&" in address}
    assert {len(address.partition("?")[2].split("&")) for address in filtered} <= {2}
    assert {address for address in filtered if "page=" not in address} == set()
