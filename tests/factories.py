"""Rows for tests. A factory makes what the model requires and nothing else; a test names what it is about.

`PublicationFactory.create()` is a draft without authors. Traits give the state, keywords the rest:
`PublicationFactory.create(published=True, authors=[person], topics=[topic], tags=["asean"])`.
(`create` and `create_batch` have types; calling the factory itself has none.)
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, PostGeneration, SelfAttribute, Sequence, SubFactory, Trait
from factory.django import DjangoModelFactory, Password
from PIL import Image as Picture

from editorial.models import Document, DocumentVersion, Image, PreviewLink, Redirect, State, User
from people.models import Appointment, Person, StaffProfile
from publications.models import (
    Authorship,
    Investigator,
    Notice,
    Project,
    ProjectOutput,
    Publication,
    ReaderResponse,
    Series,
    TypesetPdf,
)
from publications.models.typesetting import notices_digest
from research.models import Region, ResearchCentre, Topic
from rsis.models import Slot

PASSWORD = "correct horse battery"

# The smallest file every PDF reader accepts as one empty page.
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def jpeg(width: int = 600, height: int = 400, shade: int = 120) -> bytes:
    """The bytes of a plain JPEG; another shade gives another file."""
    held = BytesIO()
    Picture.new("RGB", (width, height), (shade % 256, shade // 256 % 256, 90)).save(held, "JPEG")
    return held.getvalue()


class UserFactory(DjangoModelFactory[User]):
    """Someone who signs in with PASSWORD. `is_staff=True` opens the desk, `is_superuser=True` everything in it."""

    username = Sequence(lambda n: f"editor{n}")
    email = LazyAttribute(lambda user: f"{user.username}@example.org")
    password = Password(PASSWORD)

    class Meta:
        model = User


class SeriesFactory(DjangoModelFactory[Series]):
    """An in-house, unnumbered series of papers. `commentary=True` gives one numbered like the Commentary Series."""

    name = Sequence(lambda n: f"Series {n}")
    slug = Sequence(lambda n: f"series-{n}")

    class Meta:
        model = Series

    class Params:
        commentary = Trait(
            name="RSIS Commentary Series",
            slug="rsis-commentary-series",
            shape=Series.Shape.COMMENTARY,
            prefix="CO",
            number_pattern="{prefix}{yy}{seq:03}",
            number_reset=Series.NumberReset.YEARLY,
            requires_synopsis=True,
            allows_responses=True,
        )
        external = Trait(family=Series.Family.EXTERNAL, shape=Series.Shape.EXTERNAL)
        media = Trait(family=Series.Family.MEDIA, shape=Series.Shape.RECORDING)


class TopicFactory(DjangoModelFactory[Topic]):
    name = Sequence(lambda n: f"Topic {n}")
    slug = Sequence(lambda n: f"topic-{n}")

    class Meta:
        model = Topic


class RegionFactory(DjangoModelFactory[Region]):
    name = Sequence(lambda n: f"Region {n}")
    slug = Sequence(lambda n: f"region-{n}")

    class Meta:
        model = Region


class CentreFactory(DjangoModelFactory[ResearchCentre]):
    name = Sequence(lambda n: f"Centre {n}")
    slug = Sequence(lambda n: f"centre-{n}")

    class Meta:
        model = ResearchCentre


class PersonFactory(DjangoModelFactory[Person]):
    name = Sequence(lambda n: f"Writer Number {n}")
    slug = Sequence(lambda n: f"writer-number-{n}")

    class Meta:
        model = Person


class AppointmentFactory(DjangoModelFactory[Appointment]):
    person = SubFactory(PersonFactory)
    title = "Research Fellow"

    class Meta:
        model = Appointment


class ImageFactory(DjangoModelFactory[Image]):
    """A described, credited picture with a real JPEG behind it, each one different."""

    title = Sequence(lambda n: f"Picture {n}")
    alt = "Ships at anchor in a strait."
    credit = "A. Photographer"
    file = Sequence(lambda n: ContentFile(jpeg(shade=n), name=f"picture-{n}.jpg"))
    # Not of the bytes: JPEGs of neighbouring shades can be equal.
    sha256 = Sequence(lambda n: f"{n:064x}")

    class Meta:
        model = Image


def _first_version(document: Document, create: bool, wanted: bool | None, **kwargs: object) -> None:
    if create and wanted is not False:
        DocumentVersionFactory.create(document=document)
        document.refresh_from_db()


class DocumentFactory(DjangoModelFactory[Document]):
    """A PDF in its first version; `versions=False` for one without any file."""

    title = Sequence(lambda n: f"Document {n}")

    class Meta:
        model = Document
        skip_postgeneration_save = True

    versions = PostGeneration(_first_version)


class DocumentVersionFactory(DjangoModelFactory[DocumentVersion]):
    """`content` is what the file holds. Making one replaces the document's current version."""

    document = SubFactory(DocumentFactory, versions=False)
    number = LazyAttribute(lambda version: version.document.versions.count() + 1)
    original_name = "final FINAL v3.pdf"
    content_type = "application/pdf"
    suffix = ".pdf"
    pages = 1
    sha256 = LazyAttribute(lambda version: hashlib.sha256(version.content).hexdigest())
    size = LazyAttribute(lambda version: len(version.content))
    file = LazyAttribute(lambda version: ContentFile(version.content, name="file.pdf"))

    class Meta:
        model = DocumentVersion

    class Params:
        content = Sequence(lambda n: PDF + b"%%%d\n" % n)


