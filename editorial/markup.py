"""Trees of cleaned HTML.

What nh3 gives is well formed except for its void elements, so it is read as XML: that keeps the tree exactly as nh3
decided it. Reading it a second time as HTML could move elements about, which is how cleaners are defeated.
"""

import html as entities
import re
from collections.abc import Iterator

from lxml import etree

Element = etree._Element  # noqa: SLF001 - lxml has no public name for it

VOID = frozenset({"br", "hr", "img"})
_VOID_TAG = re.compile(r"<(br|hr|img)\b([^<>]*)>")
_INLINE_TAG = re.compile(r"</?(?:a|abbr|cite|em|q|s|strong|sub|sup)\b[^<>]*>")
_TAG = re.compile("<[^<>]*>")
# XML has no place for these at all; in HTML they mean nothing.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True, remove_pis=True
)


def parse(html: str) -> Element:
    """Return a ``body`` element holding what nh3 gave.

    Raises lxml.etree.XMLSyntaxError if the text did not come from nh3.
    """
    text = _NOT_XML.sub("", html).replace("&nbsp;", "\u00a0")
    return etree.fromstring(f"<body>{_VOID_TAG.sub(r'<\1\2/>', text)}</body>", _PARSER)


def serialise(root: Element) -> str:
    """Return the HTML inside an element."""
    for element in root.iter():
        if element.text is None and element.tag not in VOID and not len(element):
            element.text = ""
    whole = etree.tostring(root, encoding="unicode", with_tail=False)
    # In this form ">" is escaped in text and attributes, so "/>" is only ever the end of a void element.
    return whole[whole.index(">") + 1 : whole.rindex("<")].replace("/>", ">")


def plain_text(html: str) -> str:
    """Return the words of cleaned HTML, blocks parted by spaces, without notes."""
    text = _TAG.sub(" ", _INLINE_TAG.sub("", html))
    return " ".join(entities.unescape(text).split())


def tag(element: Element) -> str:
    return str(element.tag)


def text_of(element: Element) -> str:
    """All words below an element, without notes."""
    return "".join(_texts(element))


def _texts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if not is_note(child):
            yield from _texts(child)
        yield child.tail or ""


def is_note(element: Element) -> bool:
    return element.tag == "sup" and "data-note" in element.attrib


def is_blank(text: str | None) -> bool:
    return not text or not text.strip()


def append_text(parent: Element, text: str | None) -> None:
    """Add text at the end of an element, after its children."""
    if not text:
        return
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def unwrap(element: Element) -> None:
    """Put the content of an element in its place."""
    parent = element.getparent()
    if parent is None:
        raise ValueError("the root cannot be unwrapped")
    place = parent.index(element)
    _add_before(parent, place, element.text)
    children = list(element)
    tail = element.tail
    parent.remove(element)
    for offset, child in enumerate(children):
        parent.insert(place + offset, child)
    _add_before(parent, place + len(children), tail)


def remove(element: Element, *, keep_tail: bool = True) -> None:
    """Take an element and its content out; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        raise ValueError("the root cannot be removed")
    place = parent.index(element)
    tail = element.tail if keep_tail else None
    parent.remove(element)
    _add_before(parent, place, tail)


def _add_before(parent: Element, place: int, text: str | None) -> None:
    if not text:
        return
    if place == 0:
        parent.text = (parent.text or "") + text
    else:
        parent[place - 1].tail = (parent[place - 1].tail or "") + text


def wrap_content(element: Element, name: str) -> Element:
    """Move everything inside an element into a new child and return the child."""
    inner = etree.Element(name)
    inner.text, element.text = element.text, None
    inner.extend(list(element))
    element.append(inner)
    return inner


def text_before(parent: Element, place: int) -> str:
    """The text in front of the child at `place`; with the number of children, the text after the last one."""
    return (parent[place - 1].tail if place else parent.text) or ""


def set_text_before(parent: Element, place: int, text: str) -> None:
    if place:
        parent[place - 1].tail = text or None
    else:
        parent.text = text or None
