"""What to read next. The rule is explained for readers and editors in docs/related.md."""

import re
from collections.abc import Container
from dataclasses import dataclass
from itertools import islice

from django.db.models import Case, Count, F, IntegerField, Q, Subquery, Value, When, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from publications.catalogue import Catalogue
from publications.models import Publication

RECENT = 400
LIMIT = 4
TOPIC, AUTHOR, REGION, SERIES = 3, 3, 1, 1


def related(publication: Publication, limit: int = LIMIT) -> list[Publication]:
    """Published pieces that share authors, topics and regions, the closest first; at most `limit`.

    A shared topic counts 3, an author 3, a region 1, the same series 1; ties go to the newer. Only the newest pieces that
    share anything are weighed, so that the cost does not grow with the archive.
    """
    # Subqueries: what they name is never fetched.
    topics = publication.topics.order_by().values("pk")
    regions = publication.regions.order_by().values("pk")
    people = publication.authorships.order_by().values("person_id")
    same = Q(topics__in=topics) | Q(authorships__person__in=people)
    candidates = (
        Publication.objects.published()
        .filter(same)
        .exclude(pk=publication.pk)
        .exclude(part_of=publication.pk)
        .order_by("-issued_on", "-pk")
        .values("pk")
        .distinct()
    )
    score = (
        Count("topics", filter=Q(topics__in=topics), distinct=True) * TOPIC
        + Count("authorships__person", filter=Q(authorships__person__in=people), distinct=True) * AUTHOR
        + Count("regions", filter=Q(regions__in=regions), distinct=True) * REGION
        + Coalesce(Case(When(series_id=publication.series_id, then=Value(SERIES)), output_field=IntegerField()), 0)
    )
    best = (
        Publication.objects.published()
        .filter(pk__in=Subquery(candidates[:RECENT].values("pk")))
        .annotate(closeness=score)
        .order_by("-closeness", "-issued_on", "-pk")
        .select_related("series")
        .defer("body", "transcript")
    )
    return list(best[:limit])


def closest(
    known: Catalogue, publication: Publication, keys: dict[str, list[int]], besides: Container[int]
) -> list[int]:
    """Keys of the same pieces as `related`, by the catalogue and without a statement: the database weighs 400 pieces in as
    long as the rest of the page takes. `keys` are those of its topics, regions and authors."""
    same = known.bits("topic", keys.get("topic", ())) | known.bits("author", keys.get("author", ()))
    newest = islice((key for key in known.newest(same) if key not in besides), RECENT)
    score = dict.fromkeys((known.places[key] for key in newest), 0)
    weighed: list[tuple[str, int, int]] = [
        *(("topic", key, TOPIC) for key in keys.get("topic", ())),
        *(("author", key, AUTHOR) for key in set(keys.get("author", ()))),
        *(("region", key, REGION) for key in keys.get("region", ())),
        ("series", publication.series_id, SERIES),
    ]
    for name, key, points in weighed:
        for place in known.among(name, key, score):
            score[place] += points
    return [known.keys[place] for place in sorted(score, key=lambda place: (-score[place], place))[:LIMIT]]


@dataclass(frozen=True)
class Links:
    """Published pieces tied to one piece by more than likeness."""

    older: Publication | None
    newer: Publication | None
    answers: list[Publication]
    parts: list[Publication]


def links(publication: Publication) -> Links:
    """Neighbours in the series by printed date, pieces that answer this one, articles of this issue: one statement."""
    published = Publication.objects.published()
    series = published.filter(series=publication.series_id)
    day, key = publication.issued_on, publication.pk
    older = series.filter(Q(issued_on__lt=day) | Q(issued_on=day, pk__lt=key)).order_by("-issued_on", "-pk")
    newer = series.filter(Q(issued_on__gt=day) | Q(issued_on=day, pk__gt=key)).order_by("issued_on", "pk")
    beside = [Subquery(older.values("pk")[:1]), Subquery(newer.values("pk")[:1])]
    found = (
        published.filter(Q(pk=beside[0]) | Q(pk=beside[1]) | Q(responds_to=key) | Q(part_of=key))
        .annotate(is_older=Exact(F("pk"), beside[0]), is_newer=Exact(F("pk"), beside[1]))
        .select_related("series")
        .defer("body", "transcript")
        .order_by("issued_on", "pk")
    )
    pieces = list(found)
    parts = sorted((piece for piece in pieces if piece.part_of_id == key), key=_first_page)
    if parts:  # an issue names who wrote its articles
        prefetch_related_objects(parts, "authorships__person")
    return Links(
        older=next((piece for piece in pieces if vars(piece)["is_older"]), None),
        newer=next((piece for piece in pieces if vars(piece)["is_newer"]), None),
        answers=[piece for piece in pieces if piece.responds_to_id == key],
        parts=parts,
    )


def _first_page(piece: Publication) -> tuple[int, int]:
    found = re.match(r"\d{1,9}", piece.pages)
    return (int(found[0]) if found else 10**9, piece.pk)


def neighbours(publication: Publication) -> tuple[Publication | None, Publication | None]:
    """The piece before and the piece after this one in its series."""
    found = links(publication)
    return found.older, found.newer
