"""The trash: ninety days to change one's mind. What readers have seen is withdrawn, never thrown away."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial import history, preview
from editorial.models import Publishable, State, User
from editorial.publishing import NotAllowed
from editorial.saving import record

KEPT_FOR = timedelta(days=90)

log = logging.getLogger(__name__)


@transaction.atomic
def move_to_trash(item: Publishable, by: User | None) -> None:
    """Raises NotAllowed for anything that is or was public, or is about to be."""
    if item.deleted_at is not None:
        raise NotAllowed(_("The item is in the trash already."))
    if item.state in (State.PUBLISHED, State.WITHDRAWN):
        raise NotAllowed(_("Published items are withdrawn, not deleted; a scheduled one goes back to draft first."))
    if item.first_published_at is not None and item.first_published_at <= timezone.now():
        raise NotAllowed(_("Readers have seen this item, so it is kept."))
    if words := item.kept_because():
        raise NotAllowed(words)
    item.deleted_at, item.deleted_by = timezone.now(), by
    item.save()
    record(item, by, _("Moved to the trash"))


@transaction.atomic
def restore_from_trash(item: Publishable, by: User | None) -> None:
    """Put it back where it was: nothing of it has been touched since. Raises NotAllowed when it is not in the trash."""
    if item.deleted_at is None:
        raise NotAllowed(_("The item is not in the trash."))
    item.deleted_at, item.deleted_by = None, None
    item.save()
    record(item, by, _("Restored from the trash"))


def due(before: datetime | None = None) -> Iterator[Publishable]:
    """What `purge` would delete."""
    limit = before or timezone.now() - KEPT_FOR
    for model in apps.get_models():
        if issubclass(model, Publishable):
            yield from model.objects.in_trash().filter(deleted_at__lt=limit).order_by("pk")


def purge(before: datetime | None = None) -> int:
    """Delete for good what was thrown away before this moment (default: ninety days ago). Returns how many.

    Each item goes in a transaction of its own with its revisions and preview links, and leaves a line in the log. One
    that something else still refers to stays, with a line that says so.
    """
    count = 0
    for item in list(due(before)):
        count += _delete(item)
    return count


def _delete(item: Publishable) -> bool:
    words: dict[str, Any] = {"kind": item._meta.label, "pk": item.pk, "item": str(item)}
    try:
        with transaction.atomic():
            preview.links(item).delete()
            history.revisions(item).delete()
            item.delete()
    except models.ProtectedError:
        log.warning("Kept in the trash, still referred to: %(kind)s %(pk)s, %(item)s", words)
        return False
    log.info("Deleted for good: %(kind)s %(pk)s, %(item)s", words)
    return True
