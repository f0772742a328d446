from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.models.publication import Publication
from publications.models.series import Series


class NumberEntry(models.Model):
    """One line of the register of numbers. Lines are never deleted, so a number once given is never given again."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="numbers")
    # The year for series that start again each year, yymmdd for those made from the date, 0 for those that run on.
    period = models.PositiveIntegerField(_("period"), default=0)
    # None for old numbers that do not follow the pattern.
    sequence = models.PositiveIntegerField(_("sequence"), null=True)
    number = models.CharField(_("number"), max_length=20, unique=True)
    publication = models.OneToOneField(
        Publication, models.SET_NULL, null=True, blank=True, related_name="number_entry", verbose_name=_("publication")
    )
    reason = models.CharField(
        _("reason"), max_length=200, blank=True, help_text=_("Why it was given by hand or left unused.")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("given"), default=timezone.now)

    class Meta:
        verbose_name = _("number")
        verbose_name_plural = _("register of numbers")
        ordering: ClassVar[list[str]] = ["-period", "-sequence"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["series", "period", "sequence"], name="one_number_per_sequence")
        ]

    def __str__(self) -> str:
        return self.number
