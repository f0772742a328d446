"""A podcast as programs for podcasts read it: RSS 2.0 with a file for each episode, and what Apple and others ask for."""

from dataclasses import dataclass
from email.utils import format_datetime

from lxml import etree
from lxml.builder import ElementMaker

from editorial.markup import Element
from publications.entries import Entry
from publications.feed_formats import PUBLISHER, for_xml

RSS_TYPE = "application/rss+xml; charset=utf-8"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
ATOM = "http://www.w3.org/2005/Atom"
CATEGORY = "Government"
_SPACES = {"itunes": ITUNES, "podcast": PODCAST, "content": CONTENT, "atom": ATOM, "dc": DUBLIN_CORE}
_E = ElementMaker(nsmap=_SPACES)
_I = ElementMaker(namespace=ITUNES, nsmap=_SPACES)
_P = ElementMaker(namespace=PODCAST, nsmap=_SPACES)
_C = ElementMaker(namespace=CONTENT, nsmap=_SPACES)
_D = ElementMaker(namespace=DUBLIN_CORE, nsmap=_SPACES)
_A = ElementMaker(namespace=ATOM, nsmap=_SPACES)


@dataclass(frozen=True)
class Episode:
    entry: Entry
    number: int | None
    has_transcript: bool


@dataclass(frozen=True)
class Channel:
    """All addresses are whole ones."""

    title: str
    description: str
    author: str
    home_url: str
    self_url: str
    picture: str
    episodes: list[Episode]


def rss(channel: Channel) -> bytes:
    root = _E.channel(
        _text(_E, "title", channel.title),
        _text(_E, "link", channel.home_url),
        _text(_E, "description", channel.description),
        _text(_E, "language", "en-GB"),
        _A.link(rel="self", type="application/rss+xml", href=channel.self_url),
        _text(_I, "author", channel.author or PUBLISHER),
        _text(_I, "explicit", "false"),
        _I.category(text=CATEGORY),
        _I.image(href=channel.picture),
        *map(_item, channel.episodes),
    )
    return etree.tostring(_E.rss(root, version="2.0"), xml_declaration=True, encoding="utf-8")


def _item(episode: Episode) -> Element:
    entry = episode.entry
    file = next(one for one in entry.enclosures if one.media_type.startswith(("audio/", "video/")))
    item = _E.item(
        _text(_E, "title", entry.title),
        _text(_E, "link", entry.url),
        _text(_E, "guid", entry.id, isPermaLink="false"),
        _text(_E, "pubDate", format_datetime(entry.published_at)),
        _text(_E, "description", entry.summary),
        _text(_C, "encoded", entry.html),
        _E.enclosure(url=for_xml(file.url), length=str(file.size), type=file.media_type),
        *(_text(_D, "creator", name.name) for name in entry.names),
        _text(_I, "author", ", ".join(name.name for name in entry.names) or PUBLISHER),
        _text(_I, "explicit", "false"),
    )
    if file.seconds:
        item.append(_text(_I, "duration", str(file.seconds)))
    if episode.number:
        item.append(_text(_I, "episode", str(episode.number)))
    if episode.has_transcript:
        item.append(_P.transcript(url=f"{entry.url}#transcript", type="text/html", language=for_xml(entry.language)))
    made: Element = item
    return made


def _text(make: ElementMaker, name: str, words: str, **attributes: str) -> Element:
    element: Element = make(name, attributes)
    element.text = for_xml(words)
    return element
