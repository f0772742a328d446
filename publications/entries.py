"""One piece as a feed gives it: the whole text with addresses that work anywhere, or what is left of a withdrawn one."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Prefetch
from django.utils import formats, timezone
from django.utils.html import format_html, linebreaks
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from editorial import renditions
from editorial.markup import parse, remove, serialise
from editorial.models import Document, DocumentVersion
from editorial.notes import render
from publications import bulletins
from publications.models import Authorship, Notice, Publication, PublicationQuerySet

# Who made the work, as against who helped it along.
MAKERS = {Authorship.Role.AUTHOR, Authorship.Role.SPEAKER, Authorship.Role.EDITOR}


@dataclass(frozen=True)
class Name:
    name: str
    url: str
    is_author: bool


@dataclass(frozen=True)
class Enclosure:
    url: str
    media_type: str
    size: int  # bytes
    seconds: int | None = None


@dataclass(frozen=True)
class Entry:
    id: str
    url: str
    title: str
    published_at: datetime
    updated_at: datetime
    # When its row was last written: what a conditional request is measured by, and nothing else.
    saved_at: datetime
    names: list[Name]
    language: str
    summary: str
    html: str
    tags: list[str]
    enclosures: list[Enclosure]
    picture: str = ""
    elsewhere: str = ""
    licence: str = ""


def absolute(address: str) -> str:
    """The whole address, under the name the site has in public."""
    return str(settings.SITE_URL).rstrip("/") + address


def with_everything(pieces: PublicationQuerySet) -> PublicationQuerySet:
    """With all that an entry tells, in a fixed number of statements."""
    return pieces.select_related(
        "series", "image", "document__current", "typeset", "recording__current", "newsletter"
    ).prefetch_related(
        bulletins.with_pieces(),
        Prefetch("authorships", Authorship.objects.select_related("person")),
        "topics",
        "regions",
        "tags",  # type: ignore[misc] # taggit publishes no types
        "notices",
        "image__renditions",
    )


def entry(piece: Publication, *, in_full: bool = True) -> Entry:
    """The entry; without the text, and with a line that leads to it, where there would be too much of it."""
    page = absolute(piece.get_absolute_url())
    published_at = piece.first_published_at or piece.publish_at or piece.created_at
    gone = piece.is_withdrawn
    found = renditions.picture(piece.image) if piece.image and not gone else None
    return Entry(
        id=piece.uuid.urn,
        url=page,
        title=str(piece),
        published_at=published_at,
        updated_at=piece.told_at or published_at,
        saved_at=max(piece.updated_at, published_at, piece.told_at or published_at),
        names=_names(piece),
        language=piece.language,
        summary="" if gone else piece.synopsis,
        html=_stone(piece) if gone else (text(piece, page) if in_full else _way_to(piece, page)),
        tags=[] if gone else _tags(piece),
        enclosures=[] if gone else _enclosures(piece),
        picture=urljoin(page, found.src) if found else "",
        elsewhere="" if gone else piece.external_url or piece.media_url,
        licence="" if gone else piece.series.licence_url or piece.series.licence,
    )


def text(piece: Publication, page: str) -> str:
    """Notices, picture, text, notes and transcript, as they stand on the page; a link within it leads to the page."""
    body, letter = render(piece.body), bulletins.html(piece)
    parts = [*map(_notice, piece.notices.all()), _picture(piece), body.html, letter]
    if body.notes:
        parts += [format_html("<h2>{}</h2>", _("Notes")), body.notes_html]
    if piece.transcript:
        parts += [format_html("<h2>{}</h2>", _("Transcript")), render(piece.transcript).html]
    if piece.notes_to_editors:
        parts += [format_html("<h2>{}</h2>", _("Notes to editors")), render(piece.notes_to_editors).html]
    if not any((piece.body, piece.transcript, letter)):
        parts.append(_paragraphs(piece.synopsis))
    return _portable("".join(parts), page)


def _portable(html: str, page: str) -> str:
    root = parse(html)
    for element in list(root.iter("a")):
        if element.get("class") == "para":  # the address of a paragraph: a link without a word, of use on the page only
            remove(element)
    for element in root.iter("a", "img"):
        for name in ("href", "src"):
            if (address := element.get(name)) is not None:
                element.set(name, _whole(page, address))
    return serialise(root)


def _whole(page: str, address: str) -> str:
    try:
        return urljoin(page, address)
    except ValueError:  # of no meaning as an address: "http://[", for instance
        return page


def _notice(notice: Notice) -> str:
    kind, day = notice.get_kind_display(), formats.date_format(notice.on, "j F Y")
    words = _paragraphs(notice.text)
    return format_html("<blockquote><p><strong>{}, {}</strong></p>{}</blockquote>", kind, day, words)


def _paragraphs(words: str) -> str:
    # Safe: escaped on the way.
    return mark_safe(linebreaks(words, autoescape=True)) if words else ""  # noqa: S308


def _picture(piece: Publication) -> str:
    found = renditions.picture(piece.image)
    if piece.image is None or found is None:
        return ""
    caption = " ".join(part for part in (piece.image_caption or piece.image.caption, piece.image.credit) if part)
    return format_html(
        '<figure><img src="{}" alt="{}" width="{}" height="{}"><figcaption>{}</figcaption></figure>',
        found.src, found.alt, found.width, found.height, caption,
    )  # fmt: skip


def _stone(piece: Publication) -> str:
    """The notice that stands for a withdrawn piece."""
    day = formats.date_format(timezone.localtime(piece.withdrawn_at), "j F Y") if piece.withdrawn_at else ""
    words = _("This publication was withdrawn on %(day)s.") % {"day": day} if day else _("Withdrawn")
    return format_html("<p><strong>{}</strong></p>{}", words, _paragraphs(piece.withdrawal_reason))


def _way_to(piece: Publication, page: str) -> str:
    return format_html('{}<p><a href="{}">{}</a></p>', _paragraphs(piece.synopsis), page, _("Read the whole text"))


def _names(piece: Publication) -> list[Name]:
    return [
        Name(one.name, absolute(url) if (url := one.person.page_url) else "", one.role in MAKERS)
        for one in piece.authorships.all()
    ]


def _tags(piece: Publication) -> list[str]:
    named = [one.name for kind in (piece.topics, piece.regions, piece.tags) for one in kind.all()]
    return list(dict.fromkeys(named))


def _enclosures(piece: Publication) -> list[Enclosure]:
    found = []
    if (pdf := piece.public_pdf) is not None:
        found.append(Enclosure(absolute(piece.get_file_url()), pdf.content_type, pdf.size))
    seconds = int(piece.duration.total_seconds()) if piece.duration else None
    if (file := _current(piece.recording)) is not None:
        found.append(Enclosure(absolute(piece.get_recording_url()), file.content_type, file.size, seconds))
    elif piece.enclosure_url and piece.enclosure_type:
        found.append(Enclosure(piece.enclosure_url, piece.enclosure_type, piece.enclosure_size or 0, seconds))
    return found


def _current(document: Document | None) -> DocumentVersion | None:
    """The file readers get; none for an author's file, which stays with staff."""
    return document.current if document and document.kind != Document.Kind.SOURCE else None
