"""The one listing: the archive and every narrower list are this, with something fixed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_
from typing import Any, ClassVar, overload
from urllib.parse import quote_plus, urlencode

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from editorial.held import held
from editorial.paged import Paged, page_number, single
from publications.cards import Cards
from publications.catalogue import Bits, Catalogue, current
from publications.facets import KINDS, Counted, Facet, FacetValue, Kind
from publications.models import Publication, PublicationQuerySet
from publications.references import FORMATS

PER_PAGE = 20
# What one export takes: more than any one subject has. The whole archive is for the harvesting protocol.
MOST_EXPORTED = 5_000
SORTS = {"newest": _("Newest first"), "oldest": _("Oldest first"), "title": _("By title")}
DENSITIES = {"full": _("With synopsis"), "compact": _("Titles only")}


@dataclass(frozen=True)
class ActiveFilter:
    facet_label: str
    label: str
    remove_url: str


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    url: str
    is_active: bool


class Few(Sequence[Publication]):
    """The pieces of a page, fetched when one is looked at. Pages that are made of cards look at none."""

    def __init__(self, keys: list[int]) -> None:
        self.keys = keys

    @cached_property
    def pieces(self) -> list[Publication]:
        found = Publication.objects.published().for_cards().in_bulk(self.keys)
        return [found[key] for key in self.keys if key in found]

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, index: int) -> Publication: ...
    @overload
    def __getitem__(self, index: slice) -> list[Publication]: ...
    def __getitem__(self, index: int | slice) -> Publication | list[Publication]:
        return self.pieces[index]


class Pieces(Sequence[Publication]):
    """The pieces of a set in an order, by the page: a paginator's list that costs nothing to count or skip."""

    def __init__(self, catalogue: Catalogue, bits: Bits, sort: str) -> None:
        self.catalogue, self.bits, self.sort = catalogue, bits, sort

    def keys(self, start: int, stop: int) -> list[int]:
        return self.catalogue.slice(self.bits, self.sort, start, stop)

    def __len__(self) -> int:
        return self.bits.bit_count()

    @overload
    def __getitem__(self, index: int) -> Publication: ...
    @overload
    def __getitem__(self, index: slice) -> Few: ...
    def __getitem__(self, index: int | slice) -> Publication | Few:
        if isinstance(index, int):
            return self[index : index + 1][0]
        return Few(self.keys(index.start or 0, len(self) if index.stop is None else index.stop))


