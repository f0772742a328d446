from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.models.publication import Publication


class Notice(models.Model):
    """A correction, clarification or update printed above the text. Typos need none."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        UPDATE = "update", _("Update")

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=13, choices=Kind, default=Kind.CORRECTION)
    text = models.TextField(_("what changed"), help_text=_("In full sentences, for readers."))
    on = models.DateField(_("date"), default=timezone.localdate)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering: ClassVar[list[str]] = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and with a new notice tell of the change: feeds give the piece again. Mending a notice is no news."""
        is_new = self._state.adding
        super().save(*args, **kwargs)
        if is_new:
            self.publication.changed_at = timezone.now()
            Publication.objects.filter(pk=self.publication_id).update(changed_at=self.publication.changed_at)


class ReaderResponseQuerySet(models.QuerySet["ReaderResponse"]):
    def approved(self) -> "ReaderResponseQuerySet":
        return self.filter(verdict=ReaderResponse.Verdict.APPROVED)


class ReaderResponse(models.Model):
    """What a reader wrote about a piece. Shown only after an editor has approved it; the address never."""

    class Verdict(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="reader_responses")
    name = models.CharField(_("name"), max_length=100)
    affiliation = models.CharField(_("affiliation"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail address"), help_text=_("Never published."))
    text = models.TextField(_("response"), max_length=5000)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, default=Verdict.WAITING)
    at = models.DateTimeField(_("received"), default=timezone.now)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    judged_at = models.DateTimeField(_("judged"), null=True, blank=True, editable=False)
    # Two identical posts (double click, reload, back) are one row.
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)

    objects = ReaderResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader response")
        verbose_name_plural = _("reader responses")
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.name}: {self.publication}"
