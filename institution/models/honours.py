from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editorial.fields import RichTextField
from institution.models.parts import YEARS
from people.models import Person


class Named(models.Model):
    """Somebody known here, or by name alone. A name given is printed as given, whatever the person is called today."""

    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("person")
    )
    name = models.CharField(
        _("name as printed"), max_length=200, blank=True, help_text=_("For somebody without an entry, or another name.")
    )

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(name=""),
                name="%(class)s_has_a_name",
                violation_error_message=_("Choose a person, or give a name."),
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.person)

    @property
    def url(self) -> str:
        """The page of the person, if it is public. No statement after `select_related("person__profile")`."""
        profile = getattr(self.person, "profile", None)
        return profile.get_absolute_url() if profile and profile.is_public else ""


class HonourQuerySet(models.QuerySet["Honour"]):
    def published(self) -> Self:
        """Readers see an honour from the day on which it is announced, in Singapore."""
        return self.filter(announced_on__lte=timezone.localdate())


class Honour(models.Model):
    """An honour or award given to staff or students."""

    class Group(models.TextChoices):
        STAFF = "staff", _("Staff")
        STUDENTS = "students", _("Students and alumni")

    year = models.PositiveSmallIntegerField(_("year"), validators=YEARS)
    group = models.CharField(_("given to"), max_length=8, choices=Group, default=Group.STAFF)
    award = models.CharField(_("award"), max_length=250)
    giver = models.CharField(_("given by"), max_length=250, blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("What for, in a sentence or two."))
    announced_on = models.DateField(
        _("readers see it from"), default=timezone.localdate, help_text=_("A day to come keeps it back until then.")
    )

    objects = HonourQuerySet.as_manager()

    class Meta:
        verbose_name = _("honour or award")
        verbose_name_plural = _("honours and awards")
        ordering: ClassVar[list[str]] = ["-year", "award", "pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["year"], name="honour_by_year")]

    def __str__(self) -> str:
        return f"{self.award}, {self.year}"


class Recipient(Named):
    honour = models.ForeignKey(Honour, models.CASCADE, related_name="recipients")
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta(Named.Meta):
        abstract = False
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        ordering: ClassVar[list[str]] = ["position", "pk"]


class Professorship(models.Model):
    """A named chair. Its holders stay on record with their dates."""

    name = models.CharField(_("name of the chair"), max_length=200, unique=True)
    endowed_by = models.CharField(_("endowed by"), max_length=250, blank=True)
    established_on = models.DateField(_("established"), null=True, blank=True)
    purpose = RichTextField(_("purpose"), blank=True)
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("endowed professorship")
        verbose_name_plural = _("endowed professorships")
        ordering: ClassVar[list[str]] = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Holder(Named):
    professorship = models.ForeignKey(Professorship, models.CASCADE, related_name="holders")
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day."))

    class Meta(Named.Meta):
        abstract = False
        verbose_name = _("holder")
        verbose_name_plural = _("holders")
        ordering: ClassVar[list[str]] = ["-started_on", "pk"]
        constraints: ClassVar[list[Any]] = [
            *Named.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("started_on")),
                name="holder_ends_after_start",
                violation_error_message=_("The chair was given up before it was taken."),
            ),
        ]

    @property
    def is_current(self) -> bool:
        """Seen by readers from the first day on."""
        today = timezone.localdate()
        return self.started_on <= today and (self.ended_on is None or self.ended_on >= today)
