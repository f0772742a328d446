from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Letter(models.Model):
    """A letter to one person or desk, to be sent by the worker. `editorial.letters` writes and sends them.

    `key` says what it is for, so that nothing can cause the same letter twice. The words go once they are sent: the row
    then says only that there was a letter.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    key = models.CharField(_("what for"), max_length=120, unique=True)
    to = models.EmailField(_("to"), max_length=254)
    reply_to = models.EmailField(_("answers go to"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    message_id = models.CharField(max_length=200, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    # When it is next to be tried; a worker that takes it moves this on, so that another takes it if the first is lost.
    due_at = models.DateTimeField(_("due"), default=timezone.now, null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # A worker has it, or had it and was ended before it could say what became of it.
    is_in_hand = models.BooleanField(default=False, editable=False)
    is_in_doubt = models.BooleanField(
        _("in doubt"), default=False, help_text=_("A worker was ended while sending: it may have gone twice.")
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    answer = models.CharField(_("what the mail server said"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="waiting", due_at__isnull=False) | (~Q(state="waiting") & Q(due_at__isnull=True)),
                name="letter_is_due_while_it_waits",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="letter_due")
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.get_state_display()})"


class CallerCount(models.Model):
    """How often a caller did something in a stretch of time. Callers are fingerprints with our key, never addresses."""

    purpose = models.CharField(max_length=60)
    caller = models.CharField(max_length=32, blank=True)
    began_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["purpose", "caller", "began_at"], name="one_count_of_a_caller")
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.times}"
