from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.profile import StaffProfile


class Proposal(models.Model):
    """What somebody wants changed in their own profile. Readers see it when an editor has accepted it, not before."""

    class Verdict(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        RETURNED = "returned", _("Returned")

    profile = models.ForeignKey(StaffProfile, models.CASCADE, related_name="proposals", verbose_name=_("profile"))
    # The parts that differ, in the form of editorial.history.
    data = models.JSONField(_("changes"))
    note = models.CharField(_("note to the editors"), max_length=300, blank=True)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, default=Verdict.WAITING)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("sent"), default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("proposed change of a profile")
        verbose_name_plural = _("proposed changes of profiles")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["profile"], condition=Q(verdict="waiting"), name="one_waiting_proposal_for_a_profile"
            )
        ]

    def __str__(self) -> str:
        return str(self.profile)

    @property
    def is_waiting(self) -> bool:
        return self.verdict == self.Verdict.WAITING
