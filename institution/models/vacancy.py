from datetime import datetime, time, timedelta
from typing import Any, ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editorial import moments
from editorial.fields import RichTextField
from editorial.models import Publishable, PublishableQuerySet
from institution.models.page import Page
from research.models import ResearchCentre


class VacancyQuerySet(PublishableQuerySet["Vacancy"]):
    def open(self) -> Self:
        """What readers may apply for at this second. A closed post leaves every list by itself."""
        return self.published().filter(Q(closes_at__isnull=True) | Q(closes_at__gt=moments.now()))

    def hours(self, after: datetime) -> "list[models.QuerySet[Any, Any]]":
        """A post appears at its hour, and goes at another."""
        return [*super().hours(after), moments.first_of(self, "closes_at", after)]


class Vacancy(Publishable):
    """A post that is to be filled, until a moment that is stated in Singapore time."""

    class Kind(models.TextChoices):
        FACULTY = "faculty", _("Faculty")
        RESEARCH = "research", _("Research")
        ADMINISTRATION = "admin", _("Administration")
        INTERNSHIP = "intern", _("Internship")

    class Terms(models.TextChoices):
        """In the words of schema.org (JobPosting.employmentType)."""

        FULL_TIME = "FULL_TIME", _("Full time")
        PART_TIME = "PART_TIME", _("Part time")
        CONTRACTOR = "CONTRACTOR", _("Contract")
        TEMPORARY = "TEMPORARY", _("Temporary")
        INTERN = "INTERN", _("Internship")

    page = models.ForeignKey(
        Page, models.PROTECT, related_name="vacancies", verbose_name=_("listed on"),
        limit_choices_to={"kind": Page.Kind.VACANCIES},
    )  # fmt: skip
    title = models.CharField(_("post"), max_length=200)
    slug = models.SlugField(
        _("address"), max_length=120, help_text=_("The last part of the web address. Changing it leaves a redirect."),
        validators=[RegexValidator(r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z", _("Small letters and digits, with single dashes between."))],
    )  # fmt: skip
    reference = models.CharField(_("reference"), max_length=40, unique=True)
    centre = models.ForeignKey(
        ResearchCentre, models.PROTECT, null=True, blank=True, related_name="vacancies", verbose_name=_("unit")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.RESEARCH)
    terms = models.CharField(_("terms"), max_length=10, choices=Terms, default=Terms.FULL_TIME)
    summary = models.CharField(
        _("summary"), max_length=300, blank=True, help_text=_("One or two sentences, for the list.")
    )
    body = RichTextField(_("the post"), blank=True)
    how_to_apply = RichTextField(_("how to apply"), blank=True)
    closes_on = models.DateField(
        _("closing date"), null=True, blank=True, help_text=_("Leave empty for a post that is open until filled.")
    )
    closes_time = models.TimeField(
        _("closing time"), null=True, blank=True,
        help_text=_("In Singapore. Leave empty for the end of that day: the post closes at midnight (24:00)."),
    )  # fmt: skip
    closes_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[Any] = VacancyQuerySet.as_manager()

    revision_fields = (
        "page", "title", "slug", "reference", "centre", "kind", "terms", "summary", "body", "how_to_apply", "closes_on",
        "closes_time",
    )  # fmt: skip

    class Meta(Publishable.Meta):
        verbose_name = _("vacancy")
        verbose_name_plural = _("vacancies")
        permissions = [("publish_vacancy", "Can publish vacancy")]
        ordering: ClassVar[list[Any]] = [models.F("closes_at").asc(nulls_last=True), "title", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["page", "slug"],
                name="one_vacancy_per_address",
                violation_error_message=_("Another post has that address. Choose a different one."),
            ),
            models.CheckConstraint(
                condition=Q(closes_time__isnull=True) | Q(closes_on__isnull=False),
                name="vacancy_with_time_has_date",
                violation_error_message=_("Give the closing date as well as the time."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.closes_at = self.closing_moment()
        super().save(*args, **kwargs)

    def closing_moment(self) -> datetime | None:
        """The first second at which the post is closed: the time given, or the midnight that ends the day."""
        if self.closes_on is None:
            return None
        day = self.closes_on if self.closes_time else self.closes_on + timedelta(days=1)
        return datetime.combine(day, self.closes_time or time(), timezone.get_default_timezone())

    @property
    def is_closed(self) -> bool:
        return self.closes_at is not None and self.closes_at <= timezone.now()

    def get_absolute_url(self) -> str:
        return self.page.address_below(self.slug)
