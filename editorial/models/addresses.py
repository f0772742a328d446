from typing import ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MissedAddress(models.Model):
    """An address without a page that a reader asked for, with how often: never by whom."""

    path = models.CharField(_("address asked for"), max_length=200, unique=True)
    times = models.PositiveIntegerField(_("times"), default=1)
    first_on = models.DateField(_("first"), default=timezone.localdate)
    last_on = models.DateField(_("last"), default=timezone.localdate)
    # A page of ours, or the host of a search engine; nothing else is kept of where readers come from.
    came_from = models.CharField(_("followed from"), max_length=200, blank=True)
    suggestion = models.CharField(_("nearest page"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("missing page")
        verbose_name_plural = _("missing pages")
        ordering: ClassVar[list[str]] = ["-times", "-last_on", "path"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["last_on", "times"], name="missed_by_last_day")]

    def __str__(self) -> str:
        return self.path


class LinkTarget(models.Model):
    """An address that our texts link to, checked once for all of them."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Not checked yet")
        THERE = "there", _("There")
        MOVED = "moved", _("Moved")
        MISSING = "missing", _("Missing")
        FAILING = "failing", _("Does not answer")
        REFUSED = "refused", _("Not asked")

    # A path of this site, or a whole address elsewhere, without what follows the #.
    address = models.CharField(_("address"), max_length=500, unique=True)
    is_outside = models.BooleanField(_("other site"), default=False)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, default=Outcome.WAITING)
    leads_to = models.CharField(_("leads to"), max_length=500, blank=True)
    status = models.CharField(_("answer"), max_length=100, blank=True)
    failures = models.PositiveSmallIntegerField(_("failures one after another"), default=0)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    due_at = models.DateTimeField(_("next check"), default=timezone.now)

    class Meta:
        verbose_name = _("link to check")
        verbose_name_plural = _("dead and moved links")
        ordering: ClassVar[list[str]] = ["is_outside", "address"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["is_outside", "due_at"], name="link_target_by_due_time"),
            models.Index(fields=["outcome", "is_outside"], name="link_target_by_outcome"),
        ]

    def __str__(self) -> str:
        return self.address


class FoundLink(models.Model):
    """One address in one place: a field of a row, or the file of a document. Written by editorial.links alone."""

    PDF: ClassVar[str] = "pdf"

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    item = GenericForeignKey("content_type", "object_id")
    place = models.CharField(_("where"), max_length=40)
    href = models.CharField(_("as written"), max_length=600)
    target = models.ForeignKey(LinkTarget, models.CASCADE, related_name="found", verbose_name=_("address"))

    class Meta:
        verbose_name = _("link in a text")
        verbose_name_plural = _("links in texts")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["content_type", "object_id", "place", "href"], name="one_row_per_link")
        ]

    def __str__(self) -> str:
        return self.href


class ScanMark(models.Model):
    """How far a search through rows has come, so that any worker goes on where the last one stopped."""

    name = models.CharField(max_length=100, unique=True)
    key = models.PositiveBigIntegerField(default=0)
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("mark of a search")
        verbose_name_plural = _("marks of searches")

    def __str__(self) -> str:
        return f"{self.name}: {self.key}"
