"""Writing the pieces of the demonstration the way the desk does: saved, then numbered and published on their day."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from zlib import crc32

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.text import slugify

from editorial import publishing as steps
from editorial import saving, uploads
from editorial.models import Document, Image, User
from people.models import Person
from publications import publishing
from publications.models import Authorship, Publication, Series
from research.models import Region, ResearchCentre, Topic
from rsis.demo import lightmark, pdf, population, records
from rsis.demo.records import Record

# Lines of a record whose value goes into the field of that name as it is.
PLAIN = (
    "title", "synopsis", "host_publication", "publisher", "doi", "external_url", "volume", "issue", "pages", "isbn",
    "occasion", "media_url", "language", "image_caption",
)  # fmt: skip


@dataclass
class Loader:
    """What the pieces share, and which of them exist already, by the key their record gives."""

    today: date
    by: User
    people: dict[str, Person]
    images: dict[str, Image]
    figures: dict[str, str]
    made: dict[str, Publication] = field(default_factory=dict)
    created: int = 0

    def __post_init__(self) -> None:
        self.series = {(series.family, series.slug): series for series in Series.objects.all()}
        self.authors = {record.key: record for record in records.read("people*.txt")}
        self.terms = {
            "centres": {centre.slug: centre for centre in ResearchCentre.objects.all()},
            "topics": {topic.slug: topic for topic in Topic.objects.all()},
            "regions": {region.slug: region for region in Region.objects.all()},
        }

    def load(self, record: Record) -> Publication:
        series = self.series_of(record)
        slug = record.get("slug") or slugify(record.get("title"))[:150].strip("-")
        piece = Publication.objects.filter(series=series, slug=slug).first()
        if piece is None:
            piece = self._create(record, series, slug)
            self._bring_to_state(record, piece)
            self.created += 1
        self.made[record.key] = piece
        return piece

    def series_of(self, record: Record) -> Series:
        family, _slash, slug = record.get("series").rpartition("/")
        return self.series[family or Series.Family.INHOUSE, slug]

    def day_of(self, record: Record) -> date:
        return self.today - timedelta(days=int(record.get("ago", "0")))

    def _create(self, record: Record, series: Series, slug: str) -> Publication:
        piece = Publication(series=series, slug=slug, issued_on=self.day_of(record), created_by=self.by)
        for name in PLAIN:
            if record.get(name):
                setattr(piece, name, record.get(name).replace("'", "’") if name != "external_url" else record.get(name))
        piece.date_precision = record.get("precision", Publication.Precision.DAY)
        html = lightmark.to_html(record.text, self.figures)
        if series.shape == Series.Shape.RECORDING:
            piece.transcript = html
            minutes = int(record.get("minutes", "0"))
            piece.duration = timedelta(minutes=minutes, seconds=crc32(record.key.encode()) % 60) if minutes else None
        else:
            piece.body = html
        piece.image = self.images.get(record.get("image"))
        piece.responds_to = self.made.get(record.get("responds_to"))
        piece.part_of = self.made.get(record.get("part_of"))
        piece.allow_responses = record.get("responses", "yes") == "yes"
        piece.full_clean(exclude=["created_by", "updated_by", "tags"])
        piece.save()
        self._connect(record, piece)
        if record.get("pdf"):
            piece.document = self._document(piece)
            piece.save(update_fields=["document"])
        return piece

    def _connect(self, record: Record, piece: Publication) -> None:
        for name, known in self.terms.items():
            getattr(piece, name).set([known[slug] for slug in record.words(name)])
        if record.words("tags"):
            piece.tags.add(*record.words("tags"))
        for position, signature in enumerate(record.get("by").split(";") if record.get("by") else ()):
            key, _colon, role = signature.strip().partition(":")
            person = self.people[key]
            printed, note = population.affiliation(self.authors[key], person, piece.issued_on)
            Authorship.objects.create(
                publication=piece,
                person=person,
                position=position,
                role=role or Authorship.Role.AUTHOR,
                printed_name=person.name,
                printed_affiliation=printed,
                printed_note=note,
            )

    def _document(self, piece: Publication) -> Document:
        names = [authorship.name for authorship in piece.authorships.all()]
        content = pdf.render(piece.title, names, piece.printed_date, piece.synopsis, piece.body)
        name = PurePath(piece.slug).with_suffix(".pdf").name
        file = SimpleUploadedFile(name, content, content_type="application/pdf")
        return uploads.accept_document(file, Document.Kind.PDF, piece.title, self.by)

    def _bring_to_state(self, record: Record, piece: Publication) -> None:
        """Published unless the record says otherwise: `state: draft`, `in_review`, `scheduled` or `withdrawn`."""
        state = record.get("state", "published")
        saving.record(piece, self.by, "")
        if state == "draft":
            return
        if state == "in_review":
            steps.submit(piece, self.by)
            return
        publishing.publish(piece, self._moment(record, piece), self.by)
        if state == "withdrawn":
            steps.withdraw(piece, record.get("reason"), self.by)
        written = self._moment(record, piece) - timedelta(days=2, hours=3)
        Publication.objects.filter(pk=piece.pk).update(created_at=min(written, timezone.now()))

    def _moment(self, record: Record, piece: Publication) -> datetime:
        """A time in the morning of the printed day (SGT) that is the same on every load, and past if the day is."""
        minutes = crc32(record.key.encode()) % 300
        start = datetime.combine(self.day_of(record), time(6), timezone.get_default_timezone())
        moment = start + timedelta(minutes=minutes)
        if record.get("state") == "scheduled":
            return moment
        return min(moment, timezone.now() - timedelta(minutes=5 + minutes % 50))
