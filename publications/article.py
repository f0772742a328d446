"""The page of a public piece, for readers who are nobody in particular: found in few statements, its parts held.

What the page shows is decided in publications.page, which previews use too. Here the same is asked in statements that were
composed before (editorial.prepared), and only for what the piece has; and who stands beside it is asked of the catalogue.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import CharField, Exists, F, IntegerField, OuterRef, Q, SlugField, Value
from taggit.models import Tag

from editorial.held import held
from editorial.models import Rendition
from editorial.parts import Parts, parts_of
from editorial.prepared import NOW, Given, Prepared
from publications import catalogue, page
from publications.models import Authorship, Awarding, Notice, Project, Publication, ReaderResponse, Series
from publications.related import LIMIT, Links, closest, links, related
from research.models import Region, ResearchCentre, Topic

KEY = Given("key")
# What a line about another piece shows.
LINE = ("number", "title", "slug", "issued_on", "date_precision", "pages", "responds_to", "part_of", "series")
BESIDE = [Given(f"key_{number}") for number in range(LIMIT + 2)]

_BY_ADDRESS = Prepared(
    lambda: (
        page.with_everything(Publication.objects.published(at=NOW))
        .filter(
            series__family=Given("family", CharField()),
            series__slug=Given("series", SlugField()),
            slug=Given("slug", SlugField()),
        )
        .annotate(
            has_notices=Exists(Notice.objects.filter(publication=OuterRef("pk"))),
            has_parts=Exists(Publication.objects.filter(part_of=OuterRef("pk"))),
            has_responses=Exists(ReaderResponse.objects.approved().filter(publication=OuterRef("pk"))),
        )
        .order_by()
    )
)
_AUTHORSHIPS = Prepared(lambda: Authorship.objects.filter(publication=KEY).select_related("person"))
_NOTICES = Prepared(lambda: Notice.objects.filter(publication=KEY))
_RENDITIONS = Prepared(lambda: Rendition.objects.filter(image=KEY))
_RESPONSES = Prepared(lambda: ReaderResponse.objects.approved().filter(publication=KEY))
_PARTS = Prepared(lambda: Publication.objects.filter(part_of=KEY).order_by().values_list("pk"))
_BESIDE = Prepared(
    lambda: (
        Publication.objects.published(at=NOW)
        .filter(Q(pk__in=BESIDE) | Q(responds_to=KEY) | Q(part_of=KEY))
        .select_related("series")
        .only(*LINE, *(f"series__{name}" for name in ("name", "slug", "family", "hue")))
        .order_by("issued_on", "pk")
    )
)


def _labels() -> Any:
    tags = Tag.objects.filter(
        taggit_taggeditem_items__object_id=KEY,
        taggit_taggeditem_items__content_type__app_label="publications",
        taggit_taggeditem_items__content_type__model="publication",
    )
    named: list[tuple[str, Any, Any]] = [
        ("topic", Topic.objects.filter(publications=KEY), F("position")),
        ("region", Region.objects.filter(publications=KEY), F("position")),
        ("centre", ResearchCentre.objects.filter(publications=KEY), F("position")),
        ("tag", tags, Value(0, IntegerField())),
    ]
    first, *others = (
        rows.order_by()
        .annotate(label_kind=Value(kind, CharField()), place=place, label=F("name"), label_slug=F("slug"))
        .values_list("label_kind", "place", "label", "label_slug", "pk")
        for kind, rows, place in named
    )
    projects = Project.objects.published(at=NOW).filter(outputs=KEY).order_by()
    others.append(
        projects.annotate(
            label_kind=Value("project", CharField()),
            place=Value(0, IntegerField()),
            label=F("title"),
            label_slug=F("slug"),
        ).values_list("label_kind", "place", "label", "label_slug", "pk")
    )
    events = page.events_of(KEY, NOW)
    others.append(
        events.annotate(
            label_kind=Value("event", CharField()),
            place=Value(0, IntegerField()),
            label=F("title"),
            label_slug=F("slug"),
        ).values_list("label_kind", "place", "label", "label_slug", "pk")
    )
    others.append(page.awards(Awarding.objects.filter(publication=KEY)).values_list(*page.AWARD, "pk"))
    return first.union(*others, all=True).order_by("label_kind", "place", "label")


_LABELS = Prepared(_labels)


class NotPublic(Exception):
    """There is no public piece at the address."""


@dataclass(frozen=True)
class Article:
    """The piece's own share of its page, and what the answer has to say beside it."""

    parts: Parts
    link_header: str
    # Where a player comes from, once a reader asks for it.
    player_origin: str
    takes_responses: bool
    # When the PDF it offers is withdrawn by time alone.
    until: datetime | None


