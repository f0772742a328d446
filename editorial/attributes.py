"""Attributes in rich text: links, names inside the text, pictures, cells and notes, each checked for its meaning."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from urllib.parse import unquote

from django.conf import settings

from editorial.markup import Element, is_note, remove, unwrap

# Every id on a public page that comes from a text has one of these forms, so none can take the name of something a
# script or form reads: a- for anchors editors set, s- for sections, p and a number for paragraphs.
_OUR_FRAGMENT = re.compile(r"#(?:(?:a|s)-[a-z0-9]+(?:-[a-z0-9]+)*|p[1-9][0-9]{0,3})\Z")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_LOCAL = re.compile(r"\\\\|[a-z]:[\\/]", re.IGNORECASE)
_HOST = re.compile(r"(?:www\.|//)[a-z0-9-]+(?:\.[a-z0-9-]+)+(?=[/?#]|\Z)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*\Z", re.IGNORECASE)
_SCOPES = {"col", "row", "colgroup", "rowgroup"}


def settle(root: Element, *, clean_note: Callable[[str], str], found: Counter[str]) -> None:
    for image in list(root.iter("img")):
        _settle_image(image, found)
    places = _name_places(root)
    for link in list(root.iter("a")):
        _settle_link(link, places, found)
    for mark in list(root.iter("sup")):
        _settle_note(mark, clean_note)
    for element in root.iter("th", "td", "ol"):
        _settle_numbers(element)
    for quotation in root.iter("blockquote", "figure"):
        allowed = "pull" if quotation.tag == "blockquote" else "image"
        if allowed in quotation.get("class", "").split():
            quotation.set("class", allowed)
        else:
            quotation.attrib.pop("class", None)
    _normalise(root)


def settle_inline(root: Element) -> None:
    for link in list(root.iter("a")):
        for name in ("id", "name"):
            link.attrib.pop(name, None)
        _settle_link(link, {}, Counter())
        if link.get("href", "").startswith("#"):
            unwrap(link)
    for element in root.iter("sup", "blockquote", "figure"):
        element.attrib.pop("class", None)
    _normalise(root)


def _normalise(root: Element) -> None:
    for element in root.iter():
        for name, value in element.attrib.items():
            if name in ("alt", "title"):
                element.set(name, unicodedata.normalize("NFC", " ".join(str(value).split())))


def _settle_image(image: Element, found: Counter[str]) -> None:
    src = image.get("src", "").strip()
    if not src.startswith(settings.MEDIA_URL) or ".." in unquote(src) or "\\" in unquote(src):
        found["images"] += 1
        remove(image)
        return
    image.set("src", src)
    for name in ("width", "height"):
        if not re.fullmatch("[1-9][0-9]{0,4}", image.get(name, "")):
            image.attrib.pop(name, None)


def _name_places(root: Element) -> dict[str, str]:
    """Give each place that can be linked to its safe id; return the new id for each old name."""
    places: dict[str, str] = {}
    for anchor in root.iter("a"):
        name = anchor.attrib.pop("name", None)
        old = str(anchor.attrib.pop("id", None) or name or "")
        new = _anchor_id(old)
        if new and new not in places.values():
            places[old] = new
            anchor.set("id", new)
    return places


def _anchor_id(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub("[^a-z0-9]+", "-", plain).strip("-").removeprefix("a-")
    return f"a-{slug[:60].rstrip('-')}" if slug and slug != "a" else ""


def _settle_link(link: Element, places: dict[str, str], found: Counter[str]) -> None:
    if "href" in link.attrib:
        href = _address(str(link.get("href")))
        if href.startswith("#"):
            href = "#" + places[unquote(href[1:])] if unquote(href[1:]) in places else href
            if not _OUR_FRAGMENT.match(href):
                found["dead links"] += 1
                href = ""
        if href:
            link.set("href", href)
        else:
            del link.attrib["href"]
    if "href" not in link.attrib or not _LANGUAGE.match(link.get("hreflang", "")):
        link.attrib.pop("hreflang", None)
    if "href" not in link.attrib and "id" not in link.attrib:
        unwrap(link)


def _address(href: str) -> str:
    """Return the address as it should stand, or nothing if it leads to the author's computer."""
    href = href.strip()
    if _LOCAL.match(href):
        return ""
    if _HOST.match(href):
        return "https://" + href.removeprefix("//")
    if (scheme := _SCHEME.match(href)) and scheme[1].lower() in ("http", "https"):
        return href if re.match(r"https?://[^/]", href, re.IGNORECASE) else ""
    return href


def _settle_note(mark: Element, clean_note: Callable[[str], str]) -> None:
    if not is_note(mark):
        mark.attrib.pop("class", None)
        return
    note = clean_note(str(mark.get("data-note")))
    if not note:
        remove(mark)
        return
    mark.attrib.clear()
    mark.set("class", "fn")
    mark.set("data-note", note)


def _settle_numbers(element: Element) -> None:
    for name in ("colspan", "rowspan", "start"):
        if name in element.attrib and not re.fullmatch("[2-9]|[1-9][0-9]{1,2}", element.get(name, "")):
            del element.attrib[name]
    if element.tag == "th":
        row = element.getparent()
        section = row.getparent() if row is not None else None
        if element.get("scope") not in _SCOPES:
            element.set("scope", "col" if section is not None and section.tag == "thead" else "row")
