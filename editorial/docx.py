"""An author's .docx file as a draft: title, byline, synopsis, text with notes, and pictures for the library."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial import losses
from editorial.docx_file import DocxDamagedError, Inspected, inspect
from editorial.html import CleanHtml, clean, clean_with_report
from editorial.markup import Element, is_blank, remove, serialise, text_of
from editorial.word import convert

_STYLE_MAP: Final = """
p[style-name='Title'] => p.doctitle:fresh
p[style-name='Subtitle'] => p.docsubtitle:fresh
p[style-name='Author'] => p.docbyline:fresh
p[style-name='Byline'] => p.docbyline:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='caption'] => p.MsoCaption:fresh
p[style-name='Caption'] => p.MsoCaption:fresh
comment-reference =>
"""
_IMAGE_PLACE: Final = "docx-image/"
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_SYNOPSIS: Final = re.compile(r"(?:synopsis|abstract|executive summary)\Z", re.IGNORECASE)
_SYNOPSIS_INLINE: Final = re.compile(r"(?:synopsis|abstract)\s*[:—–-]\s*(?P<text>\S.*)\Z", re.IGNORECASE | re.DOTALL)
_COMMENTARY: Final = re.compile(r"(?:commentary|main text)\Z", re.IGNORECASE)
_ABOUT: Final = re.compile(r"about the (?:author|writer|contributor)(?:s|\(s\))?\Z", re.IGNORECASE)
_BYLINE: Final = re.compile(r"by\s+[^\W\d_].{0,150}(?<!\.)\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class DraftImage:
    data: bytes
    content_type: str
    alt: str
    # The last words of the paragraph it stood after, so that an editor can put it back.
    after: str


@dataclass
class Draft:
    title: str
    byline: str
    synopsis: str
    body: CleanHtml
    about: CleanHtml
    notes: int
    images: list[DraftImage] = field(default_factory=list)
    report: list[str] = field(default_factory=list)


@dataclass
class _Pictures:
    """Takes pictures out of the file while mammoth reads it, leaving a numbered place for each."""

    found: list[tuple[bytes, str, str]] = field(default_factory=list)
    unreadable: int = 0

    def take(self, image: Any) -> dict[str, str]:
        try:
            with image.open() as opened:
                self.found.append((opened.read(), str(image.content_type or ""), str(image.alt_text or "")))
        except (KeyError, OSError, ValueError):
            # Linked from elsewhere or missing from the file; nothing outside the file is ever fetched.
            self.unreadable += 1
            return {"src": ""}
        return {"src": f"{_IMAGE_PLACE}{len(self.found) - 1}"}


def read_docx(file: IO[bytes], *, accept_changes: bool = False) -> Draft:
    """Return the draft in an author's file.

    Raises DocxError, whose message is for the editor: NotADocxError, DocxTooLargeError, DocxDamagedError, or
    DocxHasChangesError if there are tracked changes or comments and `accept_changes` does not say to take the text as
    if every change had been accepted and every comment deleted.
    """
    inspected = inspect(file, accept_changes=accept_changes)
    pictures = _Pictures()
    html = _to_html(file, pictures)
    found: Counter[str] = Counter()
    root = convert(html, found)
    images = _take_images(root, pictures)
    draft = _take_fields(root)
    cleaned = clean_with_report(serialise(root), raw=html, found=found)
    draft.body = cleaned.html
    draft.notes = cleaned.html.count(' data-note="')
    draft.images = images
    draft.report = _report(draft, inspected, pictures, cleaned.dropped)
    return draft


def _to_html(file: IO[bytes], pictures: _Pictures) -> str:
    import mammoth  # noqa: PLC0415 -- readers' servers seldom read a file of Word

    file.seek(0)
    try:
        result = mammoth.convert_to_html(
            file,
            style_map=_STYLE_MAP,
            convert_image=mammoth.images.img_element(pictures.take),
            include_embedded_style_map=False,
            external_file_access=False,
        )
    except (AttributeError, IndexError, KeyError, OSError, RecursionError, TypeError, ValueError) as error:
        # mammoth meets a damaged file with whatever its code happens to raise.
        raise DocxDamagedError from error
    return str(result.value)


def _take_images(root: Element, pictures: _Pictures) -> list[DraftImage]:
    images: list[DraftImage] = []
    last_words = ""
    for element in list(root.iter()):
        if element.tag in ("p", "li", *_HEADINGS) and not is_blank(text_of(element)):
            last_words = " ".join(text_of(element).split()[-8:])
        src = element.get("src", "")
        if element.tag == "img":
            if src.startswith(_IMAGE_PLACE):
                data, content_type, alt = pictures.found[int(src.removeprefix(_IMAGE_PLACE))]
                images.append(DraftImage(data, content_type, alt, last_words))
            remove(element)
    return images


def _take_fields(root: Element) -> Draft:
    """Move what has a field of its own out of the text, and leave the text."""
    title = _take_title(root)
    byline = _take_byline(root)
    synopsis = _take_synopsis(root)
    about = _take_about(root)
    for block in list(root):
        if _COMMENTARY.match(_label(block)):
            remove(block)
    return Draft(title, byline, synopsis, clean(""), about, notes=0)


def _label(block: Element) -> str:
    return " ".join(text_of(block).split()).rstrip(":").strip() if block.tag in ("p", *_HEADINGS) else ""


def _is_label(block: Element) -> bool:
    label = _label(block)
    return any(pattern.match(label) for pattern in (_SYNOPSIS, _COMMENTARY, _ABOUT))


def _take_title(root: Element) -> str:
    for block in root.iter("p"):
        if block.get("class") == "doctitle":
            return _take(block)
    for block in list(root)[:3]:
        if block.tag in _HEADINGS and not _is_label(block):
            return _take(block)
    return ""


def _take(block: Element) -> str:
    words = " ".join(text_of(block).split())
    remove(block)
    return words


def _take_byline(root: Element) -> str:
    for block in list(root)[:3]:
        match = _BYLINE.match(_label(block)) if block.tag == "p" else None
        if block.get("class") == "docbyline" or match:
            words = _take(block)
            return re.sub(r"^by\s+", "", words, flags=re.IGNORECASE)
    return ""


def _take_synopsis(root: Element) -> str:
    for block in list(root):
        if inline := _SYNOPSIS_INLINE.match(" ".join(text_of(block).split())):
            if block.tag == "p":
                remove(block)
                return inline["text"]
        elif _SYNOPSIS.match(_label(block)):
            paragraphs: list[Element] = []
            following = block.getnext()
            while following is not None and following.tag == "p" and not _is_label(following):
                paragraphs.append(following)
                following = following.getnext()
            if following is None or len(paragraphs) > 3:
                # No heading says where the synopsis ends: it is the first paragraph.
                paragraphs = paragraphs[:1]
            remove(block)
            return "\n\n".join(_take(paragraph) for paragraph in paragraphs)
    return ""


def _take_about(root: Element) -> CleanHtml:
    for block in list(root):
        if _ABOUT.match(_label(block)):
            rest = root.makeelement("body", {})
            rest.extend(list(block.itersiblings()))
            remove(block)
            return clean(serialise(rest))
    return clean("")


def _report(draft: Draft, inspected: Inspected, pictures: _Pictures, dropped: list[str]) -> list[str]:
    lines: list[str] = []
    if draft.notes:
        lines.append(ngettext("%d note was linked.", "%d notes were linked.", draft.notes) % draft.notes)
    place = _("A picture stood after “… %s”. Add it to the image library with its credit.")
    lines += [place % image.after for image in draft.images]
    if pictures.unreadable:
        lines.append(
            ngettext("%d picture is not in the file.", "%d pictures are not in the file.", pictures.unreadable)
            % pictures.unreadable
        )
    if inspected.has_hidden_text:
        lines.append(_("The file has hidden text. It is part of the draft: look for what readers should not see."))
    if inspected.changes or inspected.comments:
        lines.append(_("Tracked changes were accepted and comments left out."))
    if dropped:
        lines.append(losses.sentence(dropped))
    return lines
