from typing import ClassVar

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from editorial.fields import RichTextField
from editorial.models import Image, Publishable
from people.models import Person
from publications.models.publication import Publication
from publications.models.series import Series
from research.models import Region, ResearchCentre, Topic

# Pages with a place of their own in the Media section; every other one is listed under "Other Resource Pages".
OWN_PLACES = ("cohesive-societies", "sustainable-security")
MOST_TAKEN = 50


class ResourcePage(Publishable):
    """What the school has to say on one subject, brought together by an editor: sections of chosen and of newest pieces."""

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(
        _("address"), max_length=80, unique=True,
        help_text=_("The last part of the web address. Changing it leaves a redirect."),
    )  # fmt: skip
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("One or two sentences for lists and search engines.")
    )
    image = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="resource_pages", verbose_name=_("image")
    )
    intro = RichTextField(_("introduction"), blank=True)
    position = models.PositiveSmallIntegerField(_("order among the pages"), default=0)

    revision_fields = ("title", "slug", "summary", "image", "intro", "position")
    revision_children = ("blocks",)

    class Meta(Publishable.Meta):
        verbose_name = _("resource page")
        verbose_name_plural = _("resource pages")
        permissions = [("publish_resourcepage", "Can publish resource page")]
        ordering: ClassVar[list[str]] = ["position", "title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("media-section" if self.slug in OWN_PLACES else "resource-page", args=[self.slug])


class ResourceBlock(models.Model):
    """A line of a resource page: a heading with what it takes by itself, or a piece pinned below the heading before it."""

    class Kind(models.TextChoices):
        SECTION = "section", _("Section")
        PIN = "pin", _("Pinned piece")

    page = models.ForeignKey(ResourcePage, models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.PIN)
    heading = models.CharField(_("heading"), max_length=200, blank=True)
    text = models.TextField(
        _("text"), blank=True, help_text=_("Of a section: what stands below its heading. Of a piece: a comment on it.")
    )
    publication = models.ForeignKey(
        Publication, models.CASCADE, null=True, blank=True, related_name="resource_pins", verbose_name=_("publication")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person"),
        help_text=_("Of a section: whose pieces it takes. Of a piece: who is shown beside it."),
    )  # fmt: skip
    newest = models.PositiveSmallIntegerField(
        _("take the newest"), default=0, validators=[MaxValueValidator(MOST_TAKEN)],
        help_text=_("How many pieces the section takes by itself, 0 to 50, under all that is chosen below."),
    )  # fmt: skip
    is_by_month = models.BooleanField(_("shown by month"), default=False)
    series = models.ForeignKey(
        Series, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("of the series")
    )
    topic = models.ForeignKey(
        Topic, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("on the topic")
    )
    region = models.ForeignKey(
        Region, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("on the region")
    )
    centre = models.ForeignKey(
        ResearchCentre, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("of the centre")
    )
    tag = models.CharField(
        _("with the tag"), max_length=100, blank=True,
        validators=[RegexValidator(r"^[^\x00]*$", _("Write the tag in letters."))],
    )  # fmt: skip
    words = models.CharField(
        _("with the words"), max_length=150, blank=True, help_text=_("As typed into the search box.")
    )

    class Meta:
        verbose_name = _("line of the page")
        verbose_name_plural = _("sections and pinned pieces")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind="section", publication__isnull=True) | Q(kind="pin", publication__isnull=False),
                name="resource_block_is_section_or_pin",
                violation_error_message=_("A pinned piece needs its publication; a section has none."),
            ),
            models.CheckConstraint(
                condition=Q(kind="pin") | ~Q(heading=""),
                name="resource_section_has_heading",
                violation_error_message=_("Give the section a heading."),
            ),
        ]

    def __str__(self) -> str:
        return self.heading or str(self.publication or self.get_kind_display())
