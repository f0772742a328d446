"""“Publications for the Year”: what a family published in one year, series by series, and the series on their shelf.

Which pieces these are comes from the catalogue, so a year of thousands costs no more than a year of ten; of a long series
the newest stand here and a link leads to the rest.
"""

from dataclasses import dataclass

from publications import catalogue
from publications.models import Publication, Series

MOST_OF_A_SERIES = 25


@dataclass(frozen=True)
class Shelf:
    """A series with some of its pieces, the newest first, and how many there are in all."""

    series: Series
    count: int
    pieces: list[Publication]
    more_url: str = ""


@dataclass(frozen=True)
class Year:
    number: int
    count: int


def years(family: str) -> list[Year]:
    """The years in which the family published anything, newest first. One statement beside the catalogue's."""
    now = catalogue.current()
    within = now.bits("series", Series.objects.filter(family=family).values_list("pk", flat=True))
    counts = now.counts("year", within)
    return [Year(int(str(year)), counts[year]) for year in sorted(counts, key=str, reverse=True) if counts[year]]


def of_year(family: str, year: int) -> list[Shelf]:
    now = catalogue.current()
    return _shelves(family, now.bits("year", [year]), MOST_OF_A_SERIES, year)


def of_all_years(family: str) -> list[Shelf]:
    """Every series of the family, also an empty one, with its newest piece."""
    return _shelves(family, catalogue.current().everything, 1)


def _shelves(family: str, among: int, most: int, year: int | None = None) -> list[Shelf]:
    """Series and pieces in a fixed number of statements."""
    now = catalogue.current()
    found: list[tuple[Series, int, list[int]]] = []
    for one in Series.objects.filter(family=family).order_by("position", "name"):
        bits = now.bits("series", [one.pk]) & among
        if bits or year is None:
            found.append((one, bits.bit_count(), now.slice(bits, "newest", 0, most)))
    keys = [key for _one, _count, chosen in found for key in chosen]
    pieces = Publication.objects.published().for_cards().in_bulk(keys)
    return [
        Shelf(
            one,
            count,
            [pieces[key] for key in chosen if key in pieces],
            f"{one.get_absolute_url()}?year={year}" if year and count > most else "",
        )
        for one, count, chosen in found
    ]
