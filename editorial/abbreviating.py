"""Abbreviations spelt out where a reader first meets them.

The words stand in the text in brackets, as an author would put them: a tooltip reaches neither fingers nor most screen
readers. They are set apart, and left out when the text is copied, since they are not the author's.
"""

import re
from collections.abc import Mapping

from lxml import etree

from editorial.markup import Element, tag, text_of

# Not in headings and links, not in what somebody else said, not in narrow cells, nor where the author marked it himself.
_LEFT_ALONE = frozenset(
    {"a", "abbr", "blockquote", "caption", "cite", "code", "figcaption", "h2", "h3", "h4", "pre", "q", "sup", "table"}
)


def expand(root: Element, expansions: Mapping[str, str]) -> None:
    """Spell out each of these once: at its first use as a bare word, unless the author has done so anywhere."""
    if not expansions:
        return
    said = " ".join(text_of(root).split()).casefold()
    wanted = {
        short: words
        for short, words in expansions.items()
        if " ".join(words.split()).casefold() not in said and not _is_explained(short.casefold(), said)
    }
    if not wanted:
        return
    shorts = sorted(wanted, key=len, reverse=True)
    # With a hyphen, a possessive or a plural after it the brackets would part what belongs together.
    bare = re.compile(
        rf"(?<![A-Za-z0-9(\[/&\-\u2010-\u2015.@])({'|'.join(map(re.escape, shorts))})"
        r"(?![A-Za-z0-9)\]/&\u2010-\u2015@]|[-'\u2019.][A-Za-z0-9])"
    )
    _walk(root, bare, wanted)


def _is_explained(short: str, said: str) -> bool:
    """Whether the author has brackets around it, or after it."""
    return f"({short})" in said or re.search(rf"(?<!\w){re.escape(short)} \(", said) is not None


def _walk(element: Element, bare: re.Pattern[str], wanted: dict[str, str]) -> None:
    """In the order of reading; what is spelt out leaves `wanted`, so it happens once."""
    children = list(element)  # before what is inserted stands among them
    _split(element, None, bare, wanted)
    for child in children:
        if tag(child) not in _LEFT_ALONE and wanted:
            _walk(child, bare, wanted)
        _split(element, child, bare, wanted)


def _split(parent: Element, before: Element | None, bare: re.Pattern[str], wanted: dict[str, str]) -> None:
    """Work on one stretch of text: at the beginning of `parent`, or after the child `before`."""
    text = (before.tail if before is not None else parent.text) or ""
    place = parent.index(before) + 1 if before is not None else 0
    last, done = before, 0
    for found in bare.finditer(text):
        words = wanted.pop(found[1], None)
        if words is None:
            continue
        head = text[done : found.start()]
        if last is None:
            parent.text = head
        else:
            last.tail = head
        mark = etree.Element("abbr")
        mark.text = found[1]
        said = etree.Element("span", {"class": "expansion"})
        said.text = f" ({words})"
        parent.insert(place, mark)
        parent.insert(place + 1, said)
        place, last, done = place + 2, said, found.end()
    if done and last is not None:
        last.tail = text[done:]
