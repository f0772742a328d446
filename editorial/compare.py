"""What differs between two snapshots, for reading: words within paragraphs, and lists of authors, topics, files, dates.

Everything shown is plain text that was escaped here; only <ins>, <del>, <p>, <ol>, <li> and <span> are ours.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial.fields import RichTextField
from editorial.history import Snapshot, changed_parts, part
from editorial.html import last_word
from editorial.markup import Element, is_note, parse, tag
from editorial.models import Publishable

# Comparing costs the product of two lengths at worst. Beyond these, a passage is shown as replaced in one piece.
PASSAGE_LIMIT = 1_500_000
TOTAL_LIMIT = 6_000_000
BLOCKS = {"p", "h2", "h3", "h4", "li", "blockquote", "figcaption", "td", "th", "caption", "figure"}
WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Difference:
    """One part of an item that differs: its field name, its name for editors, and the comparison as safe HTML."""

    name: str
    label: str
    html: SafeString


def differences(model: type[Publishable], before: Snapshot, after: Snapshot) -> list[Difference]:
    """Every part of the item that differs, in the order of the snapshot."""
    budget = Budget(TOTAL_LIMIT)
    return [
        Difference(name, label(model, name), _difference(model, name, (before, after), budget))
        for name in changed_parts(before, after)
    ]


def label(model: type[models.Model], name: str) -> str:
    """What editors call a part of the item; the name itself for a field that is no more."""
    if name.endswith(".file"):
        return _("%(field)s: file") % {"field": label(model, name.removesuffix(".file"))}
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return capfirst(name)
    if isinstance(field, models.ForeignObjectRel):
        return capfirst(str(field.related_model._meta.verbose_name_plural))
    return capfirst(str(getattr(field, "verbose_name", name)))


class Budget:
    """What is left of the work one comparison may cost."""

    def __init__(self, left: int) -> None:
        self.left = left

    def allows(self, before: int, after: int) -> bool:
        cost = before * after
        if cost > min(PASSAGE_LIMIT, self.left):
            return False
        self.left -= cost
        return True


def text(before: str, after: str) -> SafeString:
    """Two plain texts, line by line and then word by word."""
    return _passages(before.splitlines(), after.splitlines(), Budget(TOTAL_LIMIT))


def rich(before: str, after: str) -> SafeString:
    """Two rich texts as readers see them, with notes and addresses of links written out, word by word."""
    return _rich(before, after, Budget(TOTAL_LIMIT))


def _rich(before: str, after: str, budget: Budget) -> SafeString:
    old, new = list(paragraphs(before)), list(paragraphs(after))
    if old == new:
        return format_html("<p>{}</p>", _("The words are the same. Only the formatting differs."))
    return _passages(old, new, budget)


def paragraphs(html: str) -> Iterator[str]:
    """The readable text of rich text, a block at a time."""
    open_block: list[str] = []

    def finished() -> Iterator[str]:
        words = " ".join("".join(open_block).split())
        open_block.clear()
        if words:
            yield words

    def walk(element: Element) -> Iterator[str]:
        is_block = tag(element) in BLOCKS
        if is_block:
            yield from finished()
            open_block.append(_mark(element))
        open_block.append(element.text or "")
        for child in element:
            yield from walk(child)
            open_block.append(_written_out(child))
            open_block.append(child.tail or "")
        if is_block:
            yield from finished()

    yield from walk(parse(last_word(html)))
    yield from finished()


def _mark(element: Element) -> str:
    name = tag(element)
    if name in {"h2", "h3", "h4"}:
        return _("Heading %(level)s:") % {"level": name[1]} + " "
    return "• " if name == "li" else ""


def _written_out(element: Element) -> str:
    """What is meant by an element and not part of its text."""
    if is_note(element):
        note = " ".join(paragraphs(element.get("data-note") or ""))
        return " [" + _("note: %(words)s") % {"words": note} + "]"
    if tag(element) == "a" and element.get("href"):
        return f" <{element.get('href')}>"
    if tag(element) == "img":
        return " [" + _("picture: %(words)s") % {"words": element.get("alt") or element.get("src") or ""} + "]"
    return " " if tag(element) == "br" else ""


def _passages(old: list[str], new: list[str], budget: Budget) -> SafeString:
    shown: list[str] = []
    for kind, a, b, c, d in _steps(old, new, budget):
        if kind == "equal":
            shown.extend(_unchanged(old[a:b], is_first=a == 0, is_last=b == len(old)))
            continue
        pairs = min(b - a, d - c)
        shown.extend(f"<p>{_words(old[a + i], new[c + i], budget)}</p>" for i in range(pairs))
        shown.extend(f"<p><del>{escape(passage)}</del></p>" for passage in old[a + pairs : b])
        shown.extend(f"<p><ins>{escape(passage)}</ins></p>" for passage in new[c + pairs : d])
    return mark_safe("".join(shown))  # noqa: S308 -- every text above is escaped


def _unchanged(passages: list[str], *, is_first: bool, is_last: bool) -> Iterator[str]:
    """Long stretches without a change are counted, not shown, but for a passage on either side for orientation."""
    head = passages[: 0 if is_first else 1]
    tail = passages[len(passages) if is_last else max(len(passages) - 1, len(head)) :]
    hidden = len(passages) - len(head) - len(tail)
    yield from (f"<p>{escape(passage)}</p>" for passage in head)
    if hidden:
        words = ngettext("%(count)s passage unchanged", "%(count)s passages unchanged", hidden) % {"count": hidden}
        yield f'<p class="unchanged">{escape(words)}</p>'
    yield from (f"<p>{escape(passage)}</p>" for passage in tail)


def _words(old: str, new: str, budget: Budget) -> str:
    before, after = WORDS.findall(old), WORDS.findall(new)
    shown: list[str] = []
    for kind, a, b, c, d in _steps(before, after, budget):
        if kind == "equal":
            shown.append(escape("".join(before[a:b])))
            continue
        if b > a:
            shown.append(f"<del>{escape(''.join(before[a:b]))}</del>")
        if d > c:
            shown.append(f"<ins>{escape(''.join(after[c:d]))}</ins>")
    return "".join(shown)


def _steps(old: list[str], new: list[str], budget: Budget) -> Iterator[tuple[str, int, int, int, int]]:
    """Like SequenceMatcher.get_opcodes, with equal ends cut off first and nothing that would take minutes."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    a, b, c, d = head, len(old) - tail, head, len(new) - tail
    if head:
        yield "equal", 0, head, 0, head
    if b > a and d > c and budget.allows(b - a, d - c):
        matcher = SequenceMatcher(None, old[a:b], new[c:d], autojunk=False)
        for kind, i, j, k, m in matcher.get_opcodes():
            yield kind, a + i, a + j, c + k, c + m
    elif b > a or d > c:
        yield "replace", a, b, c, d
    if tail:
        yield "equal", b, len(old), d, len(new)


