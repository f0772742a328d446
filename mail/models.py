import uuid
from email.utils import formataddr
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Outgoing(models.Model):
    """A message to one person that the worker sends. What becomes of it is told apart so exactly because nobody may get
    it twice and nobody may be left out: mail/sending.py moves the states, and says what each kill and cut does to them.
    """

    class State(models.TextChoices):
        DUE = "due", _("Waiting")
        HANDING = "handing", _("Being handed over")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")
        SKIPPED = "skipped", _("No longer wanted")

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DUE)
    # When it may be tried, or tried again; None once there is nothing left to do.
    due_at = models.DateTimeField(_("due"), null=True, default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claim = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField(null=True)
    reply = models.CharField(_("the mail server’s words"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("handed over"), null=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta:
        abstract = True
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at", "id"], name="%(class)s_due", condition=models.Q(state="due")),
            models.Index(fields=["claim"], name="%(class)s_held", condition=models.Q(state="handing")),
        ]


class Letter(Outgoing):
    """A message about something its reader did: a confirmation, an answer, a change of a date. Never news, never bulk."""

    # What it is about and which of its letters this is, `registration:12:confirmation`: written once, whoever asks again.
    key = models.CharField(_("key"), max_length=120, unique=True)
    to_name = models.CharField(_("to"), max_length=200, blank=True)
    to_address = models.EmailField(_("address"), max_length=254)
    reply_to = models.EmailField(_("answers go to"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    calendar = models.TextField(_("calendar file"), blank=True)
    calendar_method = models.CharField(_("calendar method"), max_length=10, blank=True)
    mark = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta(Outgoing.Meta):
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return self.subject

    @property
    def message_id(self) -> str:
        """The same at every attempt, so that a second copy can be known for one."""
        return f"<{self.mark.hex}@{settings.MAIL_DOMAIN}>"

    def message(self) -> EmailMultiAlternatives:
        """As it goes out. Raises ValueError for a header that would be two."""
        message = LetterMessage(
            self.subject,
            self.text,
            settings.MAIL_FROM,
            [formataddr((self.to_name, self.to_address))],
            reply_to=[self.reply_to] if self.reply_to else None,
            headers={"Message-ID": self.message_id, "Auto-Submitted": "auto-generated"},
        )
        message.calendar, message.calendar_method = self.calendar, self.calendar_method
        if self.html:
            message.attach_alternative(self.html, "text/html")
        return message


class LetterMessage(EmailMultiAlternatives):
    """With a calendar file as RFC 6047 wants it: one more form of the same text, and a file to save."""

    calendar = ""
    calendar_method = ""

    def message(self, **options: Any) -> Any:
        made = super().message(**options)
        if self.calendar:
            made.add_alternative(self.calendar, subtype="calendar", params={"method": self.calendar_method})
            made.add_attachment(
                self.calendar.encode(), maintype="application", subtype="ics", filename="invitation.ics"
            )
        return made
