"""What belongs to one page and is kept, compared and restored with it."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editorial.fields import RichTextField
from editorial.models import Document
from institution.models.page import Page
from publications.models import Publication

YEARS = (MinValueValidator(1900), MaxValueValidator(2200))


def ends_after(name: str, start: str = "starts_on", end: str = "ends_on") -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{start}__isnull": True}) | Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": F(start)}),
        name=name,
        violation_error_message=_("It ends before it begins."),
    )


class Attachment(models.Model):
    """A document at a stable address below the page."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="attachments")
    document = models.ForeignKey(Document, models.PROTECT, related_name="page_attachments", verbose_name=_("document"))
    label = models.CharField(_("called"), max_length=160, help_text=_("What readers see: “Fee schedule 2027”."))
    slug = models.SlugField(
        _("file name"), max_length=80, help_text=_("Without .pdf. It stays when the document is replaced.")
    )
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["page", "slug"],
                name="one_attachment_per_file_name",
                violation_error_message=_("Another document of this page has that file name."),
            )
        ]

    def __str__(self) -> str:
        return self.label


class Edition(models.Model):
    """One time that a recurring programme was or will be held."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="editions")
    year = models.PositiveSmallIntegerField(_("year"), validators=YEARS)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    theme = models.CharField(_("theme"), max_length=250, blank=True)
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    participants = models.PositiveIntegerField(_("participants"), null=True, blank=True)
    report = models.ForeignKey(
        Publication, models.SET_NULL, null=True, blank=True, related_name="reported_editions", verbose_name=_("report")
    )

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering: ClassVar[list[str]] = ["-year", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ends_after("edition_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["page", "year"],
                name="one_edition_per_year",
                violation_error_message=_("This programme has an edition of that year already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.theme}" if self.theme else str(self.year)

    @property
    def is_to_come(self) -> bool:
        last = self.ends_on or self.starts_on
        return last >= timezone.localdate() if last else self.year >= timezone.localdate().year


class Intake(models.Model):
    """One run of an executive course."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="intakes")
    name = models.CharField(_("name"), max_length=120, help_text=_("“14th run”, “March 2027”."))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    apply_by = models.DateField(_("applications until"), null=True, blank=True, help_text=_("The last day, inclusive."))
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    places = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)
    fee = models.CharField(_("fee"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("intake")
        verbose_name_plural = _("intakes")
        ordering: ClassVar[list[str]] = ["-starts_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ends_after("intake_ends_after_it_starts"),
            ends_after("intake_is_applied_for_before", "apply_by", "starts_on"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_to_come(self) -> bool:
        return (self.ends_on or self.starts_on) >= timezone.localdate()

    @property
    def is_open(self) -> bool:
        """Applications are taken today, in Singapore."""
        today = timezone.localdate()
        return self.starts_on > today and (self.apply_by is None or self.apply_by >= today)


class Degree(models.Model):
    """The facts of a degree programme, in the table beside its description."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="degree_facts")
    award = models.CharField(_("award"), max_length=160)
    length = models.CharField(_("length"), max_length=120, help_text=_("“One year full time, two years part time”."))
    mode = models.CharField(_("mode of study"), max_length=120)
    intake = models.CharField(_("intake"), max_length=120)
    units = models.CharField(_("coursework units"), max_length=160, blank=True)
    fees = models.TextField(_("fees"), blank=True)
    opens_on = models.DateField(_("applications from"), null=True, blank=True)
    closes_on = models.DateField(
        _("applications until"), null=True, blank=True, help_text=_("The last day, inclusive.")
    )

    class Meta:
        verbose_name = _("facts of the degree")
        verbose_name_plural = _("facts of the degree")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ends_after("degree_applications_end_after_they_start", "opens_on", "closes_on"),
            models.UniqueConstraint(fields=["page"], name="one_table_of_facts_per_page"),
        ]

    def __str__(self) -> str:
        return self.award

    @property
    def window(self) -> str:
        """Where today (Singapore) stands to the time of application: "open", "before", "after", or nothing."""
        today = timezone.localdate()
        if self.closes_on is None and self.opens_on is None:
            return ""
        if self.opens_on and today < self.opens_on:
            return "before"
        return "after" if self.closes_on and today > self.closes_on else "open"


class CalendarDate(models.Model):
    """A line of the academic calendar."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="dates")
    term = models.CharField(
        _("term"), max_length=80, help_text=_("“Trimester 1, 2026–2027”. Lines of a term stand together.")
    )
    label = models.CharField(_("what"), max_length=160)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("date of the calendar")
        verbose_name_plural = _("dates of the calendar")
        ordering: ClassVar[list[str]] = ["starts_on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [ends_after("calendar_date_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.starts_on} {self.label}"


class Question(models.Model):
    """A question that is often asked, with its answer."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="questions")
    heading = models.CharField(_("under the heading"), max_length=80, blank=True)
    question = models.CharField(_("question"), max_length=250)
    answer = RichTextField(_("answer"))
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar[list[str]] = ["position", "pk"]

    def __str__(self) -> str:
        return self.question


class Location(models.Model):
    """Where it is. The postal address is the school's own (editorial.metadata.organisation)."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="locations")
    name = models.CharField(_("name"), max_length=160)
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    map_url = models.URLField(
        _("map elsewhere"), max_length=300, blank=True, help_text=_("A plain link; nothing of it loads here.")
    )
    hours = models.CharField(_("opening hours"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page"], name="one_place_per_page")
        ]

    def __str__(self) -> str:
        return self.name


class Route(models.Model):
    """One way to get there, step by step."""

    class Means(models.TextChoices):
        MRT = "mrt", _("MRT")
        BUS = "bus", _("Bus")
        CAR = "car", _("Car")
        FOOT = "foot", _("On foot")

    page = models.ForeignKey(Page, models.CASCADE, related_name="routes")
    means = models.CharField(_("by"), max_length=4, choices=Means, default=Means.MRT)
    title = models.CharField(_("title"), max_length=120)
    duration = models.CharField(_("takes"), max_length=60, blank=True, help_text=_("“about 50 minutes from the city”."))
    steps = models.TextField(_("steps"), help_text=_("One to a line, in order."))
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("way to get there")
        verbose_name_plural = _("ways to get there")
        ordering: ClassVar[list[str]] = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if not self.step_list:
            raise ValidationError({"steps": _("Write at least one step, each on a line of its own.")})

    @property
    def step_list(self) -> list[str]:
        return [step.strip() for step in self.steps.splitlines() if step.strip()]