def shown(model: type[Publishable], name: str, data: Snapshot) -> SafeString:
    """One part of a snapshot in full, for reading and copying."""
    if name in data.get("children", {}):
        return _listed(_child_lines(model, name, data))
    if name in data.get("sets", {}):
        return _listed(_set_lines(name, data))
    field, value = _field(model, name), part(data, name)
    if isinstance(field, RichTextField):
        return mark_safe(last_word(value or ""))  # noqa: S308 -- through the cleaner in the same line
    return format_html("<p>{}</p>", readable(field, name, value, data["labels"]))


def _listed(lines: list[str]) -> SafeString:
    return format_html("<ol>{}</ol>", format_html_join("", "<li>{}</li>", ((line,) for line in lines)))


def _difference(model: type[Publishable], name: str, sides: tuple[Snapshot, Snapshot], budget: Budget) -> SafeString:
    if any(name in side.get("children", {}) for side in sides):
        return _lists([_child_lines(model, name, side) for side in sides], budget)
    if any(name in side.get("sets", {}) for side in sides):
        return _lists([_set_lines(name, side) for side in sides], budget)
    field = _field(model, name)
    old, new = (part(side, name) for side in sides)
    if isinstance(field, RichTextField):
        return _rich(old or "", new or "", budget)
    if isinstance(field, (models.CharField, models.TextField)) and not field.choices:
        return _passages(str(old or "").splitlines(), str(new or "").splitlines(), budget)
    return _replaced(*(readable(field, name, part(side, name), side["labels"]) for side in sides))


def _field(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def readable(field: Any, name: str, value: Any, labels: dict[str, str]) -> str:
    """One value in words: the name of what is referred to, the label of a choice, a date as printed."""
    if value is None or value == "":
        return _("nothing")
    if f"{name}:{value}" in labels:
        return labels[f"{name}:{value}"]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(getattr(field, "flatchoices", ()) or ())
    if value in choices:
        return str(choices[value])
    day = parse_date(value) if isinstance(field, models.DateField) and isinstance(value, str) else None
    return date_format(day, "j F Y") if day else str(value)


def _replaced(old: str, new: str) -> SafeString:
    return format_html("<p><del>{}</del> <ins>{}</ins></p>", old, new)


def _set_lines(name: str, side: Snapshot) -> list[str]:
    return sorted(side["labels"].get(f"{name}:{value}", str(value)) for value in part(side, name) or [])


def _child_lines(model: type[Publishable], name: str, side: Snapshot) -> list[str]:
    """Each row on one line, in order; keys and places are not for reading, the order itself shows."""
    relation = _field(model, name)
    child = relation.related_model if relation is not None else None
    lines = []
    for row in part(side, name) or []:
        words = [
            readable(_field(child, key) if child else None, key, value, side["labels"])
            for key, value in row.items()
            if key not in {"id", "position"} and value not in (None, "")
        ]
        lines.append(" · ".join(dict.fromkeys(words)))
    return lines


def _lists(sides: list[list[str]], budget: Budget) -> SafeString:
    """Two lists as one, with what was taken out, put in or moved."""
    old, new = sides
    lines: list[tuple[SafeString]] = []
    for kind, a, b, c, d in _steps(old, new, budget):
        if kind == "equal":
            lines.extend((format_html("{}", line),) for line in old[a:b])
            continue
        lines.extend((_line("del", line, _("moved") if line in new else ""),) for line in old[a:b])
        lines.extend((_line("ins", line, _("moved") if line in old else ""),) for line in new[c:d])
    return format_html("<ol>{}</ol>", format_html_join("", "<li>{}</li>", lines))


def _line(element: str, words: str, remark: str) -> SafeString:
    shown = mark_safe(f"<{element}>{escape(words)}</{element}>")  # noqa: S308 -- escaped in the same line
    return format_html("{} <span>({})</span>", shown, remark) if remark else shown
