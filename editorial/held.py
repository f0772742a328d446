"""What pages are made of, held in this process for exactly as long as it is true.

`held(key, make)` gives what `make` gave, as long as nothing that readers could see was written since, by whatever route and
on whatever machine, and no hour has come at which something appears or goes. The database is asked for its mark once in
each request, the first time that something is looked for; so what a request shows is never older than its beginning.

Only for questions of readers who are nobody in particular: in every other request, in commands and in the worker, and for
whoever is signed in, `held` makes everything anew and keeps nothing. What is kept is text and figures, never a row, so that
nothing comes along by accident. docs/decisions/held.md says why, and what it costs.
"""

import sys
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any, cast

from django.apps import apps
from django.utils import timezone
from django.utils.translation import get_language

from editorial import change_marks
from editorial.change_marks import Mark
from editorial.shelf import Shelf

# Bytes in each process. What was not asked for longest goes first.
MOST_BYTES = 4 * 1024 * 1024
# Of one thing; what is larger is made anew each time.
LARGEST = MOST_BYTES // 8

Until = Callable[[Any], datetime | None]


@dataclass
class Moment:
    """All that is held under one mark, between two hours at which something changes by itself."""

    mark: Mark
    since: datetime
    until: datetime
    shelf: Shelf = field(default_factory=lambda: Shelf(MOST_BYTES))

    def is_now(self, mark: Mark) -> bool:
        return self.mark == mark and self.since <= timezone.now() < self.until

    def keep(self, key: Hashable, value: Any, until: datetime) -> None:
        if (size := weight(value)) <= LARGEST:
            self.shelf.keep(key, value, until, size)


@dataclass
class Request:
    """The moment that one request shows, once it was asked for."""

    moment: Moment | None = None


_request: ContextVar[Request | None] = ContextVar("held", default=None)
# The latest moment of this process, if any: at most one.
_latest: list[Moment] = []
_turning = Lock()


@contextmanager
def for_anybody() -> Iterator[None]:
    """Within this, what is made may be held and what is held may be shown."""
    token = _request.set(Request())
    try:
        yield
    finally:
        _request.reset(token)


def held[Value](key: Hashable, make: Callable[[], Value], until: Until | None = None) -> Value:
    """What `make` gives, made once for many requests. `key` has to name all that it depends on beside the database.

    `until` says of the value when it ends by itself, where that is neither midnight nor the hour of something published.
    What `make` raises is not held.
    """
    moment = _moment()
    if moment is None:
        return make()
    whole = (get_language(), key)
    found = moment.shelf.find(whole)
    if found is not None:
        return cast("Value", found.value)
    value = make()
    moment.keep(whole, value, _end(moment, value, until))
    return value


def held_of_many[Key: Hashable, Value](
    kind: Hashable, keys: list[Key], make: Callable[[list[Key]], dict[Key, Value]], until: Until | None = None
) -> dict[Key, Value]:
    """The same for several of a kind, those that are missing made together. What `make` leaves out is left out."""
    moment = _moment()
    if moment is None:
        return make(keys) if keys else {}
    language = get_language()
    found = {key: one.value for key in keys if (one := moment.shelf.find((language, (kind, key)))) is not None}
    missing = [key for key in keys if key not in found]
    for key, value in (make(missing) if missing else {}).items():
        moment.keep((language, (kind, key)), value, _end(moment, value, until))
        found[key] = value
    return found


def _end(moment: Moment, value: Any, until: Until | None) -> datetime:
    ends = until(value) if until else None
    return min(moment.until, ends) if ends else moment.until


def mark() -> Mark:
    """The mark of this request, or of now where nothing may be held."""
    moment = _moment()
    return moment.mark if moment else change_marks.read()


def _moment() -> Moment | None:
    request = _request.get()
    if request is None:
        return None
    if request.moment is None:
        request.moment = _current()
    return request.moment


def _current() -> Moment:
    """The moment of now: one short statement when nothing changed."""
    now = change_marks.read()
    for latest in _latest:
        if latest.is_now(now):
            return latest
    with _turning:
        # Asked again: who waited here, or was overtaken since asking, must not bring an older moment back.
        now = change_marks.read()
        if not _latest or not _latest[0].is_now(now):
            since = timezone.now()
            _latest[:] = [Moment(now, since, next_change(since))]
        return _latest[0]


def next_change(after: datetime) -> datetime:
    """The first moment at which a page may look different although nobody writes: an hour that comes, or midnight.

    Asks every kind of row that has such hours, those whose manager has `hours`, in one statement.
    """
    askers = (getattr(model._default_manager, "hours", None) for model in apps.get_models())
    first, *others = (rows for ask in askers if ask is not None for rows in ask(after))
    comes: list[datetime] = [moment for (moment,) in first.union(*others, all=True).order_by() if moment]
    return min([_midnight(after), *comes])


def _midnight(after: datetime) -> datetime:
    here = timezone.localtime(after)
    return here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def forget() -> None:
    """For tests, which change settings under the feet of what is held."""
    _latest.clear()


def weight(value: object) -> int:
    """Bytes, about. Raises TypeError for what could change in somebody's hands or bring more along than it seems."""
    match value:
        case None | bool() | int() | float() | date() | timedelta():
            return 32
        case str() | bytes():
            return sys.getsizeof(value)
        case tuple() | frozenset():
            return 64 + sum(map(weight, value))
        case _ if is_dataclass(value) and getattr(value, "__dataclass_params__").frozen:  # noqa: B009 -- typed nowhere
            return 64 + sum(weight(getattr(value, one.name)) for one in fields(value))
    raise TypeError(f"Only text, figures and what is made of them is held, not {type(value).__name__}.")
