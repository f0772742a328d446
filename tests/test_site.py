"""The whole site as the demonstration fills it, walked from the home page as a reader or a robot would."""

import hashlib
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urljoin, urlsplit

import feedparser
import pytest
import tinycss2
from django.apps import apps
from django.conf import settings as site_settings
from django.http import HttpResponseBase
from django.test import Client, override_settings
from lxml import etree
from lxml import html as lxml_html
from pytest_django.plugin import DjangoDbBlocker
from tinyhtml5.parser import HTMLParser

from rsis import navigation

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Filters and orders are endless in combination; one page of each kind of question is looked at, as robots.txt says.
FOLLOWED = {"page", "letter", "who"}
NOT_OURS = ("/admin/", "/static/", "/files/")
# Files beside pages: a few of each kind, since all are made alike.
BESIDE = re.compile(r"/(?:feed|cite|export)\.\w+$|/respond/$|/enquiry/$|\.pdf$|\.svg$|\.png$|\.ics$|\.rss$")
MOST_BESIDE = 6
# How the parser's rules differ from today's HTML: none is a mistake of the page.
NO_MISTAKES = {"unexpected-null-character"}


@dataclass
class Page:
    status: int
    clicks: int
    route: str
    kind: str
    location: str = ""
    text: bytes = b""
    links: list[str] = field(default_factory=list)
    found_on: str = ""


@dataclass
class Walk:
    pages: dict[str, Page]
    before: str
    after: str
    heads: dict[str, int]


@pytest.fixture(scope="module")
def walk(demonstration: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Walk]:
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=demonstration, PAGE_CACHE=""):
        navigation.hold()  # the menu of this site, not of the test before
        before = fingerprint()
        pages = walked(Client())
        # Only pages: a file that is answered without being read would stay open.
        asked_again = [address for address, page in pages.items() if page.kind == "text/html"][::4]
        heads = {address: Client().head(address).status_code for address in asked_again}
        yield Walk(pages, before, fingerprint(), heads)


def walked(client: Client) -> dict[str, Page]:
    pages: dict[str, Page] = {}
    waiting = deque([("/", 0, "")])
    known = {"/"}
    beside: Counter[str] = Counter()
    while waiting:
        address, clicks, found_on = waiting.popleft()
        page = asked(client, address, clicks)
        page.found_on = found_on
        pages[address] = page
        for link in [*page.links, *([page.location] if page.location else [])]:
            if link in known or not may_be_followed(link):
                continue
            known.add(link)
            if kind := BESIDE.search(link.partition("?")[0]):
                beside[kind[0].rpartition("/")[2]] += 1
                if beside[kind[0].rpartition("/")[2]] > MOST_BESIDE:
                    continue
            waiting.append((link, clicks + 1, address))
    return pages


def asked(client: Client, address: str, clicks: int) -> Page:
    response: HttpResponseBase = client.get(address)
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    route = getattr(getattr(response, "resolver_match", None), "url_name", None) or ""
    page = Page(response.status_code, clicks, route, kind, response.headers.get("Location", ""))
    body = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    if kind != "text/html" or not body:
        page.text = body if "feed" in address else b""
        return page
    page.text = body
    document = lxml_html.document_fromstring(body)
    found = [
        str(one) for one in document.xpath("//a/@href | //link[@rel='alternate' or @rel='next' or @rel='prev']/@href")
    ]
    page.links = [link for one in found if (link := own(urljoin(address, one)))]
    return page


def own(link: str) -> str:
    """The path of a link that stays on the site, "" for any other."""
    parts = urlsplit(link)
    base = urlsplit(site_settings.SITE_URL)
    if parts.scheme not in {"", "http", "https"} or (parts.netloc and parts.netloc != base.netloc):
        return ""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def may_be_followed(link: str) -> bool:
    parts = urlsplit(link)
    return (
        not parts.path.startswith(NOT_OURS)
        and {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)} <= FOLLOWED
    )


def fingerprint() -> str:
    """Of every row of every table."""
    found = hashlib.sha256()
    for model in sorted(apps.get_models(), key=lambda one: one._meta.label):
        for row in model._default_manager.order_by("pk").values_list():
            found.update(repr((model._meta.label, row)).encode())
    return found.hexdigest()


def html_pages(walk: Walk, of_each_route: int = 10_000) -> Iterator[tuple[str, Page]]:
    seen: dict[str, int] = {}
    for address, page in walk.pages.items():
        if page.kind == "text/html" and page.status == 200:
            seen[page.route] = seen.get(page.route, 0) + 1
            if seen[page.route] <= of_each_route:
                yield address, page


