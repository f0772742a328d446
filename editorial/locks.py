"""Items that nobody deletes by mistake: the lock holds for the trash, for every list, for code, and for the nightly purge."""

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from editorial.models import DeletionLock, Publishable, User
from editorial.publishing import NotAllowed


def lock_of(item: Publishable) -> DeletionLock | None:
    kind = ContentType.objects.get_for_model(type(item))
    return DeletionLock.objects.filter(content_type=kind, object_id=item.pk).select_related("by").first()


def lock(item: Publishable, reason: str, by: User | None) -> DeletionLock:
    """Raises NotAllowed without a reason. A second lock changes nothing."""
    if not reason.strip():
        raise NotAllowed(_("Say why it must not be deleted."))
    kind = ContentType.objects.get_for_model(type(item))
    values = {"reason": reason.strip()[:200], "by": by}
    return DeletionLock.objects.get_or_create(content_type=kind, object_id=item.pk, defaults=values)[0]


def unlock(item: Publishable) -> None:
    kind = ContentType.objects.get_for_model(type(item))
    DeletionLock.objects.filter(content_type=kind, object_id=item.pk).delete()
