from collections.abc import Collection
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editorial import moments
from editorial.models import Image
from people.models import Person
from publications.models import Publication
from research.models import ResearchCentre


class SlotQuerySet(models.QuerySet["Slot"]):
    def current(self) -> Self:
        """Slots whose time it is. Whether what they show is public is asked of the item itself, each time."""
        now = moments.now()
        return self.filter(Q(starts_at__isnull=True) | Q(starts_at__lte=now)).exclude(ends_at__lte=now)


class Slot(models.Model):
    """A place on the home page, or on that of a centre, that an editor fills for a while.

    Empty or expired places fall back to the newest.
    """

    class Place(models.TextChoices):
        LEAD = "lead", _("Lead item")
        PINNED = "pinned", _("Pinned above the latest publications of a centre")
        BOOK = "book", _("Latest Book")
        COMMENTARIES = "commentaries", _("Pinned above the latest commentaries")
        EXPERTS = "experts", _("Experts by topic")

    # Which places a centre's page has; the home page has all but the one it cannot have.
    OF_A_CENTRE: ClassVar[tuple[str, ...]] = (Place.LEAD, Place.PINNED)

    centre = models.ForeignKey(
        ResearchCentre, models.CASCADE, null=True, blank=True, related_name="slots", verbose_name=_("page"),
        help_text=_("The unit whose page it is on. Leave empty for the home page of the site."),
    )  # fmt: skip
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
        verbose_name = _("page slot")
        verbose_name_plural = _("page slots")
        ordering: ClassVar[list[str]] = ["place", "position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")),
                name="slot_ends_after_it_starts",
                violation_error_message=_("The slot ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(centre__isnull=True) & ~Q(place="pinned")
                | Q(centre__isnull=False, place__in=["lead", "pinned"]),
                name="slot_stands_where_its_page_has_a_place",
                violation_error_message=_(
                    "A centre’s page has a lead item and pinned publications; the home page has all other places and a lead."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_place_display()}: {self.headline or self.publication or self.person}"

    @property
    def is_current(self) -> bool:
        now = moments.now()
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or self.ends_at > now)

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
