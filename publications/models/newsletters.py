import re
from datetime import date
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from research.models import ResearchCentre


class Newsletter(models.Model):
    """A letter that comes again and again. Its issues are counted anew each year: Think Tank (2/2026)."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True, help_text=_("For whom it is, and how often it comes."))
    centre = models.ForeignKey(
        ResearchCentre, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("of the centre"),
        help_text=_("Its issues then take in what is new from this centre. Leave empty for the whole school."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")
        ordering: ClassVar[list[str]] = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def next_number(self, year: int) -> int:
        """The first number of the year that no issue has had. Call in a transaction: it holds the newsletter."""
        Newsletter.objects.select_for_update().get(pk=self.pk)
        last = self.issues.filter(issue_year=year).aggregate(last=models.Max("issue_number"))["last"]
        return (last or 0) + 1

    def without_number(self, title: str) -> str:
        """The theme of an issue: its title without name and number before it."""
        return re.sub(rf"^{re.escape(self.name)} \(\d+/\d{{4}}\)(?:: )?", "", title).strip()


class IssueFields(models.Model):
    """What makes a publication an issue of a newsletter. Name and number stand at the head of its title, always."""

    newsletter = models.ForeignKey(
        Newsletter, models.PROTECT, null=True, blank=True, related_name="issues", verbose_name=_("newsletter")
    )
    issue_number = models.PositiveSmallIntegerField(
        _("number in the year"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("Leave empty for the next free one."),
    )  # fmt: skip
    issue_year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, help_text=_("Leave empty for the year of the date as printed.")
    )

    class Meta:
        abstract = True

    @property
    def issue_label(self) -> str:
        """`Think Tank (2/2026)`, or nothing for what is no issue."""
        return f"{self.newsletter} ({self.issue_number}/{self.issue_year})" if self.newsletter else ""

    def settle_issue(self, issued_on: date, title: str) -> str:
        """Give an issue its year and number if it has none, and return its title with both at the head."""
        if self.newsletter is None:
            return title
        self.issue_year = self.issue_year or issued_on.year
        self.issue_number = self.issue_number or self.newsletter.next_number(self.issue_year)
        theme = self.newsletter.without_number(title)
        return f"{self.issue_label}: {theme}" if theme else self.issue_label


ISSUE_FIELDS = ("newsletter", "issue_number", "issue_year")
