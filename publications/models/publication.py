from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from editorial.fields import RichTextField
from editorial.models import Document, Image, Publishable, PublishableQuerySet, State
from people.models import Appointment
from publications.models.isbn import validate_isbn
from publications.models.series import Series
from research.models import Region, ResearchCentre, Topic

if TYPE_CHECKING:
    from editorial.models import DocumentVersion
    from publications.models.typesetting import TypesetPdf


class PublicationQuerySet(PublishableQuerySet["Publication"]):
    def for_cards(self) -> "PublicationQuerySet":
        """With everything a line or card in a listing shows, in a fixed number of statements."""
        return (
            self.select_related("series", "image")
            .prefetch_related("authorships__person", "image__renditions")
            .defer("body", "transcript")
        )

    def by_staff_of(self, centre: ResearchCentre) -> "PublicationQuerySet":
        """Works published elsewhere by people who held a post in the unit, or in one within it, on the printed day.

        So they stay when somebody leaves, and none comes along with somebody new.
        """
        day = F("person__authorships__publication__issued_on")
        held = Appointment.objects.filter(
            Q(started_on__isnull=True) | Q(started_on__lte=day),
            Q(ended_on__isnull=True) | Q(ended_on__gte=day),
            centre__in=centre.family,
        )
        return self.filter(
            series__family=Series.Family.EXTERNAL,
            pk__in=held.order_by().values("person__authorships__publication"),
        )


