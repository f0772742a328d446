"""Every public address of the site, found in its own list of addresses, with rows that they lead to."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from editorial import preview
from editorial.models import Image
from editorial.uploads import accept_image
from events.models import Photograph, Session, Speaker
from people.models import Person
from publications.models import AbbreviationUse, Publication
from tests.event_factories import EventFactory, RegistrationDeskFactory, RegistrationFactory
from tests.factories import (
    AbbreviationFactory,
    AppointmentFactory,
    AttachmentFactory,
    AuthorshipFactory,
    AwardingFactory,
    BulletinItemFactory,
    CentreFactory,
    DocumentFactory,
    NewsletterFactory,
    NoticeFactory,
    PageFactory,
    PersonFactory,
    PodcastShowFactory,
    ProjectFactory,
    PublicationFactory,
    ReaderResponseFactory,
    RegionFactory,
    ResourceBlockFactory,
    ResourcePageFactory,
    SeriesFactory,
    SlotFactory,
    StaffProfileFactory,
    SubjectFactory,
    TopicFactory,
    jpeg,
)

# The first row of each kind that `fill` makes; what a new address asks for besides is answered with NOT_THERE.
KNOWN = {
    "slug": "item",
    "series": "items",
    "year": timezone.localdate().year,
    "month": timezone.localdate().month,
    "number": "CO25059",
    "stem": "CO25059",
    "path": "about",
}
OF_A_NAME = {
    "person": {"slug": "mei"},
    "people-group": {"slug": "faculty-and-research"},
    **{
        name: {"slug": "institute"}
        for name in (
            "centre",
            "centre-publications",
            "centre-staff-publications",
            "centre-people",
            "centre-projects",
            "centre-atom",
            "centre-json",
            "centre-ics",
        )
    },
    "expert-enquiry": {"slug": "mei"},
    "abbreviation": {"slug": "arf"},
    "topic": {"slug": "strait"},
    "topic-ics": {"slug": "strait"},
    "region": {"slug": "asia"},
    "tag": {"slug": "sea"},
    "external-series": {"series": "elsewhere"},
    "external-publication": {"series": "elsewhere"},
    "media-series": {"series": "recorded"},
    "media-publication": {"series": "recorded"},
    "podcasts": {},
    "show": {"slug": "desk"},
    "show-rss": {"slug": "desk"},
    "resource-page": {"slug": "subject"},
    "media-section": {"slug": "cohesive-societies"},
}
NOT_THERE = {"int": 1, "str": "x", "slug": "x", "path": "x"}


def fill(pieces: int = 3) -> None:
    """Rows for every address: a piece with all its furniture, people, terms, and `pieces` pieces in each family."""
    facets = {
        "topics": [TopicFactory.create(slug="strait")],
        "regions": [RegionFactory.create(slug="asia")],
        "centres": [CentreFactory.create(slug="institute")],
        "tags": ["sea"],
    }
    people = [PersonFactory.create(slug=slug) for slug in ("mei", "wei", "siti", "ravi", "ana")]
    profile = StaffProfileFactory.create(
        person=people[0], published=True, is_expert=True, speaks_about="the sea", for_print=True
    )
    profile.expertise.set(facets["topics"])
    AppointmentFactory.create(person=people[0], centre=facets["centres"][0])
    SubjectFactory.create(is_press=True)
    AbbreviationFactory.create(short="ARF", words="ASEAN Regional Forum")
    homes = (
        SeriesFactory.create(commentary=True, slug="items"),
        SeriesFactory.create(slug="elsewhere", external=True),
        SeriesFactory.create(slug="recorded", media=True),
    )
    image = accept_image(ContentFile(jpeg(), "sea.jpg"), alt="Sea", credit="RSIS")
    for series in homes:
        for number in range(pieces):
            piece = PublicationFactory.create(
                series=series, slug=f"item-{number}" if number else "item", published=True, image=image,
                document=DocumentFactory.create(), body="<p>Words of the ARF.</p>", **facets,
            )  # fmt: skip
            for position, person in enumerate(people):
                AuthorshipFactory.create(publication=piece, person=person, position=position)
            NoticeFactory.create(publication=piece)
            ReaderResponseFactory.create(publication=piece, verdict="approved")
            SlotFactory.create(publication=piece)
            SlotFactory.create(publication=piece, centre=facets["centres"][0], place="pinned", image=image)
            AwardingFactory.create(publication=piece)
            AbbreviationUse.objects.renew([piece])
    Publication.objects.filter(series=homes[0], slug="item").update(number="CO25059")
    AppointmentFactory.create(person=people[0], centre=facets["centres"][0], is_head=True)
    outputs = list(Publication.objects.all())
    for number in range(pieces):
        ProjectFactory.create(
            published=True, slug=f"item-{number}" if number else "item", outputs=outputs, people=people,
            **{name: facets[name] for name in ("topics", "regions", "centres")},
        )  # fmt: skip
    about = PageFactory.create(slug="about", kind="landing", published=True, image=image, signed_by=people[0])
    AttachmentFactory.create(page=about, slug="CO25059")
    PageFactory.create_batch(pieces, parent=about, published=True)
    fill_media(pieces)
    hold(pieces, facets, image, people)


def fill_media(pieces: int) -> None:
    """Podcasts with a show, a newsletter with lines, resource pages with a pinned piece and with a section."""
    first = Publication.objects.get(number="CO25059")
    podcasts, show = SeriesFactory.create(slug="podcasts", media=True), PodcastShowFactory.create(slug="desk")
    issue = PublicationFactory.create(
        published=True,
        slug="letter",
        series__slug="letters",
        series__shape="newsletter",
        newsletter=NewsletterFactory.create(),
    )
    for slug in ("cohesive-societies", "subject"):
        page = ResourcePageFactory.create(slug=slug, published=True)
        ResourceBlockFactory.create(page=page, section=True, topic=first.topics.first(), is_by_month=True)
        for piece in Publication.objects.filter(series=first.series).order_by("pk"):
            ResourceBlockFactory.create(page=page, publication=piece, person=piece.authorships.all()[0].person)
    for piece in Publication.objects.filter(series=first.series).order_by("pk"):
        BulletinItemFactory.create(issue=issue, publication=piece)
    for number in range(pieces):
        PublicationFactory.create(
            published=True, series=podcasts, show=show, episode_number=number + 1, authors=[PersonFactory.create()],
            enclosure_url="https://media.example.org/1.mp3", enclosure_type="audio/mpeg", enclosure_size=1,
        )  # fmt: skip


def hold(number: int, facets: dict[str, Any], image: Image, people: list[Person]) -> None:
    """Events with all their furniture: a desk with somebody at it, a programme, pictures, and what came of them."""
    outputs = list(Publication.objects.all())
    for place in range(number):
        event = EventFactory.create(
            published=True, slug=f"item-{place}" if place else "item", image=image, document=DocumentFactory.create(),
            body="<p>Words.</p>", is_online=True, recording=outputs[0], report=outputs[0],
        )  # fmt: skip
        for name in ("topics", "regions", "centres"):
            getattr(event, name).set(facets[name])
        event.results.set(outputs)
        session = Session.objects.create(event=event, title="Opening", starts_at=event.starts_at, ends_at=event.ends_at)
        for position, person in enumerate(people):
            Speaker.objects.create(event=event, session=session, person=person, position=position)
            Speaker.objects.create(event=event, person=person, position=position)
        Photograph.objects.create(event=event, image=image)
        RegistrationFactory.create(desk=RegistrationDeskFactory.create(event=event, seats_in_person=5, seats_online=5))


def public_addresses() -> dict[str, str]:
    """Each named address outside the desk, filled in; for a preview, one made with the rows of `fill`."""
    found = {}
    for name, names in _patterns(get_resolver().url_patterns):
        wanted = {key: value for key, value in KNOWN.items() if key in names} | OF_A_NAME.get(name, {})
        wanted |= {key: NOT_THERE[kind] for key, kind in names.items() if key not in wanted}
        if "token" in names:
            link = preview.make_link(Publication.objects.get(number="CO25059"), None)
            wanted["token"] = preview.link_url(link).strip("/").rpartition("/")[2]
        if "pk" in names:
            wanted["pk"] = Publication.objects.get(number="CO25059").pk
        try:
            found[name] = reverse(name, kwargs=wanted)
        except NoReverseMatch:  # a file's number, say, that no converter above fits: another test's subject
            continue
    return found


def _patterns(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, dict[str, str]]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            if not str(one.pattern).startswith("admin/"):
                yield from _patterns(one.url_patterns)
        elif one.name:
            kinds = {
                key: type(made).__name__.removesuffix("Converter").lower()
                for key, made in one.pattern.converters.items()
            }
            others = {key: "str" for key in one.pattern.regex.groupindex if key not in kinds}
            yield one.name, {key: "str" if kind == "string" else kind for key, kind in {**kinds, **others}.items()}
