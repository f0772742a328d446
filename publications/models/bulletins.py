from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from publications.models.publication import Publication


class BulletinItem(models.Model):
    """One line of a newsletter: a publication, or words. Lines of one block that follow each other share its heading."""

    class Block(models.TextChoices):
        HIGHLIGHT = "highlight", _("HIGHLIGHT")
        FEATURED = "featured", _("Featured Commentary")
        BOOKS = "books", _("RECENT BOOKS BY STAFF")
        WORKS = "works", _("RECENT BOOK/VIDEO/AUDIO")
        COMMENTARIES = "commentaries", _("Commentaries")
        EVENTS = "events", _("Events")
        TEXT = "text", _("Free text")

    # Blocks that need no publication.
    WORDED: ClassVar[tuple[str, ...]] = (Block.EVENTS, Block.TEXT)

    issue = models.ForeignKey(Publication, models.CASCADE, related_name="bulletin_items")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    block = models.CharField(_("block"), max_length=12, choices=Block, default=Block.HIGHLIGHT)
    publication = models.ForeignKey(
        Publication, models.CASCADE, null=True, blank=True, related_name="bulletin_mentions",
        verbose_name=_("publication"),
    )  # fmt: skip
    headline = models.CharField(
        _("headline here"), max_length=300, blank=True, help_text=_("Leave empty for the title of the publication.")
    )
    summary = models.TextField(
        _("text here"), blank=True,
        help_text=_("Plain text. Leave empty for the synopsis. An empty line begins a paragraph; addresses become links."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("item of the newsletter")
        verbose_name_plural = _("items of the newsletter")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(block__in=["events", "text"]) | models.Q(publication__isnull=False),
                name="bulletin_item_has_publication",
                violation_error_message=_("Choose the publication, or make the line an event or free text."),
            ),
            models.CheckConstraint(
                condition=models.Q(publication__isnull=False) | ~models.Q(headline="") | ~models.Q(summary=""),
                name="bulletin_item_says_something",
                violation_error_message=_("Choose a publication or write something, or remove the line."),
            ),
            models.UniqueConstraint(
                fields=["issue", "block", "publication"],
                name="one_bulletin_item_per_block",
                violation_error_message=_("This publication stands in that block already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_block_display()}: {self.headline or self.publication or self.summary[:60]}"
