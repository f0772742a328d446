"""What a reference says of a piece, in one neutral record. How it is written down: publications.references and .styles."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from django.utils.text import slugify

from editorial.metadata import ORGANISATION, PLACE, absolute
from publications.models import Authorship, Publication, Series
from publications.recordings import is_video

CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class Kind(Enum):
    """What a piece is cited as, with its names in CSL, RIS and BibTeX."""

    REPORT = ("report", "RPRT", "techreport")
    ARTICLE = ("article-journal", "JOUR", "article")
    NEWSPAPER = ("article-newspaper", "NEWS", "article")
    BOOK = ("book", "BOOK", "book")
    CHAPTER = ("chapter", "CHAP", "incollection")
    RELEASE = ("article", "GEN", "misc")
    SPEECH = ("speech", "GEN", "misc")
    VIDEO = ("broadcast", "VIDEO", "misc")
    AUDIO = ("broadcast", "SOUND", "misc")

    def __init__(self, csl: str, ris: str, bibtex: str) -> None:
        self.csl, self.ris, self.bibtex = csl, ris, bibtex

    @property
    def is_part(self) -> bool:
        """Whether it stands in something larger whose title is the one set in italics."""
        return self in {Kind.ARTICLE, Kind.NEWSPAPER, Kind.CHAPTER}


@dataclass(frozen=True)
class Name:
    """A name as printed, and its two parts where both are known. An organisation or a patronymic stays in one piece."""

    printed: str
    family: str = ""
    given: str = ""

    @property
    def inverted(self) -> str:
        return f"{self.family}, {self.given}" if self.family else self.printed

    @property
    def is_family_first(self) -> bool:
        """`Goh Kah Leong`: printed in the order in which lists sort it, so nothing is turned round."""
        return bool(self.family) and self.printed.startswith(f"{self.family} ")


@dataclass(frozen=True)
class Reference:
    key: str
    kind: Kind
    title: str
    authors: tuple[Name, ...]
    editors: tuple[Name, ...]
    translators: tuple[Name, ...]
    date: tuple[int, ...]  # year, or year and month, or all three
    url: str
    language: str = ""
    abstract: str = ""
    file_url: str = ""
    doi: str = ""
    isbn: str = ""
    issn: str = ""
    container: str = ""
    series: str = ""
    number: str = ""
    publisher: str = ""
    place: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    occasion: str = ""

    @property
    def year(self) -> int:
        return self.date[0]

    @property
    def page_range(self) -> tuple[str, str]:
        """First and last page; the last is empty when the field says something else than a range."""
        found = re.fullmatch(r"(\w+)\s*[-–—]+\s*(\w+)", self.pages)
        return (found[1], found[2]) if found else (self.pages, "")

    @property
    def series_and_number(self) -> str:
        return " ".join(part for part in (self.series, self.number) if part)

    @property
    def best_url(self) -> str:
        """What styles print: the DOI where there is one."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


def plain(text: str | None) -> str:
    """One line without control characters, whatever was typed."""
    return " ".join(CONTROLS.sub(" ", text or "").split())


def name_of(authorship: Authorship) -> Name:
    """The printed name, parted only where the person's own fields say where.

    Whoever published under another name is cited by that name, in one piece if today's family name is not in it.
    """
    printed = plain(authorship.name)
    person = authorship.person
    family, given = plain(person.family_name), plain(person.given_names)
    if not family:
        # An initial before a given name is none of a family, and yet lists and citations part it: Ilangovan, K. R.
        first, comma, rest = plain(person.sort_name).partition(", ")
        return Name(printed, first, rest) if comma and printed == f"{rest} {first}" else Name(printed)
    if given and printed in {plain(person.name), f"{given} {family}", f"{family} {given}"}:
        return Name(printed, family, given)
    if printed.endswith(f" {family}"):
        return Name(printed, family, printed.removesuffix(f" {family}"))
    if printed.startswith(f"{family} "):
        return Name(printed, family, printed.removeprefix(f"{family} "))
    return Name(printed)


