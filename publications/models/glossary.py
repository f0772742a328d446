from typing import Any, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from research.models import Topic


class AbbreviationQuerySet(models.QuerySet["Abbreviation"]):
    def with_meanings(self) -> Self:
        return self.prefetch_related("expansions__topic")

    def matching(self, words: str) -> Self:
        """Terms with these letters in the short form, in what it stands for, or in a note."""
        fields = ("short", "expansions__words", "expansions__note")
        asked = models.Q()
        for field in fields:
            asked |= models.Q(**{f"{field}__icontains": words})
        return self.filter(asked).distinct()


class Abbreviation(models.Model):
    """An abbreviation of the glossary. What it stands for is in its expansions, of which it may have several."""

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("Organisation or forum")
        TREATY = "treaty", _("Treaty or agreement")
        CONCEPT = "concept", _("Concept")
        TECHNOLOGY = "technology", _("Technology")
        STATE = "state", _("State or office")

    short = models.CharField(_("abbreviation"), max_length=30, unique=True, help_text=_("Exactly as texts print it."))
    slug = models.SlugField(_("address"), max_length=40, unique=True, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ORGANISATION)
    is_expanded = models.BooleanField(
        _("spelt out in texts"),
        default=True,
        help_text=_("On its first use in a piece. Without this it is listed at the end only, as for UN or EU."),
    )
    # Up to which piece the worker has looked for it since it was last changed; NULL when it has looked at all.
    read_to = models.PositiveBigIntegerField(default=0, null=True, editable=False)

    objects = AbbreviationQuerySet.as_manager()

    class Meta:
        verbose_name = _("abbreviation")
        verbose_name_plural = _("abbreviations")
        ordering: ClassVar[list[str]] = ["slug"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["read_to"], condition=models.Q(read_to__isnull=False), name="abbreviation_to_read")
        ]

    def __str__(self) -> str:
        return self.short

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = self.slug or slugify(self.short)
        self.read_to = 0
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("abbreviation", args=[self.slug])

    @property
    def trail(self) -> list[tuple[str, str]]:
        return [(str(_("Glossary of Abbreviations")), reverse("glossary"))]

    @property
    def letter(self) -> str:
        first = self.slug[:1].upper()
        return first if first.isalpha() else "0–9"

    def meaning(self, topics: set[int]) -> "Expansion | None":
        """What it stands for in a piece with these topics; None when that cannot be told."""
        known = list(self.expansions.all())
        fitting = [one for one in known if one.topic_id in topics] or [one for one in known if one.topic_id is None]
        return fitting[0] if fitting else (known[0] if len(known) == 1 else None)


class Expansion(models.Model):
    """What an abbreviation stands for; with a topic, in pieces of that topic only."""

    abbreviation = models.ForeignKey(Abbreviation, models.CASCADE, related_name="expansions")
    words = models.CharField(_("stands for"), max_length=200)
    note = models.CharField(_("note"), max_length=300, blank=True, help_text=_("One sentence for the glossary."))
    link = models.URLField(_("address elsewhere"), max_length=300, blank=True)
    topic = models.ForeignKey(
        Topic, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("in pieces on"),
        help_text=_("Only where the letters mean different things by subject."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("meaning")
        verbose_name_plural = _("meanings")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["abbreviation", "words"], name="one_meaning_of_an_abbreviation"),
        ]

    def __str__(self) -> str:
        return self.words

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        Abbreviation.objects.filter(pk=self.abbreviation_id).update(read_to=0)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        Abbreviation.objects.filter(pk=self.abbreviation_id).update(read_to=0)
        return super().delete(*args, **kwargs)
