"""The moment as of which readers' pages are made: now, or while an editor looks ahead, a later one.

Whatever decides what the public sees asks here and nowhere else for the time. Only rendering belongs into `as_of`: a
write inside it would be judged by a time that has not come. See docs/decisions/looking-ahead.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_chosen: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    return _chosen.get() or timezone.now()


def today() -> date:
    """The day (Singapore)."""
    return timezone.localdate(now())


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Everything asked inside, in this thread, is answered as it will stand at that moment."""
    token = _chosen.set(moment)
    try:
        yield
    finally:
        _chosen.reset(token)
