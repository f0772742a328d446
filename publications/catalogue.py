"""The archive's card catalogue: which published piece has which topic, author, year ..., held in memory.

A listing of 100,000 pieces shows some 200 figures, and each has to equal the list behind it under any choice of
filters. Counted by the database that takes seconds. Here a set of pieces is one long integer with a bit for each piece,
newest first; narrowing is `&`, counting is `bit_count`, and a whole page of figures takes milliseconds.

A value that few pieces have is held as the list of their places instead, which takes a tenth of the memory.

The catalogue holds keys only, never words, and decides nothing about visibility: it is read through `published()`, and
the pieces of a page are fetched through `published()` again. Before every use a stamp taken from the database says
whether anything changed, a piece's hour having come included; then it is read anew.
"""

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, reduce
from heapq import heappush, heappushpop
from itertools import compress, islice
from operator import or_
from threading import Lock
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max, QuerySet
from taggit.models import TaggedItem

from editorial import change_marks, held
from publications.models import Authorship, Publication

Rows = Iterable[tuple[int, Hashable]]
Bits = int
Places = array[int]
CHUNK = 2_000  # rows fetched at a time while reading
# Of so many pieces one: with fewer than that a list of places is the smaller.
FEW = 64


class PlacesByKey:
    """The place of each piece by its key. Keys come from one sequence, so that a column of places is smaller than a dict."""

    def __init__(self, keys: Sequence[int]) -> None:
        self.column = array("i", [-1]) * (max(keys, default=0) + 1)
        for place, key in enumerate(keys):
            self.column[key] = place

    def get(self, key: int) -> int | None:
        place = self.column[key] if 0 <= key < len(self.column) else -1
        return place if place >= 0 else None

    def __contains__(self, key: int) -> bool:
        return 0 <= key < len(self.column) and self.column[key] >= 0

    def __getitem__(self, key: int) -> int:
        return self.column[key]


