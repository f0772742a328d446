from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

LEVELS = 3


class MenuItem(models.Model):
    """A node of the menu, or a line of a list of links in header and footer. Whether readers see it is asked of its target."""

    class Place(models.TextChoices):
        MAIN = "main", _("Menu")
        POPULAR = "popular", _("Popular Links")
        CONNECT = "connect", _("Connect with Us, after the accounts")
        VISIT = "visit", _("Getting to RSIS, below the address")
        LEGAL = "legal", _("Last line of the footer")

    place = models.CharField(_("where"), max_length=8, choices=Place, default=Place.MAIN)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("under"),
        help_text=_("Empty for a section of the first level."),
    )  # fmt: skip
    position = models.PositiveIntegerField(_("order"), default=0)
    label = models.CharField(_("label"), max_length=120)
    address = models.CharField(
        _("leads to"),
        max_length=500,
        blank=True,
        help_text=_(
            "A page of this site as /about/introduction/, or a whole address elsewhere. Leave empty for a heading that "
            "only gathers what stands under it."
        ),
    )
    note = models.CharField(
        _("sentence"),
        max_length=200,
        blank=True,
        help_text=_("For sections of the first level: one sentence beside their links on wide screens."),
    )
    # Of the address: what the database looks for among the rows it may lead to.
    path = models.CharField(max_length=500, blank=True, editable=False)
    slug = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("menu item")
        verbose_name_plural = _("menu and links")
        ordering: ClassVar[list[str]] = ["place", "position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(place="main") & ~Q(parent=F("id")),
                name="only_the_menu_has_levels",
                violation_error_message=_("Only the menu has levels, and nothing stands under itself."),
            ),
            models.CheckConstraint(condition=~Q(label=""), name="menu_item_has_label"),
            models.UniqueConstraint(
                fields=["parent", "label"],
                name="one_label_under_a_node",
                violation_error_message=_("Another line here has this label."),
            ),
            models.UniqueConstraint(
                fields=["place", "label"],
                condition=Q(parent__isnull=True),
                name="one_label_in_a_list",
                violation_error_message=_("Another line here has this label."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.path = "" if self.is_outside else self.address.partition("#")[0].partition("?")[0]
        self.slug = self.path.rstrip("/").rpartition("/")[2][:200]
        super().save(*args, **kwargs)

    @property
    def is_outside(self) -> bool:
        return "://" in self.address

    def clean(self) -> None:
        """No circle, no more levels than both forms of the menu have."""
        if self.parent is None:
            return
        above = self.parent.above()
        if self.pk and self.pk in [one.pk for one in above]:
            raise ValidationError({"parent": _("That line stands under this one.")})
        if len(above) + self.height() > LEVELS:
            raise ValidationError({"parent": _("The menu has three levels; this would make a fourth.")})

    def above(self) -> list["MenuItem"]:
        """The item and those it stands under, itself first. A statement for each level."""
        found: list[MenuItem] = [self]
        while found[-1].parent is not None and len(found) <= LEVELS:
            found.append(found[-1].parent)
        return found

    def height(self) -> int:
        """How many levels the item takes with what stands under it."""
        if self.pk is None or not self.children.exists():
            return 1
        return 3 if self.children.filter(children__isnull=False).exists() else 2
