from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode
from tree_queries.query import TreeQuerySet

from editorial import moments
from editorial.fields import RichTextField

# Addresses of the site's own below /research/, which no unit can take.
RESERVED = ("centres", "other", "programmes", "projects")


def validate_not_reserved(slug: str) -> None:
    if slug in RESERVED:
        raise ValidationError(
            _("/research/%(slug)s/ is a page of its own. Choose another address, such as the acronym of the unit."),
            params={"slug": slug},
        )


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
    menu_name = models.CharField(
        _("name in menus and headings"),
        max_length=200,
        blank=True,
        help_text=_("Leave empty for the name with the acronym in brackets."),
    )
    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        validators=[validate_not_reserved],
        help_text=_("The last part of its web address."),
    )
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
    editors = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="edited_centres",
        verbose_name=_("editors of its page"),
        help_text=_("They choose what stands at the head of this unit’s page, and of no other."),
    )

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
            ),
            models.CheckConstraint(
                condition=~Q(slug__in=RESERVED),
                name="centre_leaves_the_sites_own_addresses",
                violation_error_message=_("This address is a page of its own below /research/. Choose another."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.pk and self.parent_id in self.family:
            raise ValidationError({"parent": _("A unit cannot be part of itself, nor of a unit that is part of it.")})

    def get_absolute_url(self) -> str:
        return reverse("centre", args=[self.slug])

    @cached_property
    def family(self) -> list[int]:
        """Keys of the unit and of all within it, its own first. One statement, once."""
        return family_of(self.pk, list(ResearchCentre.objects.order_by().values_list("pk", "parent_id")))

    @property
    def full_name(self) -> str:
        """As in menus and headings, the years of a closed unit included: "... Programme (STSP) (2017-2020)"."""
        name = self.menu_name or (f"{self.name} ({self.acronym})" if self.acronym else self.name)
        years = self.years.replace("–", "-")
        return f"{name} ({years})" if years else name

    @property
    def trail(self) -> list[tuple[str, str]]:
        """What stands above the unit in a breadcrumb. Costs a statement unless the parent was fetched."""
        above = [(self.parent.name, self.parent.get_absolute_url())] if self.parent else []
        return [(str(_("Research")), reverse("research")), *above]

    @property
    def trail_within(self) -> list[tuple[str, str]]:
        """What stands above a page of the unit."""
        return [*self.trail, (self.name, self.get_absolute_url())]

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None and self.closed_on <= moments.today()

    @property
    def years(self) -> str:
        """Both years with a dash between, for a closed unit, else an empty string."""
        if not self.is_closed or self.closed_on is None:
            return ""
        return f"{self.opened_on.year}–{self.closed_on.year}" if self.opened_on else f"–{self.closed_on.year}"


def family_of(key: int, pairs: list[tuple[int, int | None]]) -> list[int]:
    """The key and those of all units below it, from pairs of unit and parent."""
    found = [key]
    for above in found:  # grows while it is read
        found.extend(below for below, parent in pairs if parent == above and below not in found)
    return found


def as_tree(units: list[ResearchCentre]) -> Iterator[tuple[ResearchCentre, int]]:
    """Every unit with its depth, each followed by what lies within it, in the order given."""
    below: dict[int | None, list[ResearchCentre]] = {}
    for one in units:
        below.setdefault(one.parent_id, []).append(one)

    def walk(parent: int | None, depth: int) -> Iterator[tuple[ResearchCentre, int]]:
        for one in below.get(parent, []):
            yield one, depth
            yield from walk(one.pk, depth + 1)

    return walk(None, 0)


class CentreLink(models.Model):
    """A line of a unit's own short menu."""

    centre = models.ForeignKey(ResearchCentre, models.CASCADE, related_name="links", verbose_name=_("unit"))
    label = models.CharField(_("label"), max_length=80)
    address = models.CharField(
        _("leads to"),
        max_length=300,
        validators=[
            RegexValidator(
                r"^(?:https?://[^\s/]+\S*|/(?![/\\])\S*|[a-z0-9][a-z0-9-]*/\S*)\Z",
                _(
                    "Give a page below the unit’s own as people/, any page of this site as /media/podcasts/, "
                    "or a whole address that begins with https://."
                ),
            )
        ],
        help_text=_("people/ is a page below the unit’s own; /media/podcasts/ one of this site; or https://…"),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("line of the unit’s menu")
        verbose_name_plural = _("the unit’s menu")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["centre", "label"],
                name="one_label_in_the_menu_of_a_unit",
                violation_error_message=_("The unit’s menu has this label already."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    def address_within(self, centre: ResearchCentre) -> str:
        """Where it leads, given its unit, so that no statement asks for it."""
        is_whole = self.address.startswith(("/", "https://", "http://"))
        return self.address if is_whole else centre.get_absolute_url() + self.address
