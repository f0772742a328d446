from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editorial import addresses
from people.models import Person


def validate_recipients(value: str) -> None:
    """One address to a line. Raises ValidationError naming the first that is none."""
    for line in value.split():
        try:
            addresses.read(line)
        except addresses.Refused as refusal:
            raise ValidationError(_("%(line)s: %(words)s") % {"line": line, "words": str(refusal)}) from None


class SubjectQuerySet(models.QuerySet["Subject"]):
    def offered(self) -> Self:
        return self.filter(is_offered=True)


class Subject(models.Model):
    """What readers write about, and who answers. The addresses of desks stay on the server."""

    label = models.CharField(_("label"), max_length=100, unique=True, help_text=_("As readers choose it."))
    slug = models.SlugField(
        _("short name"), max_length=50, unique=True, help_text=_("For links that choose it: /contact/?subject=…")
    )
    recipients = models.TextField(
        _("letters go to"), blank=True, validators=[validate_recipients],
        help_text=_("E-mail addresses, one to a line. Without any, enquiries wait in the inbox here."),
    )  # fmt: skip
    reply = models.TextField(
        _("acknowledgement"), blank=True,
        help_text=_("What the writer is sent at once: who reads it, and when an answer can be expected. Empty: nothing."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_offered = models.BooleanField(_("offered in the form"), default=True)
    is_press = models.BooleanField(
        _("press desk"), default=False, help_text=_("Takes what journalists ask our experts. There is one such desk.")
    )

    objects = SubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        ordering: ClassVar[list[str]] = ["position", "label"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["is_press"], condition=Q(is_press=True), name="one_press_desk",
                violation_error_message=_("Another subject is the press desk already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.label

    @property
    def desks(self) -> list[str]:
        return [addresses.read(line).stored for line in self.recipients.split()]


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def waiting(self) -> Self:
        return self.filter(state=Enquiry.State.NEW)

    def of_address(self, address: str) -> Self:
        return self.filter(email__iexact=addresses.key_of(address))


class Enquiry(models.Model):
    """What somebody wrote to the school through the site; from a journalist, with the expert asked for."""

    class State(models.TextChoices):
        NEW = "new", _("New")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")
        SPAM = "spam", _("Spam")

    class Medium(models.TextChoices):
        PRINT = "print", _("Newspaper, magazine or news site")
        RADIO = "radio", _("Radio or podcast")
        TELEVISION = "television", _("Television or video")
        WRITTEN = "written", _("Answers in writing")

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="enquiries", verbose_name=_("subject"))
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("e-mail address"), max_length=254)
    message = models.TextField(_("message"), max_length=5000)
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="enquiries", verbose_name=_("expert asked for")
    )
    outlet = models.CharField(_("outlet"), max_length=150, blank=True)
    medium = models.CharField(_("medium"), max_length=10, choices=Medium, blank=True)
    deadline_at = models.DateTimeField(_("deadline"), null=True, blank=True)
    deadline_zone = models.CharField(_("time zone of the deadline"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.NEW)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="enquiries",
        verbose_name=_("assigned to"), limit_choices_to={"is_staff": True},
    )  # fmt: skip
    notes = models.TextField(
        _("notes"), blank=True, help_text=_("For the desk: what was answered, by whom, what is next.")
    )
    at = models.DateTimeField(_("received"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True, editable=False)
    # The same words from the same address on one day (double click, reload, back) are one enquiry.
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "-at"], name="enquiry_by_state")]

    def __str__(self) -> str:
        return f"{self.name}: {self.subject}"


class Feedback(models.Model):
    """What a reader thinks of the site. The address is there to be answered, and goes after a while."""

    rating = models.PositiveSmallIntegerField(_("rating"))
    liked = models.CharField(_("what was liked"), max_length=255, blank=True)
    improve = models.CharField(_("what can be improved"), max_length=255, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    page = models.CharField(_("page"), max_length=200, blank=True, help_text=_("The reader came from here."))
    release = models.CharField(_("release of the site"), max_length=40, blank=True)
    at = models.DateTimeField(_("received"), default=timezone.now, db_index=True)
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=6), name="feedback_rates_from_one_to_six")
        ]

    def __str__(self) -> str:
        return f"{self.rating}/6"
