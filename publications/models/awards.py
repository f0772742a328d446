from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from publications.models.publication import Publication


class Award(models.Model):
    """A distinction that pieces are given, year by year."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.TextField(_("what it is for"), blank=True, help_text=_("One or two sentences for readers."))
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering: ClassVar[list[str]] = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Awarding(models.Model):
    """One piece, honoured in one year."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="awardings", verbose_name=_("award"))
    publication = models.ForeignKey(
        Publication, models.CASCADE, related_name="awardings", verbose_name=_("publication")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(1990), MaxValueValidator(2999)], help_text=_("Of the award.")
    )
    citation = models.TextField(_("citation"), blank=True, help_text=_("What the jury said, in a few sentences."))

    class Meta:
        verbose_name = _("award to a piece")
        verbose_name_plural = _("awards to pieces")
        ordering: ClassVar[list[str]] = ["-year", "award", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["award", "publication"],
                name="a_piece_is_given_an_award_once",
                violation_error_message=_("This piece was given this award already."),
            ),
            models.CheckConstraint(condition=models.Q(year__gte=1990, year__lte=2999), name="awarding_year_is_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.award} {self.year}: {self.publication}"

    @staticmethod
    def address_of(year: int | str) -> str:
        return f"{reverse('awarded')}#year-{year}"

    def get_absolute_url(self) -> str:
        return self.address_of(self.year)
