"""What Word, Google Docs and LibreOffice put on the clipboard, turned into plain HTML for `editorial.html` to clean."""

import re
from collections import Counter
from typing import Final

import nh3

from editorial.html import CONVERTED, DROPPED, TAGS, Cleaned, clean_with_report, shallow, without_invisible
from editorial.markup import Element, is_blank, parse, remove, serialise, text_of, unwrap
from editorial.word_lists import build_lists
from editorial.word_notes import drop_comments, link_notes
from editorial.word_tables import head_tables, is_bold

# Word brackets the bullet or number it draws itself with these, in a comment or bare.
_LIST_MARKER: Final = re.compile(
    r"<!(?:--)?\[if !supportLists\](?:--)?>(.*?)<!(?:--)?\[endif\](?:--)?>", re.IGNORECASE | re.DOTALL
)
_FIRST: Final = nh3.Cleaner(
    tags=TAGS | CONVERTED | {"span", "font", "ins", "u", "mark"},
    clean_content_tags=DROPPED,
    attributes={
        "*": {"class", "id", "style"},
        "a": {"href", "name", "title"},
        "abbr": {"title"},
        "del": {"cite", "datetime"},
        "img": {"src", "alt", "width", "height"},
        "ol": {"start"},
        "sup": {"data-note"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan", "scope"},
    },
    url_schemes={"http", "https", "mailto", "tel", "file"},
    link_rel=None,
)
_STYLES: Final = {
    "strong": re.compile(r"font-weight:\s*(?:bold|[6-9]00)"),
    "em": re.compile(r"font-style:\s*(?:italic|oblique)"),
    "s": re.compile(r"text-decoration[a-z-]*:[^;]*line-through"),
    "sup": re.compile(r"vertical-align:\s*super"),
    "sub": re.compile(r"vertical-align:\s*sub(?!e)"),
}
_NOT_BOLD: Final = re.compile(r"font-weight:\s*(?:normal|400)")
_OUTLINE: Final = re.compile(r"mso-outline-level:\s*([1-6])")
_CLASSES: Final = {
    "msotitle": "h1",
    "title": "h1",
    **{f"msoheading{level}": f"h{level}" for level in range(1, 7)},
    "msoquote": "blockquote",
    "msointensequote": "blockquote",
    "quotations": "blockquote",
}


def from_word(html: str) -> str:
    """Return HTML with real lists, headings, header cells and notes instead of a word processor's imitations.

    The result still has to be cleaned: `clean_paste` does both.
    """
    return serialise(convert(html, Counter()))


def clean_paste(html: str) -> Cleaned:
    """Return cleaned text with what was left behind, for the line under the editor."""
    found: Counter[str] = Counter()
    return clean_with_report(serialise(convert(html, found)), raw=html, found=found)


def convert(html: str, found: Counter[str]) -> Element:
    """As `from_word`, as a tree, counting in `found` what was left behind."""
    marked = _LIST_MARKER.sub(r'<mark class="marker">\1</mark>', shallow(html))
    root = parse(without_invisible(_FIRST.clean(marked)))
    _drop_deletions(root, found)
    drop_comments(root, found)
    link_notes(root, found)
    _apply_classes(root)
    build_lists(root)
    _apply_styles(root)
    _drop_bookmarks(root)
    head_tables(root)
    promote_headings(root)
    return root


def _drop_deletions(root: Element, found: Counter[str]) -> None:
    """A deletion that Word was still tracking is not the author's text any more."""
    for deletion in list(root.iter("del")):
        if "datetime" in deletion.attrib or "cite" in deletion.attrib:
            found["deletions"] += 1
            remove(deletion)


def _apply_classes(root: Element) -> None:
    for paragraph in root.iter("p", "div"):
        names = paragraph.get("class", "").lower().split()
        if level := _OUTLINE.search(paragraph.get("style", "")):
            paragraph.tag = f"h{level[1]}"
        else:
            paragraph.tag = next((_CLASSES[name] for name in names if name in _CLASSES), paragraph.tag)
    for table in root.iter("table"):
        caption = table.getprevious()
        if caption is not None and "MsoCaption" in caption.get("class", "") and is_blank(caption.tail):
            caption.tag = "caption"
            caption.tail = None
            table.insert(0, caption)


def _apply_styles(root: Element) -> None:
    for element in list(root.iter("span", "font", "b", "strong", "u", "ins", "mark")):
        style = element.get("style", "").lower()
        if element.tag in ("b", "strong"):
            # Google Docs wraps everything it copies in a bold element that is not bold.
            if _NOT_BOLD.search(style):
                unwrap(element)
            continue
        if is_blank(element.text) and not len(element) and element.text:
            # Word spells a tab or several spaces as a span of no-break spaces.
            element.text = " "
        meant = [tag for tag, pattern in _STYLES.items() if pattern.search(style)]
        if not meant or is_blank(text_of(element)):
            unwrap(element)
            continue
        _nest(element, meant)


def _nest(element: Element, names: list[str]) -> None:
    """Let an element stand for several kinds of emphasis at once."""
    element.tag, element.attrib["style"] = names[0], ""
    outer = element
    for name in names[1:]:
        inner = outer.makeelement(name, {})
        inner.text, outer.text = outer.text, None
        inner.extend(list(outer))
        outer.append(inner)
        outer = inner


def promote_headings(root: Element) -> None:
    """Make headings of short bold lines in a text that has no headings: many authors know no other way."""
    if next(root.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) is not None:
        return
    for line in list(root.iter("p")):
        following = line.getnext()
        if following is None or following.tag not in ("p", "ul", "ol", "blockquote") or is_bold(following):
            continue
        words = text_of(line).strip()
        apart = next(line.iterancestors("li", "td", "th", "blockquote"), None) is None
        if apart and len(words) <= 100 and not words.endswith((".", ",", ";", ":")) and is_bold(line):
            line.tag = "h2"


def _drop_bookmarks(root: Element) -> None:
    """Word marks headings and places of its own; only a place that a link of the text leads to is the author's."""
    wanted = {link.get("href", "")[1:] for link in root.iter("a") if link.get("href", "").startswith("#")}
    for anchor in list(root.iter("a")):
        name = anchor.get("name") or anchor.get("id") or ""
        if name not in wanted or re.match(r"_|OLE_LINK|docs-internal|bookmark|kix\.", name):
            anchor.attrib.pop("name", None)
            anchor.attrib.pop("id", None)
        if re.search(r"#_|#heading=|#bookmark=", anchor.get("href", "")):
            del anchor.attrib["href"]
    for element in root.iter():
        if element.tag != "a":
            element.attrib.pop("id", None)
