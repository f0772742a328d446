"""What stands on the home page now: what editors chose, where they chose, and the newest everywhere else."""

from typing import Any

from people.models import StaffProfile
from publications import catalogue
from publications.models import Publication, Series
from rsis.models import Slot


def front_page() -> dict[str, Any]:
    """The context of templates/rsis/home.html. A chosen piece that is no longer public simply is not there."""
    public = Publication.objects.published().for_cards().prefetch_related("image__renditions")
    slots = list(Slot.objects.current().filter(centre=None).select_related("image"))
    chosen = {piece.pk: piece for piece in public.filter(pk__in=[slot.publication_id for slot in slots])}

    def filled(place: Slot.Place) -> list[tuple[Slot, Publication]]:
        return [
            (slot, chosen[slot.publication_id])
            for slot in slots
            if slot.place == place and slot.publication_id in chosen
        ]

    inhouse = public.filter(series__family=Series.Family.INHOUSE)
    commentaries = list(inhouse.filter(series__shape=Series.Shape.COMMENTARY)[:9])
    leads = filled(Slot.Place.LEAD)
    lead = leads[0][1] if leads else next(iter(commentaries), None) or inhouse.first()
    pinned = [piece for _slot, piece in filled(Slot.Place.COMMENTARIES)]
    books = filled(Slot.Place.BOOK)
    latest = [*pinned, *(piece for piece in commentaries if piece not in pinned)]
    return {
        "lead": lead,
        "lead_slot": leads[0][0] if leads else None,
        "commentaries": [piece for piece in latest if piece != lead][:8],
        "papers": list(inhouse.filter(series__shape=Series.Shape.PAPER)[:5]),
        "book": books[0][1] if books else inhouse.filter(series__shape=Series.Shape.BOOK).first(),
        "elsewhere": list(public.filter(series__family=Series.Family.EXTERNAL)[:4]),
        "media": list(public.filter(series__family=Series.Family.MEDIA)[:4]),
        "shelf": _shelf(),
        "experts": _experts([slot.person_id for slot in slots if slot.place == Slot.Place.EXPERTS]),
    }


def _shelf() -> list[tuple[Series, int]]:
    """The in-house series with the number of their pieces, from the catalogue: the database would count for a while."""
    now = catalogue.current()
    counts = now.counts("series", now.everything)
    return [
        (one, counts.get(one.pk, 0)) for one in Series.objects.filter(family=Series.Family.INHOUSE).order_by("position")
    ]


def _experts(chosen: list[int | None]) -> list[StaffProfile]:
    """Six people with a published profile and a field of expertise, the chosen ones first."""
    profiles = (
        StaffProfile.objects.published()
        .filter(expertise__isnull=False)
        .select_related("person", "photo")
        .prefetch_related("expertise", "photo__renditions")
        .distinct()
    )
    first = list(profiles.filter(person__in=[pk for pk in chosen if pk]))
    rest = profiles.exclude(person__in=[profile.person_id for profile in first]).order_by("-person__pk")[
        : 6 - len(first)
    ]
    return [*first, *rest][:6]
