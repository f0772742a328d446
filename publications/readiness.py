"""What stands between a draft and its readers: errors stop publication, questions only ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import html as lxml_html
from lxml.html import HtmlElement

from publications.models import Publication, Series

Shape = Series.Shape

# Shapes that somebody signs. Of papers and recordings we ask; newsletters, news and issues speak for the school.
SIGNED = {Shape.COMMENTARY, Shape.BOOK, Shape.EXTERNAL, Shape.SPEECH}
ASKED = {Shape.PAPER, Shape.RECORDING}
VAGUE = frozenset(
    {
        "click",
        "click here",
        "click this",
        "here",
        "this",
        "link",
        "this link",
        "more",
        "more info",
        "read more",
        "see here",
    }
)
SYNOPSIS_WORDS = 120
LINK_WITHOUT_WORDS = gettext_lazy("A link has no words. Write what it leads to, or remove it.")
VAGUE_LINK = gettext_lazy("The link “%(words)s” says nothing by itself. Name what it leads to.")
SKIPPED = gettext_lazy("The heading “%(words)s” skips a level. Go from heading 2 to 3 to 4, one at a time.")
UNDESCRIBED = gettext_lazy("A picture in the text has no description. Write one, or mark it as decorative.")


@dataclass(frozen=True)
class Problem:
    """`field` is the name of a form field, or "authorships". The message says what to do."""

    level: Literal["error", "question"]
    field: str
    message: str


def problems(publication: Publication) -> list[Problem]:
    """Everything to put right or think about before publishing: errors first, each group in the order of the form."""
    texts = [(name, _root(getattr(publication, name))) for name in ("body", "transcript", "notes_to_editors")]
    found = [
        *_said(publication),
        *_shown(publication),
        *_of_the_shape(publication),
        *_thin(publication),
        *(problem for name, root in texts if root is not None for problem in _in_text(name, root)),
    ]
    return sorted(dict.fromkeys(found), key=lambda problem: problem.level)


def _error(field: str, message: str | Promise) -> Problem:
    return Problem("error", field, str(message))


def _question(field: str, message: str | Promise) -> Problem:
    return Problem("question", field, str(message))


def _said(publication: Publication) -> Iterator[Problem]:
    series = publication.series
    if not publication.title.strip():
        yield _error("title", _("Give the piece a title."))
    signed, asked = series.shape in SIGNED or publication.part_of_id is not None, series.shape in ASKED
    if (signed or asked) and not publication.authorships.exists():
        if signed:
            yield _error("authorships", _("Name at least one author, editor or speaker."))
        else:
            yield _question("authorships", _("Nobody is named. Is the school itself the author?"))
    if series.requires_synopsis and not publication.synopsis.strip():
        yield _error("synopsis", _("Write a synopsis: pieces of this series need one."))
    if len(publication.synopsis.split()) > SYNOPSIS_WORDS:
        yield _question("synopsis", _("The synopsis is long. Would two or three sentences do?"))


def _shown(publication: Publication) -> Iterator[Problem]:
    image, document = publication.image, publication.document
    if image and not (image.alt.strip() or image.is_decorative):
        yield _error("image", _("Describe the image for those who cannot see it, or mark it as decorative."))
    if image and not image.credit.strip():
        yield _error("image", _("Give the credit of the image: who made it or owns it."))
    if document and not document.current:
        yield _error("document", _("The document has no file yet. Upload it, or take the document away."))
    if document and document.current and not document.current.has_text:
        yield _question("document", _("The PDF is a scan: nobody can search it or hear it. Is there one with text?"))


def _of_the_shape(publication: Publication) -> Iterator[Problem]:
    has_text, has_file = bool(publication.body.strip()), publication.document_id is not None
    has_recording = bool(publication.media_url or publication.recording_id or publication.enclosure_url)
    match publication.series.shape:
        case Shape.COMMENTARY if not has_text:
            yield _error("body", _("Write the text: there is nothing to read yet."))
        case Shape.NEWSLETTER if publication.bulletin_items.exists():
            pass
        case Shape.PAPER | Shape.NEWSLETTER | Shape.NEWS if not (has_text or has_file or publication.external_url):
            yield _error("body", _("Write the text or upload the PDF: there is nothing to read yet."))
        case Shape.SPEECH if not (has_text or has_file or has_recording):
            yield _error("body", _("Give the text, the PDF or the recording of the speech."))
        case Shape.BOOK if not (has_text or publication.synopsis.strip()):
            yield _error("synopsis", _("Say in a few sentences what the book is about."))
        case Shape.EXTERNAL if not (
            publication.host_publication or publication.publisher or publication.external_url or publication.doi
        ):
            yield _error("host_publication", _("Say where the work appeared: the journal, publisher, DOI or address."))
        case Shape.RECORDING if not has_recording:
            yield _error("media_url", _("Give the address of the recording, or upload it."))


def _thin(publication: Publication) -> Iterator[Problem]:
    shape = publication.series.shape
    if shape == Shape.BOOK and not publication.isbn:
        yield _question("isbn", _("The book has no ISBN. Libraries and shops look for it."))
    if shape == Shape.EXTERNAL and not (publication.external_url or publication.doi):
        yield _question("external_url", _("There is no DOI and no address. Can readers follow the work to its source?"))
    if publication.enclosure_url and not (publication.enclosure_type and publication.enclosure_size):
        yield _question("enclosure_type", _("Programs for podcasts need the type and the size of the sound file."))
    if shape == Shape.RECORDING and not publication.transcript.strip():
        yield _question("transcript", _("There is no transcript. Who cannot hear will miss what was said."))
    if publication.series.family == Series.Family.INHOUSE and not publication.topics.exists():
        yield _question("topics", _("No topic is chosen. Who browses by topic will not find the piece."))


def _in_text(field: str, root: HtmlElement) -> Iterator[Problem]:
    before = 1  # the title of the page
    for heading in root.iter("h2", "h3", "h4"):
        level = int(str(heading.tag)[1])
        if level > before + 1:
            yield _question(field, SKIPPED % {"words": _words(heading)})
        before = level
    for link in root.iter("a"):
        words = _words(link)
        if not link.get("href"):
            continue
        if not words and not any(image.get("alt") for image in link.iter("img")):
            yield _question(field, LINK_WITHOUT_WORDS)
        elif words.casefold().strip(" .…:>»→") in VAGUE:
            yield _question(field, VAGUE_LINK % {"words": words})
    if any(image.get("alt") is None for image in root.iter("img")):
        yield _error(field, UNDESCRIBED)


def _words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _root(markup: str) -> HtmlElement | None:
    return lxml_html.fragment_fromstring(markup, create_parent="div") if markup.strip() else None
