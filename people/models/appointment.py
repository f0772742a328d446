from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from editorial import moments
from people.models.person import Person
from research.models import ResearchCentre


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def current(self) -> Self:
        """Posts held today (Singapore), by their dates alone."""
        today = moments.today()
        return self.filter(Q(started_on__isnull=True) | Q(started_on__lte=today)).exclude(ended_on__lt=today)

    def not_ended(self) -> Self:
        """Posts held today or to come."""
        return self.exclude(ended_on__lt=moments.today())

    def in_order(self) -> Self:
        """As a staff list has them: rank, then name."""
        return self.order_by("rank", "person__sort_key", "person_id", "pk")


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
        """Title and unit; of a governor, whose title alone says too little, the board."""
        unit = self.centre or (StaffGroup.GOVERNORS.label if self.staff_group == StaffGroup.GOVERNORS else "")
        return f"{self.title}, {unit}" if unit else self.title

    @property
    def is_current(self) -> bool:
        today = moments.today()
        return (self.started_on is None or self.started_on <= today) and not self.is_over

    @property
    def is_over(self) -> bool:
        return self.ended_on is not None and self.ended_on < moments.today()

    @property
    def years(self) -> str:
        """`2015–2019`, `since 2021`, `2019` or nothing, as far as dates are known."""
        first, last = (day.year if day else None for day in (self.started_on, self.ended_on))
        if last is None:
            return str(_("since %(year)s") % {"year": first}) if first else ""
        return f"{first}–{last}" if first and first != last else str(last)