def kind_of(publication: Publication) -> Kind:
    """By the shape of the series; for works published elsewhere by what is known of where they appeared."""
    match Series.Shape(publication.series.shape):
        case Series.Shape.JOURNAL:
            return Kind.ARTICLE
        case Series.Shape.BOOK:
            return Kind.BOOK
        case Series.Shape.NEWS:
            return Kind.RELEASE
        case Series.Shape.SPEECH:
            return Kind.SPEECH
        case Series.Shape.RECORDING:
            return Kind.VIDEO if is_video(publication) else Kind.AUDIO
        case Series.Shape.EXTERNAL if publication.host_publication:
            if publication.isbn or publication.publisher:
                return Kind.CHAPTER
            in_a_journal = publication.volume or publication.issue or publication.doi
            return Kind.ARTICLE if in_a_journal else Kind.NEWSPAPER
        case _:
            return Kind.REPORT


def reference(publication: Publication) -> Reference:
    """Costs no statement for what publications.page or publications.exporting fetched."""
    kind = kind_of(publication)
    authors, editors, translators = _people(publication, kind)
    issue_of = publication.part_of if publication.part_of and publication.part_of.is_public else None
    is_ours = publication.series.family != Series.Family.EXTERNAL and not publication.host_publication
    publisher = plain(publication.publisher) or (ORGANISATION if is_ours else "")
    series = publication.series.name
    in_own_journal = publication.series.shape == Series.Shape.JOURNAL
    return Reference(
        key=_key(publication, (*authors, *editors)),
        kind=kind,
        title=plain(publication.title),
        authors=authors,
        editors=editors,
        translators=translators,
        date=_date(publication),
        url=absolute(publication.get_absolute_url()),
        language=publication.language,
        abstract=plain(publication.synopsis),
        file_url=absolute(publication.get_file_url()) if publication.public_pdf else "",
        doi=publication.doi,
        isbn=publication.isbn,
        issn=publication.series.issn,
        container=series if in_own_journal else plain(publication.host_publication),
        series=series if kind is Kind.REPORT and is_ours else "",
        number=publication.number or "",
        publisher=publisher,
        place=PLACE if publisher == ORGANISATION else "",
        volume=plain(publication.volume or (issue_of.volume if issue_of else "")),
        issue=plain(publication.issue or (issue_of.issue if issue_of else "")),
        pages=plain(publication.pages),
        occasion=plain(publication.occasion),
    )


def _people(publication: Publication, kind: Kind) -> tuple[tuple[Name, ...], tuple[Name, ...], tuple[Name, ...]]:
    """Authors, editors, translators, each in printed order. Without an author the speaker is one; failing that, for
    what the school itself issues, the school. An edited book has editors only."""
    roles = Authorship.Role
    signed = list(publication.authorships.all())

    def named(role: str) -> tuple[Name, ...]:
        return tuple(name_of(authorship) for authorship in signed if authorship.role == role)

    authors, editors = named(roles.AUTHOR) or named(roles.SPEAKER), named(roles.EDITOR)
    if not authors and publication.series.family != Series.Family.EXTERNAL and not (kind is Kind.BOOK and editors):
        authors = (Name(ORGANISATION),)
    return authors, editors, named(roles.TRANSLATOR)


def _date(publication: Publication) -> tuple[int, ...]:
    day = publication.issued_on
    if publication.delivered_on:
        return (publication.delivered_on.year, publication.delivered_on.month, publication.delivered_on.day)
    parts = {Publication.Precision.YEAR: 1, Publication.Precision.MONTH: 2, Publication.Precision.DAY: 3}
    return (day.year, day.month, day.day)[: parts[Publication.Precision(publication.date_precision)]]


def _key(publication: Publication, names: Iterable[Name]) -> str:
    """Unique, plain and lasting: the number; else name, year and, after a colon, which no number has, our own key."""
    if publication.number:
        return publication.number
    first = next(iter(names), Name("rsis"))
    stem = slugify(first.family or first.printed).replace("-", "").replace("_", "")[:24] or "rsis"
    return f"{stem}{publication.issued_on.year}:{publication.pk}"
