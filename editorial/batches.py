"""Changes of many rows at once, each with a line in the log, and taken back where its kind knows how."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial.models import Batch, User
from editorial.publishing import NotAllowed

Undo = Callable[[Batch, User], None]
_undoing: dict[str, Undo] = {}


def undoes(kind: str) -> Callable[[Undo], Undo]:
    """Says of a function that it takes back batches of this kind."""

    def remember(function: Undo) -> Undo:
        _undoing[kind] = function
        return function

    return remember


def can_undo(batch: Batch) -> bool:
    return batch.kind in _undoing and batch.undone_at is None


@transaction.atomic
def undo(batch: Batch, by: User) -> None:
    """Once. Raises NotAllowed with words when it was done, or cannot be."""
    held = Batch.objects.select_for_update().get(pk=batch.pk)
    if held.undone_at is not None:
        raise NotAllowed(_("This was taken back already."))
    if held.kind not in _undoing:
        raise NotAllowed(_("This cannot be taken back."))
    _undoing[held.kind](held, by)
    held.undone_at = timezone.now()
    held.save(update_fields=["undone_at"])
    batch.undone_at = held.undone_at
