from datetime import timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# How far an answer can be believed; one that did not come is asked for again sooner.
GOOD_FOR = timedelta(days=7)
BAD_FOR = timedelta(days=1)


def validate_outside(address: str) -> None:
    """A whole address of another site. Raises ValidationError for other schemes, and for one with a name and password."""
    URLValidator(schemes=["https", "http"], message=_("Write the whole address: https://www.example.org/page."))(
        address
    )
    if "@" in address.partition("://")[2].partition("/")[0]:
        raise ValidationError(_("Leave out the name and password before the @."))


class LinkCheck(models.Model):
    """What an outside address of the menu or of the settings answered when the worker last asked. Seen at the desk only."""

    address = models.CharField(_("address"), max_length=500, unique=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    checked_at = models.DateTimeField(_("last asked"), null=True, blank=True)
    # Moved on by whoever begins to ask, so that no two workers ask at once.
    due_at = models.DateTimeField(_("asked again"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("outside link")
        verbose_name_plural = _("outside links")
        ordering: ClassVar[list[Any]] = ["-problem", "address"]

    def __str__(self) -> str:
        return self.address

    def note(self, problem: str) -> None:
        self.problem, self.checked_at = problem[:200], timezone.now()
        self.due_at = self.checked_at + (BAD_FOR if problem else GOOD_FOR)
        self.save()
