from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WorkMark(models.Model):
    """One row: how often workers moved it on, as a file beside the database knows too. A database that is behind its file
    was restored."""

    number = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)
    # Since when no mail leaves, until a person says so; None as a rule.
    held_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mark of the workers")
        verbose_name_plural = _("marks of the workers")

    def __str__(self) -> str:
        return f"{self.number}"
