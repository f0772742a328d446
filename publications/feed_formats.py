"""How a feed is written down: Atom (RFC 4287) and JSON Feed 1.1.

Not by django.utils.feedgenerator: its Atom has no content, one author to an entry, ids made of addresses, and a time of
its own for an empty feed, so that nearly every line of it would be overridden.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import http_date
from lxml import etree
from lxml.builder import ElementMaker

from editorial.markup import Element
from editorial.metadata import absolute
from publications.entries import Entry, Name

ATOM_TYPE = "application/atom+xml; charset=utf-8"
JSON_TYPE = "application/feed+json; charset=utf-8"
PUBLISHER = "S. Rajaratnam School of International Studies"
NAMESPACE = "http://www.w3.org/2005/Atom"
# An empty feed has an `updated` too, and it must not move.
BEGINNING = datetime(1996, 7, 30, tzinfo=UTC)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_E = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Written:
    """An entry as it stands in a feed of one form."""

    text: bytes
    size: int  # bytes, by one measure for both forms
    updated_at: datetime
    saved_at: datetime
    until: datetime | None = None  # when it will be another by time alone


@dataclass(frozen=True)
class Feed:
    """A page of a list: all addresses are whole ones."""

    id: str
    title: str
    home_url: str
    feed_url: str  # of the first page
    self_url: str  # of this page
    next_url: str
    entries: list[Written]
    hub_url: str = ""  # that tells of what is new in it

    @property
    def updated_at(self) -> datetime:
        return max((entry.updated_at for entry in self.entries), default=BEGINNING)


def hub_of(path: str, address: str) -> str:
    """The hub of a feed, which is told of the first page of whole lists and of no choice within them (WSB-1)."""
    return str(settings.WEBSUB_HUB) if address == absolute(path) else ""


def answer(feed: Feed, text: bytes, content_type: str) -> HttpResponse:
    """With the links by which programs find the hub before they read the feed (RFC 8288)."""
    response = HttpResponse(text, content_type=content_type)
    if feed.entries:
        response["Last-Modified"] = http_date(max(one.saved_at for one in feed.entries).timestamp())
    if feed.hub_url:
        response["Link"] = f'<{feed.hub_url}>; rel="hub", <{feed.self_url}>; rel="self"'
    return response


def atom(feed: Feed) -> bytes:
    root = _E.feed(
        {_LANGUAGE: "en-GB"},
        _text("id", feed.id),
        _text("title", feed.title),
        _text("updated", _time(feed.updated_at)),
        _E.author(_text("name", PUBLISHER)),
        _E.link(rel="self", type="application/atom+xml", href=feed.self_url),
        _E.link(rel="alternate", type="text/html", href=feed.home_url),
    )
    if feed.hub_url:
        root.append(_E.link(rel="hub", href=feed.hub_url))
    if feed.next_url:
        root.append(_E.link(rel="next", type="application/atom+xml", href=feed.next_url))
    whole: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    end = b"</feed>"
    return b"".join([whole.removesuffix(end), *(entry.text for entry in feed.entries), end])


def atom_entry(entry: Entry) -> bytes:
    """The element as it stands within a feed, which has named the name space."""
    whole: bytes = etree.tostring(_entry(entry), encoding="utf-8", xml_declaration=False)
    return whole.replace(f' xmlns="{NAMESPACE}"'.encode(), b"", 1)


def _entry(entry: Entry) -> Element:
    element = _E.entry(
        {_LANGUAGE: for_xml(entry.language)},
        _text("id", entry.id),
        _text("title", entry.title),
        _text("published", _time(entry.published_at)),
        _text("updated", _time(entry.updated_at)),
        *map(_person, entry.names),
        _E.link(rel="alternate", type="text/html", href=entry.url),
    )
    if entry.elsewhere:
        element.append(_E.link(rel="related", href=for_xml(entry.elsewhere)))
    for file in entry.enclosures:
        element.append(_E.link(rel="enclosure", type=file.media_type, length=str(file.size), href=file.url))
    for tag in entry.tags:
        element.append(_E.category(term=for_xml(tag)))
    if entry.licence:
        element.append(_text("rights", entry.licence))
    if entry.summary:
        element.append(_text("summary", entry.summary))
    element.append(_text("content", entry.html, type="html"))
    return element


def _person(name: Name) -> Element:
    make = _E.author if name.is_author else _E.contributor
    parts = [_text("name", name.name), *([_text("uri", name.url)] if name.url else [])]
    made: Element = make(*parts)
    return made


def _text(name: str, words: str, **attributes: str) -> Element:
    element: Element = _E(name, attributes)
    element.text = for_xml(words)
    return element


def for_xml(words: str) -> str:
    """Without what no XML document may hold, not even as a reference."""
    return _NOT_XML.sub("", words)


def json_feed(feed: Feed) -> bytes:
    whole: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.feed_url,
        "next_url": feed.next_url,
        "hubs": [{"type": "WebSub", "url": feed.hub_url}] if feed.hub_url else [],
        "language": "en-GB",
        "authors": [{"name": PUBLISHER}],
        "items": [],
    }
    end = b"]}"
    head = _json(_without_empty(whole, keep=("items",))).removesuffix(end)
    return b"".join([head, b", ".join(entry.text for entry in feed.entries), end])


def json_item(entry: Entry) -> bytes:
    return _json(_item(entry))


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _item(entry: Entry) -> dict[str, Any]:
    files = [
        {"url": file.url, "mime_type": file.media_type, "size_in_bytes": file.size, "duration_in_seconds": file.seconds}
        for file in entry.enclosures
    ]
    item = {
        "id": entry.id,
        "url": entry.url,
        "external_url": entry.elsewhere,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "image": entry.picture,
        "date_published": _time(entry.published_at),
        "date_modified": _time(entry.updated_at),
        "authors": [
            _without_empty({"name": name.name, "url": name.url}, keep=("name",))
            for name in entry.names
            if name.is_author
        ],
        "tags": entry.tags,
        "language": entry.language,
        "attachments": [_without_empty(file) for file in files],
    }
    return _without_empty(item, keep=("content_html",))


def _without_empty(values: dict[str, Any], keep: Iterable[str] = ()) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in keep or value not in (None, "", [])}


def _time(moment: datetime) -> str:
    """RFC 3339, to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
