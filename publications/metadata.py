"""What machines read of one piece: JSON-LD, citation tags for scholarly robots, share cards, links. Costs no statement."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from editorial import renditions
from editorial.metadata import Link, Metadata, Node, absolute, breadcrumbs, open_graph, organisation, summary
from publications import recordings
from publications.citing import Kind, Name, Reference, name_of
from publications.models import Authorship, Notice, Publication, Series
from publications.references import OF_ONE

HEADLINE = 110  # characters; search engines take no more
CARD = (1200, 630)
Pairs = list[tuple[str, str]]
Labels = Mapping[str, Sequence[Any]]


def of_piece(publication: Publication, one: Reference, labels: Labels, notices: Sequence[Notice]) -> Metadata:
    """`labels` as publications.page.labels gives them. Not for previews: nothing of a draft is for machines."""
    image, size = share_image(publication)
    piece = _node(publication, one, labels, notices, image)
    description = publication.synopsis or publication.title
    is_book = one.kind is Kind.BOOK
    properties = [
        *open_graph(one.title, one.url, description, "book" if is_book else "article"),
        ("og:image", image),
        ("og:image:width", str(size[0]) if size else ""),
        ("og:image:height", str(size[1]) if size else ""),
        ("og:image:alt", str(publication)),
        *(_book_tags(one) if is_book else _article_tags(publication, labels, piece)),
    ]
    return Metadata(
        one.url,
        nodes=[piece, breadcrumbs(publication.series.trail_within, publication.title)],
        properties=properties,
        names=[("twitter:card", "summary_large_image"), *citation_tags(publication, one, labels)],
        links=list(links(publication, one)),
    )


def share_image(publication: Publication) -> tuple[str, tuple[int, int] | None]:
    """The address of the picture that stands for the piece when it is shared, and its size where it is known."""
    try:
        return absolute(reverse("share-card", args=[publication.pk])), CARD
    except NoReverseMatch:
        found = renditions.picture(publication.image, "share")
        if found:
            return absolute(found.src), (found.width, found.height)
        return absolute(reverse("cover", args=[publication.pk])), None


def links(publication: Publication, one: Reference) -> Iterator[Link]:
    """What belongs to the page (signposting.org), and its short address."""
    yield Link("cite-as", one.best_url)
    for extension, form in OF_ONE.items():
        address = absolute(publication.get_cite_url(extension))
        yield Link("describedby", address, form.content_type, in_head=False)
        yield Link("alternate", address, form.content_type, in_header=False)
    if one.file_url:
        yield Link("item", one.file_url, "application/pdf", in_head=False)
    for authorship in publication.authorships.all():
        if authorship.role in {Authorship.Role.AUTHOR, Authorship.Role.SPEAKER} and authorship.person.has_page:
            yield Link("author", _author_url(authorship), in_head=False)
    if publication.series.licence_url:
        yield Link("license", publication.series.licence_url)
    if publication.number:
        yield Link("shortlink", absolute(reverse("number", args=[publication.number])))


def citation_tags(publication: Publication, one: Reference, labels: Labels) -> Pairs:
    """Google Scholar's tags, as Zotero and others read them too, for texts of a kind these tags can name.

    Books and chapters have no such tags: a robot takes them for journal articles. Their Open Graph type says book.
    """
    is_ours = publication.series.family == Series.Family.INHOUSE
    if publication.series.family == Series.Family.MEDIA or one.kind not in {Kind.REPORT, Kind.ARTICLE}:
        return []
    first, last = one.page_range
    is_article = one.kind is Kind.ARTICLE
    tags = [
        ("citation_title", one.title),
        *_authors(publication, one),
        ("citation_publication_date", "/".join(f"{part:02}" for part in one.date)),
        *([("citation_journal_title", one.container), ("citation_issn", one.issn)] if is_article else []),
        *([("citation_technical_report_institution", one.publisher)] if not is_article else []),
        *([("citation_technical_report_number", one.number)] if not is_article else []),
        ("citation_series_title", one.series),
        ("citation_volume", one.volume),
        ("citation_issue", one.issue),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        ("citation_publisher", one.publisher if is_article else ""),
        ("citation_doi", one.doi),
        ("citation_isbn", one.isbn if is_ours else ""),
        ("citation_language", one.language),
        ("citation_abstract_html_url", one.url),
        ("citation_pdf_url", one.file_url),
        ("citation_keywords", "; ".join(label.name for label in labels.get("topic", ()))),
    ]
    has_place = any(value for name, value in tags if name.endswith(("journal_title", "institution")))
    return [(name, value) for name, value in tags if value] if has_place and one.authors else []


def _authors(publication: Publication, one: Reference) -> Iterator[tuple[str, str]]:
    """Each author, and after him or her where he or she then was (GSC-5)."""
    signed = {name_of(authorship): authorship for authorship in publication.authorships.all()}
    for name in one.authors:
        yield "citation_author", _tagged(name)
        if authorship := signed.get(name):
            yield "citation_author_institution", authorship.printed_affiliation
            yield "citation_author_orcid", _orcid(authorship)


def _tagged(name: Name) -> str:
    """Zotero takes `al Amin, Nur Siti`, blanks on both sides of the comma, for two authors."""
    return name.printed if " " in name.family and " " in name.given else name.inverted


def _article_tags(publication: Publication, labels: Labels, piece: Node) -> Pairs:
    signed = publication.authorships.all()
    return [
        ("article:published_time", piece.get("datePublished", "")),
        ("article:modified_time", piece.get("dateModified", "")),
        *(("article:author", _author_url(authorship)) for authorship in signed),
        ("article:section", publication.series.name),
        *(("article:tag", label.name) for kind in ("topic", "region", "tag") for label in labels.get(kind, ())),
    ]


def _book_tags(one: Reference) -> Pairs:
    return [
        *(("book:author", name.printed) for name in one.authors or one.editors),
        ("book:isbn", one.isbn),
        ("book:release_date", "-".join(f"{part:02}" for part in one.date)),
    ]


def _author_url(authorship: Authorship) -> str:
    """Empty for an author who wishes no page."""
    return absolute(url) if (url := authorship.person.page_url) else ""


def _orcid(authorship: Authorship) -> str:
    return f"https://orcid.org/{authorship.person.orcid}" if authorship.person.orcid else ""


def published_at(publication: Publication) -> datetime:
    """The printed day (SGT); its minute too if it was public on that day."""
    zone = timezone.get_default_timezone()
    if publication.first_published_at:
        local = publication.first_published_at.astimezone(zone).replace(microsecond=0)
        if local.date() == publication.issued_on:
            return local
    return _morning(publication.issued_on)


def modified_at(publication: Publication, notices: Sequence[Notice]) -> datetime:
    """When readers last got another text: an edit of the content since publication, or a notice. Never a mere save."""
    moments = [published_at(publication)]
    changed = getattr(publication, "content_changed_at", None)
    if changed:
        moments.append(changed.astimezone(timezone.get_default_timezone()).replace(microsecond=0))
    moments += [_morning(notice.on) for notice in notices]
    return max(moments)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


TYPES = {
    Series.Shape.COMMENTARY: "OpinionNewsArticle",
    Series.Shape.NEWSLETTER: "Article",
    Series.Shape.JOURNAL: "ScholarlyArticle",
    Series.Shape.NEWS: "NewsArticle",
    Series.Shape.SPEECH: "Article",
    Series.Shape.BOOK: "Book",
}
HELPERS: set[str] = {Authorship.Role.CONTRIBUTOR, Authorship.Role.MODERATOR, Authorship.Role.HOST}
PODCASTS = "podcasts"  # the series whose pieces are episodes, of a show we know or not
TYPES_OF_KINDS = {
    Kind.ARTICLE: "ScholarlyArticle",
    Kind.NEWSPAPER: "OpinionNewsArticle",
    Kind.CHAPTER: "Chapter",
    Kind.VIDEO: "VideoObject",
    Kind.AUDIO: "PodcastEpisode",
}


def _type(publication: Publication, one: Reference) -> str:
    known = TYPES.get(Series.Shape(publication.series.shape)) or TYPES_OF_KINDS.get(one.kind)
    if known == "PodcastEpisode" and not (publication.show_id or publication.series.slug == PODCASTS):
        return "AudioObject"
    return known or ("Report" if one.number else "ScholarlyArticle")


def _node(publication: Publication, one: Reference, labels: Labels, notices: Sequence[Notice], image: str) -> Node:
    kind = _type(publication, one)
    published, modified = published_at(publication), modified_at(publication, notices)
    node: Node = {
        "@type": kind,
        "@id": one.url,
        "url": one.url,
        "mainEntityOfPage": one.url,
        "name": one.title,
        "headline": summary(one.title, HEADLINE),
        "description": summary(one.abstract, 300),
        "author": _people(publication, one, {Authorship.Role.AUTHOR, Authorship.Role.SPEAKER}),
        "editor": _people(publication, one, {Authorship.Role.EDITOR}),
        "translator": _people(publication, one, {Authorship.Role.TRANSLATOR}),
        "contributor": _people(publication, one, HELPERS),
        "datePublished": published.isoformat(),
        "dateModified": modified.isoformat(),
        "publisher": _publisher(publication, one),
        "inLanguage": publication.language,
        "isPartOf": _whole(publication, one),
        "about": [
            {"@type": "Thing", "name": label.name, "url": absolute(label.url)}
            for name in ("topic", "region")
            for label in labels.get(name, ())
        ],
        "keywords": [label.name for label in labels.get("tag", ())],
        "license": publication.series.licence_url,
        "image": image,
        "encoding": _file(publication, one),
        "sameAs": [address for address in (_doi(one), publication.external_url) if address],
        "identifier": one.number if kind != "Report" else "",
        "correction": [
            {"@type": "CorrectionComment", "text": notice.text, "datePublished": _morning(notice.on).isoformat()}
            for notice in notices
        ],
    }
    return node | _by_type(kind, publication, one, published, image)


def _by_type(kind: str, publication: Publication, one: Reference, published: datetime, image: str) -> Node:
    """What only some types have."""
    match kind:
        case "Report":
            return {"reportNumber": one.number}
        case "Book":
            return {
                "isbn": one.isbn,
                "numberOfPages": int(one.pages) if one.pages.isascii() and one.pages.isdigit() else "",
            }
        case "ScholarlyArticle" | "Chapter":
            first, last = one.page_range
            return {"pageStart": first, "pageEnd": last}
        case "VideoObject" | "AudioObject" | "PodcastEpisode":
            return _recording(kind, publication, published, image)
        case _:
            return {}


def _recording(kind: str, publication: Publication, published: datetime, image: str) -> Node:
    held = publication.recording and publication.recording.current
    file = absolute(publication.get_recording_url()) if held else publication.enclosure_url
    player = recordings.player(publication.media_url)
    duration = recordings.iso(publication.duration)
    features = {"captions": publication.has_captions, "transcript": bool(publication.transcript)}
    about: Node = {
        "duration": duration,
        "dateCreated": publication.recorded_on.isoformat() if publication.recorded_on else "",
        "contentLocation": {"@type": "Place", "name": publication.venue} if publication.venue else None,
        "accessibilityFeature": [name for name, is_there in features.items() if is_there],
    }
    if kind == "PodcastEpisode":
        media = {"@type": "AudioObject", "contentUrl": file or publication.media_url, "duration": duration}
        show = publication.show
        named = (
            {"@type": "PodcastSeries", "name": show.name, "url": absolute(show.get_absolute_url())} if show else None
        )
        number = publication.episode_number or ""
        return about | {
            "associatedMedia": media if media["contentUrl"] else None,
            "partOfSeries": named,
            "episodeNumber": number,
        }
    return about | {
        "contentUrl": file,
        "embedUrl": player.url.replace("autoplay=1", "autoplay=0") if player else "",
        "uploadDate": published.isoformat(),
        "thumbnailUrl": image,
    }


def _people(publication: Publication, one: Reference, roles: set[str]) -> list[Node]:
    people: list[Node] = [
        {
            "@type": "Person",
            "name": authorship.name,
            "url": _author_url(authorship),
            "affiliation": {"@type": "Organization", "name": authorship.printed_affiliation}
            if authorship.printed_affiliation
            else None,
            "sameAs": _orcid(authorship),
        }
        for authorship in publication.authorships.all()
        if authorship.role in roles
    ]
    is_corporate = Authorship.Role.AUTHOR in roles and not people and one.authors
    return [{"@id": organisation()["@id"], **_named_organisation(one.authors[0].printed)}] if is_corporate else people


def _named_organisation(name: str) -> Node:
    return {"@type": "Organization", "name": name}


def _publisher(publication: Publication, one: Reference) -> Node | None:
    if publication.series.family != Series.Family.EXTERNAL and not publication.publisher:
        return organisation()
    name = one.publisher or one.container  # a journal or newspaper answers for what it prints
    return _named_organisation(name) if name else None


def _whole(publication: Publication, one: Reference) -> list[Node]:
    """The series; for an article its journal or the issue in it; for other parts what they appeared in."""
    series = publication.series
    here: Node = {"name": series.name, "url": absolute(series.get_absolute_url()), "issn": series.issn}
    if series.shape == Series.Shape.JOURNAL:
        return [
            {"@type": "Periodical", **here},
            {"@type": "PublicationVolume", "volumeNumber": one.volume} if one.volume else {},
            {"@type": "PublicationIssue", "issueNumber": one.issue} if one.issue else {},
        ]
    holders = {
        Kind.CHAPTER: "Book",
        Kind.ARTICLE: "Periodical",
        Kind.NEWSPAPER: "Newspaper",
        Kind.AUDIO: "PodcastSeries",
    }
    held = {"@type": holders.get(one.kind, "CreativeWork"), "name": one.container} if one.container else {}
    return [{"@type": "CreativeWorkSeries", **here}, held]


def _file(publication: Publication, one: Reference) -> Node | None:
    if not one.file_url:
        return None
    return {"@type": "MediaObject", "contentUrl": one.file_url, "encodingFormat": "application/pdf"}


def _doi(one: Reference) -> str:
    return f"https://doi.org/{one.doi}" if one.doi else ""