class Listing(Paged):
    """Published pieces within a context, narrowed by the query string, in stable pages.

    `fixed` holds what the page itself is about (`{"topic": topic}`) and does not appear among the facets; `among` limits the
    list in the same way, and readers may choose within it; `within` is for what is no facet, and costs a statement. What
    means nothing in the query string is ignored: an unknown
    parameter or value, one given twice, a page that does not exist.
    """

    per_page = PER_PAGE
    orders: ClassVar[dict[str, Any]] = SORTS
    # Whether feeds and exports stand below the list's own address.
    has_files = True
    # Whether the address names a list that letters can be about.
    is_followable = True
    # Facets whose choice is shown by the page itself.
    settled: ClassVar[set[str]] = set()

    def __init__(
        self,
        query: QueryDict,
        path: str,
        among: dict[str, Any] | None = None,
        fixed: dict[str, Any] | None = None,
        within: PublicationQuerySet | None = None,
    ) -> None:
        self.path = path
        self.fixed = fixed or {}
        self.catalogue = current()
        self.within = Publication.objects.published() if within is None else within
        self.bits = self.catalogue.everything if within is None else self.catalogue.bits_of(within)
        limits = self.fixed | (among or {})
        for kind in KINDS:
            if kind.name in limits:
                self.within = kind.narrow(self.within, limits[kind.name])
                self.bits &= kind.bits(self.catalogue, limits[kind.name])
        self.sort = _choice(query, "sort", self.orders)
        self.density = _choice(query, "density", DENSITIES)
        self.number = page_number(query)
        self.chosen: dict[str, tuple[str, Any]] = {}
        self.chosen_bits: dict[str, Bits] = {}
        for kind in KINDS:
            raw = "" if kind.name in self.fixed else single(query, kind.name)
            found = kind.find(raw) if raw else None
            if found is not None:
                self.chosen[kind.name] = (raw, found)
                self.chosen_bits[kind.name] = kind.bits(self.catalogue, found)

    def narrowed(self) -> PublicationQuerySet:
        """The pieces under every chosen facet, as a query: for feeds and exports, which take them all."""
        pieces = self.within
        for kind in KINDS:
            if kind.name in self.chosen:
                pieces = kind.narrow(pieces, self.chosen[kind.name][1])
        return pieces.order_by("-issued_on", "-pk")

    def narrow(self, pieces: PublicationQuerySet) -> PublicationQuerySet:
        """Other pieces by the same rule, such as those that were withdrawn."""
        for kind in KINDS:
            wanted = self.fixed.get(kind.name) or self.chosen.get(kind.name, ("", None))[1]
            if wanted is not None:
                pieces = kind.narrow(pieces, wanted)
        return pieces

    def found(self, without: str = "") -> Bits:
        """The pieces under every chosen facet, or under all but one."""
        if not self.chosen_bits:
            return self.bits
        chosen = (bits for name, bits in self.chosen_bits.items() if name != without)
        return reduce(and_, chosen, self.bits)

    def years_of(self, name: str, value: Any) -> list[int]:
        """The years of which this value of a facet has pieces, the latest first."""
        among = next(kind for kind in KINDS if kind.name == name).bits(self.catalogue, value)
        counts = self.catalogue.counts("year", among)
        return sorted((year for year, count in counts.items() if count and isinstance(year, int)), reverse=True)

    def pieces(self) -> Pieces:
        return Pieces(self.catalogue, self.found(), self.sort)

    @cached_property
    def page(self) -> "Page[Publication]":
        paginator: Paginator[Publication] = Paginator(self.pieces(), self.per_page)
        return paginator.page(self.number if self.number in paginator.page_range else 1)

    @cached_property
    def cards(self) -> Cards:
        """What the page is made of, for the template to show at its level."""
        few = self.pieces()[(self.page.number - 1) * self.per_page : self.page.number * self.per_page]
        return Cards(few.keys, is_compact=self.is_compact)

    @cached_property
    def count(self) -> int:
        return self.found().bit_count()

    @property
    def filters(self) -> SafeString:
        """The facets as HTML. While nothing is chosen they are the same on every page of the list, and held."""

        def make() -> SafeString:
            return render_to_string("components/facets.html", {"listing": self})

        return make() if self.chosen else held(("facets", self.url()), make)

    @cached_property
    def facets(self) -> list[Facet]:
        """Facets with something to choose. A series lies in one family, so under a series there is no such choice."""
        settled = {*self.fixed, "family"} if "series" in self.fixed else {*self.fixed}
        offered = [kind for kind in KINDS if kind.is_offered and kind.name not in settled]
        return [facet for kind in offered if (facet := self._facet(kind)).values]

    def facets_named(self, name: str) -> list[Facet]:
        """One facet alone, without the cost of the others."""
        return [self._facet(kind) for kind in KINDS if kind.name == name]

    def _facet(self, kind: Kind) -> Facet:
        chosen = self.chosen.get(kind.name, ("", None))[0]
        counted = list(kind.counted(self.catalogue, self.found(without=kind.name)))
        if chosen and chosen not in [one.value for one in counted]:
            counted.insert(0, Counted(chosen, str(self.chosen[kind.name][1]), self.count))
        # As `url` writes it, which for some 200 values takes too long.
        bare = self.url(**{kind.name: ""})
        stem = f"{bare}{'&' if '?' in bare else '?'}{kind.name}="

        def address(value: str) -> str:
            return self.url(**{kind.name: "" if value == chosen else value}) if chosen else stem + quote_plus(value)

        values = [
            FacetValue(label, value, count, address(value), value == chosen, depth)
            for value, label, count, depth in counted
        ]
        return Facet(kind.name, str(kind.label), values)

    @cached_property
    def active(self) -> list[ActiveFilter]:
        labels = {kind.name: str(kind.label) for kind in KINDS}
        return [
            ActiveFilter(labels[name], str(found), self.url(**{name: ""}))
            for name, (_raw, found) in self.chosen.items()
            if name not in self.settled
        ]

    @property
    def is_compact(self) -> bool:
        return self.density == "compact"

    @property
    def sorts(self) -> list[Choice]:
        return [
            Choice(value, str(label), self.url(sort=value), value == self.sort) for value, label in self.orders.items()
        ]

    @property
    def densities(self) -> list[Choice]:
        return [
            Choice(value, str(label), self.url(density=value), value == self.density)
            for value, label in DENSITIES.items()
        ]

    def parameters(self) -> dict[str, str]:
        """What the address must carry to come back here, defaults left out."""
        chosen = {name: raw for name, (raw, _found) in self.chosen.items()}
        return chosen | {
            name: value
            for name, value, default in (
                ("sort", self.sort, next(iter(self.orders))),
                ("density", self.density, "full"),
            )
            if value != default
        }

    @property
    def defaults(self) -> dict[str, str]:
        return {"sort": next(iter(self.orders)), "density": "full", "page": "1"}

    def feed_url(self, form: str) -> str:
        """The address of this list's feed, in the form "atom" or "json"."""
        kept = {name: value for name, value in self.parameters().items() if name not in ("sort", "density")}
        return f"{self.path}feed.{form}" + (f"?{urlencode(kept)}" if kept else "")

    @property
    def follow_target(self) -> str:
        """The list itself, in whatever order it is shown: what a letter, a feed or a saved search is about."""
        return self.url(sort="", density="", page="")

    @property
    def atom_url(self) -> str:
        return self.feed_url("atom")

    @property
    def json_url(self) -> str:
        return self.feed_url("json")

    @cached_property
    def clear_url(self) -> str:
        return self.url(**dict.fromkeys(self.chosen.keys() - self.settled, ""))

    @property
    def offers_links(self) -> bool:
        """Whether facets stand as links beside the form: on long lists nothing is chosen from yet, no order either. Links from
        every choice to every further choice would be endless addresses for robots, and a short list needs none."""
        return not self.parameters().keys() - {"q"} and self.count > self.per_page

    @property
    def offers_orders(self) -> bool:
        """Whether order and detail stand as links: as above, though from one of these to another."""
        return not self.chosen.keys() - {"q"} and self.count > self.per_page

    @property
    def words(self) -> str:
        """What was typed to narrow the list; nobody links to such lists, and search engines leave them out."""
        return self.chosen["q"][0] if "q" in self.chosen else ""

    @property
    def canonical(self) -> str:
        """The absolute address that stands for this cut of the archive."""
        return str(settings.SITE_URL).rstrip("/") + self.url(page=self.current_page, density="")

    @property
    def exports(self) -> list[tuple[str, str]]:
        """Formats in which the whole list can be had as references, and where; nothing when it is empty."""
        page = self.url(density="")
        query = page.removeprefix(self.path)
        return [(form.label, f"{self.path}export.{name}{query}") for name, form in FORMATS.items() if self.count]

    @property
    def export_limit(self) -> int | None:
        return MOST_EXPORTED if self.count > MOST_EXPORTED else None


def _choice(query: QueryDict, name: str, choices: dict[str, Any]) -> str:
    """The parameter if it names a choice, else the first choice."""
    given = single(query, name)
    return given if given in choices else next(iter(choices))
