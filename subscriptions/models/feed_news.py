from typing import ClassVar

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FeedNews(models.Model):
    """That the feeds an item stands in are others from a moment on, which their hub is to be told (WebSub)."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    # The moment itself, of a scheduled item its hour; later ones after a hub that did not answer.
    due_at = models.DateTimeField(_("due"), default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        verbose_name = _("news of feeds")
        verbose_name_plural = _("news of feeds")
        ordering: ClassVar[list[str]] = ["due_at", "pk"]

    def __str__(self) -> str:
        return f"{self.content_type} {self.object_id}"
