from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscriptions.models.announcing import Notification


class Tally(models.Model):
    """What is left of the deliveries of a mailing by one list once they are old: figures, and nothing about anybody."""

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="tallies")
    target = models.CharField(max_length=400)
    sent = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    uncertain = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    hard = models.PositiveIntegerField(default=0)
    soft = models.PositiveIntegerField(default=0)
    complaint = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["notification", "target"], name="one_tally_a_list")
        ]

    def __str__(self) -> str:
        return f"{self.notification}, {self.target}"


class Erasure(models.Model):
    """That an address was erased, as a keyed hash with the time: a restored backup is erased again by it."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(_("erased"), default=timezone.now)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class Forgotten(models.Model):
    """How many rows of a kind the rules of keeping removed on a day: the proof that they are applied."""

    on = models.DateField(_("day"))
    what = models.CharField(_("what was not kept any longer"), max_length=60)
    count = models.PositiveIntegerField(_("rows"))

    class Meta:
        verbose_name = _("night's count of what is not kept")
        verbose_name_plural = _("what is not kept, by night")
        ordering: ClassVar[list[str]] = ["-on", "what"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["on", "what"], name="one_count_a_night")
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d}: {self.what}"
