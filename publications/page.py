"""Everything one publication page shows, gathered in nine statements however much furniture the piece has."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db.models import CharField, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from editorial.models import Revision
from editorial.notes import render
from publications import bulletins, metadata, recordings
from publications.citing import reference
from publications.models import AbbreviationUse, Authorship, Awarding, Project, Publication, ReaderResponse, Series
from publications.references import OF_ONE
from publications.related import Links, links, related
from publications.styles import citations

# The parts of a revision that readers read as the piece itself.
CONTENT = (
    "title", "synopsis", "body", "transcript", "document", "image", "image_caption", "authorships", "recording",
    "notes_to_editors", "bulletin_items",
)  # fmt: skip


@dataclass(frozen=True)
class Label:
    """A facet of the piece, or a line of the series sidebar."""

    name: str
    url: str


@dataclass(frozen=True)
class Around:
    """What a page shows of other rows than the piece and what hangs on it by a single key."""

    labels: dict[str, list[Label]]
    links: Links
    related: list[Publication]
    responses: list[ReaderResponse]


def find(family: str, series: str, slug: str, visible: QuerySet[Publication]) -> Publication | None:
    """The piece at an address, with all that hangs on it by a single key."""
    found: Publication | None = (
        with_everything(visible.filter(series__family=family, series__slug=series, slug=slug))
        .prefetch_related(
            Prefetch("authorships", Authorship.objects.select_related("person")), "image__renditions", "notices"
        )
        .first()
    )
    return found


def with_everything(pieces: Any) -> Any:
    return pieces.annotate(content_changed_at=_content_changed_at()).select_related(
        "series",
        "image",
        "document__current",
        "typeset",
        "recording__current",
        "responds_to__series",
        "part_of__series",
        "show",
        "newsletter",
    )


def _content_changed_at() -> Subquery:
    """When what readers see was last changed after it was first public: by the revisions, so no mere save counts."""
    changes = (
        Revision.objects.filter(
            content_type__app_label="publications",
            content_type__model="publication",
            object_id=OuterRef("pk"),
            number__gt=1,
            at__gt=OuterRef("first_published_at"),
        )
        .annotate(parts=Cast("changed", TextField()))
        .filter(parts__regex=f'"({"|".join(CONTENT)})"')
    )
    return Subquery(changes.order_by("-number").values("at")[:1])


def labels(publication: Publication) -> dict[str, list[Label]]:
    """Topics, regions, centres, tags, projects, events and awards, and the series of its family: one statement for all."""
    family = publication.series.family
    sources = {
        "topic": publication.topics.order_by(),
        "region": publication.regions.order_by(),
        "centre": publication.centres.order_by(),
        "series": Series.objects.filter(family=family).order_by(),
    }
    queries = [_named(kind, rows, F("position")) for kind, rows in sources.items()]
    queries.append(_named("tag", publication.tags.order_by(), Value(0, IntegerField())))
    projects = Project.objects.published().filter(outputs=publication).order_by()
    queries.append(_named("project", projects, Value(0, IntegerField()), name="title"))
    queries.append(_named("event", events_of(publication.pk), Value(0, IntegerField()), name="title"))
    queries.append(awards(publication.awardings.all()).values_list(*AWARD))
    found: dict[str, list[Label]] = defaultdict(list)
    for kind, _position, name, slug in (
        queries[0].union(*queries[1:], all=True).order_by("label_kind", "place", "label")
    ):
        address = Series(family=family, slug=slug).get_absolute_url() if kind == "series" else address_of(kind, slug)
        found[kind].append(Label(name, address))
    return found


def address_of(kind: str, slug: str) -> str:
    return Awarding.address_of(slug) if kind == "award" else reverse(kind, args=[slug])


def events_of(key: Any, at: Any = None) -> Any:
    """The public events a piece came of, reports on or records. Asked through data: events are a room above this one."""
    results: Any = Publication._meta.get_field("events")
    event = results.related_model
    named = results.through.objects.filter(publication=key).values("event_id")
    piece = Q(recording=key) | Q(report=key) | Q(pk__in=named)
    return event.objects.published(at).filter(piece).order_by()


AWARD = ("label_kind", "place", "label", "label_slug")


def awards(given: QuerySet[Awarding]) -> Any:
    """`RSIS Award 2024`, with the columns of the other labels, newest first."""
    return given.order_by().annotate(
        label_kind=Value("award", CharField()),
        place=Value(9999, IntegerField()) - Cast("year", IntegerField()),
        label=Concat("award__name", Value(" "), Cast("year", CharField()), output_field=CharField()),
        label_slug=Cast("year", CharField()),
    )


def expansions(publication: Publication, uses: list[AbbreviationUse]) -> dict[str, str]:
    """What is spelt out in the text. Brackets in English would not help readers of another language."""
    if publication.language.partition("-")[0] != "en":
        return {}
    return {use.abbreviation.short: use.expansion.words for use in uses if use.abbreviation.is_expanded}


def _named(kind: str, rows: Any, place: Any, name: str = "name") -> Any:
    return rows.annotate(
        label_kind=Value(kind, CharField()), place=place, label=F(name), label_slug=F("slug")
    ).values_list("label_kind", "place", "label", "label_slug")


def authors_by_role(publication: Publication) -> list[tuple[str, list[Any]]]:
    """Printed order, roles kept together in the order in which each first appears."""
    roles: dict[str, list[Any]] = {}
    for authorship in publication.authorships.all():
        roles.setdefault(authorship.role, []).append(authorship)
    return list(roles.items())


def canonical(publication: Publication) -> str:
    return str(settings.SITE_URL).rstrip("/") + publication.get_absolute_url()


def around(publication: Publication) -> Around:
    responses = list(ReaderResponse.objects.approved().filter(publication=publication))
    return Around(labels(publication), links(publication), related(publication), responses)


def context(publication: Publication, beside: Around | None = None) -> dict[str, Any]:
    """The context of templates/publications/publication.html."""
    beside = beside or around(publication)
    authorships = list(publication.authorships.all())
    uses = list(publication.abbreviation_uses.for_page())
    here = canonical(publication)
    return {
        "canonical": here,
        "share": share_addresses(here, str(publication)),
        "file_url": publication.get_file_url(),
        "pdf": publication.public_pdf,
        "facts": facts(publication),
        "is_book": publication.series.shape == Series.Shape.BOOK,
        "publication": publication,
        "series": publication.series,
        "authorships": authorships,
        "roles": authors_by_role(publication),
        "about": [authorship for authorship in authorships if authorship.printed_note],
        "text": render(publication.body, expansions=expansions(publication, uses)),
        "abbreviations": uses,
        "transcript": _transcript(publication),
        "notes_to_editors": _notes_to_editors(publication),
        "press_contact": publication.press_contact or publication.series.contact,
        "bulletin": bulletins.html(publication),
        "issues": bulletins.issues_beside(publication),
        "labels": beside.labels,
        "notices": list(publication.notices.all()),
        "responds_to": publication.responds_to
        if publication.responds_to and publication.responds_to.is_public
        else None,
        "issue_of": publication.part_of if publication.part_of and publication.part_of.is_public else None,
        "links": beside.links,
        "related": beside.related,
        "responses": beside.responses,
        "takes_responses": publication.allow_responses and publication.series.allows_responses,
        "player": recordings.player(publication.media_url),
        "way_out": recordings.way_out(publication),
        "is_video": recordings.is_video(publication),
    }


def _notes_to_editors(publication: Publication) -> SafeString | None:
    return render(publication.notes_to_editors, "editors-").html if publication.notes_to_editors else None


def _transcript(publication: Publication) -> SafeString | None:
    if not publication.transcript:
        return None
    return render(publication.transcript, "said-" if publication.body else "").html


def for_citing(publication: Publication, shown: dict[str, Any]) -> dict[str, Any]:
    """What the page of a public piece has besides `context`, and a preview has not. Costs no statement."""
    one = reference(publication)
    return {
        "metadata": metadata.of_piece(publication, one, shown["labels"], shown["notices"]),
        "citations": citations(one),
        "cite_links": [(form.label, publication.get_cite_url(name)) for name, form in OF_ONE.items()],
    }


def facts(publication: Publication) -> list[tuple[str, str, str]]:
    """Label, value and address of what a bibliography says of the piece, beyond title, authors and date."""
    doi = f"https://doi.org/{publication.doi}" if publication.doi else ""
    issue = ", ".join(
        words
        for value, words in (
            (publication.volume, _("volume %s") % publication.volume),
            (publication.issue, _("issue %s") % publication.issue),
        )
        if value
    )
    found = [
        (_("Published in"), publication.host_publication, ""),
        (_("Publisher"), publication.publisher, ""),
        (_("Issue"), issue, ""),
        (_("Pages"), publication.pages, ""),
        ("ISBN", publication.isbn, ""),
        ("ISSN", publication.series.issn, ""),
        ("DOI", doi, doi),
        *recordings.facts(publication),
        (_("Address"), urlsplit(publication.external_url).hostname or "", publication.external_url),
    ]
    return [(str(label), value, address) for label, value, address in found if value]


def share_addresses(address: str, title: str) -> list[tuple[str, str]]:
    """Plain links; nothing of these networks loads before one is followed."""
    here, words = quote(address, safe=""), quote(title, safe="")
    return [
        (str(_("E-mail")), f"mailto:?subject={words}&body={here}"),
        ("LinkedIn", f"https://www.linkedin.com/sharing/share-offsite/?url={here}"),
        ("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={here}"),
        ("X", f"https://x.com/intent/post?url={here}&text={words}"),
        ("WhatsApp", f"https://wa.me/?text={words}%20{here}"),
    ]


def player_origin(shown: dict[str, Any]) -> str:
    """Where the player of a recording comes from, once a reader asks for it; "" without one."""
    return str(shown["player"].origin) if shown["player"] else ""
