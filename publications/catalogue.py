"""The archive's card catalogue: which published piece has which topic, author, year ..., held in memory.

A listing of 100,000 pieces shows some 200 figures, and each has to equal the list behind it under any choice of
filters. Counted by the database that takes seconds. Here a set of pieces is one long integer with a bit for each piece,
newest first; narrowing is `&`, counting is `bit_count`, and a whole page of figures takes milliseconds.

The catalogue holds keys only, never words, and decides nothing about visibility: it is read through `published()`, and
the pieces of a page are fetched through `published()` again. Before every use a stamp taken from the database says
whether anything changed, a piece's hour having come included; then it is read anew.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from heapq import heappush, heappushpop
from itertools import compress, islice
from operator import or_
from threading import Lock
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max, QuerySet
from taggit.models import TaggedItem

from editorial import change_marks
from publications.models import Authorship, Publication

Rows = Iterable[tuple[int, Hashable]]
Bits = int
CHUNK = 20_000  # rows fetched at a time while reading


@dataclass(frozen=True)
class Catalogue:
    stamp: tuple[Any, ...]
    # Keys of the pieces, newest first: the place in this list is the piece's bit.
    keys: Sequence[int]
    places: dict[int, int]
    sets: dict[str, dict[Hashable, Bits]]
    sizes: dict[str, list[tuple[int, Hashable]]] = field(default_factory=dict)

    @property
    def everything(self) -> Bits:
        return (1 << len(self.keys)) - 1

    def bits(self, name: str, values: Iterable[Hashable]) -> Bits:
        """The pieces that have any of these values."""
        known = self.sets[name]
        return reduce(or_, (known.get(value, 0) for value in values), 0)

    def bits_of(self, pieces: QuerySet[Publication]) -> Bits:
        """The published pieces of a query."""
        found = (self.places.get(key) for key in pieces.order_by().values_list("pk", flat=True))
        return _bits((place for place in found if place is not None), len(self.keys))

    def bits_at(self, keys: Iterable[int]) -> Bits:
        """The published pieces among these keys."""
        places = self.places
        return _bits([places[key] for key in keys if key in places], len(self.keys))

    def newest(self, among: Bits) -> Iterator[int]:
        """Keys of these pieces, newest first, found one by one."""
        while among:
            lowest = among & -among
            yield self.keys[lowest.bit_length() - 1]
            among ^= lowest

    def counts(self, name: str, among: Bits) -> dict[Hashable, int]:
        """How many of these pieces have each value."""
        return {value: (bits & among).bit_count() for value, bits in self.sets[name].items()}

    def commonest(self, name: str, among: Bits, limit: int) -> dict[Hashable, int]:
        """Counts of the values that most of these pieces have; ties go to the value that is commoner over all."""
        found: dict[Hashable, int] = {}
        most: list[int] = []  # a heap of the highest counts so far
        for total, value in self.sizes[name]:  # descending, so that few are looked at
            if len(most) == limit and total <= most[0]:
                break
            count = (self.sets[name][value] & among).bit_count()
            if count:
                found[value] = count
                if len(most) < limit:
                    heappush(most, count)
                else:
                    heappushpop(most, count)
        return dict(sorted(found.items(), key=lambda pair: -pair[1])[:limit])

    def slice(self, among: Bits, sort: str, start: int, stop: int) -> list[int]:
        """Keys of these pieces from `start` to `stop` in an order: "newest", "oldest" or "title"."""
        flags = [bit == "1" for bit in reversed(f"{among:0{len(self.keys)}b}")] if self.keys else []
        match sort:
            case "newest":
                return list(islice(compress(self.keys, flags), start, stop))
            case "oldest":
                return list(islice(compress(reversed(self.keys), reversed(flags)), start, stop))
            case _:
                return list(islice((self.keys[place] for place in self.by_title if flags[place]), start, stop))

    @cached_property
    def by_title(self) -> list[int]:
        """Places in the order of titles. In Python, so that every database gives the same; read when first asked for."""
        titles = Publication.objects.published().order_by().values_list("pk", "title")
        named = {key: title.casefold().lstrip("‘’“”\"'«([¿¡ ") for key, title in titles}
        return sorted(range(len(self.keys)), key=lambda place: (named.get(self.keys[place], ""), self.keys[place]))


# The catalogue of this process, if it was read: at most one.
_held: list[Catalogue] = []
_reading = Lock()


def current() -> Catalogue:
    """The catalogue as of now. Two short statements when nothing changed, eight when something did."""
    stamp = _stamp()
    for held in _held:
        if held.stamp == stamp:
            return held
    with _reading:  # whoever comes meanwhile waits for this reading instead of doing the same
        if not _held or _held[0].stamp != stamp:
            _held[:] = [_read(stamp)]
        return _held[0]


def forget() -> None:
    """For tests, which roll back and use the same keys again for other pieces."""
    _held.clear()


def _links() -> dict[str, QuerySet[Any]]:
    """The tables that tie pieces to values, as (key of the piece, key of the value)."""
    tagged = TaggedItem.objects.filter(content_type=ContentType.objects.get_for_model(Publication))
    return {
        "topic": Publication.topics.through.objects.values_list("publication_id", "topic_id"),
        "region": Publication.regions.through.objects.values_list("publication_id", "region_id"),
        "centre": Publication.centres.through.objects.values_list("publication_id", "researchcentre_id"),
        "author": Authorship.objects.order_by().values_list("publication_id", "person_id"),
        "tag": tagged.values_list("object_id", "tag_id"),
    }


# The database marks every change of these tables, whatever route writes (editorial.change_marks).
CHANGES = "publications_change"
WATCHED = (
    Publication,
    Publication.topics.through,
    Publication.regions.through,
    Publication.centres.through,
    Authorship,
    TaggedItem,
)


def _stamp() -> tuple[Any, ...]:
    """Values of which at least one differs once anything changed that a listing shows, or a piece's hour has come."""
    latest = Publication.objects.published().aggregate(latest=Max("publish_at"))["latest"]
    return (latest, *change_marks.mark(CHANGES))


def _read(stamp: tuple[Any, ...]) -> Catalogue:
    rows = Publication.objects.published().order_by("-issued_on", "-pk").values_list("pk", "series_id", "issued_on")
    pieces = list(rows.iterator(chunk_size=CHUNK))
    places = {key: place for place, (key, _series, _day) in enumerate(pieces)}
    linked: dict[str, Rows] = {name: rows.iterator(chunk_size=CHUNK) for name, rows in _links().items()}
    linked["series"] = ((key, series) for key, series, _day in pieces)
    linked["year"] = ((key, day.year) for key, _series, day in pieces)
    sets = {name: _sets(rows, places) for name, rows in linked.items()}
    sizes = {
        name: sorted(((bits.bit_count(), value) for value, bits in sets[name].items()), key=lambda pair: -pair[0])
        for name in sets
    }
    return Catalogue(stamp, [key for key, _series, _day in pieces], places, sets, sizes)


def _sets(rows: Rows, places: dict[int, int]) -> dict[Hashable, Bits]:
    held: dict[Hashable, list[int]] = {}
    for key, value in rows:
        place = places.get(key)
        if place is not None:
            held.setdefault(value, []).append(place)
    return {value: _bits(found, len(places)) for value, found in held.items()}


def _bits(found: Iterable[int], size: int) -> Bits:
    octets = bytearray(size // 8 + 1)
    for place in found:
        octets[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(octets, "little")
