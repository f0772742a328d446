from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editorial.models import Image
from people.models import Person
from publications.models import Publication


class SlotQuerySet(models.QuerySet["Slot"]):
    def current(self) -> Self:
        """Slots whose time it is. Whether what they show is public is asked of the item itself, each time."""
        now = timezone.now()
        return self.filter(Q(starts_at__isnull=True) | Q(starts_at__lte=now)).exclude(ends_at__lte=now)

    def next_change(self, after: datetime) -> datetime | None:
        """When the next slot begins or ends."""
        comes = self.aggregate(
            starts=Min("starts_at", filter=Q(starts_at__gt=after)), ends=Min("ends_at", filter=Q(ends_at__gt=after))
        )
        return min((moment for moment in comes.values() if moment), default=None)


class Slot(models.Model):
    """A place on the home page that an editor fills for a while. Empty or expired places fall back to the newest."""

    class Place(models.TextChoices):
        LEAD = "lead", _("Lead item")
        BOOK = "book", _("Latest Book")
        COMMENTARIES = "commentaries", _("Pinned above the latest commentaries")
        EXPERTS = "experts", _("Experts by topic")

    place = models.CharField(_("place"), max_length=12, choices=Place)
    publication = models.ForeignKey(
        Publication, models.CASCADE, null=True, blank=True, related_name="slots", verbose_name=_("publication")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="slots", verbose_name=_("person")
    )
    headline = models.CharField(
        _("headline here"), max_length=200, blank=True, help_text=_("Leave empty for the title.")
    )
    image = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("image here"),
        help_text=_("Leave empty for the item’s own."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("home page slot")
        verbose_name_plural = _("home page slots")
        ordering: ClassVar[list[str]] = ["place", "position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")),
                name="slot_ends_after_it_starts",
                violation_error_message=_("The slot ends before it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_place_display()}: {self.headline or self.publication or self.person}"

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        super().clean_fields(exclude)
        wanted, words = "publication", _("Choose the publication to show.")
        if self.place == self.Place.EXPERTS:
            wanted, words = "person", _("Choose the person to show.")
        if not getattr(self, f"{wanted}_id") and wanted not in (exclude or ()):
            raise ValidationError({wanted: words})


class UnansweredSearch(models.Model):
    """Words that readers looked for and did not find, with how often: what was asked, never by whom."""

    words = models.CharField(_("searched for"), max_length=100, unique=True)
    times = models.PositiveIntegerField(_("times"), default=1)
    last_on = models.DateField(_("last"), default=timezone.localdate)

    class Meta:
        verbose_name = _("search without results")
        verbose_name_plural = _("searches without results")
        ordering: ClassVar[list[str]] = ["-times", "-last_on", "words"]

    def __str__(self) -> str:
        return self.words
