import re
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

NUMBER_PATTERN = re.compile(r"(?:[A-Z0-9.-]|\{(?:prefix|yy|yyyy|yymmdd)\}|\{seq(?::0[1-6])?\})+", re.ASCII)


def validate_number_pattern(pattern: str) -> None:
    """A pattern may use {prefix}, {yy}, {yyyy}, {yymmdd} and {seq} or {seq:03}, letters, digits, dots and dashes.

    Nothing else, and the sequence once: a number can then be read back. Raises ValidationError with an example.
    """
    if not NUMBER_PATTERN.fullmatch(pattern) or pattern.count("{seq") > 1:
        raise ValidationError(
            _("Use {prefix}, {yy}, {yyyy}, {yymmdd} and {seq:03}, as in {prefix}{yy}{seq:03}. No blanks or slashes.")
        )


class Series(models.Model):
    """A line of publications: how it is numbered, what its sections are called, under what terms it may be used."""

    class Family(models.TextChoices):
        INHOUSE = "inhouse", _("RSIS Publications")
        EXTERNAL = "external", _("External Publications")
        MEDIA = "media", _("Media")

    class Shape(models.TextChoices):
        """Which fields and which page layout the pieces of a series have."""

        COMMENTARY = "commentary", _("Commentary")
        PAPER = "paper", _("Paper or report")
        BOOK = "book", _("Book")
        JOURNAL = "journal", _("Journal with issues and articles")
        NEWSLETTER = "newsletter", _("Newsletter")
        EXTERNAL = "external", _("Work published elsewhere")
        NEWS = "news", _("News release")
        SPEECH = "speech", _("Speech")
        RECORDING = "recording", _("Video or audio")

    class NumberReset(models.TextChoices):
        NONE = "", _("Not numbered")
        YEARLY = "year", _("Starts again each year")
        DAILY = "day", _("Made from the date")
        NEVER = "never", _("Runs on for ever")

    class Review(models.TextChoices):
        EDITOR = "editor", _("Edited in-house")
        PEER = "peer", _("Peer reviewed")
        NONE = "none", _("Not reviewed by the school")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("address"), max_length=80, help_text=_("The part of the web address that names the series.")
    )
    family = models.CharField(_("family"), max_length=8, choices=Family, default=Family.INHOUSE)
    shape = models.CharField(_("kind of piece"), max_length=10, choices=Shape, default=Shape.PAPER)
    description = models.TextField(_("description"), blank=True, help_text=_("One or two sentences above the listing."))
    position = models.PositiveIntegerField(_("order"), default=0)
    prefix = models.CharField(_("number prefix"), max_length=6, blank=True)
    number_pattern = models.CharField(
        _("number pattern"),
        max_length=60,
        blank=True,
        validators=[validate_number_pattern],
        help_text=_("{prefix}{yy}{seq:03} gives CO25059."),
    )
    number_reset = models.CharField(_("numbering"), max_length=5, choices=NumberReset, blank=True, default="")
    synopsis_label = models.CharField(_("heading of the synopsis"), max_length=40, blank=True, default="Synopsis")
    body_label = models.CharField(_("heading of the text"), max_length=40, blank=True)
    requires_synopsis = models.BooleanField(_("needs a synopsis to be published"), default=False)
    issn = models.CharField(_("ISSN"), max_length=9, blank=True)
    licence = models.CharField(_("licence"), max_length=120, blank=True, help_text=_("In words, such as CC BY 4.0."))
    licence_url = models.URLField(_("licence address"), blank=True)
    review_policy = models.CharField(_("review"), max_length=6, choices=Review, default=Review.EDITOR)
    review_note = models.TextField(_("review policy in words"), blank=True)
    hue = models.PositiveSmallIntegerField(
        _("hue"), default=345, validators=[MaxValueValidator(359)], help_text=_("0 to 359, for number tag and covers.")
    )
    allows_responses = models.BooleanField(_("readers may respond"), default=False)
    contact = models.TextField(
        _("contact for the press"), blank=True, help_text=_("Printed under its pieces that name none of their own.")
    )

    # Its pieces live below its address: another series that takes an old address leaves theirs working.
    holds_pages: ClassVar[bool] = True

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering: ClassVar[list[str]] = ["family", "position", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["family", "slug"],
                name="one_series_per_address",
                violation_error_message=_("Another series of this family has that address."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The pattern has to say what the numbering counts by, or two periods would make the same numbers."""
        pattern = self.number_pattern
        if bool(pattern) != bool(self.number_reset):
            raise ValidationError({"number_reset": _("Give both the pattern and the numbering, or neither.")})
        if self.number_reset == self.NumberReset.YEARLY and "{yy" not in pattern:
            raise ValidationError({"number_pattern": _("A series that starts again each year needs {yy} or {yyyy}.")})
        if self.number_reset == self.NumberReset.DAILY and "{yymmdd}" not in pattern:
            raise ValidationError({"number_pattern": _("A series numbered by date needs {yymmdd}.")})

    def get_absolute_url(self) -> str:
        match self.family:
            case self.Family.EXTERNAL:
                return reverse("external-series", args=[self.slug])
            case self.Family.MEDIA:
                return reverse("media-series", args=[self.slug])
            case _:
                return reverse("series", args=[self.slug])

    @property
    def is_numbered(self) -> bool:
        return bool(self.number_reset and self.number_pattern)

    @property
    def hue_class(self) -> str:
        """One of the twelve classes of the style sheet: a hue of its own needs an inline style, which the policy forbids."""
        return f"hue-{self.hue // 30}"

    @property
    def trail(self) -> list[tuple[str, str]]:
        """What stands above the series in a breadcrumb: labels and addresses."""
        above = {
            self.Family.INHOUSE: [
                (_("Publications"), reverse("archive")),
                (_("RSIS Publications"), reverse("inhouse")),
            ],
            self.Family.EXTERNAL: [
                (_("Publications"), reverse("archive")),
                (_("External Publications"), reverse("external")),
            ],
            self.Family.MEDIA: [(_("Media"), reverse("media"))],
        }
        return [(str(label), address) for label, address in above[self.Family(self.family)]]

    @property
    def trail_within(self) -> list[tuple[str, str]]:
        """What stands above a piece of the series."""
        return [*self.trail, (self.name, self.get_absolute_url())]

    @property
    def family_title(self) -> str:
        """The name of the family in breadcrumbs."""
        return str(self.Family(self.family).label)
