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

from contact.models import Enquiry, Feedback, Subject
from editorial.models import Document, DocumentVersion, Image, PreviewLink, Redirect, State, User
from institution.models import (
    Attachment,
    Degree,
    Edition,
    Holder,
    Honour,
    Intake,
    Page,
    Professorship,
    Question,
    Recipient,
    Vacancy,
)
from people.models import Appointment, Language, Person, StaffProfile
from publications.models import (
    Abbreviation,
    Authorship,
    Award,
    Awarding,
    BulletinItem,
    Expansion,
    Investigator,
    Newsletter,
    Notice,
    PodcastShow,
    Project,
    ProjectOutput,
    Publication,
    ReaderResponse,
    ResourceBlock,
    ResourcePage,
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


class LanguageFactory(DjangoModelFactory[Language]):
    code = Sequence(lambda n: f"x-{n}")
    name = Sequence(lambda n: f"Language {n}")

    class Meta:
        model = Language


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


class PublishableFactory[Item: (Publication, StaffProfile, Project, ResourcePage, Page, Vacancy)](
    DjangoModelFactory[Item]
):
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

    class Params:
        expert = Trait(is_expert=True, speaks_about="Ports and shipping, in plain words", for_print=True)


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


class PodcastShowFactory(DjangoModelFactory[PodcastShow]):
    name = Sequence(lambda n: f"Show {n}")
    slug = Sequence(lambda n: f"show-{n}")

    class Meta:
        model = PodcastShow


class NewsletterFactory(DjangoModelFactory[Newsletter]):
    name = Sequence(lambda n: f"Letter {n}")

    class Meta:
        model = Newsletter


class BulletinItemFactory(DjangoModelFactory[BulletinItem]):
    """A commentary in an issue that is public."""

    issue = SubFactory(PublicationFactory, published=True, series__shape=Series.Shape.NEWSLETTER)
    block = BulletinItem.Block.COMMENTARIES
    publication = SubFactory(PublicationFactory, published=True)
    position = Sequence(lambda n: n)

    class Meta:
        model = BulletinItem


class ResourcePageFactory(PublishableFactory[ResourcePage]):
    title = Sequence(lambda n: f"Resource page {n}")
    slug = Sequence(lambda n: f"resource-page-{n}")

    class Meta:
        model = ResourcePage


class ResourceBlockFactory(DjangoModelFactory[ResourceBlock]):
    """A pinned piece; `section=True` for a heading that takes pieces by itself."""

    page = SubFactory(ResourcePageFactory, published=True)
    kind = ResourceBlock.Kind.PIN
    publication = SubFactory(PublicationFactory, published=True)
    position = Sequence(lambda n: n)

    class Meta:
        model = ResourceBlock

    class Params:
        section = Trait(kind=ResourceBlock.Kind.SECTION, publication=None, heading="What is new", newest=5)


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


class PageFactory(PublishableFactory[Page]):
    """A page of text at the root; `parent` and `centre` put it elsewhere."""

    title = Sequence(lambda n: f"Page {n}")
    slug = Sequence(lambda n: f"page-{n}")
    summary = "What it says in a sentence."
    body = "<p>What it says at length.</p>"

    class Meta:
        model = Page


class VacancyFactory(PublishableFactory[Vacancy]):
    """A post without a closing date, on a public page of vacancies."""

    page = SubFactory(PageFactory, published=True, kind=Page.Kind.VACANCIES)
    title = Sequence(lambda n: f"Fellow {n}")
    slug = Sequence(lambda n: f"fellow-{n}")
    reference = Sequence(lambda n: f"R-{n}")
    summary = "A post in a sentence."
    body = "<p>What is to be done.</p>"
    how_to_apply = "<p>Write a letter.</p>"

    class Meta:
        model = Vacancy


class HonourFactory(DjangoModelFactory[Honour]):
    year = 2025
    award = Sequence(lambda n: f"Award {n}")

    class Meta:
        model = Honour


class RecipientFactory(DjangoModelFactory[Recipient]):
    honour = SubFactory(HonourFactory)
    name = "Somebody Honoured"

    class Meta:
        model = Recipient


class ProfessorshipFactory(DjangoModelFactory[Professorship]):
    name = Sequence(lambda n: f"Chair {n}")

    class Meta:
        model = Professorship


class HolderFactory(DjangoModelFactory[Holder]):
    professorship = SubFactory(ProfessorshipFactory)
    name = "Somebody Seated"
    started_on = "2020-01-01"

    class Meta:
        model = Holder


class EditionFactory(DjangoModelFactory[Edition]):
    page = SubFactory(PageFactory, published=True, kind=Page.Kind.PROGRAMME)
    year = Sequence(lambda n: 1990 + n % 100)

    class Meta:
        model = Edition


class IntakeFactory(DjangoModelFactory[Intake]):
    page = SubFactory(PageFactory, published=True, kind=Page.Kind.COURSE)
    name = Sequence(lambda n: f"Run {n}")
    starts_on = "2025-06-01"

    class Meta:
        model = Intake


class DegreeFactory(DjangoModelFactory[Degree]):
    page = SubFactory(PageFactory, published=True, kind=Page.Kind.DEGREE)
    award = "Master of Science"
    length = "One year"
    mode = "Full time"
    intake = "August"

    class Meta:
        model = Degree


class QuestionFactory(DjangoModelFactory[Question]):
    page = SubFactory(PageFactory, published=True, kind=Page.Kind.FAQ)
    question = Sequence(lambda n: f"Question {n}?")
    answer = "<p>An answer.</p>"

    class Meta:
        model = Question


class AttachmentFactory(DjangoModelFactory[Attachment]):
    page = SubFactory(PageFactory, published=True)
    document = SubFactory(DocumentFactory)
    label = "The Accounts"
    slug = "accounts"

    class Meta:
        model = Attachment


def _meaning(term: Abbreviation, create: bool, words: str | None, **kwargs: object) -> None:
    if create:
        Expansion.objects.create(abbreviation=term, words=words or f"Words of {term.short}")


class AbbreviationFactory(DjangoModelFactory[Abbreviation]):
    """A term with what it stands for: `AbbreviationFactory.create(short="ARF", words="ASEAN Regional Forum")`."""

    short = Sequence(lambda n: f"ABC{n}")

    class Meta:
        model = Abbreviation
        skip_postgeneration_save = True

    words = PostGeneration(_meaning)


class AwardFactory(DjangoModelFactory[Award]):
    name = Sequence(lambda n: f"Award {n}")

    class Meta:
        model = Award


class AwardingFactory(DjangoModelFactory[Awarding]):
    award = SubFactory(AwardFactory)
    publication = SubFactory(PublicationFactory, published=True)
    year = 2025

    class Meta:
        model = Awarding


class SubjectFactory(DjangoModelFactory[Subject]):
    """What readers write about; `is_press=True` for the press desk."""

    label = Sequence(lambda n: f"Subject {n}")
    slug = Sequence(lambda n: f"subject-{n}")
    recipients = "desk@example.org"
    reply = "Thank you. We answer within five days."

    class Meta:
        model = Subject


class EnquiryFactory(DjangoModelFactory[Enquiry]):
    subject = SubFactory(SubjectFactory)
    name = "Mei Lin"
    email = "mei@example.org"
    message = "May I visit?"
    fingerprint = Sequence(lambda n: f"{n:064x}")

    class Meta:
        model = Enquiry


class FeedbackFactory(DjangoModelFactory[Feedback]):
    rating = 5
    fingerprint = Sequence(lambda n: f"{n:064x}")

    class Meta:
        model = Feedback
