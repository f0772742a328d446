"""A month of events, as a table of weeks."""

import calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Max, Min
from django.urls import reverse

from editorial import moments
from events.models import Event


@dataclass
class Day:
    on: date
    is_within: bool
    is_today: bool
    events: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    first: date
    weeks: list[list[Day]]
    previous: date | None
    next: date | None

    @property
    def count(self) -> int:
        return len({event.pk for week in self.weeks for day in week if day.is_within for event in day.events})


def address(first: date) -> str:
    return reverse("event-month", args=[first.year, first.month])


def month(year: int, number: int) -> Month | None:
    """The month, or None beyond the first and the last one that have any event, this month apart. Two statements.

    An event stands on every day it touches by the clock of the place where it is held.
    """
    first = date(year, number, 1)
    earliest, latest = _bounds()
    if not earliest <= first <= latest:
        return None
    weeks = calendar.Calendar().monthdatescalendar(year, number)
    today = moments.today()
    days = {on: Day(on, on.month == number, on == today) for week in weeks for on in week}
    for event in _touching(weeks[0][0], weeks[-1][-1]):
        on = event.starts.date()
        while on <= event.last_day:
            if on in days:
                days[on].events.append(event)
            on += timedelta(days=1)
    return Month(
        first,
        [[days[on] for on in week] for week in weeks],
        _other(first, -1) if first > earliest else None,
        _other(first, 1) if first < latest else None,
    )


def _bounds() -> tuple[date, date]:
    found = Event.objects.published().aggregate(first=Min("starts_at"), last=Max("ends_at"))
    days = [moments.today(), *(moment.date() for moment in found.values() if moment)]
    # A day's grace on both sides: elsewhere it is another day already.
    return (min(days) - timedelta(days=1)).replace(day=1), (max(days) + timedelta(days=1)).replace(day=1)


def _touching(first: date, last: date) -> Any:
    """A day more on both sides, because in UTC it may be another."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=2)
    found = Event.objects.published().filter(starts_at__lt=end, ends_at__gt=start)
    return found.defer("body", "transcript", "summary").order_by("starts_at", "pk")


def _other(first: date, step: int) -> date:
    beside = first + timedelta(days=-1 if step < 0 else 31)
    return beside.replace(day=1)
