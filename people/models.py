from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from editorial import moments
from editorial.fields import RichTextField
from editorial.models import Image, Publishable, PublishableQuerySet
from research.models import Region, ResearchCentre, Topic


def validate_orcid(value: str) -> None:
    """Check form and check digit (ISO 7064 MOD 11-2), as orcid.org describes it.

    Raises ValidationError with the form to use.
    """
    digits = value.replace("-", "")
    well_formed = len(value) == 19 and digits[:-1].isascii() and digits[:-1].isdigit() and value[4::5] == "---"
    if well_formed and len(digits) == 16:
        total = 0
        for digit in digits[:-1]:
            total = (total + int(digit)) * 2
        check = (12 - total % 11) % 11
        if digits[-1] == ("X" if check == 10 else str(check)):
            return
    raise ValidationError(_("An ORCID iD looks like 0000-0002-1825-0097. Check each digit of this one."))


class Person(models.Model):
    """Anyone with a byline, an office or a lectern. Being one needs a name and nothing more, and gives no login."""

    name = models.CharField(_("name"), max_length=200, help_text=_("As the person writes it, in reading order."))
    native_name = models.CharField(_("name in its own script"), max_length=100, blank=True)
    family_name = models.CharField(
        _("family name"),
        max_length=100,
        blank=True,
        help_text=_("What citations and lists sort by. Leave empty for a person with a single name or a patronymic."),
    )
    given_names = models.CharField(_("given names"), max_length=100, blank=True)
    sort_name = models.CharField(
        _("sorted as"),
        max_length=200,
        blank=True,
        help_text=_("Filled in from family name and given names. Change it where custom differs."),
    )
    slug = models.SlugField(
        _("address"), max_length=120, unique=True, help_text=_("The last part of the page's address.")
    )
    # NULL, not "", so that uniqueness holds only among those who have one.
    orcid = models.CharField(
        _("ORCID iD"), max_length=19, null=True, blank=True, unique=True, validators=[validate_orcid]
    )
    email = models.EmailField(_("e-mail address, for staff only"), null=True, blank=True, unique=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("sign-in"),
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering: ClassVar[list[str]] = ["sort_name", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["sort_name"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.sort_name:
            self.sort_name = ", ".join(part for part in (self.family_name, self.given_names) if part) or self.name
        self.orcid = self.orcid or None
        self.email = self.email or None
        super().save(*args, **kwargs)

    @property
    def initials(self) -> str:
        """For a monogram: of family and given name, else of the first and last word."""
        words = [self.given_names, self.family_name] if self.given_names and self.family_name else self.name.split()
        letters = [word.strip("()’'\"")[:1].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
        return "".join(letters)

    @property
    def trail(self) -> list[tuple[str, str]]:
        return [(str(_("People")), reverse("people"))]

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.slug])


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def current(self) -> Self:
        """Posts held today (Singapore), by their dates alone."""
        today = moments.today()
        return self.filter(Q(started_on__isnull=True) | Q(started_on__lte=today)).exclude(ended_on__lt=today)


class StaffGroup(models.TextChoices):
    """The nine groups of the staff directory, in its order, and the governors."""

    EXECUTIVE = "executive-deputy-chairmans-office", _("Executive Deputy Chairman’s Office")
    DEAN = "deans-office", _("Dean’s Office")
    MANAGEMENT = "management", _("Management")
    DISTINGUISHED = "distinguished-fellows", _("Distinguished Fellows")
    FACULTY = "faculty-and-research", _("Faculty and Research")
    ANALYSTS = (
        "associate-research-fellows-senior-analysts-and-research-analysts",
        _("Associate Research Fellows, Senior Analysts and Research Analysts"),
    )
    VISITING = "visiting-fellows", _("Visiting Fellows")
    ADJUNCT = "adjunct-fellows", _("Adjunct Fellows")
    ADMINISTRATIVE = "administrative-staff", _("Administrative Staff")
    GOVERNORS = "board-of-governors", _("Board of Governors")


class Appointment(models.Model):
    """A dated post. A person may hold several, in several units; what was held once stays on record."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="appointments")
    centre = models.ForeignKey(
        ResearchCentre, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name=_("unit")
    )
    title = models.CharField(_("post"), max_length=200)
    staff_group = models.CharField(_("staff group"), max_length=80, choices=StaffGroup, default=StaffGroup.FACULTY)
    is_head = models.BooleanField(_("heads the unit"), default=False)
    rank = models.PositiveSmallIntegerField(
        _("rank"), default=50, help_text=_("Lower numbers come first within the group.")
    )
    started_on = models.DateField(_("from"), null=True, blank=True)
    ended_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day. The day after, lists drop it.")
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering: ClassVar[list[str]] = ["rank", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=models.F("started_on")),
                name="appointment_ends_after_it_starts",
                violation_error_message=_("The post ends before it starts."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.centre}" if self.centre else self.title


class StaffProfile(Publishable):
    """The page a person has by being or having been staff. Public after approval, like any content."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="profile")
    biography = RichTextField(_("biography"), blank=True)
    photo = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("portrait")
    )
    expertise = models.ManyToManyField(Topic, blank=True, related_name="experts", verbose_name=_("expertise"))
    regions = models.ManyToManyField(Region, blank=True, related_name="experts", verbose_name=_("regions"))
    languages = models.CharField(_("languages"), max_length=200, blank=True, help_text=_("Separated by commas."))
    degrees = models.TextField(_("degrees"), blank=True, help_text=_("One to a line."))
    public_email = models.EmailField(_("public e-mail address"), blank=True)
    public_phone = models.CharField(_("public telephone number"), max_length=40, blank=True)

    objects: ClassVar[Any] = PublishableQuerySet["StaffProfile"].as_manager()

    revision_fields = ("person", "biography", "photo", "languages", "degrees", "public_email", "public_phone")
    revision_sets = ("expertise", "regions")

    class Meta(Publishable.Meta):
        verbose_name = _("staff profile")
        verbose_name_plural = _("staff profiles")
        permissions = [("publish_staffprofile", "Can publish staff profile")]

    def __str__(self) -> str:
        return str(self.person)

    def get_absolute_url(self) -> str:
        return self.person.get_absolute_url()
