from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from editorial import moments
from editorial.fields import RichTextField
from editorial.models import Publishable, PublishableQuerySet
from people.models import Person
from publications.models.publication import Publication
from research.models import Region, ResearchCentre, Topic


class ProjectQuerySet(PublishableQuerySet["Project"]):
    def for_cards(self) -> "ProjectQuerySet":
        """With everything a line in a list shows, in three statements more."""
        return self.defer("abstract").prefetch_related(
            Prefetch("centres", ResearchCentre.objects.defer("description")),
            Prefetch("investigators", Investigator.objects.select_related("person")),
        )


class Project(Publishable):
    """A piece of research from its first day to its last output. It stands above people and publications, which it names."""

    class Status(models.TextChoices):
        """Follows from the dates; nobody sets it."""

        ONGOING = "ongoing", _("Ongoing")
        PLANNED = "planned", _("Planned")
        COMPLETED = "completed", _("Completed")

    title = models.CharField(_("title"), max_length=300)
    slug = models.SlugField(
        _("address"), max_length=120, unique=True, help_text=_("The last part of its web address, below /research/projects/.")
    )  # fmt: skip
    summary = models.CharField(
        _("summary"), max_length=300, blank=True, help_text=_("What it asks, in one or two sentences, for lists.")
    )
    abstract = RichTextField(_("abstract"), blank=True)
    output_kind = models.CharField(
        _("kind of output"), max_length=120, blank=True, help_text=_("Such as: Policy Paper and Workshop.")
    )
    funder = models.CharField(_("funded by"), max_length=200, blank=True)
    started_on = models.DateField(_("from"), null=True, blank=True)
    ended_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day, past or planned. The day after, it is completed.")
    )
    centres = models.ManyToManyField(
        ResearchCentre, blank=True, related_name="projects", verbose_name=_("centres and programmes")
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="projects", verbose_name=_("topics"))
    regions = models.ManyToManyField(Region, blank=True, related_name="projects", verbose_name=_("regions"))
    outputs = models.ManyToManyField(
        Publication, through="ProjectOutput", related_name="projects", verbose_name=_("outputs")
    )

    objects: ClassVar[Any] = ProjectQuerySet.as_manager()

    revision_fields = ("title", "slug", "summary", "abstract", "output_kind", "funder", "started_on", "ended_on")
    revision_sets = ("centres", "topics", "regions")
    revision_children = ("investigators", "output_rows")

    class Meta(Publishable.Meta):
        verbose_name = _("research project")
        verbose_name_plural = _("research projects")
        permissions = [("publish_project", "Can publish research project")]
        ordering: ClassVar[list[Any]] = [F("started_on").desc(nulls_last=True), "title"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(started_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="project_ends_after_it_starts",
                violation_error_message=_("The project ends before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.slug])

    @property
    def standing(self) -> "Project.Status":
        """Where the dates put it today (Singapore); without a last day it goes on."""
        today = moments.today()
        if self.ended_on and self.ended_on < today:
            return self.Status.COMPLETED
        return self.Status.PLANNED if self.started_on and self.started_on > today else self.Status.ONGOING

    @property
    def years(self) -> str:
        """`2024–2026`, `2025`, `since 2024` or `until 2026`; nothing without dates."""
        first = self.started_on.year if self.started_on else None
        last = self.ended_on.year if self.ended_on else None
        if first and last:
            return f"{first}–{last}" if first != last else str(first)
        words = _("since %(year)s") if first else _("until %(year)s")
        return str(words) % {"year": first or last} if first or last else ""


class Investigator(models.Model):
    """Who works on a project, as what and for how long: one of our people, or somebody from elsewhere by name."""

    class Role(models.TextChoices):
        PRINCIPAL = "principal", _("Principal investigator")
        CO = "co", _("Co-investigator")
        COLLABORATOR = "collaborator", _("Collaborator")
        ASSISTANT = "assistant", _("Research assistant")

    project = models.ForeignKey(Project, models.CASCADE, related_name="investigators")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="investigations", verbose_name=_("person")
    )
    name = models.CharField(
        _("or a name"), max_length=200, blank=True, help_text=_("Of somebody who has no entry among the people here.")
    )
    affiliation = models.CharField(_("affiliation"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.PRINCIPAL)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    started_on = models.DateField(_("from"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("investigator")
        verbose_name_plural = _("investigators")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, name="") | (Q(person__isnull=True) & ~Q(name="")),
                name="investigator_is_a_person_or_a_name",
                violation_error_message=_("Choose a person, or give a name: one of the two."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(started_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="investigator_leaves_after_joining",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.UniqueConstraint(
                fields=["project", "person"],
                name="one_entry_per_investigator",
                violation_error_message=_("This person is already named in the project."),
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        return self.person.name if self.person else self.name

    @property
    def has_left(self) -> bool:
        return self.ended_on is not None and self.ended_on < moments.today()


class ProjectOutput(models.Model):
    """That a publication came out of a project, and in which order the project shows them."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="output_rows")
    publication = models.ForeignKey(
        Publication, models.CASCADE, related_name="output_rows", verbose_name=_("publication")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("output")
        verbose_name_plural = _("outputs")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["project", "publication"],
                name="one_line_per_output",
                violation_error_message=_("The project names this publication already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.publication)
