"""Lists of events: what comes, or what is over, narrowed by kind, unit, topic and year, with figures that come true."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from events.models import Event, EventKind, EventQuerySet
from publications.facets import FacetValue
from publications.narrowing import Choice, Narrowed, of_terms, of_units, sets_of
from research.models import Topic

PER_PAGE = 20


class EventList(Narrowed):
    """The events of a query in its order, under the filters of the query string."""

    labels = {"kind": _("Kind"), "centre": _("Centre or programme"), "topic": _("Topic"), "year": _("Year")}

    def __init__(self, query: QueryDict, path: str, within: EventQuerySet) -> None:
        rows = within.values_list("pk", "kind_id", "starts_at", "time_zone")
        self.rows = {pk: (kind, starts_at.astimezone(ZoneInfo(zone)).year) for pk, kind, starts_at, zone in rows}
        choices = {
            "kind": list(self._kinds()),
            "centre": list(of_units(sets_of(Event.centres.through, "researchcentre_id", "event_id"))),
            "topic": list(of_terms(Topic, sets_of(Event.topics.through, "topic_id", "event_id"))),
            "year": list(self._years()),
        }
        super().__init__(query, path, self.rows, choices)

    def ordered(self) -> list[int]:
        keys = self.keys()
        return [key for key in self.rows if key in keys]

    @cached_property
    def page(self) -> "Page[Any]":
        paginator: Paginator[Any] = Paginator(self.ordered(), PER_PAGE)
        page = paginator.page(self.number if self.number in paginator.page_range else 1)
        cards = Event.objects.published().for_cards().in_bulk(list(page.object_list))
        page.object_list = [cards[key] for key in page.object_list if key in cards]
        return page

    @property
    def years(self) -> list[FacetValue]:
        return self.facet("year").values

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
