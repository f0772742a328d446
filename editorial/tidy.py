"""Puts cleaned HTML in one canonical order: paragraphs, lists, tables and headings as a reader's browser expects them.

Nothing here makes text safe (`editorial.html` does that, before and after); nothing here loses words.
"""

import re
from collections import Counter
from collections.abc import Callable

from lxml import etree

from editorial import attributes, spacing
from editorial.markup import (
    Element,
    append_text,
    is_blank,
    is_note,
    remove,
    tag,
    text_before,
    text_of,
    unwrap,
    wrap_content,
)
from editorial.spacing import INLINE, LINE

HEADINGS = ("h2", "h3", "h4")
_RENAMED = {"b": "strong", "i": "em", "dfn": "em", "strike": "s", "del": "s", "h5": "h4", "h6": "h4"}
_BOXES = frozenset(
    {
        *("div", "section", "article", "header", "footer", "main", "aside", "nav", "address", "center", "details"),
        *("summary", "dl", "dt", "dd", "fieldset", "form", "hgroup", "pre"),
    }
)
_PHRASING_ONLY = frozenset({"p", "h1", *HEADINGS, "caption", "figcaption"})
_STRUCTURE = frozenset({"table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "figure"})
_DEEPEST = 60
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")


def arrange(root: Element, *, clean_note: Callable[[str], str], found: Counter[str]) -> None:
    """Bring the tree under `root` into order, in place, counting in `found` the links and images it drops."""
    _prepare(root)
    attributes.settle(root, clean_note=clean_note, found=found)
    _order_blocks(root)
    spacing.settle(root)
    _open_figures(root)
    for element in list(root.iterdescendants("li", "td", "th")):
        _unwrap_only_paragraph(element)
    _order_headings(root)
    for block in root:
        block.tail = "\n"
    if len(root):
        root[-1].tail = None


def arrange_inline(root: Element) -> None:
    """Turn whatever is in the tree into one run of text with line breaks where blocks ended."""
    _prepare(root)
    attributes.settle_inline(root)
    for element in list(root.iterdescendants()):
        if element.tag in INLINE and not is_note(element) and element.tag != "img":
            continue
        if element.tag == "img" or is_note(element):
            remove(element)
        else:
            _end_line(element)
            unwrap(element)
    spacing.settle(root)


def _prepare(root: Element) -> None:
    for note in root.iter("sup"):
        if is_note(note):
            note[:] = []
            note.text = None
    _flatten(root)
    for element in root.iter():
        name = tag(element)
        if name == "pre":
            _keep_lines(element)
        element.tag = _RENAMED.get(name, "div" if name in _BOXES else name)
    _distribute_inline(root)


def _flatten(root: Element) -> None:
    depth = 0
    deep: list[Element] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start" and depth > _DEEPEST:
            deep.append(element)
    for element in reversed(deep):
        append_text(element, " ")
        unwrap(element)


def _keep_lines(pre: Element) -> None:
    for element in pre.iter():
        element.text = element.text and element.text.strip("\n").replace("\n", LINE)
        if element is not pre:
            element.tail = element.tail and element.tail.replace("\n", LINE)


def _end_line(element: Element) -> None:
    parent = element.getparent()
    if parent is not None and not is_blank(text_of(element)):
        parent.insert(parent.index(element), etree.Element("br"))
        after = etree.Element("br")
        after.tail, element.tail = element.tail, None
        parent.insert(parent.index(element) + 1, after)


# Emphasis and links around whole blocks are put inside each block.


def _is_inline(element: Element) -> bool:
    return element.tag in INLINE


def _distribute_inline(root: Element) -> None:
    for element in reversed(list(root.iterdescendants(*INLINE - {"br", "img"}))):
        if all(_is_inline(child) for child in element):
            continue
        for run in _runs(element):
            _wrap_run(element, run, element)
        for child in element:
            if not _is_inline(child):
                _push(element, child)
        unwrap(element)


def _push(outer: Element, block: Element) -> None:
    if block.tag == "hr":
        return
    if block.tag in _STRUCTURE:
        for child in block:
            if not _is_inline(child):
                _push(outer, child)
    elif all(_is_inline(child) for child in block):
        inner = wrap_content(block, tag(outer))
        _copy_attributes(outer, inner)
    else:
        for run in _runs(block):
            _wrap_run(block, run, outer)
        for child in block:
            if not _is_inline(child):
                _push(outer, child)


def _copy_attributes(source: Element, target: Element) -> None:
    for name, value in source.attrib.items():
        target.set(name, value)


type Run = tuple[int, int]


def _runs(parent: Element) -> list[Run]:
    """The stretches of inline content between blocks, as (first child, child after the last), last stretch first."""
    runs: list[Run] = []
    start = 0
    for place, child in enumerate(parent):
        if not _is_inline(child):
            runs.append((start, place))
            start = place + 1
    runs.append((start, len(parent)))
    return [run for run in reversed(runs) if _has_content(parent, run)]


def _has_content(parent: Element, run: Run) -> bool:
    start, end = run
    before = parent[start - 1].tail if start else parent.text
    return start < end or not is_blank(before)


def _wrap_run(parent: Element, run: Run, pattern: Element | str) -> Element:
    """Move a stretch of inline content, with the text before it, into a new element; return that."""
    start, end = run
    if isinstance(pattern, str):
        wrapper = etree.Element(pattern)
    else:
        wrapper = etree.Element(pattern.tag)
        _copy_attributes(pattern, wrapper)
    if start:
        wrapper.text, parent[start - 1].tail = parent[start - 1].tail, None
    else:
        wrapper.text, parent.text = parent.text, None
    wrapper.extend(parent[start:end])
    parent.insert(start, wrapper)
    return wrapper


# Blocks


def _order_blocks(root: Element) -> None:
    for element in reversed([root, *root.iterdescendants()]):
        if order := _ORDERS.get(tag(element)):
            order(element)
    for name in ("strong", "em", "s", "a"):
        for element in list(root.iterdescendants(name)):
            if next(element.iterancestors(name), None) is not None:
                unwrap(element)


def _order_flow(parent: Element) -> None:
    _collect_stray_items(parent)
    _paragraph_runs(parent)


def _open_box(box: Element) -> None:
    if all(_is_inline(child) for child in box):
        box.tag = "p"
    else:
        _order_flow(box)
        unwrap(box)


def _paragraph_runs(parent: Element) -> None:
    for run in _runs(parent):
        paragraph = _wrap_run(parent, run, "p")
        # Someone who types without the editor ends paragraphs with an empty line; two line breaks part them later.
        paragraph.text = paragraph.text and _BLANK_LINE.sub(LINE * 2, paragraph.text)
        for child in paragraph:
            child.tail = child.tail and _BLANK_LINE.sub(LINE * 2, child.tail)


def _collect_stray_items(parent: Element) -> None:
    for item in list(parent.iterchildren("li")):
        before = item.getprevious()
        if before is not None and before.tag == "ul" and is_blank(before.tail) and before.get("stray"):
            before.tail = None
            home = before
        else:
            home = etree.Element("ul", stray="1")
            parent.insert(parent.index(item), home)
        home.tail, item.tail = item.tail, None
        home.append(item)
    for home in parent.iterchildren("ul"):
        home.attrib.pop("stray", None)


def _order_list(element: Element) -> None:
    for run in _runs(element):
        _wrap_run(element, run, "li")
    for child in list(element):
        if child.tag == "li":
            continue
        before = child.getprevious()
        if child.tag in ("ul", "ol") and before is not None:
            before.append(child)
        else:
            item = etree.Element("li")
            element.insert(element.index(child), item)
            item.append(child)
    for child in element:
        child.tail = None
    element.text = None


def _flatten_blocks(element: Element) -> None:
    parent = element.getparent()
    if element.tag == "figcaption" and (parent is None or parent.tag != "figure"):
        element.tag = "p"
    for child in list(element.iterdescendants()):
        if not _is_inline(child):
            child.tail = " " + (child.tail or "")
            child.text = " " + (child.text or "")
            unwrap(child)


def _order_table(table: Element) -> None:
    captions = list(table.iterchildren("caption"))
    for caption in captions[1:]:
        parent = table.getparent()
        if parent is not None:
            caption.tag = "p"
            caption.tail = None
            parent.insert(parent.index(table), caption)
    if captions:
        table.insert(0, captions[0])
    for part in table.iter("table", "thead", "tbody", "tfoot", "tr"):
        if part is table or part.tag != "table":
            part.text = None
            for child in part:
                child.tail = None


def _order_figure(figure: Element) -> None:
    captions = list(figure.iterchildren("figcaption"))
    for extra in captions[1:]:
        append_text(captions[0], " ")
        captions[0].append(extra)
        unwrap(extra)
    if captions:
        figure.append(captions[0])
    for child in list(figure):
        if child.tag == "p" and len(child) == 1 and child[0].tag == "img" and is_blank(text_of(child)):
            unwrap(child)
    for start, end in _runs(figure):
        words = text_before(figure, start) + "".join(text_of(e) + (e.tail or "") for e in figure[start:end])
        if not is_blank(words) or any(e.tag != "img" for e in figure[start:end]):
            _wrap_run(figure, (start, end), "p")
    _collect_stray_items(figure)


_ORDERS: dict[str, Callable[[Element], None]] = {
    **dict.fromkeys(("body", "blockquote"), _order_flow),
    **dict.fromkeys(("li", "td", "th"), _collect_stray_items),
    **dict.fromkeys(("ul", "ol"), _order_list),
    **dict.fromkeys(_PHRASING_ONLY, _flatten_blocks),
    "div": _open_box,
    "table": _order_table,
    "figure": _order_figure,
}


def _open_figures(root: Element) -> None:
    """A caption that lost its picture becomes a paragraph: its words are the author's."""
    for figure in list(root.iterdescendants("figure")):
        if next(figure.iter("img", "table", "blockquote"), None) is None:
            for caption in figure.iterchildren("figcaption"):
                caption.tag = "p"
            unwrap(figure)


def _unwrap_only_paragraph(element: Element) -> None:
    paragraphs = list(element.iterchildren("p"))
    others = [child for child in element if child.tag not in ("p", "ul", "ol")]
    if len(paragraphs) == 1 and not others and element[0] is paragraphs[0] and is_blank(element.text):
        element.text = None
        if is_blank(paragraphs[0].tail):
            unwrap(paragraphs[0])


def _order_headings(root: Element) -> None:
    """Renumber so that the first heading is h2 and none skips a level; more than three levels fold into h4."""
    open_levels: list[int] = []
    for heading in root.iter("h1", *HEADINGS):
        level = int(tag(heading)[1])
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        heading.tag = f"h{min(2 + len(open_levels), 4)}"
        open_levels.append(level)
        for line in list(heading.iter("br")):
            line.tail = " " + (line.tail or "")
            remove(line)
        only = heading[0] if len(heading) == 1 else None
        if only is not None and only.tag == "strong" and is_blank(heading.text) and is_blank(only.tail):
            unwrap(only)
