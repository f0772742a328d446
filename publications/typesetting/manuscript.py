"""What is printed of a piece: one HTML document from the same cleaned text as its page, and the pictures in it."""

import hashlib
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from textwrap import shorten

from django.conf import settings
from django.core.files.storage import default_storage
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from editorial import notes, renditions
from editorial.markup import Element, parse, remove, serialise
from publications import bulletins, page
from publications.models import Publication, Series

TEMPLATE = "publications/typeset.html"
STYLE = "publications/typeset.css"
BULLETIN = "publications/bulletin.html"
# Where the printer finds what it may open; publications.typesetting.printing refuses every other address.
FILES = "typeset:files/"
PICTURE = re.compile(r"renditions/[0-9a-f]{32}/[a-z]{1,8}-[0-9]{1,5}(?:-[0-9]{1,3}x[0-9]{1,3})?\.(?:avif|webp|jpg)")
RUNNING_TITLE = 60
LONG_TITLE = 120  # letters; beyond, the title is set smaller
# Tables: from so many columns in small type, from so many on a page turned round.
MANY_COLUMNS, TOO_MANY_COLUMNS = 6, 9
PRINTED_OF_SERIES = ("name", "hue", "synopsis_label", "body_label", "issn", "licence", "licence_url", "review_note")


@dataclass(frozen=True)
class Manuscript:
    html: str
    # Name beside the document: name in our storage.
    pictures: dict[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Of everything that makes the file: names of pictures come from their content."""
        parts = (self.html, repr(sorted(self.pictures.items())), version("weasyprint"))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def edition() -> str:
    """Changes when the way of printing does: then every piece is looked at again."""
    sources = (Path(__file__), _path(TEMPLATE), _path(STYLE), _path(BULLETIN))
    found = hashlib.sha256(version("weasyprint").encode())
    for source in sources:
        found.update(source.read_bytes())
    return found.hexdigest()[:12]


def _path(name: str) -> Path:
    return Path(get_template(name).origin.name)  # type: ignore[attr-defined]


def edition_of(series: Series) -> str:
    printed = repr([getattr(series, name) for name in PRINTED_OF_SERIES])
    return hashlib.sha256(f"{edition()} {settings.SITE_URL} {printed}".encode()).hexdigest()[:12]


def manuscript(publication: Publication) -> Manuscript:
    """In English, whatever language is active: the labels of a file must not depend on who runs the worker."""
    with override(settings.LANGUAGE_CODE):
        return _manuscript(publication)


def _manuscript(publication: Publication) -> Manuscript:
    pictures: dict[str, str] = {}
    site = settings.SITE_URL.rstrip("/")
    text = notes.render(publication.body)
    authorships = list(publication.authorships.all())
    words = _labels(publication)
    context = {
        "publication": publication,
        "series": publication.series,
        "address": site + publication.get_absolute_url(),
        "short": site + reverse("number", args=[publication.number]) if publication.number else "",
        "roles": page.authors_by_role(publication),
        "notices": list(publication.notices.all()),
        "about": [one for one in authorships if one.printed_note],
        "text": _for_paper(text.html, site, pictures),
        "notes": _for_paper(text.notes_html, site, pictures),
        "bulletin": _for_paper(bulletins.html(publication, for_paper=True), site, pictures),
        "transcript": _for_paper(notes.render(publication.transcript).html, site, pictures),
        "figure": _lead(publication, pictures),
        "labels": words,
        "keywords": ", ".join(value for name, value in words if name in (_("Topics"), _("Regions"))),
        "language": "en-GB" if publication.language == "en" else publication.language,
        "title_direction": _direction(publication.title),
        "synopsis_direction": _direction(publication.synopsis),
        "running": _running(publication.title),
        "is_long": len(publication.title) > LONG_TITLE,
        # Safe: our own file.
        "style": mark_safe(_path(STYLE).read_text()),  # noqa: S308
    }
    return Manuscript(render_to_string(TEMPLATE, context), pictures)


def _labels(publication: Publication) -> list[tuple[str, str]]:
    found = page.labels(publication)
    rows = [
        (_("Series"), publication.series.name),
        *((label, value) for label, value, _address in page.facts(publication)),
        *(
            (label, "; ".join(one.name for one in found[name]))
            for label, name in ((_("Centres"), "centre"), (_("Topics"), "topic"), (_("Regions"), "region"))
        ),
    ]
    return [(str(label), value) for label, value in rows if value]


def _direction(text: str) -> str:
    return "rtl" if notes.starts_rtl(text) else "ltr"


def _running(title: str) -> str:
    """A head of one line, cut between words; where a script has none between words, anywhere."""
    cut = shorten(title, RUNNING_TITLE, placeholder=" …")
    return cut if len(cut) > RUNNING_TITLE // 2 or len(title) <= RUNNING_TITLE else Truncator(title).chars(30)


def _lead(publication: Publication, pictures: dict[str, str]) -> dict[str, str] | None:
    image = publication.image
    found = renditions.picture(image)
    if image is None or found is None:
        return None
    source = _take(found.src, pictures)
    caption = publication.image_caption or image.caption
    return {"src": source, "alt": found.alt, "caption": caption, "credit": image.credit} if source else None


def _take(address: str, pictures: dict[str, str]) -> str:
    """The address for the printer of one of our renditions; nothing for any other address, or when the file is gone."""
    name = address.removeprefix(settings.MEDIA_URL)
    if not address.startswith(settings.MEDIA_URL) or not PICTURE.fullmatch(name) or not default_storage.exists(name):
        return ""
    beside = name.removeprefix("renditions/").replace("/", "-")
    pictures[beside] = name
    return FILES + beside


def _for_paper(html: str, site: str, pictures: dict[str, str]) -> SafeString:
    """Without what only a screen needs; links and pictures that hold outside the site; tables by their width."""
    root = parse(html)
    for link in list(root.iter("a")):
        _settle_link(link, site)
    for image in list(root.iter("img")):
        source = _take(image.get("src", ""), pictures)
        if source:
            image.attrib.update({"src": source, "alt": image.get("alt", "")})
        else:
            remove(image)
    _settle_blocks(root)
    # Safe: the tree is what the cleaner left, changed above and escaped by the serialiser.
    return mark_safe(serialise(root))  # noqa: S308


def _settle_link(link: Element, site: str) -> None:
    if link.get("class") == "para":
        remove(link)
    elif link.get("href", "").startswith("/"):
        link.set("href", site + str(link.get("href")))
    if link.text == "↩":
        link.text = "↑"  # stands in the font


def _settle_blocks(root: Element) -> None:
    for block in root.iterfind(".//*[@dir]"):
        block.set("dir", "rtl")  # `auto`, which a text has only where it begins from the right
    for numbered in root.iter("ol"):
        if start := numbered.get("start", ""):
            numbered.set("style", f"counter-reset: list-item {int(start) - 1}")  # the printer passes over `start`
    for box in root.iter("div"):
        if box.find("table") is None:
            continue  # of a newsletter's lines
        box.set("class", " ".join(filter(None, ("table-scroll", _width(box)))))
        for name in ("tabindex", "role", "aria-label"):
            box.attrib.pop(name, None)


def _width(box: Element) -> str:
    rows = (sum(int(cell.get("colspan", 1)) for cell in row.iterchildren("td", "th")) for row in box.iter("tr"))
    columns = max(rows, default=0)
    return "turned" if columns >= TOO_MANY_COLUMNS else "many" if columns >= MANY_COLUMNS else ""
