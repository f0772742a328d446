"""Feeds: RFC 4287 and JSON Feed 1.1, statement by statement."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pytest_django import DjangoAssertNumQueries, Settings

from editorial import publishing, renditions
from editorial.models import Document
from publications.entries import Entry, Name
from publications.feed_formats import Feed, Written, atom, atom_entry, json_feed, json_item
from publications.feeds import Cursor
from publications.models import Authorship, Publication, Series
from tests.factories import (
    AuthorshipFactory,
    CentreFactory,
    DocumentFactory,
    DocumentVersionFactory,
    ImageFactory,
    NoticeFactory,
    PersonFactory,
    PublicationFactory,
    RegionFactory,
    SeriesFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db

NS = {"a": "http://www.w3.org/2005/Atom"}
FEED = "/publications/feed.atom"
JSON = "/publications/feed.json"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def read(client: Client, address: str = FEED) -> Any:
    response = client.get(address)
    assert response.status_code == 200, address
    return etree.fromstring(response.content)


def read_json(client: Client, address: str = JSON) -> Any:
    response = client.get(address)
    assert response.status_code == 200, address
    return json.loads(response.content)


def texts(element: Any, path: str) -> list[str]:
    return [found if isinstance(found, str) else found.text for found in element.xpath(path, namespaces=NS)]


def titles(client: Client, address: str = FEED) -> list[str]:
    return texts(read(client, address), "a:entry/a:title")


def ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def appeared(days: float, **kwargs: Any) -> Publication:
    """A piece that became public so many days ago."""
    piece: Publication = PublicationFactory.create(
        published=True, publish_at=ago(days), first_published_at=ago(days), **kwargs
    )
    return piece


def test_atm_1_a_feed_has_one_id_title_time_author_and_address_of_its_own(client: Client) -> None:
    PublicationFactory.create_batch(2, published=True)
    feed = read(client)
    assert [len(texts(feed, f"a:{name}")) for name in ("id", "title", "updated", "author")] == [1, 1, 1, 1]
    assert texts(feed, "a:link[@rel='self']/@href") == ["http://localhost:8000/publications/feed.atom"]
    assert texts(feed, "a:link[@rel='alternate']/@href") == ["http://localhost:8000/publications/"]
    assert texts(feed, "a:link[@rel='hub']/@href") == []


def test_atm_1_an_empty_feed_has_them_too_and_stays_as_it_is(client: Client) -> None:
    TopicFactory.create(slug="quiet")
    before = client.get("/topics/quiet/feed.atom")
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        after = client.get("/topics/quiet/feed.atom")
    assert len(texts(etree.fromstring(before.content), "a:updated")) == 1
    assert before.content == after.content


def test_atm_2_an_entry_has_one_id_title_time_and_link_and_its_authors(client: Client) -> None:
    PublicationFactory.create(published=True, title="On Straits", number="CO25059", authors=[PersonFactory.create()])
    (entry,) = read(client).xpath("a:entry", namespaces=NS)
    assert [len(texts(entry, f"a:{name}")) for name in ("id", "title", "updated", "published", "author")] == [1] * 5
    assert texts(entry, "a:title") == ["CO25059 | On Straits"]
    assert len(texts(entry, "a:link[@rel='alternate']/@href")) == 1


def test_atm_3_the_id_survives_a_change_of_address_title_series_and_host(client: Client, settings: Settings) -> None:
    piece = PublicationFactory.create(published=True)
    before = texts(read(client), "a:entry/a:id")
    piece.slug, piece.title, piece.series = "renamed", "Renamed", SeriesFactory.create()
    piece.save()
    settings.SITE_URL = "https://elsewhere.example"
    after = read(client)
    assert texts(after, "a:entry/a:link[@rel='alternate']/@href") == [
        f"https://elsewhere.example/publications/{piece.series.slug}/renamed/"
    ]
    assert texts(after, "a:entry/a:id") == before == [f"urn:uuid:{piece.uuid}"]


def test_atm_3_the_id_of_a_list_survives_a_change_of_address_and_name(client: Client, settings: Settings) -> None:
    topic, other = TopicFactory.create(slug="sea"), TopicFactory.create(slug="land")
    before = texts(read(client, "/topics/sea/feed.atom"), "a:id")
    topic.slug, topic.name = "oceans", "Oceans"
    topic.save()
    settings.SITE_URL = "https://elsewhere.example"
    assert texts(read(client, "/topics/oceans/feed.atom"), "a:id") == before
    assert texts(read(client, f"/topics/{other.slug}/feed.atom"), "a:id") != before


def test_atm_4_a_typo_and_a_re_save_leave_the_time_and_a_notice_moves_it(client: Client) -> None:
    piece = appeared(400, title="Teh Strait")
    start = texts(read(client), "a:entry/a:updated")
    piece.title = "The Strait"
    piece.save()
    assert texts(read(client), "a:entry/a:updated") == start
    notice = NoticeFactory.create(publication=piece)
    moved = texts(read(client), "a:entry/a:updated")
    assert datetime.fromisoformat(moved[0]) > ago(0.01)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        notice.text = "Mended."
        notice.save()
        piece.refresh_from_db()
        piece.save()
        assert texts(read(client), "a:entry/a:updated") == moved


def test_atm_4_published_stays_at_the_first_time_through_withdrawal_and_return(client: Client) -> None:
    piece = appeared(400, ready=True)
    first = texts(read(client), "a:entry/a:published")
    publishing.withdraw(piece, "Doubts.", None)
    withdrawn = texts(read(client), "a:entry/a:published"), texts(read(client), "a:entry/a:updated")
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        publishing.reinstate(piece, None)
        back = texts(read(client), "a:entry/a:published"), texts(read(client), "a:entry/a:updated")
    assert withdrawn[0] == back[0] == first
    assert back[1] > withdrawn[1] > first


def test_atm_5_dates_are_of_rfc_3339(client: Client) -> None:
    PublicationFactory.create_batch(2, published=True)
    dates = texts(read(client), "//a:updated | //a:published")
    assert [bool(RFC3339.fullmatch(date)) for date in dates] == [True] * 5


def test_atm_6_content_is_escaped_html_with_whole_addresses_and_without_scripts(client: Client) -> None:
    body = (
        '<p>See <a href="/topics/">topics</a>, <a href="#s-two">below</a> and <a href="http://[">nothing</a>.'
        '<sup class="fn" data-note="A &lt;b&gt;note&lt;/b&gt;."></sup></p><h2>Two</h2>'
        '<figure class="image"><img src="/files/renditions/a.jpg" alt="Ships"></figure>'
    )
    piece = PublicationFactory.create(published=True, slug="here", image=ImageFactory.create())
    renditions.order(piece.image)
    renditions.make_due(limit=20)
    # Around the model, which would have cleaned it.
    Publication.objects.filter(pk=piece.pk).update(
        body=body + "<script>alert(1)</script><p onclick='x()'>End.</p><a href='javascript:x()'>No</a>"
    )
    (content,) = read(client).xpath("a:entry/a:content", namespaces=NS)
    page = f"http://localhost:8000{piece.get_absolute_url()}"
    assert content.get("type") == "html"
    assert len(content) == 0
    addresses = re.findall(r'(?:href|src)="([^"]*)"', content.text)
    assert [one for one in addresses if not one.startswith("http://localhost:8000/")] == []
    assert {f"{page}#s-two", f"{page}#fn-1", f"{page}#fnref-1", "http://localhost:8000/topics/"} <= set(addresses)
    assert "http://localhost:8000/files/renditions/a.jpg" in addresses
    assert [word for word in ("script", "onclick", "alert", 'class="para"') if word in content.text] == []
    assert [words in content.text for words in ("Ships at anchor", "A. Photographer", "note", "End.")] == [True] * 4


def test_atm_7_authors_stand_in_order_and_helpers_apart(client: Client) -> None:
    names = ["Wu Zed", "Aisyah binte Rahmat", "Mei Tan"]
    piece = PublicationFactory.create(published=True, authors=[PersonFactory.create(name=name) for name in names])
    AuthorshipFactory.create(
        publication=piece, person__name="A Translator", role=Authorship.Role.TRANSLATOR, position=9
    )
    feed = read(client)
    assert texts(feed, "a:entry/a:author/a:name") == names
    assert texts(feed, "a:entry/a:contributor/a:name") == ["A Translator"]
    assert [author["name"] for author in read_json(client)["items"][0]["authors"]] == names


def test_atm_7_the_current_pdf_is_an_enclosure_with_type_and_length(client: Client) -> None:
    document = DocumentFactory.create()
    piece = PublicationFactory.create(published=True, number="CO25059", document=document)
    newest = DocumentVersionFactory.create(document=document, content=b"%PDF-1.4\nlonger than before\n%%EOF\n")
    (link,) = read(client).xpath("a:entry/a:link[@rel='enclosure']", namespaces=NS)
    assert dict(link.attrib) == {
        "rel": "enclosure",
        "type": "application/pdf",
        "length": str(newest.size),
        "href": f"http://localhost:8000{piece.get_file_url()}",
    }
    assert len(b"".join(client.get(piece.get_file_url()))) == newest.size


def test_atm_7_a_recording_is_an_enclosure_and_an_authors_file_is_none(client: Client) -> None:
    sound = DocumentFactory.create(kind=Document.Kind.AUDIO, versions=False)
    DocumentVersionFactory.create(document=sound, content_type="audio/mpeg", suffix=".mp3", content=b"ID3 sound")
    PublicationFactory.create(
        published=True,
        series=SeriesFactory.create(media=True, slug="podcasts"),
        recording=sound,
        duration=timedelta(minutes=2),
        document=DocumentFactory.create(kind=Document.Kind.SOURCE),
    )
    (link,) = read(client, "/media/podcasts/feed.atom").xpath("a:entry/a:link[@rel='enclosure']", namespaces=NS)
    assert (link.get("type"), link.get("length")) == ("audio/mpeg", "9")
    (file,) = read_json(client, "/media/podcasts/feed.json")["items"][0]["attachments"]
    assert (file["mime_type"], file["size_in_bytes"], file["duration_in_seconds"]) == ("audio/mpeg", 9, 120)


def walk(client: Client, address: str = FEED) -> list[list[str]]:
    """The ids of every page."""
    pages = []
    while address:
        feed = read(client, address)
        pages.append(texts(feed, "a:entry/a:id"))
        address = next(iter(texts(feed, "a:link[@rel='next']/@href")), "").removeprefix("http://localhost:8000")
    return pages


def test_atm_8_older_entries_come_by_key_each_once_even_at_equal_times(client: Client) -> None:
    moment = ago(40)
    PublicationFactory.create_batch(13, published=True, publish_at=moment, first_published_at=moment)
    newest = [appeared(day) for day in range(1, 13)]
    pages = walk(client)
    assert [len(page) for page in pages] == [10, 10, 5]
    assert pages[0] == [piece.uuid.urn for piece in newest[:10]]
    every = [one for page in pages for one in page]
    assert (len(set(every)), set(every)) == (25, {piece.uuid.urn for piece in Publication.objects.all()})


def test_atm_8_what_appears_meanwhile_neither_repeats_nor_skips_anything(client: Client) -> None:
    old = [appeared(day) for day in range(10, 25)]
    address = texts(read(client), "a:link[@rel='next']/@href")[0].removeprefix("http://localhost:8000")
    for _each in range(5):
        appeared(0.1)
    assert texts(read(client, address), "a:entry/a:id") == [piece.uuid.urn for piece in old[10:]]


@pytest.mark.parametrize(
    "cursor", ["x", "1-", "-1", "9" * 40, "1-2-3", "%00", "%FF", "1&before=2", "१-१", "9" * 16 + "-1"]
)
def test_atm_8_a_cursor_of_no_meaning_begins_at_the_beginning(client: Client, cursor: str) -> None:
    PublicationFactory.create(published=True, title="The Only One")
    response = client.get(f"{FEED}?before={cursor}")
    assert response.status_code == (400 if cursor == "%00" else 200)
    assert ("The Only One" in response.content.decode()) == (cursor != "%00")


@given(st.integers(0, 10**16 - 1), st.integers(0, 10**18 - 1))
def test_atm_8_a_cursor_reads_back_as_it_was_written(microseconds: int, key: int) -> None:
    cursor = Cursor(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds), key)
    assert Cursor.read([str(cursor)]) == cursor


@pytest.mark.parametrize("address", [FEED, JSON])
def test_atm_9_a_feed_that_did_not_change_is_not_sent_again(client: Client, address: str) -> None:
    piece = PublicationFactory.create(published=True, body="<p>Words.</p>")
    first = client.get(address)
    held = {"If-None-Match": first["ETag"]}
    assert client.get(address, headers=held).status_code == 304
    assert client.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    assert client.get(address, headers={"Accept-Encoding": "gzip", **held}).status_code == 304
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        piece.body = "<p>Other words.</p>"
        piece.save()
        assert client.get(address, headers=held).status_code == 200
        assert client.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 200


@pytest.mark.parametrize("state", ["in_review", "scheduled", "trashed"])
def test_atm_10_what_is_not_public_never_appears(client: Client, state: str) -> None:
    PublicationFactory.create(title="Not For Readers", body="<p>Not for readers.</p>", **{state: True})
    PublicationFactory.create(title="A Trashed Stone", withdrawn=True, trashed=True)
    PublicationFactory.create(published=True, title="For Readers")
    assert titles(client) == ["For Readers"]
    assert "ot for readers" not in client.get(JSON).content.decode()


def test_atm_10_a_withdrawn_piece_is_replaced_by_its_notice_and_goes_after_a_month(client: Client) -> None:
    topic = TopicFactory.create(slug="strait")
    for day in range(1, 15):
        appeared(day)
    piece = appeared(
        900,
        title="Taken Back",
        body="<p>Secret words.</p>",
        synopsis="Secret summary.",
        topics=[topic],
        document=DocumentFactory.create(),
    )
    publishing.withdraw(piece, "A table was <wrong>.", None)
    for address in (FEED, "/topics/strait/feed.atom"):
        entry = read(client, address).xpath("a:entry", namespaces=NS)[0]
        assert texts(entry, "a:id") == [piece.uuid.urn]
        (content,) = texts(entry, "a:content")
        assert content.endswith("<p>A table was &lt;wrong&gt;.</p>")
        assert "Secret" not in etree.tostring(entry, encoding="unicode")
        assert texts(entry, "a:link[@rel='enclosure']/@href") == []
    assert "Secret" not in client.get(JSON).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert "Taken Back" not in titles(client)


def test_a_piece_with_a_new_notice_stands_on_the_first_page_again_and_once(client: Client) -> None:
    old = appeared(900, title="Corrected", body="<p>Its words.</p>")
    for day in range(100, 125):
        appeared(day)
    NoticeFactory.create(publication=old, text="The year was wrong.")
    pages = walk(client)
    assert pages[0][0] == old.uuid.urn
    assert [page.count(old.uuid.urn) for page in pages] == [1, 0, 0]
    content = texts(read(client), "a:entry[1]/a:content")[0]
    assert [words in content for words in ("Correction", "The year was wrong.", "Its words.")] == [True] * 3


def test_an_old_paper_entered_today_is_news(client: Client) -> None:
    for day in range(1, 13):
        appeared(day)
    appeared(0.1, title="From the Archive", issued_on="1998-01-01")
    assert titles(client)[0] == "From the Archive"


def test_jsf_1_a_feed_names_its_version_title_items_and_addresses(client: Client) -> None:
    PublicationFactory.create(published=True)
    feed = read_json(client)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["title"], len(feed["items"])) == ("RSIS · Publications", 1)
    assert feed["home_page_url"] == "http://localhost:8000/publications/"
    assert feed["feed_url"] == "http://localhost:8000/publications/feed.json"
    TopicFactory.create(slug="quiet")
    assert read_json(client, "/topics/quiet/feed.json")["items"] == []


def test_jsf_2_every_item_has_a_lasting_id_content_and_address(client: Client) -> None:
    full = PublicationFactory.create(published=True, body="<p>Words.</p>")
    bare = PublicationFactory.create(published=True)
    items = read_json(client)["items"]
    assert {item["id"] for item in items} == {full.uuid.urn, bare.uuid.urn}
    assert {item["id"]: item["content_html"] for item in items}[bare.uuid.urn] == ""
    assert {item["url"] for item in items} == {
        f"http://localhost:8000{piece.get_absolute_url()}" for piece in (full, bare)
    }


def test_jsf_3_an_item_has_authors_dates_language_tags_and_files(client: Client) -> None:
    PublicationFactory.create(
        published=True,
        language="zh-Hans",
        topics=[TopicFactory.create(name="Trade")],
        regions=[RegionFactory.create(name="Asia")],
        tags=["ports", "Trade"],
        authors=[PersonFactory.create(name="陈美玲", slug="mei")],
        document=DocumentFactory.create(),
    )
    (item,) = read_json(client)["items"]
    assert item["authors"] == [{"name": "陈美玲", "url": "http://localhost:8000/people/mei/"}]
    assert "author" not in item
    assert [bool(RFC3339.fullmatch(item[name])) for name in ("date_published", "date_modified")] == [True, True]
    assert item["language"] == "zh-Hans"
    assert item["tags"][:2] == ["Trade", "Asia"]
    assert sorted(item["tags"]) == ["Asia", "Trade", "ports"]
    assert item["attachments"][0]["mime_type"] == "application/pdf"
    assert item["attachments"][0]["url"].startswith("http://localhost:8000/publications/")


def walk_json(client: Client, address: str = JSON) -> list[Any]:
    pages = []
    while address:
        pages.append(read_json(client, address))
        address = pages[-1].get("next_url", "").removeprefix("http://localhost:8000")
    return pages


def test_jsf_4_next_differs_from_the_feed_and_from_every_earlier_one(client: Client) -> None:
    for day in range(1, 26):
        appeared(day)
    pages = walk_json(client)
    following = [page["next_url"] for page in pages[:-1]]
    assert len({*following, pages[0]["feed_url"]}) == len(pages) == 3
    assert "next_url" not in pages[-1]


def test_jsf_5_a_feed_has_its_media_type_and_stays_below_250_kb_with_whole_texts(client: Client) -> None:
    words = "<p>" + 'A "quoted" sentence on 海峡. ' * 1500 + "</p>"  # some 45 kB
    long = [appeared(day, body=words) for day in range(60, 72)]
    endless = appeared(90, title="Endless", synopsis="In short.", body=words * 6)
    for day in (100, 110, 120, 130, 140, 150):
        NoticeFactory.create(publication=appeared(day, body=words))
    pages = walk_json(client)
    sizes = []
    for address in [JSON, *(page["next_url"].removeprefix("http://localhost:8000") for page in pages[:-1])]:
        response = client.get(address)
        sizes.append(len(response.content))
        assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    assert max(sizes) < 250_000
    items = {item["id"]: item for page in pages for item in page["items"]}
    assert len(items) == sum(len(page["items"]) for page in pages) == 19
    assert [len(items[piece.uuid.urn]["content_html"]) > 40_000 for piece in long] == [True] * 12
    assert items[endless.uuid.urn]["content_html"] == (
        f'<p>In short.</p><p><a href="http://localhost:8000{endless.get_absolute_url()}">Read the whole text</a></p>'
    )


@pytest.mark.parametrize("address", [FEED, JSON])
def test_jsf_5_a_feed_travels_compressed(client: Client, address: str) -> None:
    PublicationFactory.create(published=True, body="<p>Words and words.</p>" * 50)
    assert client.get(address, headers={"Accept-Encoding": "gzip"})["Content-Encoding"] == "gzip"


def every_list() -> list[str]:
    """One listing of every kind, each holding the same piece."""
    person = PersonFactory.create(slug="mei")
    PublicationFactory.create(
        published=True,
        title="The Piece",
        authors=[person],
        series=SeriesFactory.create(slug="papers"),
        topics=[TopicFactory.create(slug="trade")],
        regions=[RegionFactory.create(slug="asia")],
        centres=[CentreFactory.create(slug="institute")],
        tags=["ports"],
        issued_on="2025-03-20",
    )
    for family, slug in ((Series.Family.EXTERNAL, "op-eds"), (Series.Family.MEDIA, "podcasts")):
        series = SeriesFactory.create(family=family, slug=slug)
        PublicationFactory.create(published=True, title="The Piece", series=series, issued_on="2025-03-20")
    return [
        "/publications/", "/publications/in-house/", "/publications/external/", "/media/all/",
        "/publications/year/2025/", "/publications/external/year/2025/",
        "/publications/papers/", "/publications/external/op-eds/", "/media/podcasts/",
        "/topics/trade/", "/regions/asia/", "/tags/ports/", "/research/institute/", "/people/mei/",
    ]  # fmt: skip


def test_jsf_6_every_list_and_the_home_page_announce_both_feeds_which_answer(client: Client) -> None:
    for address in ["/", *every_list()]:
        page = client.get(address).content.decode()
        found = dict(re.findall(r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">', page))
        base = "/publications/" if address == "/" else address
        if address == "/media/podcasts/":
            assert found.pop("application/rss+xml") == "/media/podcasts/feed.rss"
        assert found == {
            "application/atom+xml": f"{base}feed.atom",
            "application/feed+json": f"{base}feed.json",
        }, address
        listed = {"The Piece"}
        assert set(titles(client, found["application/atom+xml"])) == listed
        assert {item["title"] for item in read_json(client, found["application/feed+json"])["items"]} == listed


def test_jsf_6_extensions_begin_with_an_underscore(client: Client) -> None:
    every_list()
    known_of_feed = {"version", "title", "home_page_url", "feed_url", "next_url", "language", "authors", "items"}
    known_of_item = {
        "id", "url", "external_url", "title", "content_html", "summary", "image", "date_published", "date_modified",
        "authors", "tags", "language", "attachments",
    }  # fmt: skip
    feed = read_json(client)
    names = {*feed} - known_of_feed | {name for item in feed["items"] for name in item} - known_of_item
    assert {name for name in names if not name.startswith("_")} == set()


def test_a_list_offers_its_feeds_where_readers_see_them_with_its_filters(client: Client) -> None:
    topic = TopicFactory.create(slug="trade")
    PublicationFactory.create(published=True, topics=[topic], issued_on="2025-03-20")
    page = client.get("/topics/trade/?year=2025&sort=title&density=compact&nonsense=1").content.decode()
    follow = page.partition('class="follow"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', follow) == [
        "/subscribe/?target=%2Ftopics%2Ftrade%2F%3Fyear%3D2025",
        "/topics/trade/feed.atom?year=2025",
        "/topics/trade/feed.json?year=2025",
    ]


def test_a_feed_obeys_the_filters_of_its_query_string(client: Client) -> None:
    trade, asia = TopicFactory.create(slug="trade"), RegionFactory.create(slug="asia", name="Asia")
    PublicationFactory.create(published=True, title="Both", topics=[trade], regions=[asia], issued_on="2025-03-20")
    PublicationFactory.create(published=True, title="Topic Alone", topics=[trade], issued_on="2025-03-20")
    PublicationFactory.create(withdrawn=True, title="Stone Elsewhere", topics=[trade], issued_on="2025-03-20")
    address = "/topics/trade/feed.atom?region=asia&year=2025&tag=unknown"
    feed = read(client, address)
    assert texts(feed, "a:entry/a:title") == ["Both"]
    assert texts(feed, "a:title")[0].startswith("RSIS · Topic ")
    assert texts(feed, "a:title")[0].endswith(" · Asia · 2025")
    assert texts(feed, "a:link[@rel='self']/@href") == [
        "http://localhost:8000/topics/trade/feed.atom?region=asia&year=2025"
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/publications/nothing/feed.atom", "/topics/nothing/feed.json", "/tags/nothing/feed.atom",
        "/people/nobody/feed.json", "/research/nothing/feed.atom", "/publications/year/0/feed.atom",
        "/publications/year/99999/feed.json", "/publications/feed.rss",
    ],
)  # fmt: skip
def test_a_list_that_does_not_exist_has_no_feed(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_tag_and_a_person_known_only_to_drafts_have_no_feed(client: Client) -> None:
    PublicationFactory.create(tags=["secret"], authors=[PersonFactory.create(slug="mei")])
    assert [client.get(one).status_code for one in ("/tags/secret/feed.atom", "/people/mei/feed.atom")] == [404, 404]


def test_the_feed_of_the_site_before_leads_to_this_one_in_one_hop(client: Client) -> None:
    response = client.get("/feed/")
    assert (response.status_code, response["Location"]) == (301, FEED)


@pytest.mark.parametrize("address", [FEED, JSON, "/topics/trade/feed.atom?region=asia"])
@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_costs_the_same_for_one_and_three_pieces(
    client: Client, count: int, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ContentType.objects.get_for_model(Publication)
    trade, asia = TopicFactory.create(slug="trade"), RegionFactory.create(slug="asia")
    for _each in range(count):
        NoticeFactory.create(
            publication=PublicationFactory.create(
                published=True,
                authors=[PersonFactory.create()],
                topics=[trade],
                regions=[asia],
                tags=["sea"],
                image=ImageFactory.create(),
                document=DocumentFactory.create(),
            )
        )
        PublicationFactory.create(withdrawn=True, topics=[trade], regions=[asia])
    client.get("/publications/")  # reads the catalogue; from here on only changes of the archive do
    with django_assert_num_queries(12 if address in (FEED, JSON) else 20):
        client.get(address)


def test_what_xml_cannot_hold_breaks_no_feed_and_no_sitemap(client: Client) -> None:
    PublicationFactory.create(
        published=True, title="A\x01B\u00a0C", synopsis="\x0c", language="e\x02n", external_url="https://x.example/\x03",
        tags=["d\x04e"], authors=[PersonFactory.create(name="M\x05ei")],
    )  # fmt: skip
    assert titles(client) == ["AB\u00a0C"]
    assert read_json(client)["items"][0]["authors"][0]["name"] == "M\x05ei"
    news = etree.fromstring(client.get("/news-sitemap.xml").content)
    assert "AB\u00a0C" in list(news.itertext())


def some_entry(title: str, html: str, name: str) -> Entry:
    moment = datetime(2025, 3, 20, tzinfo=UTC)
    return Entry(
        id="urn:uuid:0", url="https://example.org/", title=title, published_at=moment, updated_at=moment,
        saved_at=moment, names=[Name(name, "https://example.org/mei/", True)], language="en", summary=title, html=html,
        tags=[name], enclosures=[],
    )  # fmt: skip


@given(st.text(), st.text(), st.text())
def test_both_formats_give_back_any_words(title: str, html: str, name: str) -> None:
    site = "https://example.org/"
    one = some_entry(title, html, name)

    def feed_of(text: bytes) -> Feed:
        written = Written(text, len(text), one.updated_at, one.saved_at)
        return Feed("urn:uuid:1", title, site, site, site, "", [written])

    (entry,) = etree.fromstring(atom(feed_of(atom_entry(one)))).xpath("a:entry", namespaces=NS)
    # What XML cannot hold at all is left out; nothing else is.
    kept = [re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", words) for words in (title, html, name)]
    assert [text or "" for path in ("a:title", "a:content", "a:author/a:name") for text in texts(entry, path)] == kept
    item = json.loads(json_feed(feed_of(json_item(one))))["items"][0]
    assert (item.get("title", ""), item["content_html"], item["authors"][0]["name"]) == (title, html, name)
