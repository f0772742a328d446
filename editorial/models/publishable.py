from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editorial import moments
from editorial.models.batches import DeletionLock


class State(models.TextChoices):
    """Where an item stands. "Scheduled" is no state: it is published with a time to come."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PublishableQuerySet[Item: "Publishable"](models.QuerySet[Item]):
    """The one place that decides what the public sees."""

    def published(self, at: Any = None) -> Self:
        """Items public at this second: published, their time has come, not withdrawn, not in the trash.

        "This second" is that of `editorial.moments`, so that an editor can see a page as it will stand. `at` is for
        statements that are composed once and asked at many seconds (editorial.prepared).
        """
        return self.filter(state=State.PUBLISHED, publish_at__lte=at or moments.now(), deleted_at__isnull=True)

    def tombstones(self) -> Self:
        """Items that were public and were withdrawn: their address still answers, with the reason and no text."""
        return self.filter(state=State.WITHDRAWN, first_published_at__isnull=False, deleted_at__isnull=True)

    def scheduled(self) -> Self:
        """Items that will become public by themselves."""
        return self.filter(state=State.PUBLISHED, publish_at__gt=moments.now(), deleted_at__isnull=True)

    def hours(self, after: datetime) -> "list[models.QuerySet[Any, Any]]":
        """When the next of them becomes public by itself, for `editorial.held.next_change`."""
        return [moments.first_of(self.scheduled(), "publish_at", after)]

    def present(self) -> Self:
        """Items of any state that are not in the trash."""
        return self.filter(deleted_at__isnull=True)

    def in_trash(self) -> Self:
        return self.filter(deleted_at__isnull=False)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Nothing of it when one is locked. Raises ProtectedError."""
        refuse_locked(self.model, self.order_by().values("pk"))
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


def refuse_locked(model: type[models.Model], keys: Any) -> None:
    """Raises ProtectedError when one of these rows is locked against deletion (editorial.locks)."""
    kind = ContentType.objects.get_for_model(model)
    locked = list(DeletionLock.objects.filter(content_type=kind, object_id__in=keys)[:10])
    if locked:
        raise models.ProtectedError(str(_("Locked against deletion.")), set(locked))


class Publishable(models.Model):
    """What every kind of content shares: a state, a time, a version to compare before saving, a place in the trash.

    Subclasses name what a whole-item revision holds: `revision_fields` (own columns), `revision_sets` (many-to-many
    names) and `revision_children` (reverse names of rows that belong to the item).
    """

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT, editable=False)
    publish_at = models.DateTimeField(_("public from"), null=True, blank=True, editable=False)
    # Kept apart from publish_at, which a re-publication moves.
    first_published_at = models.DateTimeField(_("first public"), null=True, blank=True, editable=False)
    # When readers last had something to be told of: a notice, a withdrawal, a return. No re-save and no typo moves it.
    changed_at = models.DateTimeField(_("last notable change"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawal_reason = models.TextField(_("reason for withdrawal"), blank=True, editable=False)
    deleted_at = models.DateTimeField(_("moved to the trash"), null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    # Raised by one on every save through editorial.saving; a save that names an older version is refused.
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last saved"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects: ClassVar[Any] = PublishableQuerySet.as_manager()

    revision_fields: ClassVar[tuple[str, ...]] = ()
    revision_sets: ClassVar[tuple[str, ...]] = ()
    revision_children: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(state=State.PUBLISHED) | models.Q(publish_at__isnull=False),
                name="%(app_label)s_%(class)s_published_has_time",
                violation_error_message=_("A published item needs the time from which it is public."),
            )
        ]

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        refuse_locked(type(self), [self.pk])
        return super().delete(*args, **kwargs)

    @property
    def is_public(self) -> bool:
        return (
            self.state == State.PUBLISHED
            and self.publish_at is not None
            and self.publish_at <= moments.now()
            and self.deleted_at is None
        )

    @property
    def is_scheduled(self) -> bool:
        return self.state == State.PUBLISHED and not self.is_public and self.deleted_at is None

    @property
    def is_withdrawn(self) -> bool:
        return self.state == State.WITHDRAWN

    @property
    def standing(self) -> str:
        """The state in an editor's words, with the time (SGT) where it matters."""
        if self.deleted_at is not None:
            return str(_("In the trash"))
        if self.is_scheduled and self.publish_at is not None:
            return str(_("Scheduled for %(time)s")) % {"time": sgt(self.publish_at)}
        return str(State(self.state).label)

    def kept_because(self) -> str:
        """Why the item may not be thrown away now, in words for the editor; nothing where it may."""
        return ""

    @classmethod
    def recorded(cls, changes: list[tuple[Any, list[str]]]) -> None:
        """Called in the transaction of a save, with each row and the names of its parts that differ from before."""

    def get_absolute_url(self) -> str:
        raise NotImplementedError


def sgt(moment: Any) -> str:
    """`Thu 20 Mar 2025, 06:00 SGT`: how the desk writes a moment, whatever zone the reader or the server is in."""
    local = timezone.localtime(moment)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} SGT"
