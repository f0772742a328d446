from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from tree_queries.query import TreeQuerySet

from editorial.fields import RichTextField
from editorial.models import Image, Publishable, PublishableQuerySet
from people.models import Person
from research.models import ResearchCentre

LONGEST_PATH = 300
# Where the pages of centres stand; the rest of the address is the centre's own.
CENTRES = "research/"


def at(path: str) -> Q:
    """The page of any state at an address, given without its first and last slash."""
    centre, _slash, rest = path.removeprefix(CENTRES).partition("/")
    if path.startswith(CENTRES) and rest:
        return Q(centre__slug=centre, path=rest)
    return Q(centre__isnull=True, path=path)


class PageQuerySet(PublishableQuerySet["Page"]):
    def seen(self) -> Self:
        """What readers have or had: the addresses that have to keep leading somewhere."""
        return self.filter(first_published_at__lte=timezone.now(), deleted_at__isnull=True)

    def below(self, page: "Page") -> Self:
        """The whole subtree without the page itself."""
        return self.filter(centre=page.centre_id, path__startswith=f"{page.path}/")


class PageTree(TreeQuerySet, PageQuerySet):
    """The same rows in the order of the tree, with their depth."""


class Page(Publishable):
    """A page of the institution: its place in the tree is its address, /about/introduction/.

    One that belongs to a centre stands below the centre's address and moves with it.
    """

    class Kind(models.TextChoices):
        """What the page shows below its text."""

        TEXT = "text", _("Text")
        LANDING = "landing", _("Landing page")
        MESSAGE = "message", _("Signed message")
        VACANCIES = "vacancies", _("Career opportunities")
        HONOURS = "honours", _("Honours and awards")
        CHAIRS = "chairs", _("Endowed professorships")
        PROGRAMME = "programme", _("Recurring programme")
        COURSE = "course", _("Executive course")
        DEGREE = "degree", _("Degree programme")
        CALENDAR = "calendar", _("Academic calendar")
        FAQ = "faq", _("Questions and answers")
        DIRECTIONS = "directions", _("Directions")

    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind, default=Kind.TEXT,
        help_text=_("The rows of a kind (editions, questions, steps …) can be filled in once the page is saved."),
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("below")
    )
    centre = models.ForeignKey(
        ResearchCentre, models.PROTECT, null=True, blank=True, related_name="pages", verbose_name=_("page of the centre"),
        help_text=_("Leave empty for a page of the school. Pages below a centre’s page belong to that centre as well."),
    )  # fmt: skip
    slug = models.SlugField(
        _("address"), max_length=80,
        validators=[RegexValidator(r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z", _("Small letters and digits, with single dashes between."))],
        help_text=_("The last part of the web address. Changing it leaves redirects."),
    )  # fmt: skip
    # From the slugs of all pages above and its own; within the centre, for a page of a centre.
    path = models.CharField(max_length=LONGEST_PATH, editable=False)
    position = models.PositiveIntegerField(_("order"), default=0, help_text=_("Lower numbers come first."))
    in_menu = models.BooleanField(_("in the short menu of its section"), default=True)
    title = models.CharField(_("title"), max_length=200)
    short_title = models.CharField(
        _("title in menus"), max_length=60, blank=True, help_text=_("Leave empty when the title is short enough.")
    )
    summary = models.CharField(
        _("summary"), max_length=300, blank=True,
        help_text=_("One or two sentences: above the text, in lists, and in search engines."),
    )  # fmt: skip
    body = RichTextField(_("text"), blank=True)
    image = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="pages", verbose_name=_("image")
    )
    signed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="signed_pages", verbose_name=_("signed by")
    )
    signed_name = models.CharField(
        _("name as printed"), max_length=200, blank=True, help_text=_("Leave empty for the person’s name of today.")
    )
    signed_post = models.CharField(_("post as printed"), max_length=200, blank=True)
    shows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="shown_at", verbose_name=_("shows the text of"),
        help_text=_("For one page in two places of the menu: search engines are told of the other place alone."),
    )  # fmt: skip
    reviewed_on = models.DateField(
        _("last reviewed"), null=True, blank=True, help_text=_("When somebody last checked every fact. For staff only.")
    )

    objects: ClassVar[Any] = PageQuerySet.as_manager()
    tree: ClassVar[Any] = PageTree.as_manager()

    # The address is not restored with an old text: moving a page is a step of its own.
    revision_fields = (
        "kind", "title", "short_title", "summary", "body", "image", "signed_by", "signed_name", "signed_post", "shows",
        "in_menu", "position", "reviewed_on",
    )  # fmt: skip
    revision_children = (
        "attachments", "editions", "intakes", "degree_facts", "dates", "questions", "locations", "routes",
    )  # fmt: skip
    # Another page that takes an old address leaves those below it working.
    holds_pages: ClassVar[bool] = True

    class Meta(Publishable.Meta):
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        permissions = [("publish_page", "Can publish page")]
        ordering: ClassVar[list[str]] = ["position", "title"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(fields=["path"], condition=Q(centre__isnull=True), name="one_page_per_address"),
            models.UniqueConstraint(
                fields=["centre", "path"], condition=Q(centre__isnull=False), name="one_page_per_address_of_a_centre"
            ),
            models.CheckConstraint(
                condition=~Q(shows=models.F("id")),
                name="page_shows_another",
                violation_error_message=_("A page cannot show itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the whole subtree where the page is now. Old addresses are institution.moving's business."""
        before = Page.objects.filter(pk=self.pk).first() if self.pk else None
        self.take_place()
        super().save(*args, **kwargs)
        if before and (before.path, before.centre_id) != (self.path, self.centre_id):
            rows = list(Page.objects.below(before))
            for row in rows:
                row.path, row.centre_id = self.path + row.path[len(before.path) :], self.centre_id
            Page.objects.bulk_update(rows, ["path", "centre"])

    def clean(self) -> None:
        above, count = self.parent, 0
        while above is not None and count < LONGEST_PATH:
            if above.pk == self.pk and self.pk is not None:
                raise ValidationError({"parent": _("A page cannot stand below itself.")})
            above, count = above.parent, count + 1

    def take_place(self) -> None:
        """Work out the address from the page above and the slug."""
        if self.parent:
            self.centre_id = self.parent.centre_id
        self.path = f"{self.parent.path}/{self.slug}" if self.parent else self.slug

    def kept_because(self) -> str:
        if Page.objects.present().filter(parent=self.pk).exists():
            return str(_("There are pages below this one. Move them elsewhere, or throw them away first."))
        return ""

    @property
    def full_path(self) -> str:
        """The address without its first and last slash."""
        return f"{CENTRES}{self.centre.slug}/{self.path}" if self.centre else self.path

    def get_absolute_url(self) -> str:
        return reverse("page", args=[self.full_path])

    def address_below(self, last: str) -> str:
        """Of something that is no page and stands below this one."""
        return reverse("page", args=[f"{self.full_path}/{last}"])

    @property
    def label(self) -> str:
        return self.short_title or self.title

    @property
    def signature(self) -> str:
        return self.signed_name or (self.signed_by.name if self.signed_by else "")