class PublishableFactory[Item: (Publication, StaffProfile, Project)](DjangoModelFactory[Item]):
    """The states: a draft unless a trait says otherwise. `trashed` goes with any of them."""

    class Meta:
        abstract = True

    class Params:
        in_review = Trait(state=State.IN_REVIEW)
        published = Trait(
            state=State.PUBLISHED,
            publish_at=LazyFunction(lambda: timezone.now() - timedelta(hours=1)),
            first_published_at=SelfAttribute("publish_at"),
        )
        scheduled = Trait(
            state=State.PUBLISHED,
            publish_at=LazyFunction(lambda: timezone.now() + timedelta(days=1)),
            first_published_at=SelfAttribute("publish_at"),
        )
        withdrawn = Trait(
            state=State.WITHDRAWN,
            publish_at=LazyFunction(lambda: timezone.now() - timedelta(days=2)),
            first_published_at=SelfAttribute("publish_at"),
            withdrawn_at=LazyFunction(timezone.now),
            withdrawal_reason="Withdrawn at the request of the authors.",
        )
        trashed = Trait(deleted_at=LazyFunction(timezone.now))


class StaffProfileFactory(PublishableFactory[StaffProfile]):
    person = SubFactory(PersonFactory)

    class Meta:
        model = StaffProfile


def _sign(publication: Publication, create: bool, people: list[Person] | None, **kwargs: object) -> None:
    for position, person in enumerate(people or ()):
        AuthorshipFactory.create(publication=publication, person=person, position=position)


def _sign_by_somebody(publication: Publication, create: bool, people: list[Person] | None, **kwargs: object) -> None:
    _sign(publication, create, people or [PersonFactory.create()])


def _set(name: str) -> Callable[..., None]:
    def fill(publication: Publication, create: bool, rows: object, **kwargs: object) -> None:
        if rows:
            getattr(publication, name).set(rows)

    return fill