class Publication(Publishable):
    """One thing published, of any kind: commentary, paper, book, op-ed, speech, news release, recording."""

    class Precision(models.TextChoices):
        DAY = "day", _("Day")
        MONTH = "month", _("Month")
        YEAR = "year", _("Year")

    # What feeds know the piece by. It is never shown, never changed and never given again.
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    series = models.ForeignKey(Series, models.PROTECT, related_name="publications", verbose_name=_("series"))
    # NULL, not "", so that uniqueness holds only among numbered pieces. The register is publications.NumberEntry.
    number = models.CharField(_("number"), max_length=20, null=True, blank=True, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=300)
    slug = models.SlugField(
        _("address"), max_length=160, help_text=_("The last part of the web address. Changing it leaves a redirect.")
    )
    language = models.CharField(
        _("language"), max_length=12, default="en", help_text=_("The BCP 47 code: en, zh-Hans, ms, ar …")
    )
    synopsis = models.TextField(_("synopsis"), blank=True, help_text=_("Two or three sentences of plain text."))
    image = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="publications", verbose_name=_("image")
    )
    image_caption = models.CharField(
        _("caption here"), max_length=300, blank=True, help_text=_("Leave empty to use the caption of the library.")
    )
    body = RichTextField(_("text"), blank=True)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="publications", verbose_name=_("PDF")
    )

    issued_on = models.DateField(_("date as printed"), default=timezone.localdate)
    date_precision = models.CharField(_("shown to the"), max_length=5, choices=Precision, default=Precision.DAY)

    centres = models.ManyToManyField(
        ResearchCentre, blank=True, related_name="publications", verbose_name=_("centres and programmes")
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="publications", verbose_name=_("topics"))
    regions = models.ManyToManyField(Region, blank=True, related_name="publications", verbose_name=_("regions"))
    tags = TaggableManager(_("tags"), blank=True, help_text=_("Free words, separated by commas."))

    responds_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="responses", verbose_name=_("responds to")
    )
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("article in the issue")
    )
    host_publication = models.CharField(
        _("published in"), max_length=200, blank=True, help_text=_("The journal, newspaper or book that carried it.")
    )
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    volume = models.CharField(_("volume"), max_length=20, blank=True)
    issue = models.CharField(_("issue"), max_length=20, blank=True)
    pages = models.CharField(
        _("pages"), max_length=40, blank=True, help_text=_("12–29 of the whole, or 248 for a book.")
    )
    isbn = models.CharField(_("ISBN"), max_length=17, blank=True, validators=[validate_isbn])
    doi = models.CharField(
        _("DOI"),
        max_length=200,
        blank=True,
        validators=[RegexValidator(r"^10\.\d{4,9}/\S+$", _("A DOI begins with 10. and a slash follows: 10.1000/182."))],
    )
    external_url = models.URLField(_("address elsewhere"), max_length=500, blank=True)
    occasion = models.CharField(
        _("occasion"), max_length=300, blank=True, help_text=_("Where and to whom it was said.")
    )
    media_url = models.URLField(
        _("recording elsewhere"),
        max_length=500,
        blank=True,
        help_text=_("YouTube or SoundCloud. Loads only on a click."),
    )
    recording = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recording held here")
    )
    duration = models.DurationField(_("duration"), null=True, blank=True)
    transcript = RichTextField(_("transcript"), blank=True)
    allow_responses = models.BooleanField(_("readers may respond"), default=True)

    objects: ClassVar[Any] = PublicationQuerySet.as_manager()

    revision_fields = (
        "series", "title", "slug", "language", "synopsis", "image", "image_caption", "body", "document", "issued_on",
        "date_precision", "responds_to", "part_of", "host_publication", "publisher", "volume", "issue", "pages", "isbn",
        "doi", "external_url", "occasion", "media_url", "recording", "duration", "transcript", "allow_responses",
    )  # fmt: skip
    revision_sets = ("centres", "topics", "regions", "tags")
    revision_children = ("authorships",)

    class Meta(Publishable.Meta):
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        permissions = [("publish_publication", "Can publish publication")]
        ordering: ClassVar[list[str]] = ["-issued_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["series", "slug"],
                name="one_publication_per_address",
                violation_error_message=_("Another piece of this series has that address. Choose a different one."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Every listing: published things, newest first, with the key as the tie-breaker that keeps pages stable.
            models.Index(fields=["-issued_on", "-id"], name="publication_by_date"),
            models.Index(fields=["series", "-issued_on", "-id"], name="publication_by_series"),
            # Feeds: what became public last, and what readers were last told of.
            models.Index(fields=["state", "-publish_at", "-id"], name="publication_by_appearance"),
            models.Index(fields=["changed_at"], name="publication_by_change"),
            # What `published()` asks.
            models.Index(
                fields=["state", "deleted_at", "publish_at", "version", "updated_at"], name="publication_visibility"
            ),
            # The latest hour that has come, which publications.catalogue asks before every listing.
            models.Index(
                fields=["publish_at"],
                condition=models.Q(state=State.PUBLISHED, deleted_at__isnull=True),
                name="publication_by_hour",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} | {self.title}" if self.number else self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = self.free_slug()
        self.number = self.number or None
        super().save(*args, **kwargs)

    def free_slug(self) -> str:
        """An address made from the title that no other piece of the series has."""
        stem = slugify(self.title)[:150].strip("-") or "untitled"
        taken = set(
            Publication.objects.filter(series_id=self.series_id, slug__startswith=stem)
            .exclude(pk=self.pk)
            .values_list("slug", flat=True)
        )
        slug, count = stem, 1
        while slug in taken:
            count += 1
            slug = f"{stem}-{count}"
        return slug

    def get_absolute_url(self) -> str:
        return reverse(self._address("publication"), args=[self.series.slug, self.slug])

    def get_file_url(self) -> str:
        """The stable address of the PDF: it does not change when the file is replaced."""
        return reverse(self._address("publication-file"), args=[self.series.slug, self.slug, self.file_stem])

    def get_recording_url(self) -> str:
        return reverse(self._address("publication-recording"), args=[self.series.slug, self.slug])

    def get_cite_url(self, extension: str) -> str:
        return reverse(self._address("publication-cite"), args=[self.series.slug, self.slug, extension])

    def get_respond_url(self) -> str:
        return reverse(self._address("publication-respond"), args=[self.series.slug, self.slug])

    def _address(self, name: str) -> str:
        prefix = {Series.Family.EXTERNAL: "external-", Series.Family.MEDIA: "media-"}.get(
            Series.Family(self.series.family), ""
        )
        return prefix + name

    @property
    def told_at(self) -> datetime | None:
        """When readers last had something to be told of, its first appearance included; None before that."""
        moments = (self.first_published_at or self.publish_at, self.changed_at, self.withdrawn_at)
        return max((moment for moment in moments if moment), default=None)

    @property
    def public_pdf(self) -> "DocumentVersion | TypesetPdf | None":
        """The PDF behind `get_file_url()`, or None: an uploaded one takes precedence over the typeset one.

        Costs no statement after `select_related("document__current", "typeset")`, except that of the notices while a
        saved text waits for its new file. Whether the piece itself is public is for the caller to ask.
        """
        if self.document and self.document.current and self.document.kind != Document.Kind.SOURCE:
            return self.document.current
        typeset = getattr(self, "typeset", None)
        return typeset if typeset and typeset.may_be_offered(self) else None

    @property
    def file_stem(self) -> str:
        return self.number or self.slug

    @property
    def is_numbered(self) -> bool:
        return bool(self.number)

    @property
    def printed_date(self) -> str:
        """`19 March 2025`, `March 2025` or `2025`, as the piece itself is dated."""
        return print_date(self.issued_on, self.date_precision)


def print_date(day: date, precision: str) -> str:
    patterns = {Publication.Precision.DAY: "j F Y", Publication.Precision.MONTH: "F Y", Publication.Precision.YEAR: "Y"}
    return formats.date_format(day, patterns[Publication.Precision(precision)])
