"""Saving without overwriting: compare the version, take the row, raise the version, keep a revision."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import RLock
from typing import Any, cast

from django.db import connection, transaction
from django.utils.translation import gettext as _

from editorial import history
from editorial.models import Publishable, Revision, User

# What rooms above do in the transaction of a save, with the items: they put it in here when they start.
AFTER: list[Callable[[list[Any]], None]] = []

# SQLite lets waiting writers try again at random until they give up; in one process they can stand in line instead.
_line = RLock()


@contextmanager
def turn() -> Iterator[None]:
    """A transaction for a whole save. However many save at once, on SQLite no thread of this process gives up waiting."""
    line: AbstractContextManager[Any] = _line if connection.vendor == "sqlite" else nullcontext()
    with line, transaction.atomic():
        yield


class Conflict(Exception):
    """Somebody saved the item since it was opened. `current` is the item as it stands now."""

    def __init__(self, current: Any) -> None:
        super().__init__("The item was saved by somebody else in the meantime.")
        self.current = current


def lock[Item: Publishable](model: type[Item], pk: Any, version: int) -> Item:
    """Return the item, held until the transaction ends, if it still has this version.

    Call inside `transaction.atomic`. On SQLite the transaction itself is the lock (it is IMMEDIATE).
    Raises Conflict if the item has another version, and the model's DoesNotExist if it is gone.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("saving.lock needs a transaction")
    item = cast(Item, model.objects.select_for_update(of=("self",)).get(pk=pk))
    if item.version != version:
        raise Conflict(item)
    return item


@transaction.atomic
def record(item: Publishable, by: User | None, note: str = "") -> Revision | None:
    """Raise the version of a saved item and keep a revision of the whole of it.

    Raises Conflict if the row's version is no longer the one in memory; the caller's transaction must then be rolled
    back.
    """
    revision = _revise(item, by, note)
    if revision:
        item.recorded([(item, revision.changed)])
        _tell([item])
    return revision


@transaction.atomic
def record_all(items: Iterable[Publishable], by: User | None, note: str = "") -> None:
    """As `record`, for many of one kind. What follows from the changes is worked out once for all of them."""
    done = [(item, revision.changed) for item in items if (revision := _revise(item, by, note))]
    if done:
        done[0][0].recorded(done)
        _tell([item for item, _changed in done])


def _tell(items: list[Any]) -> None:
    for one in AFTER:
        one(items)


def _revise(item: Publishable, by: User | None, note: str) -> Revision | None:
    raised = type(item).objects.filter(pk=item.pk, version=item.version).update(version=item.version + 1, updated_by=by)
    if not raised:
        raise Conflict(type(item).objects.get(pk=item.pk))
    item.version += 1
    return history.add_revision(item, by, note)


@transaction.atomic
def restore(item: Publishable, revision: Revision, by: User | None) -> list[str]:
    """Bring the item back to a revision, as a new revision. Returns the words for what could not be brought back.

    The state (draft, published ...) stays as it is. Raises Conflict like `record`.
    """
    missing = history.apply(item, revision.data)
    record(item, by, note=_("Restored revision %(number)s") % {"number": revision.number})
    return missing
