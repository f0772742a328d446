"""The trash: ninety days to change one's mind. What readers have seen is withdrawn, never thrown away."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial import history, locks, preview
from editorial.models import Batch, Publishable, State, User
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
    if reason := item.kept_because() or obstacle(item):
        raise NotAllowed(reason)
    item.deleted_at, item.deleted_by = timezone.now(), by
    item.save()
    record(item, by, _("Moved to the trash"))


def obstacle(item: Publishable) -> str:
    """Why it cannot be deleted although its state would allow it: a lock, or rows that cannot be without it."""
    if lock := locks.lock_of(item):
        return _("It is locked against deletion: %(reason)s") % {"reason": lock.reason}
    if names := [str(row) for row in needing(item)]:
        return _("It is needed by %(names)s.") % {"names": "; ".join(names)}
    return ""


def needing(item: Publishable) -> list[models.Model]:
    """Up to five rows, not in the trash themselves, that could not be without it."""
    found: list[models.Model] = []
    for relation in item._meta.related_objects:
        is_part = relation.one_to_one  # its line in the register of numbers, say
        if relation.on_delete is models.PROTECT and not is_part and not isinstance(relation.related_model, str):
            rows = relation.related_model._default_manager.filter(**{relation.field.name: item})
            if issubclass(relation.related_model, Publishable):
                rows = rows.filter(deleted_at__isnull=True)
            found += rows[:5]
    return found[:5]


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


def rehearse(before: datetime | None = None) -> Iterator[tuple[Publishable, str]]:
    """What `purge` would delete, each with the reason why it would stay, or nothing. Changes nothing."""
    for item in due(before):
        yield item, obstacle(item)


def purge(before: datetime | None = None) -> int:
    """Delete for good what was thrown away before this moment (default: ninety days ago). Returns how many.

    Each item goes in a transaction of its own with its revisions and preview links. The run leaves one line in the log of
    bulk changes that names them all. One that is locked, or that something still refers to, stays, and the log says so.
    """
    gone: list[dict[str, Any]] = []
    stayed: list[dict[str, Any]] = []
    for item in list(due(before)):
        line = {"kind": item._meta.label_lower, "key": item.pk, "title": str(item)}
        (gone if _delete(item) else stayed).append(line)
    if gone:
        words = ngettext(
            "%(count)s item deleted for good from the trash",
            "%(count)s items deleted for good from the trash",
            len(gone),
        )
        summary = words % {"count": len(gone)}
        Batch.objects.create(kind="trash", summary=summary, count=len(gone), data={"gone": gone, "stayed": stayed})
    return len(gone)


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
