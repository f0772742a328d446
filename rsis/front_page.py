"""What stands on the home page now: what editors chose, where they chose, and the newest everywhere else."""

from itertools import islice
from typing import Any

from editorial.held import held
from editorial.metadata import absolute
from editorial.parts import Parts, parts_of
from people.experts import experts
from people.models import StaffProfile
from publications import catalogue
from publications.cards import Cards
from publications.models import Publication, Series
from rsis import metadata
from rsis.models import Slot


def home() -> Parts:
    """Everything on the home page but its frame. One statement while nothing was changed."""

    def make() -> Parts:
        return parts_of("rsis/home.html", front_page() | {"metadata": metadata.home(), "here_url": absolute("/")})

    return held("home", make)


def front_page() -> dict[str, Any]:
    """The context of templates/rsis/home.html. A chosen piece that is no longer public simply is not there.

    Which pieces are the newest is asked of the catalogue, so that all of them are fetched at once.
    """
    now, series = catalogue.current(), list(Series.objects.order_by("position", "name"))
    slots = list(Slot.objects.current().filter(centre=None).select_related("image"))

    def chosen(place: Slot.Place) -> list[tuple[Slot, int]]:
        named = [(slot, slot.publication_id) for slot in slots if slot.place == place]
        return [(slot, key) for slot, key in named if key is not None and key in now.places]

    def newest(most: int, family: Series.Family, shape: Series.Shape | None = None) -> list[int]:
        among = [one.pk for one in series if one.family == family and shape in {None, one.shape}]
        return list(islice(now.newest(now.bits("series", among)), most))

    ours = Series.Family.INHOUSE
    commentaries = newest(9, ours, Series.Shape.COMMENTARY)
    leads = chosen(Slot.Place.LEAD)
    lead = leads[0][1] if leads else next(iter(commentaries or newest(1, ours)), None)
    latest = dict.fromkeys([*(key for _slot, key in chosen(Slot.Place.COMMENTARIES)), *commentaries])
    books = [key for _slot, key in chosen(Slot.Place.BOOK)] or newest(1, ours, Series.Shape.BOOK)
    whole = Publication.objects.published().for_cards().in_bulk([key for key in (lead, *books[:1]) if key])
    return {
        "lead": whole.get(lead),
        "lead_slot": leads[0][0] if leads else None,
        "commentaries": Cards([key for key in latest if key != lead][:8], is_compact=True, anywhere=False),
        "papers": Cards(newest(5, ours, Series.Shape.PAPER), is_compact=True),
        "book": whole.get(books[0]) if books else None,
        "elsewhere": Cards(newest(4, Series.Family.EXTERNAL), is_compact=True),
        "media": Cards(newest(4, Series.Family.MEDIA), is_compact=True),
        "shelf": _shelf(now, [one for one in series if one.family == ours]),
        "experts": _experts([slot.person_id for slot in slots if slot.place == Slot.Place.EXPERTS]),
    }


def _shelf(now: catalogue.Catalogue, series: list[Series]) -> list[tuple[Series, int]]:
    """The in-house series with the number of their pieces, from the catalogue: the database would count for a while."""
    counts = now.counts("series", now.everything)
    return [(one, counts.get(one.pk, 0)) for one in series]


def _experts(chosen: list[int | None]) -> list[StaffProfile]:
    """Six people with a published profile and a field of expertise, the chosen ones first."""
    profiles = experts()
    first = list(profiles.filter(person__in=[pk for pk in chosen if pk]))
    rest = profiles.exclude(person__in=[profile.person_id for profile in first]).order_by("-person__pk")[
        : 6 - len(first)
    ]
    return [*first, *rest][:6]
