from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Revision(models.Model):
    """A snapshot of a whole item: fields, sets, children and files, as `editorial.history` takes and restores it."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    item = GenericForeignKey("content_type", "object_id")
    number = models.PositiveIntegerField(_("revision"))
    data = models.JSONField(_("content"))
    # What changed, as field names, so that a history of 500 rows opens without comparing texts.
    changed = models.JSONField(_("changed fields"), default=list)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("saved"), default=timezone.now)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["content_type", "object_id", "number"], name="one_revision_per_number")
        ]

    def __str__(self) -> str:
        return str(_("Revision %(number)s")) % {"number": self.number}


class PreviewLink(models.Model):
    """Lets somebody without an account see one unpublished item until the link expires or is revoked.

    The address carries a signed value, never this row's key alone; revoked, expired and forged links answer alike.
    """

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    item = GenericForeignKey("content_type", "object_id")
    # None: always the latest saved text. Otherwise this revision, frozen.
    revision = models.ForeignKey(Revision, models.CASCADE, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=43, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    opens = models.PositiveIntegerField(_("opened"), default=0)
    last_opened_at = models.DateTimeField(_("last opened"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering: ClassVar[list[str]] = ["-created_at"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["content_type", "object_id"])]

    def __str__(self) -> str:
        return str(_("Preview link made %(time)s")) % {"time": self.created_at}

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    def snapshot(self) -> dict[str, Any] | None:
        return self.revision.data if self.revision else None


class Redirect(models.Model):
    """An address that was public once and now leads elsewhere on this site, for good (301), or nowhere (410)."""

    old_path = models.CharField(
        _("old address"), max_length=500, unique=True, help_text=_("Begins with a slash, without the host name.")
    )
    new_path = models.CharField(
        _("new address"),
        max_length=500,
        blank=True,
        help_text=_("Begins with a slash. Leave it empty to say that what was there is gone for good (410)."),
    )
    # The whole subtree moved: /publications/old/ to /publications/new/ takes every address below with it.
    is_prefix = models.BooleanField(_("everything below too"), default=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        ordering: ClassVar[list[str]] = ["old_path"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["new_path"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(old_path=models.F("new_path")),
                name="redirect_leads_elsewhere",
                violation_error_message=_("The old and the new address are the same."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.old_path} → {self.new_path or _('gone')}"