def test_t5_no_link_is_broken_and_none_leads_through_more_than_one_redirect(walk: Walk) -> None:
    broken = {
        address: (page.status, page.found_on)
        for address, page in walk.pages.items()
        if page.status not in {200, 301, 302}
    }
    moved = {address: page.location for address, page in walk.pages.items() if page.location}
    chains = {
        address: to
        for address, to in moved.items()
        if (there := walk.pages.get(own(to))) is None or there.status != 200
    }
    assert (broken, chains) == ({}, {})
    assert len(walk.pages) > 300


def test_t5_gsc_9_every_address_of_the_sitemap_is_reached_within_ten_clicks_from_the_home_page(walk: Walk) -> None:
    client = Client()
    parts = re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml").content.decode())
    told = {
        own(one) for part in parts for one in re.findall(r"<loc>([^<]+)</loc>", client.get(own(part)).content.decode())
    }
    assert len(told) > 200
    linked = {"/": 0}
    for page in walk.pages.values():  # as they were reached: the first to name an address is the nearest
        for link in page.links:
            linked.setdefault(link, page.clicks + 1)
    assert {one for one in told if one not in linked} == set()
    assert {one: linked[one] for one in told if linked[one] > 10} == {}


def test_walking_the_site_twice_with_get_and_head_leaves_every_row_as_it_was(walk: Walk) -> None:
    assert walk.before == walk.after
    assert {address for address, status in walk.heads.items() if status != walk.pages[address].status} == set()


def test_t1_a_strict_parser_finds_nothing_wrong_with_two_pages_of_every_kind(walk: Walk) -> None:
    found = {}
    for address, page in html_pages(walk, of_each_route=2):
        parser = HTMLParser()
        parser.parse(page.text.decode())
        if wrong := [(place, name) for place, name, _facts in parser.errors if name not in NO_MISTAKES]:
            found[address] = wrong
    assert found == {}


def test_t1_no_id_occurs_twice_on_a_page_and_every_fragment_leads_somewhere(walk: Walk) -> None:
    twice, nowhere = {}, {}
    for address, page in html_pages(walk, of_each_route=3):
        document = lxml_html.document_fromstring(page.text)
        ids = [str(one) for one in document.xpath("//@id")]
        if doubled := sorted({one for one in ids if ids.count(one) > 1}):
            twice[address] = doubled
        targets = {str(one)[1:] for one in document.xpath("//a[starts-with(@href, '#')]/@href")} - {"", "top"}
        if lost := targets - set(ids):
            nowhere[address] = lost
    assert (twice, nowhere) == ({}, {})


def test_t1_the_style_sheets_have_no_error() -> None:
    found = {}
    for sheet in sorted((site_settings.BASE_DIR / "static" / "css").glob("*.css")):
        rules = tinycss2.parse_stylesheet(sheet.read_text(), skip_comments=True, skip_whitespace=True)
        if wrong := [rule.message for rule in rules if rule.type == "error"]:
            found[sheet.name] = wrong
    assert found == {}


def test_t2_a_second_parser_takes_every_feed_with_every_item(walk: Walk) -> None:
    found = {}
    feeds = [(address, page) for address, page in walk.pages.items() if page.kind == "application/atom+xml"]
    for address, page in feeds:
        parsed = feedparser.parse(page.text)
        entries = len(etree.fromstring(page.text).findall("{http://www.w3.org/2005/Atom}entry"))
        if parsed.bozo or len(parsed.entries) != entries:
            found[address] = (str(parsed.get("bozo_exception")), len(parsed.entries), entries)
    assert (found, len(feeds)) == ({}, MOST_BESIDE)


def test_w3_every_page_tells_search_engines_what_they_ask_for(walk: Walk) -> None:
    """The rules of Lighthouse's SEO part that a page itself can break."""
    found: dict[str, list[str]] = {}
    for address, page in html_pages(walk):
        document = lxml_html.document_fromstring(page.text)
        if "noindex" in document.xpath("string(//meta[@name='robots']/@content)"):
            continue
        wanted = {
            "a title": document.xpath("string(//title)").strip(),
            "a description": document.xpath("string(//meta[@name='description']/@content)").strip(),
            "a language": document.xpath("string(/html/@lang)"),
            "a viewport": document.xpath("//meta[@name='viewport']"),
            "one heading": len(document.xpath("//h1")) == 1,
        }
        vague = [
            text
            for one in document.xpath("//a")
            if (text := " ".join(one.text_content().split()).casefold()) in VAGUE and not one.get("aria-label")
        ]
        if missing := [name for name, is_there in wanted.items() if not is_there] + vague:
            found[address] = missing
    assert found == {}


VAGUE = {
    "click here",
    "here",
    "more",
    "read more",
    "learn more",
    "this",
    "more info",
    "link",
    "go",
    "start",
    "right here",
}
