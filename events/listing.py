"""Lists of events: what comes, or what is over, narrowed by kind, unit, topic and year, with figures that come true.

Keys of all events of a list are read at once, in a fixed number of statements, and narrowing and counting is done on
sets: five thousand take some hundredths of a second.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from events.models import Event, EventKind, EventQuerySet
from publications.facets import Facet, FacetValue
from research.models import ResearchCentre, Topic, as_tree, family_of

PER_PAGE = 20
LABELS = {"kind": _("Kind"), "centre": _("Centre or programme"), "topic": _("Topic"), "year": _("Year")}


@dataclass(frozen=True)
class Choice:
    """What may be chosen under a label, and the keys of the events behind it."""

    value: str
    label: str
    keys: frozenset[int]
    depth: int = 0


@dataclass(frozen=True)
class Chosen:
    """A filter in force, and the address without it."""

    facet_label: str
    label: str
    remove_url: str


class EventList:
    """The events of a query in its order, under the filters of the query string. What means nothing there is ignored."""

    def __init__(self, query: QueryDict, path: str, within: EventQuerySet) -> None:
        self.path = path
        rows = within.values_list("pk", "kind_id", "starts_at", "time_zone")
        self.rows = {pk: (kind, starts_at.astimezone(ZoneInfo(zone)).year) for pk, kind, starts_at, zone in rows}
        self.choices: dict[str, list[Choice]] = {
            "kind": list(self._kinds()),
            "centre": list(_units()),
            "topic": list(_topics()),
            "year": list(self._years()),
        }
        self.chosen: dict[str, Choice] = {}
        for name, choices in self.choices.items():
            given = query.getlist(name)
            match = next((one for one in choices if given == [one.value]), None)
            if match:
                self.chosen[name] = match
        self.number = query.get("page", "")

    def keys(self, without: str = "") -> frozenset[int]:
        """Of the events under every chosen filter, or under all but one."""
        found = frozenset(self.rows)
        for name, choice in self.chosen.items():
            if name != without:
                found &= choice.keys
        return found

    def ordered(self) -> list[int]:
        keys = self.keys()
        return [key for key in self.rows if key in keys]

    @cached_property
    def page(self) -> "Page[Any]":
        paginator: Paginator[Any] = Paginator(self.ordered(), PER_PAGE)
        number = int(self.number) if self.number.isascii() and self.number.isdigit() and len(self.number) < 6 else 1
        page = paginator.page(number if number in paginator.page_range else 1)
        cards = Event.objects.published().for_cards().in_bulk(list(page.object_list))
        page.object_list = [cards[key] for key in page.object_list if key in cards]
        return page

    @property
    def count(self) -> int:
        return len(self.keys())

    @cached_property
    def facets(self) -> list[Facet]:
        """Those with something to choose between."""
        found = (self._facet(name) for name in self.choices)
        return [facet for facet in found if len(facet.values) > 1 or facet.active]

    def _facet(self, name: str) -> Facet:
        among = self.keys(without=name)
        chosen = self.chosen.get(name)
        values = [
            FacetValue(
                choice.label,
                choice.value,
                len(choice.keys & among),
                self.url(**{name: "" if choice == chosen else choice.value}),
                choice == chosen,
                choice.depth,
            )
            for choice in self.choices[name]
            if choice == chosen or choice.keys & among
        ]
        return Facet(name, str(LABELS[name]), values)

    @property
    def active(self) -> list[Chosen]:
        return [Chosen(str(LABELS[name]), one.label, self.url(**{name: ""})) for name, one in self.chosen.items()]

    @property
    def years(self) -> list[FacetValue]:
        return self._facet("year").values

    def parameters(self) -> dict[str, str]:
        return {name: choice.value for name, choice in self.chosen.items()}

    def url(self, **changes: str) -> str:
        """This list's address with some parameters set, or removed when empty; always back on the first page."""
        return self.address_at(self.path, **changes)

    def address_at(self, path: str, **changes: str) -> str:
        """The same filters at another address: a feed, a calendar file, what is over."""
        wanted = self.parameters() | changes
        kept = {name: value for name, value in wanted.items() if value and (name, value) != ("page", "1")}
        return f"{path}?{urlencode(kept)}" if kept else path

    @property
    def canonical(self) -> str:
        return str(settings.SITE_URL).rstrip("/") + self.url(page=self.current_page)

    # The pager's: see templates/components/pager.html.

    @property
    def current_page(self) -> str:
        return str(self.page.number)

    @cached_property
    def page_links(self) -> list[tuple[str, str]]:
        numbers = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1)
        return [(str(n), self.url(page=str(n)) if isinstance(n, int) else "") for n in numbers]

    @property
    def previous_url(self) -> str:
        return self.url(page=str(self.page.previous_page_number())) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        return self.url(page=str(self.page.next_page_number())) if self.page.has_next() else ""

    def _kinds(self) -> Iterator[Choice]:
        for one in EventKind.objects.all():
            yield Choice(
                one.slug, one.name, frozenset(key for key, (kind, _year) in self.rows.items() if kind == one.pk)
            )

    def _years(self) -> Iterator[Choice]:
        found: dict[int, set[int]] = {}
        for key, (_kind, year) in self.rows.items():
            found.setdefault(year, set()).add(key)
        for year in sorted(found, reverse=True):
            yield Choice(f"{year:04}", f"{year:04}", frozenset(found[year]))


def _sets(through: Any, column: str) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for value, event in through.objects.values_list(column, "event_id"):
        found.setdefault(value, set()).add(event)
    return found


def _topics() -> Iterable[Choice]:
    """A topic stands for itself and all below it. Two statements."""
    sets, nodes = _sets(Event.topics.through, "topic_id"), list(Topic.objects.with_tree_fields())
    keys: dict[int, set[int]] = {}
    for node in nodes:
        for above in node.tree_path:
            keys.setdefault(above, set()).update(sets.get(node.pk, ()))
    return [Choice(node.slug, node.name, frozenset(keys[node.pk]), node.tree_depth) for node in nodes]


def _units() -> Iterable[Choice]:
    """A centre stands for itself and the programmes within it. Two statements."""
    sets = _sets(Event.centres.through, "researchcentre_id")
    units = list(ResearchCentre.objects.only("slug", "name", "parent_id"))
    pairs = [(one.pk, one.parent_id) for one in units]
    for one, depth in as_tree(units):
        keys = frozenset(key for unit in family_of(one.pk, pairs) for key in sets.get(unit, ()))
        yield Choice(one.slug, one.name, keys, depth)
