"""White space, line breaks and emptiness: nothing at the edges of a block, nothing doubled, nothing hollow."""

import re
import unicodedata

from lxml import etree

from editorial.markup import Element, is_blank, is_note, remove, set_text_before, text_before, unwrap

LINE = "\u2028"
INLINE = frozenset({"strong", "em", "sub", "sup", "s", "br", "cite", "q", "abbr", "a", "img"})
_SPACES = re.compile("[ \t\n\r\f\u00a0]*[ \t\n\r\f][ \t\n\r\f\u00a0]*|\u00a0{2,}")
_KEPT_EMPTY = frozenset({"body", "br", "hr", "img", "td", "th"})


def settle(root: Element) -> None:
    for element in reversed(list(root.iterdescendants(*INLINE - {"br", "img"}))):
        if not _has_content(element):
            unwrap(element)
    for element in root.iter():
        element.text = _spaced(element.text)
        element.tail = _spaced(element.tail)
    _break_lines(root)
    _settle_breaks(root)
    for block in reversed([root, *root.iterdescendants()]):
        if block is not root and block.tag in INLINE:
            continue
        _trim(block)
        if block.tag not in _KEPT_EMPTY and not _has_content(block):
            remove(block)
    for element in root.iter():
        element.text = element.text and unicodedata.normalize("NFC", element.text)
        element.tail = element.tail and unicodedata.normalize("NFC", element.tail)


def _spaced(text: str | None) -> str | None:
    return _SPACES.sub(" ", text).replace("\u2029", LINE) if text else None


def _break_lines(root: Element) -> None:
    for element in list(root.iter()):
        if element.text and LINE in element.text:
            element.text, *lines = element.text.split(LINE)
            for place, line in enumerate(lines):
                element.insert(place, _line_break(line))
        parent = element.getparent()
        if parent is not None and element.tail and LINE in element.tail:
            element.tail, *lines = element.tail.split(LINE)
            for place, line in enumerate(lines, start=parent.index(element) + 1):
                parent.insert(place, _line_break(line))


def _line_break(text_after: str) -> Element:
    line = etree.Element("br")
    line.tail = text_after
    return line


def _settle_breaks(root: Element) -> None:
    """A double line break ends a paragraph; elsewhere it is one line break."""
    for line in reversed(list(root.iterdescendants("br"))):
        parent = line.getparent()
        if parent is None:
            continue
        place = parent.index(line)
        line.tail = line.tail and line.tail.lstrip()
        set_text_before(parent, place, text_before(parent, place).rstrip())
        if place == 0 or text_before(parent, place) or parent[place - 1].tag != "br":
            continue
        grandparent = parent.getparent()
        if parent.tag == "p" and grandparent is not None and grandparent.tag in ("body", "blockquote"):
            following = etree.Element("p")
            following.text = line.tail
            following.extend(parent[place + 1 :])
            grandparent.insert(grandparent.index(parent) + 1, following)
            following.tail, parent.tail = parent.tail, None
            line.tail = None
        remove(line)


def _has_content(element: Element) -> bool:
    for part in element.iter():
        if not is_blank(part.text) or (part is not element and not is_blank(part.tail)):
            return True
        if part.tag in ("img", "hr") or is_note(part) or (part.tag == "a" and "id" in part.attrib):
            return True
    return False


def _trim(block: Element) -> None:
    _trim_start(block, 0)
    _trim_end(block, len(block))
    for child in reversed(list(block)):
        if child.tag not in INLINE:
            place = block.index(child)
            _trim_start(block, place + 1)
            _trim_end(block, place)


def _trim_start(parent: Element, place: int) -> None:
    while True:
        text = text_before(parent, place).lstrip()
        set_text_before(parent, place, text)
        if text or place >= len(parent):
            return
        child = parent[place]
        if child.tag != "br":
            if child.tag in INLINE and child.tag != "img" and not is_note(child):
                _trim_start(child, 0)
            return
        remove(child)


def _trim_end(parent: Element, place: int) -> None:
    while True:
        text = text_before(parent, place).rstrip()
        set_text_before(parent, place, text)
        if text or place == 0:
            return
        child = parent[place - 1]
        if child.tag != "br":
            if child.tag in INLINE and child.tag != "img" and not is_note(child):
                _trim_end(child, len(child))
            return
        remove(child)
        place -= 1
