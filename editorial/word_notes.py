"""Footnotes and endnotes of word processors, turned into our own notes where they are referred to."""

import re
from collections import Counter
from typing import Final

from lxml import etree

from editorial.markup import Element, is_blank, remove, serialise, text_of, unwrap

# Word _ftn1 and _ftnref1, _edn1 and _ednref1; LibreOffice sdfootnote1sym and sdfootnote1anc; Google Docs ftnt1 and
# ftnt_ref1; mammoth (.docx) footnote-1 and footnote-ref-1; our own pages fn-1 and fnref-1.
_TO_NOTE: Final = re.compile(
    r"#(?:_(?P<word>ftn|edn)(?P<a>\d+)|sd(?P<libre>foot|end)note(?P<b>\d+)sym|ftnt(?P<c>\d+)"
    r"|(?P<docx>foot|end)note-(?P<d>\d+)|fn-(?P<e>\d+))\Z"
)
_TO_REFERENCE: Final = re.compile(
    r"#(?:_(?P<word>ftn|edn)ref(?P<a>\d+)|sd(?P<libre>foot|end)note(?P<b>\d+)anc|ftnt_ref(?P<c>\d+)"
    r"|(?P<docx>foot|end)note-ref-(?P<d>\d+)|fnref-(?P<e>\d+))\Z"
)
_NOTE_BOX: Final = re.compile(r"(?:ftn|edn|sdfootnote|sdendnote|footnote-|endnote-|fn-)\d+\Z")
_NOTE_CLASS: Final = re.compile(r"MsoFootnoteText|MsoEndnoteText|sdfootnote|sdendnote", re.IGNORECASE)
_COMMENT: Final = re.compile(r"#(?:_msocom_|cmnt)\d+\Z")
_COMMENT_BACK: Final = re.compile(r"#(?:_msoanchor_|cmnt_ref)\d+\Z")
_BLOCKS: Final = frozenset({"p", "div", "li", "h1", "h2", "h3", "h4", "td"})
_AFTER: Final = etree.XPath("boolean(following::text()[normalize-space()])")


def link_notes(root: Element, found: Counter[str]) -> None:
    """Put the words of each note where its number stands, and take the list of notes away."""
    references: list[tuple[Element, str]] = []
    definitions: dict[str, Element] = {}
    for link in root.iter("a"):
        href = link.get("href", "")
        if key := _key(_TO_REFERENCE, href):
            definitions.setdefault(key, link)
        elif key := _key(_TO_NOTE, href):
            references.append((link, key))
    wanted = {key for _, key in references}
    notes: dict[str, str] = {}
    for key, link in definitions.items():
        if key in wanted:
            notes[key] = _take_note(link)
        else:
            unwrap(link)
    for link, key in references:
        if note := notes.get(key):
            _place_note(link, note)
        else:
            found["lost notes"] += 1
            unwrap(link)
    if notes:
        _drop_rests(root)


def drop_comments(root: Element, found: Counter[str]) -> None:
    """Reviewers' comments are not part of the text."""
    for link in list(root.iter("a")):
        href = link.get("href", "")
        if _COMMENT.search(href):
            found["comments"] += 1
            parent = link.getparent()
            alone = parent is not None and parent.tag in ("sup", "span") and text_of(parent) == text_of(link)
            remove(parent if alone and parent is not None else link)
        elif _COMMENT_BACK.search(href) and _is_below(link, root):
            box = _block(link)
            remove(box)


def _key(pattern: re.Pattern[str], href: str) -> str:
    match = pattern.search(href)
    if not match:
        return ""
    groups = match.groupdict()
    kind = groups["word"] or groups["libre"] or groups["docx"] or ""
    number = next(groups[name] for name in "abcde" if groups[name])
    return ("end" if kind in ("edn", "end") else "foot") + str(int(number))


def _is_below(element: Element, root: Element) -> bool:
    return any(ancestor is root for ancestor in element.iterancestors())


def _block(link: Element) -> Element:
    """The smallest block around a link, or the box a word processor puts around one note."""
    block = link
    for ancestor in link.iterancestors():
        if ancestor.tag == "body":
            break
        if _NOTE_BOX.match(ancestor.get("id", "")):
            return ancestor
        if ancestor.tag in _BLOCKS and block is link:
            block = ancestor
    return block


def _take_note(link: Element) -> str:
    """Remove a note from the foot of the text and return its HTML."""
    block = _block(link)
    if block is link:
        remove(link)
        return ""
    parts = [block]
    if not _NOTE_BOX.match(block.get("id", "")):
        following = block.getnext()
        while following is not None and _goes_on(following):
            parts.append(following)
            following = following.getnext()
    holder = link.getparent()
    remove(link)
    if holder is not None and holder.tag in ("sup", "span") and is_blank(text_of(holder)) and holder not in parts:
        remove(holder)
    html = "".join(f"<p>{serialise(part)}</p>" if part.tag == "p" else serialise(part) for part in parts)
    for part in parts:
        remove(part)
    return html


def _goes_on(element: Element) -> bool:
    """Whether a paragraph continues the note before it."""
    if not _NOTE_CLASS.search(element.get("class", "")):
        return False
    return not any(_TO_REFERENCE.search(link.get("href", "")) for link in element.iter("a"))


def _place_note(link: Element, note: str) -> None:
    place = link
    parent = link.getparent()
    # <sup><a>1</a></sup>: the note stands for both.
    while parent is not None and parent.tag in ("sup", "span") and text_of(parent) == text_of(link):
        place, parent = parent, parent.getparent()
    mark = link.makeelement("sup", {"class": "fn", "data-note": note})
    if parent is not None:
        mark.tail, place.tail = place.tail, None
        parent.replace(place, mark)


def _drop_rests(root: Element) -> None:
    """Take away what only served to set the notes apart: rules, empty boxes and lists."""
    for element in reversed(list(root.iterdescendants("div", "ol", "ul", "section"))):
        style = element.get("style", "")
        if "footnote-list" in style or "endnote-list" in style:
            for rule in list(element.iter("hr", "br")):
                remove(rule)
        if is_blank(text_of(element)) and next(element.iter("img", "table", "sup"), None) is None:
            remove(element)
    for rule in list(root.iter("hr")):
        if _AFTER(rule) is False:
            remove(rule)
