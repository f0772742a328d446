import hashlib
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.models.publication import Publication

# How long the file of an older text is handed out while the new one is being made.
GRACE = timedelta(hours=1)


def typeset_path(row: "TypesetPdf", name: str) -> str:
    return f"typeset/{row.sha256[:2]}/{row.sha256}.pdf"


class TypesetPdf(models.Model):
    """The PDF that the worker typesets from a piece's own text, and the order to make it.

    Three things are told apart: what was last looked at (`stamp`), what the file was made from (`digest`, and of it
    `version`, `number` and `notices`, so that a page can tell at once whether it may offer the file), and when the row
    is next to be worked on (`due_at`).
    """

    publication = models.OneToOneField(Publication, models.CASCADE, related_name="typeset")
    # Differs from publications.typesetting.stamp() of the piece when there may be something to make.
    stamp = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=0)
    number = models.CharField(max_length=20, blank=True)
    notices = models.CharField(max_length=64, blank=True)
    file = models.FileField(upload_to=typeset_path, blank=True, max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(_("size in bytes"), default=0)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    made_at = models.DateTimeField(_("made"), null=True)
    failed = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # As in editorial.models.Rendition: a worker that takes the row moves this ahead; None when nothing is to be done.
    due_at = models.DateTimeField(null=True, default=timezone.now)

    content_type: ClassVar[str] = "application/pdf"

    class Meta:
        verbose_name = _("typeset PDF")
        verbose_name_plural = _("typeset PDFs")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["due_at"], name="typeset_by_due_time")]

    def __str__(self) -> str:
        return f"{self.publication}.pdf"

    def is_of(self, publication: Publication) -> bool:
        """Whether the file holds the text as it stands now."""
        return bool(self.file) and (self.version, self.number) == (publication.version, publication.number or "")

    def may_be_offered(self, publication: Publication) -> bool:
        """Whether readers get this file: it is of today's text, or of a text that nobody has corrected since.

        Between a save and the new file the old one goes on, for an hour at most. Never without a notice that stands
        on the page, and never under another number: whoever keeps a corrected piece keeps its correction too.
        """
        if not self.file or self.is_of(publication):
            return bool(self.file)
        has_its_number = self.number == (publication.number or "")
        is_recent = publication.updated_at > timezone.now() - GRACE
        return has_its_number and is_recent and self.notices == notices_digest(publication)

    def offered_until(self, publication: Publication) -> datetime | None:
        """When `may_be_offered` ends by time alone, if it does."""
        return publication.updated_at + GRACE if self.file and not self.is_of(publication) else None


def notices_digest(publication: Publication) -> str:
    """Of everything printed in the notices. No statement if they were prefetched."""
    notices = [(one.pk, one.kind, one.text, one.on.isoformat()) for one in publication.notices.all()]
    return hashlib.sha256(repr(notices).encode()).hexdigest()
