"""References of a whole listing, written as they are read: a batch at a time, in a fixed number of statements each."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from taggit.models import Tag

from people.models import Person
from publications.citing import Reference, reference
from publications.listing import MOST_EXPORTED, Listing
from publications.models import Authorship, Publication, Series
from research.models import Region, ResearchCentre, Topic

BATCH = 500
NAMED: dict[str, tuple[type[Any], str]] = {
    "topic": (Topic, "slug"),
    "region": (Region, "slug"),
    "tag": (Tag, "slug"),
    "author": (Person, "slug"),
    "centre": (ResearchCentre, "slug"),
    "staff": (ResearchCentre, "slug"),
}


def listing_of(request: HttpRequest, about: str, **named: Any) -> Listing:
    """The listing whose export this request asks for, with the filters of its query. Raises Http404."""
    path = request.path.rpartition("/")[0] + "/"
    published = Publication.objects.published()
    match about:
        case "archive":
            return Listing(request.GET, path)
        case "family":
            return Listing(request.GET, path, published.filter(series__family=named["family"]))
        case "year":
            return Listing(
                request.GET, path, published.filter(series__family=named["family"]), {"year": _year(named["year"])}
            )
        case "series":
            return Listing(request.GET, path, fixed={"series": get_object_or_404(Series, **named)})
        case _:
            model, field = NAMED[about]
            listing = Listing(request.GET, path, fixed={about: get_object_or_404(model, **{field: named["slug"]})})
            if about in {"tag", "author"} and not listing.within.exists():
                raise Http404  # that such a tag or person exists stays with the drafts
            return listing


def _year(year: int) -> int:
    if not 1000 <= year <= 9999:
        raise Http404
    return year


def references(listing: Listing) -> Iterator[Reference]:
    """The pieces under the chosen filters, in the chosen order, at most MOST_EXPORTED of them."""
    keys = listing.catalogue.slice(listing.found(), listing.sort, 0, MOST_EXPORTED)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        found = for_citing(batch)
        yield from (reference(found[key]) for key in batch if key in found)


def for_citing(keys: list[int]) -> dict[int, Publication]:
    """Public pieces with all that a reference says, in two statements."""
    pieces = (
        Publication.objects.published()
        .select_related("series", "part_of", "document__current", "typeset", "recording")
        .prefetch_related(Prefetch("authorships", Authorship.objects.select_related("person")), "notices")
        .defer("body", "transcript", "part_of__body", "part_of__transcript")
    )
    found: dict[int, Publication] = pieces.in_bulk(keys)
    return found
