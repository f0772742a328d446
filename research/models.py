from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode
from tree_queries.query import TreeQuerySet

from editorial.fields import RichTextField


class Term(TreeNode):
    """A node of a curated tree, which only some roles may extend. Free tags are something else (taggit)."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=80, unique=True, help_text=_("The last part of its web address."))
    description = models.TextField(_("description"), blank=True, help_text=_("One or two sentences above the listing."))
    position = models.PositiveIntegerField(_("order"), default=0)

    objects: ClassVar[Any] = TreeQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Topic(Term):
    """What a piece is about."""

    class Meta(Term.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])

    @property
    def trail(self) -> list[tuple[str, str]]:
        return [(str(_("Topics")), reverse("topics"))]


class Region(Term):
    """What part of the world a piece is about."""

    class Meta(Term.Meta):
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def get_absolute_url(self) -> str:
        return reverse("region", args=[self.slug])

    @property
    def trail(self) -> list[tuple[str, str]]:
        return [(str(_("Regions")), reverse("regions"))]


class ResearchCentre(models.Model):
    """A centre, programme, cluster or office: whoever owns publications, events and posts."""

    class Kind(models.TextChoices):
        CENTRE = "centre", _("Research centre")
        PROGRAMME = "programme", _("Research programme")
        OTHER = "other", _("Other research")
        OFFICE = "office", _("Office")

    name = models.CharField(_("name"), max_length=200, unique=True)
    acronym = models.CharField(
        _("acronym"), max_length=20, blank=True, help_text=_("Not unique: two units may share one.")
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True, help_text=_("The last part of its web address."))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CENTRE)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    summary = models.CharField(_("summary"), max_length=300, blank=True, help_text=_("One sentence, for lists."))
    description = RichTextField(_("description"), blank=True)
    opened_on = models.DateField(_("opened"), null=True, blank=True)
    closed_on = models.DateField(
        _("closed"), null=True, blank=True, help_text=_("From this day the unit is shown as closed. Its pages stay.")
    )
    email = models.EmailField(_("public e-mail address"), blank=True)
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("research centre or programme")
        verbose_name_plural = _("research centres and programmes")
        ordering: ClassVar[list[str]] = ["position", "name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True)
                | Q(opened_on__isnull=True)
                | Q(closed_on__gte=models.F("opened_on")),
                name="centre_closes_after_it_opens",
                violation_error_message=_("The closing date lies before the opening date."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("centre", args=[self.slug])

    @property
    def trail(self) -> list[tuple[str, str]]:
        """What stands above the unit in a breadcrumb. Costs a statement unless the parent was fetched."""
        above = [(self.parent.name, self.parent.get_absolute_url())] if self.parent else []
        return [(str(_("Research")), reverse("research")), *above]

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None and self.closed_on <= timezone.localdate()

    @property
    def years(self) -> str:
        """Both years with a dash between, for a closed unit, else an empty string."""
        if not self.is_closed or self.closed_on is None:
            return ""
        return f"{self.opened_on.year}–{self.closed_on.year}" if self.opened_on else f"–{self.closed_on.year}"