class PublicationFactory(PublishableFactory[Publication]):
    """`authors`, `topics`, `regions`, `centres` take rows, `tags` words; `ready=True` adds what readers must have."""

    series = SubFactory(SeriesFactory)
    title = Sequence(lambda n: f"Title {n}")

    class Meta:
        model = Publication
        skip_postgeneration_save = True

    class Params:
        ready = Trait(
            synopsis="What it says in a sentence.",
            body="<p>What it says at length.</p>",
            authors=PostGeneration(_sign_by_somebody),
        )

    authors = PostGeneration(_sign)
    topics = PostGeneration(_set("topics"))
    regions = PostGeneration(_set("regions"))
    centres = PostGeneration(_set("centres"))
    tags = PostGeneration(_set("tags"))


class AuthorshipFactory(DjangoModelFactory[Authorship]):
    publication = SubFactory(PublicationFactory)
    person = SubFactory(PersonFactory)
    printed_name = SelfAttribute("person.name")

    class Meta:
        model = Authorship


def _name_outputs(project: Project, create: bool, pieces: list[Publication] | None, **kwargs: object) -> None:
    for position, piece in enumerate(pieces or ()):
        ProjectOutput.objects.create(project=project, publication=piece, position=position)


def _employ(project: Project, create: bool, people: list[Person] | None, **kwargs: object) -> None:
    for position, person in enumerate(people or ()):
        Investigator.objects.create(project=project, person=person, position=position)


class ProjectFactory(PublishableFactory[Project]):
    """`centres`, `topics`, `regions`, `outputs` and `people` (investigators) take rows."""

    title = Sequence(lambda n: f"Project {n}")
    slug = Sequence(lambda n: f"project-{n}")

    class Meta:
        model = Project
        skip_postgeneration_save = True

    centres = PostGeneration(_set("centres"))
    topics = PostGeneration(_set("topics"))
    regions = PostGeneration(_set("regions"))
    outputs = PostGeneration(_name_outputs)
    people = PostGeneration(_employ)


class NoticeFactory(DjangoModelFactory[Notice]):
    publication = SubFactory(PublicationFactory, published=True)
    text = "An earlier version gave the wrong year."

    class Meta:
        model = Notice


class TypesetPdfFactory(DjangoModelFactory[TypesetPdf]):
    """The worker's file of a piece as it stands; `content` is what it holds."""

    publication = SubFactory(PublicationFactory, published=True, ready=True)
    version = SelfAttribute("publication.version")
    number = LazyAttribute(lambda row: row.publication.number or "")
    notices = LazyAttribute(lambda row: notices_digest(row.publication))
    sha256 = LazyAttribute(lambda row: hashlib.sha256(row.content).hexdigest())
    size = LazyAttribute(lambda row: len(row.content))
    file = LazyAttribute(lambda row: ContentFile(row.content, name="file.pdf"))
    pages = 1
    made_at = LazyFunction(timezone.now)
    due_at = None

    class Meta:
        model = TypesetPdf

    class Params:
        content = Sequence(lambda n: PDF + b"%%t%d\n" % n)


class ReaderResponseFactory(DjangoModelFactory[ReaderResponse]):
    """A response that waits for an editor."""

    publication = SubFactory(PublicationFactory, published=True)
    name = Sequence(lambda n: f"Reader {n}")
    email = Sequence(lambda n: f"reader{n}@example.org")
    text = "A thought on what was said."
    fingerprint = Sequence(lambda n: f"{n:064}")

    class Meta:
        model = ReaderResponse


class RedirectFactory(DjangoModelFactory[Redirect]):
    old_path = Sequence(lambda n: f"/old-{n}/")
    new_path = "/publications/"

    class Meta:
        model = Redirect


class PreviewLinkFactory(DjangoModelFactory[PreviewLink]):
    item = SubFactory(PublicationFactory)
    key = Sequence(lambda n: f"{n:043}")
    expires_at = LazyFunction(lambda: timezone.now() + timedelta(days=7))

    class Meta:
        model = PreviewLink


class SlotFactory(DjangoModelFactory[Slot]):
    place = Slot.Place.LEAD
    publication = SubFactory(PublicationFactory, published=True)

    class Meta:
        model = Slot
