from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editorial import moments
from events.models.event import Event


class Mode(models.TextChoices):
    IN_PERSON = "person", _("In person")
    ONLINE = "online", _("Online")


class DeskQuerySet(models.QuerySet["RegistrationDesk"]):
    def hours(self, after: datetime) -> "list[models.QuerySet[Any, Any]]":
        """When registration opens and closes, for `editorial.held.next_change`."""
        return [moments.first_of(self, name, after) for name in ("opens_at", "closes_at")]


class RegistrationDesk(models.Model):
    """How people register for an event. Its row is the one lock: whatever changes seats or places holds it."""

    event = models.OneToOneField(Event, models.CASCADE, related_name="desk")
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True, help_text=_("Empty: when the event begins."))
    is_stopped = models.BooleanField(_("stopped by hand"), default=False)
    # None: no limit. What an event has no room for is not offered: no venue, no places in person.
    seats_in_person = models.PositiveIntegerField(_("places in person"), null=True, blank=True)
    seats_online = models.PositiveIntegerField(_("places online"), null=True, blank=True)
    needs_approval = models.BooleanField(_("each registration is approved by staff"), default=False)
    has_waiting_list = models.BooleanField(_("waiting list when full"), default=True)
    offer_hours = models.PositiveSmallIntegerField(_("hours to take up an offered place"), default=24)
    most_guests = models.PositiveSmallIntegerField(_("guests a person may bring"), default=0)
    asks_needs = models.BooleanField(_("ask for dietary and access needs"), default=True)
    consent_text = models.TextField(
        _("consent"),
        default=_("RSIS may use what I have written here to run this event, and erases it afterwards."),
    )
    consent_version = models.PositiveIntegerField(default=1, editable=False)
    reminder_hours = models.PositiveSmallIntegerField(
        _("reminder, hours before"), default=24, help_text=_("0: no reminder.")
    )
    erase_after_days = models.PositiveSmallIntegerField(
        _("days until personal data is erased"), default=90, help_text=_("Counted from the end of the event.")
    )

    objects: ClassVar[Any] = DeskQuerySet.as_manager()
    helpers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="desks", verbose_name=_("who else runs this desk"),
        help_text=_("Beside the editors of the event’s centres: those at the door, for this event alone."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("registration desk")
        verbose_name_plural = _("registration desks")
        permissions = [("run_registrationdesk", "Can run the registration desk of every event")]

    def __str__(self) -> str:
        return f"{self.event}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        before = RegistrationDesk.objects.filter(pk=self.pk).values_list("consent_text", flat=True).first()
        if before is not None and before != self.consent_text:
            self.consent_version += 1
        super().save(*args, **kwargs)

    def capacity(self, mode: str) -> int | None:
        """Places in all, None without a limit, 0 where the event does not offer this way to take part."""
        if mode == Mode.ONLINE:
            return self.seats_online if self.event.is_online else 0
        return self.seats_in_person if self.event.is_in_person else 0

    @property
    def modes(self) -> list[Mode]:
        return [mode for mode in Mode if self.capacity(mode) != 0]

    def is_open(self, now: datetime | None = None) -> bool:
        now = now or timezone.now()
        until = self.closes_at or self.event.starts_at
        has_begun = self.opens_at is None or self.opens_at <= now
        return not self.is_stopped and has_begun and now < until and self.event.status == Event.Status.ON


class Hold(models.Model):
    """Places kept back, for guests of honour or the press."""

    desk = models.ForeignKey(RegistrationDesk, models.CASCADE, related_name="holds")
    mode = models.CharField(_("way to take part"), max_length=6, choices=Mode, default=Mode.IN_PERSON)
    seats = models.PositiveSmallIntegerField(_("places"))
    label = models.CharField(_("for"), max_length=120)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(seats__gt=0), name="hold_of_something", violation_error_message=_("Hold a place or more.")
            )
        ]

    def __str__(self) -> str:
        return f"{self.seats}: {self.label}"


