"""The moment as of which readers' pages are made: now, or while an editor looks ahead, a later one.

Whatever decides what the public sees asks here and nowhere else for the time. Only rendering belongs into `as_of`: a
write inside it would be judged by a time that has not come. See docs/decisions/looking-ahead.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from django.db.models import Min, QuerySet, Value
from django.utils import timezone

_chosen: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    return _chosen.get() or timezone.now()


def today() -> date:
    """The day (Singapore)."""
    return timezone.localdate(now())


def first_of(rows: QuerySet[Any], name: str, after: datetime) -> QuerySet[Any, Any]:
    """The first of these moments that is still to come, as a part of a statement about many kinds."""
    coming = rows.order_by().filter(**{f"{name}__gt": after}).annotate(all_of_them=Value(1)).values("all_of_them")
    first: QuerySet[Any, Any] = coming.annotate(first=Min(name)).values_list("first")
    return first


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Everything asked inside, in this thread, is answered as it will stand at that moment."""
    token = _chosen.set(moment)
    try:
        yield
    finally:
        _chosen.reset(token)
