from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def image_path(image: "Image", name: str) -> str:
    """Where an original goes: by content hash, never by the name the uploader's machine gave it."""
    return f"originals/{image.sha256[:2]}/{image.sha256}.{image.extension}"


def rendition_path(rendition: "Rendition", name: str) -> str:
    return f"renditions/{rendition.image.sha256[:32]}/{rendition.slug}.{rendition.extension}"


def document_path(version: "DocumentVersion", name: str) -> str:
    return f"documents/{version.sha256[:2]}/{version.sha256}{version.suffix}"


class Image(models.Model):
    """A picture with what a reader and the law need beside it. Originals are private; readers get renditions."""

    title = models.CharField(
        _("title"), max_length=200, help_text=_("For finding it in the library; readers never see it.")
    )
    file = models.ImageField(
        _("file"), upload_to=image_path, width_field="width", height_field="height", max_length=200
    )
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    alt = models.CharField(
        _("alternative text"),
        max_length=300,
        blank=True,
        help_text=_("What someone who cannot see the picture needs to know, in one sentence."),
    )
    is_decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("The picture adds nothing to the text; screen readers pass over it."),
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    credit = models.CharField(
        _("credit"), max_length=200, help_text=_("Who made it or owns it. Printed under the picture.")
    )
    licence = models.CharField(
        _("licence"), max_length=200, blank=True, help_text=_("Under what terms we may use it, such as CC BY 4.0.")
    )
    focal_x = models.PositiveSmallIntegerField(
        _("focal point, from the left"), default=50, validators=[MaxValueValidator(100)], help_text=_("Per cent.")
    )
    focal_y = models.PositiveSmallIntegerField(
        _("focal point, from the top"), default=50, validators=[MaxValueValidator(100)], help_text=_("Per cent.")
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering: ClassVar[list[str]] = ["-uploaded_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(is_decorative=True) | ~models.Q(alt=""),
                name="image_has_alt_or_is_decorative",
                violation_error_message=_("Describe the picture, or tick “decorative”."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def extension(self) -> str:
        """Chosen from the content when the file is accepted (editorial.uploads), kept in the name of the stored file."""
        return str(self.file.name).rpartition(".")[2].lower() or "jpg"


class Rendition(models.Model):
    """One size and format of an image, made by the worker or at upload. A row without a file is still to be made."""

    class Format(models.TextChoices):
        AVIF = "avif", "AVIF"
        WEBP = "webp", "WebP"
        JPEG = "jpeg", "JPEG"

    image = models.ForeignKey(Image, models.CASCADE, related_name="renditions")
    # "full" keeps the proportions; "card" (3:2), "cover" (2:3), "square" and "share" (1200 by 630) are cut around the focal point.
    crop = models.CharField(max_length=8, default="full")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField(default=0)
    format = models.CharField(max_length=4, choices=Format)
    file = models.FileField(upload_to=rendition_path, blank=True, max_length=200)
    failed = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When it is to be made; a worker that takes it moves this ahead, so that one killed at work leaves it due again.
    # None: made, or given up.
    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now)

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["due_at"], name="rendition_by_due_time")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["image", "crop", "width", "format"], name="one_rendition_per_size_and_format"
            )
        ]

    def __str__(self) -> str:
        return f"{self.image} {self.slug}"

    @property
    def slug(self) -> str:
        """With the focal point for a crop: browsers keep files for ever, so another cut needs another address."""
        focus = "" if self.crop == "full" else f"-{self.image.focal_x}x{self.image.focal_y}"
        return f"{self.crop}-{self.width}{focus}"

    @property
    def extension(self) -> str:
        return "jpg" if self.format == self.Format.JPEG else self.format


class Document(models.Model):
    """A file behind one stable address. Replacing it adds a version; the address and the download name stay."""

    class Kind(models.TextChoices):
        PDF = "pdf", _("PDF")
        AUDIO = "audio", _("Audio")
        VIDEO = "video", _("Video")
        SOURCE = "source", _("Author's file, for staff only")

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind, default=Kind.PDF)
    # Denormalised so that a page needs no second query; editorial.uploads keeps it to the highest version.
    current = models.ForeignKey(
        "editorial.DocumentVersion", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return self.title


class DocumentVersion(models.Model):
    document = models.ForeignKey(Document, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    file = models.FileField(_("file"), upload_to=document_path, max_length=200)
    original_name = models.CharField(_("name when uploaded"), max_length=255)
    content_type = models.CharField(max_length=100)
    suffix = models.CharField(max_length=8)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    # False for a scan: readers cannot search or hear it, and the desk says so.
    has_text = models.BooleanField(_("has text"), default=True)
    is_public = models.BooleanField(
        _("older version stays public"), default=False, help_text=_("The current version is public with its item.")
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("document version")
        verbose_name_plural = _("document versions")
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["document", "number"], name="one_version_per_number")
        ]

    def __str__(self) -> str:
        return str(_("%(document)s, version %(number)s")) % {"document": self.document, "number": self.number}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and make the newest version the document's current one."""
        super().save(*args, **kwargs)
        Document.objects.filter(pk=self.document_id).exclude(current__number__gt=self.number).update(current=self)


class DocumentText(models.Model):
    """The words of a PDF, read by the worker (editorial.pdf_texts). Apart from the version, which pages fetch whole."""

    version = models.OneToOneField(DocumentVersion, models.CASCADE, primary_key=True, related_name="words")
    text = models.TextField(blank=True)
    # Addresses that the file links to, with those printed in its text.
    links = models.JSONField(default=list, blank=True)
    failed = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # As of Rendition: when it is to be read; None: read, or given up.
    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now)

    class Meta:
        verbose_name = _("text of a PDF")
        verbose_name_plural = _("texts of PDFs")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["due_at"], name="document_text_by_due_time")]

    def __str__(self) -> str:
        return str(self.version)
