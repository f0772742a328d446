"""Word's lists are paragraphs with a drawn bullet or number; this makes them lists, nested by their levels."""

import re
from dataclasses import dataclass
from typing import Final

from editorial.markup import Element, is_blank, remove, text_of

_LEVEL: Final = re.compile(r"mso-list:\s*(?:l(?P<list>\d+)\s+)?level(?P<level>\d)", re.IGNORECASE)
_MARGIN: Final = re.compile(
    r"margin(?:-left)?:\s*(?:[\d.]+\w*\s+){0,3}?(?P<size>[\d.]+)(?P<unit>pt|in|cm|px)\s*(?:;|\Z)"
)
_POINTS: Final = {"pt": 1.0, "in": 72.0, "cm": 28.35, "px": 0.75}
_NUMBER: Final = re.compile(r"\(?(?P<value>\d{1,3}|[a-z]|[ivxlc]{1,6})[.)]\Z", re.IGNORECASE)
_BULLET: Final = "[·•o§–▪◦●○■□➢ØüvqàÔ\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf0a8-]"
_TYPED: Final = re.compile(
    rf"\s*(?P<marker>{_BULLET}|\(?(?:\d{{1,3}}|[a-zA-Z]|[ivxlcIVXLC]{{1,6}})[.)])[\u00a0\t ]*[\u00a0\t][\u00a0\t ]*"
)


@dataclass
class _Item:
    paragraph: Element
    level: int
    indent: float
    marker: str
    list_id: str

    @property
    def ordered(self) -> bool:
        return _NUMBER.match(self.marker) is not None

    @property
    def start(self) -> int:
        match = _NUMBER.match(self.marker)
        return int(match["value"]) if match and match["value"].isdigit() else 1


def build_lists(root: Element) -> None:
    for parent in [root, *root.iter("div", "td", "blockquote")]:
        run: list[_Item] = []
        for child in list(parent):
            item = _read(child)
            if item is not None and (not run or is_blank(run[-1].paragraph.tail)):
                run.append(item)
                continue
            _nest(run)
            run = [item] if item is not None else []
        _nest(run)


def _read(paragraph: Element) -> _Item | None:
    """Return the list item a paragraph stands for, its marker taken out, or None if it is a paragraph."""
    if paragraph.tag not in ("p", "div"):
        return None
    style = paragraph.get("style", "")
    listed = _LEVEL.search(style)
    named = "MsoListParagraph" in paragraph.get("class", "") or "MsoListBullet" in paragraph.get("class", "")
    if "mso-list:none" in style.replace(" ", "").lower():
        return None
    marker = _take_marker(paragraph) or (_take_typed(paragraph) if listed or named else "")
    if not marker:
        return None
    margin = _MARGIN.search(style)
    indent = float(margin["size"]) * _POINTS[margin["unit"]] if margin else 0.0
    return _Item(paragraph, int(listed["level"]) if listed else 0, indent, marker, (listed and listed["list"]) or "")


def _take_marker(paragraph: Element) -> str:
    for part in paragraph.iter("mark", "span"):
        style = part.get("style", "").replace(" ", "").lower()
        if part.get("class") == "marker" or "mso-list:ignore" in style:
            words = "".join(text_of(part).split())
            remove(part)
            return words
    return ""


def _take_typed(paragraph: Element) -> str:
    """The marker when the browser kept the characters and dropped what said that they are a marker."""
    match = _TYPED.match(text_of(paragraph))
    if not match:
        return ""
    left = match.end()
    for part in [paragraph, *paragraph.iterdescendants()]:
        taken = min(left, len(part.text or ""))
        part.text, left = (part.text or "")[taken:], left - taken
        if not left:
            break
        if part is not paragraph and not len(part):
            taken = min(left, len(part.tail or ""))
            part.tail, left = (part.tail or "")[taken:], left - taken
    return match["marker"]


def _nest(items: list[_Item]) -> None:
    if not items:
        return
    parent = items[0].paragraph.getparent()
    if parent is None:
        return
    place = parent.index(items[0].paragraph)
    levels = _levels(items)
    open_lists: list[tuple[int, Element, _Item]] = []
    for item, level in zip(items, levels, strict=True):
        while open_lists and (open_lists[-1][0] > level or _begins_anew(open_lists[-1], level, item)):
            open_lists.pop()
        if not open_lists or open_lists[-1][0] < level:
            new = parent.makeelement("ol" if item.ordered else "ul", {})
            if item.ordered and item.start > 1:
                new.set("start", str(item.start))
            if open_lists:
                open_lists[-1][1][-1].append(new)
            else:
                parent.insert(place, new)
                place += 1
            open_lists.append((level, new, item))
        item.paragraph.tail = None
        item.paragraph.tag = "li"
        item.paragraph.attrib.clear()
        open_lists[-1][1].append(item.paragraph)


def _begins_anew(opened: tuple[int, Element, _Item], level: int, item: _Item) -> bool:
    """Whether an item of the same level belongs to another list than the one that is open."""
    at, _, first = opened
    if at != level:
        return False
    return first.ordered != item.ordered or (item.ordered and first.list_id != item.list_id and item.start == 1)


def _levels(items: list[_Item]) -> list[int]:
    """Word's own levels; where the browser dropped them, the order of the indents."""
    if any(item.level for item in items):
        return [item.level or 1 for item in items]
    steps = sorted({round(item.indent) for item in items})
    return [steps.index(round(item.indent)) + 1 for item in items]
