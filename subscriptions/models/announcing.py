from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mail.models import Outgoing
from subscriptions.models.subscribers import Subscriber


class Notification(models.Model):
    """That an item is to be announced: one for each item, ever, and one for each change of an event that editors wish to be
    told. Or one digest of a day or a week, by its occasion."""

    class State(models.TextChoices):
        HELD = "held", _("Held for a few minutes")
        LATE = "late", _("Found too late: waits for you")
        STOPPED = "stopped", _("Stopped")
        EXPANDING = "expanding", _("Being addressed")
        SENDING = "sending", _("Being sent")
        DONE = "done", _("Done")

    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True)
    # Empty for an item that is announced at once; `daily 2026-11-25 07`, `weekly 2026-11-23 07` for a digest.
    occasion = models.CharField(max_length=40, blank=True)
    # What became of an event, with its sequence: `cancel 3`. Empty for the announcement itself.
    change = models.CharField(max_length=20, blank=True)
    subject = models.CharField(_("subject"), max_length=250)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.HELD)
    # The lists that it belongs to, as they were when it went out; digests read it again.
    targets = models.JSONField(_("lists"), default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("wished"), default=timezone.now)
    due_at = models.DateTimeField(_("goes out"), default=timezone.now)
    # When the first of it was addressed: digests hold what was announced within their time.
    announced_at = models.DateTimeField(_("announced"), null=True, blank=True, db_index=True)
    stopped_because = models.CharField(_("stopped because"), max_length=200, blank=True)
    # Subscribers up to and including this one have their delivery; None once all have.
    expanded_to = models.PositiveBigIntegerField(null=True, default=0)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "change"], condition=Q(occasion=""), name="announced_once"
            ),
            models.UniqueConstraint(fields=["occasion"], condition=~Q(occasion=""), name="one_digest_an_occasion"),
        ]

    def __str__(self) -> str:
        return self.subject


class Delivery(Outgoing):
    """That notification, to that subscriber: one row, whatever how many lists it matches."""

    # Without an index of its own: that of the constraint begins with it.
    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries", db_index=False)
    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="deliveries")
    # Why: the list that matched first, for the words and for one-click leaving.
    target = models.CharField(max_length=400)
    domain = models.CharField(max_length=253)
    # In a digest, the notifications whose items it holds.
    items = models.JSONField(null=True)

    class Meta(Outgoing.Meta):
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["notification", "subscriber"], name="one_delivery_a_person")
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Outgoing.Meta.indexes,
            # What went to each host within the last minute.
            models.Index(fields=["sent_at", "domain"], condition=Q(state="sent"), name="delivery_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} to {self.subscriber_id}"


class Bounce(models.Model):
    """What came back, or was refused while it was handed over: one ledger for both."""

    class Kind(models.TextChoices):
        HARD = "hard", _("Refused for good")
        SOFT = "soft", _("Refused for now")
        COMPLAINT = "complaint", _("Complaint")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="bounces", verbose_name=_("delivery"))
    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="bounces")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    status = models.CharField(_("status"), max_length=12, blank=True)  # RFC 3463, `5.1.1`
    raw = models.TextField(_("what was said"), blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        verbose_name = _("bounce")
        verbose_name_plural = _("bounces")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The same report may be read twice, and the server's words may come back as a report.
            models.UniqueConstraint(fields=["delivery", "kind"], name="one_bounce_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.status}"


class Suppression(models.Model):
    """Why we no longer write to an address: visible, with the words that caused it, and reversible with a note.

    Kept as a keyed hash of the address, so that it outlives erasure and bars the address from coming back by an import.
    """

    class Cause(models.TextChoices):
        HARD = "hard", _("Refused for good")
        SOFT = "soft", _("Refused again and again")
        COMPLAINT = "complaint", _("Complaint")
        ERASED = "erased", _("Asked to be erased")

    digest = models.CharField(max_length=64, unique=True)
    # While there is one: what addresses many at a time asks for this, and not for the hash.
    subscriber = models.ForeignKey(
        Subscriber, models.SET_NULL, null=True, blank=True, related_name="suppressions", verbose_name=_("subscriber")
    )
    cause = models.CharField(_("cause"), max_length=9, choices=Cause)
    raw = models.TextField(_("what was said"), blank=True)
    at = models.DateTimeField(_("since"), default=timezone.now)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_note = models.CharField(_("why it was lifted"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_cause_display()}, {self.at:%Y-%m-%d}"

    def forget_words(self) -> None:
        """What a mail server said names the address."""
        self.raw = ""
        self.save(update_fields=["raw"])
