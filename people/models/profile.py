from typing import Any, ClassVar, Self
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from editorial.fields import RichTextField
from editorial.models import Image, Publishable, PublishableQuerySet
from people.models.appointment import Appointment
from people.models.languages import Language
from people.models.person import Person
from people.zones import zone_words
from research.models import Region, Topic

# What stands in an address, and the column that says so.
MEDIA = {
    "print": "for_print",
    "radio": "for_radio",
    "television": "for_television",
    "podcast": "for_podcast",
    "in-person": "for_stage",
}


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("A time zone is written like Asia/Singapore or Europe/London."))


class StaffProfileQuerySet(PublishableQuerySet["StaffProfile"]):
    def of_staff(self) -> Self:
        """Profiles of people who hold a post today."""
        return self.filter(person__has_page=True, person__in=Appointment.objects.current().values("person_id"))


class StaffProfile(Publishable):
    """The page a person has by being or having been staff. Public after approval, like any content."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="profile")
    biography = RichTextField(_("biography"), blank=True)
    photo = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("portrait")
    )
    expertise = models.ManyToManyField(Topic, blank=True, related_name="experts", verbose_name=_("expertise"))
    regions = models.ManyToManyField(Region, blank=True, related_name="experts", verbose_name=_("regions"))
    speaks = models.ManyToManyField(
        Language,
        blank=True,
        related_name="speakers",
        verbose_name=_("speaks"),
        help_text=_("Languages in which an interview could be held."),
    )
    reads = models.ManyToManyField(
        Language,
        blank=True,
        related_name="readers",
        verbose_name=_("reads only"),
        help_text=_("Languages of research."),
    )
    degrees = models.TextField(_("degrees"), blank=True, help_text=_("One to a line."))
    public_email = models.EmailField(_("public e-mail address"), blank=True)
    public_phone = models.CharField(_("public telephone number"), max_length=40, blank=True)
    is_expert = models.BooleanField(
        _("available to journalists"),
        default=False,
        help_text=_(
            "Lists the person in the finder for journalists. Enquiries go to the school, never straight to them."
        ),
    )
    speaks_about = models.CharField(
        _("speaks about"), max_length=160, blank=True, help_text=_("One line in plain words, for the finder.")
    )
    for_print = models.BooleanField(_("print and online"), default=False)
    for_radio = models.BooleanField(_("radio"), default=False)
    for_television = models.BooleanField(_("television"), default=False)
    for_podcast = models.BooleanField(_("podcast"), default=False)
    for_stage = models.BooleanField(_("in person"), default=False)
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        default="Asia/Singapore",
        validators=[validate_time_zone],
        help_text=_("Where the person usually is, such as Asia/Singapore or Europe/London."),
    )
    availability = models.CharField(
        _("when"), max_length=120, blank=True, help_text=_("Such as: weekday mornings, or at two hours’ notice.")
    )

    objects: ClassVar[Any] = StaffProfileQuerySet.as_manager()

    revision_fields = (
        *("person", "photo", "biography", "degrees", "public_email", "public_phone"),
        *("is_expert", "speaks_about", "for_print", "for_radio", "for_television", "for_podcast", "for_stage"),
        *("time_zone", "availability"),
    )
    revision_sets = ("expertise", "regions", "speaks", "reads")

    class Meta(Publishable.Meta):
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(is_expert=True)
                | (
                    ~Q(speaks_about="")
                    & (
                        Q(for_print=True)
                        | Q(for_radio=True)
                        | Q(for_television=True)
                        | Q(for_podcast=True)
                        | Q(for_stage=True)
                    )
                ),
                name="expert_says_about_what_and_where",
                violation_error_message=_(
                    "For the finder, say what the person speaks about and choose at least one medium."
                ),
            ),
        ]
        verbose_name = _("staff profile")
        verbose_name_plural = _("staff profiles")
        permissions = [("publish_staffprofile", "Can publish staff profile")]

    def __str__(self) -> str:
        return str(self.person)

    def get_absolute_url(self) -> str:
        return self.person.get_absolute_url()

    @property
    def degree_list(self) -> list[str]:
        return [line.strip() for line in self.degrees.splitlines() if line.strip()]

    @property
    def media(self) -> list[str]:
        """Where the person is ready to be heard, in words."""
        return [str(self._meta.get_field(name).verbose_name) for name in MEDIA.values() if getattr(self, name)]  # type: ignore[union-attr]

    @property
    def zone_words(self) -> str:
        """`Singapore (UTC+08:00)`, by the clocks of today."""
        return zone_words(self.time_zone)