def article(family: str, series: str, slug: str) -> Article:
    """Raises NotPublic. One statement for one that was shown since anything changed; else as many as it has kinds of things,
    at most nine; and two more where the catalogue is not at hand."""
    return held(("article", family, series, slug), lambda: make(family, series, slug), until=lambda one: one.until)


def make(family: str, series: str, slug: str) -> Article:
    piece = find(family, series, slug)
    shown = page.context(piece, around(piece))
    shown |= page.for_citing(piece, shown)
    return Article(
        parts_of("publications/publication.html", shown | {"disqus": settings.DISQUS_SHORTNAME}),
        link_header=shown["metadata"].header,
        player_origin=page.player_origin(shown),
        takes_responses=bool(shown["takes_responses"]),
        until=piece.pdf_until,
    )


def find(family: str, series: str, slug: str) -> Publication:
    """The piece with all that hangs on it by a single key. Raises NotPublic."""
    if "\x00" in slug + series:
        raise NotPublic
    for piece in _BY_ADDRESS.rows(family=family, series=series, slug=slug):
        found: Publication = piece
        _fetched(found, "authorships", _AUTHORSHIPS.rows(key=found.pk))
        _fetched(found, "notices", _NOTICES.rows(key=found.pk) if piece.has_notices else [])
        if found.image:
            _fetched(found.image, "renditions", _RENDITIONS.rows(key=found.image_id))
        return found
    raise NotPublic


def _fetched(of: Any, name: str, rows: list[Any]) -> None:
    """As `prefetch_related` leaves them."""
    queryset = getattr(of, name).get_queryset()
    queryset._result_cache, queryset._prefetch_done = rows, True  # noqa: SLF001 -- there is no public way
    vars(of).setdefault("_prefetched_objects_cache", {})[name] = queryset


def around(piece: Any) -> page.Around:
    labels: dict[str, list[page.Label]] = defaultdict(list)
    keys: dict[str, list[int]] = {"author": [one.person_id for one in piece.authorships.all()]}
    for kind, _place, name, slug, key in _LABELS.rows(key=piece.pk):
        labels[kind].append(page.Label(name, page.address_of(kind, slug)))
        keys.setdefault(kind, []).append(key)
    labels["series"] = list(shelf(piece.series.family))
    takes_responses = piece.allow_responses and piece.series.allows_responses
    responses = _RESPONSES.rows(key=piece.pk) if takes_responses and piece.has_responses else []
    return page.Around(labels, *beside(piece, keys), responses)


def shelf(family: str) -> tuple[page.Label, ...]:
    """The series of a family, for the sidebar of its pieces."""

    def make() -> tuple[page.Label, ...]:
        series = Series.objects.filter(family=family).order_by("position", "name").only("family", "slug", "name")
        return tuple(page.Label(one.name, one.get_absolute_url()) for one in series)

    return held(("shelf", family), make)


def beside(piece: Any, keys: dict[str, list[int]]) -> tuple[Links, list[Publication]]:
    """Its neighbours, answers and parts, and what to read next: one statement where the catalogue is at hand."""
    known = catalogue.at_hand()
    if known is None:
        return links(piece), related(piece)
    parts = [key for (key,) in _PARTS.rows(key=piece.pk)] if piece.has_parts else []
    best = closest(known, piece, keys, {piece.pk, *parts})
    older, newer = known.beside(piece.series_id, piece.pk)
    wanted = [*best, *([0] * (LIMIT - len(best))), older or 0, newer or 0]
    given = {place.name: key for place, key in zip(BESIDE, wanted, strict=True)}
    found = {one.pk: one for one in _BESIDE.rows(key=piece.pk, **given)}
    tied = Links(
        older=found.get(older or 0),
        newer=found.get(newer or 0),
        answers=[one for one in found.values() if one.responds_to_id == piece.pk],
        parts=[one for one in found.values() if one.part_of_id == piece.pk],
    )
    return tied, [found[key] for key in best if key in found]