class Question(models.Model):
    """One more thing to ask of those who register."""

    class Kind(models.TextChoices):
        LINE = "line", _("A line")
        TEXT = "text", _("A few sentences")
        CHOICE = "choice", _("One of several")
        CONFIRM = "confirm", _("A box to tick")

    desk = models.ForeignKey(RegistrationDesk, models.CASCADE, related_name="questions")
    text = models.CharField(_("question"), max_length=200)
    kind = models.CharField(_("kind of answer"), max_length=7, choices=Kind, default=Kind.LINE)
    options = models.TextField(_("options"), blank=True, help_text=_("For one of several: one to a line."))
    is_required = models.BooleanField(_("has to be answered"), default=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar[list[str]] = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def holding(self, mode: str) -> Self:
        """Those who have a place, or are offered one that is kept for them."""
        return self.filter(mode=mode, state__in=[Registration.State.CONFIRMED, Registration.State.OFFERED])

    def seats(self) -> int:
        """Places that these take, guests included."""
        found = self.aggregate(seats=Sum(F("guests") + 1))["seats"]
        return int(found or 0)

    def waiting(self, mode: str) -> Self:
        """The waiting list in its order."""
        return self.filter(mode=mode, state=Registration.State.WAITING).order_by("queued_at", "pk")


class Registration(models.Model):
    """One person's registration for one event. events/registering.py moves its state; nothing else does."""

    class State(models.TextChoices):
        PENDING = "pending", _("Awaiting approval")
        CONFIRMED = "confirmed", _("Confirmed")
        WAITING = "waiting", _("On the waiting list")
        OFFERED = "offered", _("Offered a place")
        CANCELLED = "cancelled", _("Cancelled")
        LAPSED = "lapsed", _("Offer not taken up")
        REFUSED = "refused", _("Not admitted")

    class Source(models.TextChoices):
        FORM = "form", _("Registered on the website")
        STAFF = "staff", _("Added by staff")
        DOOR = "door", _("Walked in")

    desk = models.ForeignKey(RegistrationDesk, models.PROTECT, related_name="registrations")
    # In the addresses of the letters, signed; and as the code that is read at the door.
    mark = models.UUIDField(default=uuid4, unique=True, editable=False)
    mode = models.CharField(_("takes part"), max_length=6, choices=Mode, default=Mode.IN_PERSON)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    affiliation = models.CharField(_("organisation"), max_length=200, blank=True)
    guests = models.PositiveSmallIntegerField(_("guests"), default=0)
    needs = models.TextField(_("dietary and access needs"), blank=True, max_length=500)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    note = models.TextField(_("note of the desk"), blank=True)
    consent_version = models.PositiveIntegerField(default=0, editable=False)
    # The words as they were shown; nothing for whom staff added.
    consent_text = models.TextField(_("agreed to"), blank=True, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PENDING)
    source = models.CharField(_("came by"), max_length=5, choices=Source, default=Source.FORM)
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    # The place in the waiting list; kept when capacity changes.
    queued_at = models.DateTimeField(null=True, blank=True)
    offer_until = models.DateTimeField(_("offer ends"), null=True, blank=True)
    # Counts the steps, so that each has a letter of its own and none has two.
    step = models.PositiveIntegerField(default=0)
    # SEQUENCE of the calendar entry last sent to this person; None before the first (RFC 5546).
    calendar_sequence = models.PositiveIntegerField(null=True, editable=False)
    checked_in_at = models.DateTimeField(_("checked in"), null=True, blank=True)
    erased_at = models.DateTimeField(_("personal data erased"), null=True, blank=True)

    objects: ClassVar[Any] = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        permissions = [
            ("export_registration", "Can export registrations"),
            ("check_in_registration", "Can check people in at the door, without seeing their addresses"),
        ]
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("email"),
                F("desk"),
                condition=~Q(email=""),
                name="one_registration_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offer_until__isnull=False), name="offer_has_an_end"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["desk", "state", "queued_at"], name="registration_queue"),
            models.Index(fields=["offer_until"], condition=Q(state="offered"), name="registration_offers"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("(erased)"))

    @property
    def seats(self) -> int:
        return self.guests + 1


class CheckIn(models.Model):
    """An arrival at the door, as the device that noted it knows it. However often it is sent, it is one."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="check_ins")
    # Made by the device, which may have been offline at the time.
    client_id = models.UUIDField(unique=True, editable=False)
    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    is_undone = models.BooleanField(_("undone"), default=False)

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")

    def __str__(self) -> str:
        return f"{self.registration}, {self.at:%H:%M}"


class EventNotice(models.Model):
    """Something that everyone registered is told once: a new date, a cancellation, a return, a reminder.

    The worker writes the letters from it, in batches and under keys, so that no kill and no second click writes two.
    """

    class Kind(models.TextChoices):
        MOVED = "moved", _("New time or place")
        POSTPONED = "postponed", _("Postponed")
        CANCELLED = "cancelled", _("Cancelled")
        REINSTATED = "reinstated", _("Goes ahead after all")
        REMINDER = "reminder", _("Reminder")

    event = models.ForeignKey(Event, models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    # The event's sequence at that time; of a reminder, for which beginning it was.
    occasion = models.CharField(max_length=40)
    words = models.TextField(_("words"), blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)
    # Letters are written up to and including this registration; None once all are.
    written_to = models.PositiveBigIntegerField(null=True, default=0)
    told = models.PositiveIntegerField(_("people told"), default=0)

    class Meta:
        verbose_name = _("notice to those registered")
        verbose_name_plural = _("notices to those registered")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "kind", "occasion"], name="told_once")
        ]

    def __str__(self) -> str:
        return f"{self.event}: {self.get_kind_display()}"
