from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class Batch(models.Model):
    """One press of a button that changed many rows: what, who, when, and what is needed to take it back."""

    kind = models.CharField(_("kind"), max_length=20)
    summary = models.CharField(_("what was done"), max_length=300)
    # What `editorial.batches.undo` needs, and the lines of the log.
    data = models.JSONField(_("particulars"), default=dict)
    count = models.PositiveIntegerField(_("rows"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("when"), auto_now_add=True)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.summary


class DeletionLock(models.Model):
    """Keeps an item from being deleted by any route until the lock is taken off."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    item = GenericForeignKey("content_type", "object_id")
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("locked"), auto_now_add=True)

    class Meta:
        verbose_name = _("lock against deletion")
        verbose_name_plural = _("locks against deletion")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["content_type", "object_id"], name="one_lock_per_item")
        ]

    def __str__(self) -> str:
        return self.reason
