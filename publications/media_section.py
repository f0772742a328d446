"""What the Media section shows at its door: the newest of each kind, the shows, the resource pages, whom to ask."""

from typing import Any

from django.db.models import Count, Max, Q

from editorial.models import Document
from publications import resource_pages
from publications.catalogue import current
from publications.models import PodcastShow, Publication, PublicationQuerySet, Series

NEWEST = 3


def with_file(episodes: PublicationQuerySet) -> PublicationQuerySet:
    """Those that a program for podcasts can play: the file is ours, or its address and type are known."""
    kinds = (Document.Kind.AUDIO, Document.Kind.VIDEO)
    held = Q(recording__current__isnull=False, recording__kind__in=kinds)
    return episodes.filter(held | (~Q(enclosure_url="") & ~Q(enclosure_type="")))


def landing() -> dict[str, Any]:
    """The newest pieces of each series, in the order of the series: the same statements however many there are."""
    now = current()
    kinds = list(Series.objects.filter(family=Series.Family.MEDIA).order_by("position", "name"))
    keys = {one.pk: now.slice(now.bits("series", [one.pk]), "newest", 0, NEWEST) for one in kinds}
    pieces = Publication.objects.published().for_cards().in_bulk([key for found in keys.values() for key in found])
    shelves = [(one, [pieces[key] for key in keys[one.pk] if key in pieces]) for one in kinds]
    return {
        "kinds": shelves,
        "resources": resource_pages.others(),
        "contact": next((one for one in kinds if one.contact), None),
        "is_landing": True,
    }


def shows() -> list[PodcastShow]:
    """The podcasts that have a public episode, with how many and the day of the last."""
    public = Q(episodes__in=Publication.objects.published())
    counted = PodcastShow.objects.annotate(
        count=Count("episodes", filter=public), latest_on=Max("episodes__issued_on", filter=public)
    )
    return list(counted.filter(count__gt=0).select_related("image").prefetch_related("image__renditions"))