@dataclass(frozen=True)
class Catalogue:
    stamp: tuple[Any, ...]
    # Keys of the pieces, newest first: the place in this list is the piece's bit.
    keys: Sequence[int]
    places: PlacesByKey
    sets: dict[str, dict[Hashable, Bits | Places]]
    sizes: dict[str, list[tuple[int, Hashable]]] = field(default_factory=dict)

    @cached_property
    def everything(self) -> Bits:
        return (1 << len(self.keys)) - 1

    def bits(self, name: str, values: Iterable[Hashable]) -> Bits:
        """The pieces that have any of these values."""
        known = self.sets[name]
        return reduce(or_, (self._bits_of(known[value]) for value in values if value in known), 0)

    def _bits_of(self, found: Bits | Places) -> Bits:
        return found if isinstance(found, int) else _bits(found, len(self.keys))

    def bits_of(self, pieces: QuerySet[Publication]) -> Bits:
        """The published pieces of a query."""
        found = (self.places.get(key) for key in pieces.order_by().values_list("pk", flat=True))
        return _bits((place for place in found if place is not None), len(self.keys))

    def bits_at(self, keys: Iterable[int]) -> Bits:
        """The published pieces among these keys."""
        column = self.places.column
        found = [column[key] for key in keys if key < len(column)]
        return _bits([place for place in found if place >= 0], len(self.keys))

    def newest(self, among: Bits) -> Iterator[int]:
        """Keys of these pieces, newest first."""
        octets = among.to_bytes(len(self.keys) // 8 + 1, "little")
        for start in range(0, len(octets), 64):
            if not any(octets[start : start + 64]):
                continue
            for place in range(start * 8, min((start + 64) * 8, len(self.keys))):
                if octets[place >> 3] >> (place & 7) & 1:
                    yield self.keys[place]

    def among(self, name: str, value: Hashable, places: Iterable[int]) -> list[int]:
        """Those of the places whose pieces have this value."""
        found = self.sets[name].get(value, 0)
        if not isinstance(found, int):
            few = set(found)
            return [place for place in places if place in few]
        octets = found.to_bytes(len(self.keys) // 8 + 1, "little")
        return [place for place in places if octets[place >> 3] >> (place & 7) & 1]

    def counts(self, name: str, among: Bits) -> dict[Hashable, int]:
        """How many of these pieces have each value."""
        count = self._counter(among)
        return {value: count(found) for value, found in self.sets[name].items()}

    def _counter(self, among: Bits) -> Callable[[Bits | Places], int]:
        """What says how many of a set are among these pieces."""
        if among == self.everything:
            return lambda found: found.bit_count() if isinstance(found, int) else len(found)
        flags = self._flags(among).__getitem__
        return lambda found: (found & among).bit_count() if isinstance(found, int) else sum(map(flags, found))

    def _flags(self, among: Bits) -> bytes:
        """A one for each place that is among these pieces, else a nought."""
        return f"{among:0{len(self.keys)}b}".encode().translate(_DIGITS)[::-1] if self.keys else b""

    def commonest(self, name: str, among: Bits, limit: int) -> dict[Hashable, int]:
        """Counts of the values that most of these pieces have; ties go to the value that is commoner over all."""
        found: dict[Hashable, int] = {}
        counted = self._counter(among)
        most: list[int] = []  # a heap of the highest counts so far
        for total, value in self.sizes[name]:  # descending, so that few are looked at
            if len(most) == limit and total <= most[0]:
                break
            count = counted(self.sets[name][value])
            if count:
                found[value] = count
                if len(most) < limit:
                    heappush(most, count)
                else:
                    heappushpop(most, count)
        return dict(sorted(found.items(), key=lambda pair: -pair[1])[:limit])

    def slice(self, among: Bits, sort: str, start: int, stop: int) -> list[int]:
        """Keys of these pieces from `start` to `stop` in an order: "newest", "oldest" or "title"."""
        if sort == "newest" and among == self.everything:
            return list(self.keys[start:stop])
        flags = self._flags(among)
        match sort:
            case "newest":
                return list(islice(compress(self.keys, flags), start, stop))
            case "oldest":
                return list(islice(compress(reversed(self.keys), reversed(flags)), start, stop))
            case _:
                return list(islice((self.keys[place] for place in self.by_title if flags[place]), start, stop))

    def beside(self, series: int, key: int) -> tuple[int | None, int | None]:
        """Keys of the pieces before and after this one in its series."""
        place = self.places.get(key)
        if place is None:
            return None, None
        among = self.bits("series", [series])
        further, nearer = among >> (place + 1), among & ((1 << place) - 1)
        older = self.keys[place + (further & -further).bit_length()] if further else None
        return older, self.keys[nearer.bit_length() - 1] if nearer else None

    @cached_property
    def by_title(self) -> Places:
        """Places in the order of titles. In Python, so that every database gives the same; read when first asked for."""
        titles = Publication.objects.published().order_by().values_list("pk", "title")
        named = {key: title.casefold().lstrip("‘’“”\"'«([¿¡ ") for key, title in titles.iterator(chunk_size=CHUNK)}
        order = sorted(range(len(self.keys)), key=lambda place: (named.get(self.keys[place], ""), self.keys[place]))
        return array("i", order)


_DIGITS = bytes.maketrans(b"01", b"\0\1")
# The catalogue of this process, if it was read: at most one.
_held: list[Catalogue] = []
_reading = Lock()


def current() -> Catalogue:
    """The catalogue as of now. At most two short statements when nothing changed, eight when something did."""
    stamp = _stamp()
    for known in _held:
        if known.stamp == stamp:
            return known
    with _reading:  # whoever comes meanwhile waits for this reading instead of doing the same
        # Asked again, or one who was overtaken while waiting would bring an older catalogue back.
        stamp = _stamp(anew=True)
        if not _held or _held[0].stamp != stamp:
            _held.clear()  # before the reading, so that there are never two of them
            _held[:] = [_read(stamp)]
        return _held[0]


def at_hand() -> Catalogue | None:
    """The catalogue as of now if it is here: for what can be asked of the database as well, and is not worth a reading."""
    return _held[0] if _held and _held[0].stamp == _stamp() else None


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


# What the catalogue is made of. The database marks every change of these tables (editorial.change_marks).
WATCHED = (
    Publication,
    Publication.topics.through,
    Publication.regions.through,
    Publication.centres.through,
    Authorship,
    TaggedItem,
)


def _stamp(*, anew: bool = False) -> tuple[Any, ...]:
    """Values of which at least one differs once anything changed that a listing shows, or a piece's hour has come."""
    if anew:
        return (change_marks.read().listed, _latest_hour())
    return (held.mark().listed, held.held("latest hour", _latest_hour))


def _latest_hour() -> datetime | None:
    latest: datetime | None = Publication.objects.published().aggregate(latest=Max("publish_at"))["latest"]
    return latest


def _read(stamp: tuple[Any, ...]) -> Catalogue:
    rows = Publication.objects.published().order_by("-issued_on", "-pk").values_list("pk", "series_id", "issued_on")
    keys, by_series, by_year = array("q"), dict[Hashable, Places](), dict[Hashable, Places]()
    for place, (key, series, day) in enumerate(rows.iterator(chunk_size=CHUNK)):
        keys.append(key)
        by_series.setdefault(series, array("i")).append(place)
        by_year.setdefault(day.year, array("i")).append(place)
    places = PlacesByKey(keys)
    sets = {name: _sets(rows.iterator(chunk_size=CHUNK), places, len(keys)) for name, rows in _links().items()}
    sets |= {"series": _packed(by_series, len(keys)), "year": _packed(by_year, len(keys))}
    sizes = {
        name: sorted(
            ((found.bit_count() if isinstance(found, int) else len(found), value) for value, found in one.items()),
            key=lambda pair: -pair[0],
        )
        for name, one in sets.items()
    }
    return Catalogue(stamp, keys, places, sets, sizes)


def _sets(rows: Rows, places: PlacesByKey, size: int) -> dict[Hashable, Bits | Places]:
    found: dict[Hashable, Places] = {}
    for key, value in rows:
        place = places.get(key)
        if place is not None:
            found.setdefault(value, array("i")).append(place)
    return _packed(found, size)


def _packed(found: dict[Hashable, Places], size: int) -> dict[Hashable, Bits | Places]:
    """Each place once: an author may have two roles in a piece."""
    return {
        value: array("i", sorted(set(places))) if len(places) < size // FEW else _bits(places, size)
        for value, places in found.items()
    }


def _bits(found: Iterable[int], size: int) -> Bits:
    octets = bytearray(size // 8 + 1)
    for place in found:
        octets[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(octets, "little")
