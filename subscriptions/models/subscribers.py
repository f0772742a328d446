from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Subscriber(models.Model):
    """An address to which somebody asked us to write. Nothing is sent until it was confirmed from the address itself."""

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("Not confirmed")
        CONFIRMED = "confirmed", _("Confirmed")
        LEFT = "left", _("Left")

    # As given, and as it is compared (editorial.addresses.key_of): one person, not two.
    email = models.EmailField(_("e-mail address"), max_length=254)
    key = models.CharField(max_length=254, unique=True, editable=False)
    # In every address of ours in a letter, signed: it reveals nothing, and works for years.
    mark = models.UUIDField(default=uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.UNCONFIRMED)
    created_at = models.DateTimeField(_("signed up"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    # When the letter that answers a sign-up is to be written; None when it was, or when nobody signed up since.
    answer_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The last letter that asked for confirmation: one a day at most, and one reminder.
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Another address that the subscriber wishes to have, and which of the two has agreed: neither, old or new.
    wanted_email = models.EmailField(_("address wanted instead"), max_length=254, blank=True, editable=False)
    wanted_agreed = models.CharField(max_length=3, blank=True, editable=False)
    wanted_at = models.DateTimeField(null=True, blank=True, editable=False)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    # The hour (Singapore) at which daily and weekly letters go.
    digest_hour = models.PositiveSmallIntegerField(_("hour of digests"), default=7)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["answer_due_at"], condition=Q(answer_due_at__isnull=False), name="answers_due")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="confirmed_at_some_time"
            ),
            models.CheckConstraint(condition=Q(digest_hour__lt=24), name="digest_hour_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{_('Subscriber')} {self.pk}"


class Subscription(models.Model):
    """A wish: a list, at a frequency. Any listing of the site is a list, with its filters; so is a search."""

    class Frequency(models.TextChoices):
        AT_ONCE = "once", _("At once")
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="subscriptions")
    # The list by its address, path and query in canonical order: `/topics/maritime-security/`, `/search/?q=maritime`, or
    # the two plain lists `publications` and `events`.
    target = models.CharField(_("list"), max_length=400)
    label = models.CharField(_("name of the list"), max_length=200)
    frequency = models.CharField(_("how often"), max_length=6, choices=Frequency, default=Frequency.AT_ONCE)
    # A wish counts once it was confirmed; leaving it keeps the row, as the record of consent and its withdrawal.
    is_active = models.BooleanField(_("active"), default=False)
    created_at = models.DateTimeField(_("wished"), default=timezone.now)
    # Since when it waits for confirmation; None once that came, and when the list was left.
    asked_at = models.DateTimeField(_("waits for confirmation since"), null=True, blank=True, editable=False)
    # Digests hold what was announced after this.
    sent_to = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering: ClassVar[list[str]] = ["label", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subscriber", "target"], name="one_wish_for_a_list")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["target", "frequency"], condition=Q(is_active=True), name="active_wishes_by_list")
        ]

    def __str__(self) -> str:
        return self.label


class ConsentRecord(models.Model):
    """What somebody agreed to or took back: the words by their version, when, and by what way. Never changed."""

    class Step(models.TextChoices):
        ASKED = "asked", _("Signed up")
        CONFIRMED = "confirmed", _("Confirmed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CHANGED = "changed", _("Changed")

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="consents")
    step = models.CharField(_("step"), max_length=9, choices=Step)
    purpose = models.CharField(_("for"), max_length=400)
    wording = models.CharField(_("version of the words"), max_length=20)
    source = models.CharField(_("by"), max_length=60, help_text=_("Page, letter, one-click, staff."))
    at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        verbose_name = _("record of consent")
        verbose_name_plural = _("records of consent")
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.purpose}"
