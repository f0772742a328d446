"""A stored text as readers get it: numbered notes that link both ways, sections, paragraph addresses, wide tables."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from lxml import etree

from editorial.abbreviating import expand
from editorial.html import last_word, last_word_inline
from editorial.markup import Element, is_note, parse, plain_text, serialise, text_of

WORDS_A_MINUTE = 230
# Chinese and Japanese have no spaces between words; an ordinary reader takes in about this many characters.
CHARACTERS_A_MINUTE = 500
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"[^\W_]+(?:['’.,\-\u2010\u2011][^\W_]+)*")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_TEXT_BLOCKS = ("p", "h2", "h3", "h4", "li", "td", "th", "caption", "figcaption")


@dataclass(frozen=True)
class Note:
    number: int
    html: SafeString
    prefix: str = ""

    @property
    def id(self) -> str:
        return f"{self.prefix}fn-{self.number}"

    @property
    def reference_id(self) -> str:
        return f"{self.prefix}fnref-{self.number}"


@dataclass(frozen=True)
class Heading:
    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Rendered:
    html: SafeString
    notes: tuple[Note, ...]
    headings: tuple[Heading, ...]
    words: int
    minutes: int

    @cached_property
    def notes_html(self) -> SafeString:
        """The list of notes, each with its way back; the heading above it belongs to the page."""
        if not self.notes:
            return mark_safe("")
        items = format_html_join(
            "\n",
            '<li id="{}">{} <a class="fnback" href="#{}" role="doc-backlink" aria-label="{}">↩</a></li>',
            (
                (note.id, note.html, note.reference_id, _("Back to note %d in the text") % note.number)
                for note in self.notes
            ),
        )
        return format_html('<ol class="notes">\n{}\n</ol>', items)


def render(html: str, prefix: str = "", expansions: Mapping[str, str] | None = None) -> Rendered:
    """Return what a page shows for a stored text. Reads nothing but its arguments and the active language.

    The prefix stands before every id, where a page shows several texts. `expansions` are abbreviations to spell out in
    the text, with what they stand for.

    The text gets the cleaner's last word once more, so a row written around the ORM is as harmless as any other.
    """
    root = parse(last_word(html))
    plain = plain_text(html)
    characters = len(_CJK.findall(plain))
    words = len(_WORD.findall(_CJK.sub(" ", plain)))
    if _RTL.search(plain):
        _mark_direction(root)
    headings = _name_sections(root, prefix)
    expand(root, expansions or {})
    _label_tables(root)
    notes = _number_notes(root, prefix)
    _address_paragraphs(root, prefix)
    for image in root.iter("img"):
        image.set("loading", "lazy")
        image.set("decoding", "async")
    minutes = max(1, round(words / WORDS_A_MINUTE + characters / CHARACTERS_A_MINUTE))
    # Safe: the tree is what nh3 left, with elements made here and escaped by the serialiser.
    return Rendered(mark_safe(serialise(root)), notes, headings, words + characters, minutes)  # noqa: S308


def _number_notes(root: Element, prefix: str) -> tuple[Note, ...]:
    notes: list[Note] = []
    for mark in root.iter("sup"):
        if not is_note(mark):
            continue
        # Safe: cleaned on the way out as it was on the way in.
        note = Note(len(notes) + 1, mark_safe(last_word_inline(str(mark.get("data-note")))), prefix)  # noqa: S308
        notes.append(note)
        mark[:] = []
        mark.text = None
        mark.attrib.clear()
        mark.set("class", "fnref")
        link = etree.SubElement(mark, "a", id=note.reference_id, href=f"#{note.id}", role="doc-noteref")
        link.set("aria-label", _("Note %d") % note.number)
        link.text = str(note.number)
    return tuple(notes)


def _name_sections(root: Element, prefix: str) -> tuple[Heading, ...]:
    headings: list[Heading] = []
    taken: set[str] = set()
    for place, element in enumerate(root.iter("h2", "h3"), start=1):
        text = " ".join(text_of(element).split())
        stem = f"{prefix}s-{slugify(text)[:60].strip('-') or place}"
        name, again = stem, 2
        while name in taken:
            name, again = f"{stem}-{again}", again + 1
        taken.add(name)
        element.set("id", name)
        headings.append(Heading(int(str(element.tag)[1]), name, text))
    return tuple(headings)


def _address_paragraphs(root: Element, prefix: str) -> None:
    """Number the paragraphs of the text itself. The link has a name and no text, so copied text stays the author's."""
    for number, paragraph in enumerate(root.iterchildren("p"), start=1):
        paragraph.set("id", f"{prefix}p{number}")
        link = etree.SubElement(paragraph, "a", {"class": "para", "href": f"#{prefix}p{number}"})
        link.set("aria-label", _("Paragraph %d") % number)


def _label_tables(root: Element) -> None:
    outermost = [table for table in root.iter("table") if next(table.iterancestors("table"), None) is None]
    for number, table in enumerate(outermost, start=1):
        parent = table.getparent()
        if parent is None:
            continue
        caption = table.find("caption")
        words = " ".join(text_of(caption).split()) if caption is not None else ""
        box = etree.Element("div", {"class": "table-scroll", "tabindex": "0", "role": "region"})
        box.set("aria-label", words or _("Table %d") % number)
        parent.insert(parent.index(table), box)
        box.tail, table.tail = table.tail, None
        box.append(table)


def _mark_direction(root: Element) -> None:
    for block in root.iter(*_TEXT_BLOCKS):
        if starts_rtl(text_of(block)):
            block.set("dir", "auto")


def starts_rtl(text: str) -> bool:
    """Whether the first letter that has a direction is written from right to left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False
