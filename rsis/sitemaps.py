"""What search engines are told: sitemaps (sitemaps.org, protocol 0.9), robots.txt and security.txt (RFC 9116).

Not by django.contrib.sitemaps: it writes days where a time is known, and names the host that was asked for instead of
the one the site has in public.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from taggit.models import Tag, TaggedItem

from editorial.models import Document, DocumentVersion, Publishable, Revision
from events.models import Event
from institution import seed
from institution.models import Page, Vacancy
from people.models import StaffGroup, StaffProfile
from publications.entries import absolute
from publications.feed_formats import for_xml
from publications.models import Abbreviation, Authorship, PodcastShow, Project, Publication, ResourcePage, Series
from research.models import Region, ResearchCentre, Topic
from rsis.directory import with_public_page

# The protocol allows 50,000 addresses; Google Scholar asks for files below 5 MB.
PER_FILE = 10_000
NEWS_FOR = timedelta(days=2)
MOST_NEWS = 1_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS_NAMESPACE = "http://www.google.com/schemas/sitemap-news/0.9"
# Google News knows Chinese by region and not by script.
NEWS_LANGUAGES = {"zh-hans": "zh-cn", "zh-hant": "zh-tw", "zh-cn": "zh-cn", "zh-tw": "zh-tw", "zh": "zh-cn"}
STATIC = (
    "home", "archive", "inhouse", "external", "inhouse-bibliography", "external-bibliography", "media", "resource-pages",
    "topics", "regions", "people", "experts", "research", "research-centres", "research-programmes", "research-other",
    "projects", "events", "events-past", "glossary", "awarded", "contact", "cookies", "feeds", "site-map",
)  # fmt: skip
ROBOTS = """\
User-agent: *
Disallow: /admin/
Disallow: /preview/
Disallow: /search/?
Disallow: /*/respond/
Disallow: /*/enquiry/
Disallow: /feedback/
Disallow: /*/export.
# One filter and its pages are for everyone. Orders and combinations are endless, and hold nothing that is not there.
Disallow: /*?*sort=
Disallow: /*?*density=
Disallow: /*?*&
Allow: /*&page=

Sitemap: {sitemap}
"""


class Url(NamedTuple):
    address: str
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Part:
    """Addresses of one kind, in an order that new ones are added to at the end."""

    count: Callable[[], int]
    urls: Callable[[slice], Iterable[Url]]

    @property
    def files(self) -> int:
        return -(-self.count() // PER_FILE)


def _pieces() -> QuerySet[Publication]:
    found: QuerySet[Publication] = Publication.objects.published().order_by("pk")
    return found


def _with_file() -> QuerySet[Publication]:
    """Pieces with a PDF of today's text: uploaded, or typeset."""
    uploaded = Q(document__current__isnull=False) & ~Q(document__kind=Document.Kind.SOURCE)
    return _pieces().filter(uploaded | Q(typeset__version=F("version"), typeset__made_at__isnull=False))


def _publications(cut: slice) -> Iterable[Url]:
    """With the last save that changed anything, or the last thing readers were told of, if that was later."""
    needed = ("slug", "publish_at", "first_published_at", "withdrawn_at", "changed_at", "series")
    pieces = list(_pieces().select_related("series").only(*needed, "series__slug", "series__family")[cut])
    if not pieces:
        return
    saved = _saves(Publication, pieces)
    for piece in pieces:
        moments = (piece.told_at, piece.publish_at, saved.get(piece.pk))
        yield Url(piece.get_absolute_url(), max((moment for moment in moments if moment), default=None))


def _saves(kind: type[Publishable], rows: list[Any]) -> dict[int, datetime]:
    """When each of these rows, given in the order of their keys, was last saved with a change of anything in it."""
    saves = Revision.objects.filter(
        content_type=ContentType.objects.get_for_model(kind), object_id__range=(rows[0].pk, rows[-1].pk)
    ).exclude(changed=[])
    return dict(saves.order_by().values_list("object_id").annotate(Max("at")))


def _pages() -> QuerySet[Page]:
    """Without those that show the text of another, which search engines know by the other's address."""
    found: QuerySet[Page] = Page.objects.published().filter(shows__isnull=True).order_by("pk")
    return found


def _vacancies() -> QuerySet[Vacancy]:
    found: QuerySet[Vacancy] = Vacancy.objects.open().filter(page__in=Page.objects.published()).order_by("pk")
    return found


def _dated(kind: type[Publishable], found: QuerySet[Any]) -> Iterable[Url]:
    rows = list(found)
    saved = _saves(kind, rows) if rows else {}
    for row in rows:
        moments = (row.publish_at, saved.get(row.pk))
        yield Url(row.get_absolute_url(), max((moment for moment in moments if moment), default=None))


def _files(cut: slice) -> Iterable[Url]:
    pieces = _with_file().select_related("series", "document__current", "typeset").prefetch_related("notices")
    for piece in pieces.defer("body", "transcript")[cut]:
        pdf = piece.public_pdf
        changed_at = pdf.uploaded_at if isinstance(pdf, DocumentVersion) else pdf.made_at if pdf else None
        yield Url(piece.get_file_url(), max((at for at in (changed_at, piece.publish_at) if at), default=None))


def _events(cut: slice) -> Iterable[Url]:
    """With the last save; a save without a change is none (editorial.saving)."""
    for event in Event.objects.published().order_by("pk").only("slug", "updated_at", "publish_at")[cut]:
        moments = (event.updated_at, event.publish_at)
        yield Url(event.get_absolute_url(), max(moment for moment in moments if moment))


def _listed(rows: Callable[[], QuerySet[Any]], path: str) -> Part:
    """Pages that list publications, and so change when one appears in them."""

    def urls(cut: slice) -> Iterable[Url]:
        public = Q(**{f"{path}__in": Publication.objects.published()})
        for row in rows().order_by("pk").annotate(listed_at=Max(f"{path}__publish_at", filter=public))[cut]:
            yield Url(row.get_absolute_url(), row.listed_at)

    return Part(lambda: rows().count(), urls)


def _people(cut: slice) -> Iterable[Url]:
    people = list(with_public_page().order_by("pk")[cut])
    keys = [person.pk for person in people]
    works = Authorship.objects.filter(person__in=keys, publication__in=Publication.objects.published()).order_by()
    listed = dict(works.values_list("person").annotate(Max("publication__publish_at")))
    profiles = StaffProfile.objects.published().filter(person__in=keys)
    shown = dict(profiles.values_list("person").annotate(shown_at=Greatest("publish_at", "updated_at")))
    for person in people:
        moments = (listed.get(person.pk), shown.get(person.pk))
        yield Url(person.get_absolute_url(), max((moment for moment in moments if moment), default=None))


def _projects(cut: slice) -> Iterable[Url]:
    for project in Project.objects.published().order_by("pk").only("slug", "publish_at", "updated_at")[cut]:
        yield Url(project.get_absolute_url(), max(project.publish_at or project.updated_at, project.updated_at))


def _tags() -> QuerySet[Tag]:
    kind = ContentType.objects.get_for_model(Publication)
    used = TaggedItem.objects.filter(content_type=kind, object_id__in=Publication.objects.published().values("pk"))
    found: QuerySet[Tag] = Tag.objects.filter(pk__in=used.values("tag_id")).order_by("pk")
    return found


def _static() -> list[Url]:
    kept = set(Page.objects.filter(centre=None, path__in=seed.LEGAL).values_list("path", flat=True))
    urls = [Url(reverse(name)) for name in (*STATIC, *(path for path in seed.LEGAL if path not in kept))]
    urls += [Url(reverse("people-group", args=[group.value])) for group in StaffGroup]
    for family, name in ((Series.Family.INHOUSE, "archive-year"), (Series.Family.EXTERNAL, "external-year")):
        dates = Publication.objects.published().filter(series__family=family).dates("issued_on", "year")
        urls += [Url(reverse(name, args=[day.year])) for day in dates]
    return urls


def _shows() -> QuerySet[PodcastShow]:
    public = Publication.objects.published().filter(show__isnull=False)
    found: QuerySet[PodcastShow] = PodcastShow.objects.filter(pk__in=public.values("show"))
    return found


def _resource_pages(cut: slice) -> Iterable[Url]:
    """What they take by themselves changes with the archive; told is the last save."""
    for page in ResourcePage.objects.published().order_by("pk").defer("intro")[cut]:
        yield Url(page.get_absolute_url(), max(at for at in (page.publish_at, page.updated_at) if at))


PARTS: dict[str, Part] = {
    "pages": Part(lambda: len(_static()), lambda cut: _static()[cut]),
    "institution": Part(
        lambda: _pages().count(), lambda cut: _dated(Page, _pages().select_related("centre").defer("body")[cut])
    ),
    "vacancies": Part(
        lambda: _vacancies().count(), lambda cut: _dated(Vacancy, _vacancies().select_related("page__centre")[cut])
    ),
    "publications": Part(lambda: _pieces().count(), _publications),
    "files": Part(lambda: _with_file().count(), _files),
    "people": Part(lambda: with_public_page().count(), _people),
    "series": _listed(Series.objects.all, "publications"),
    "projects": Part(lambda: Project.objects.published().count(), _projects),
    "podcasts": _listed(_shows, "episodes"),
    "resources": Part(lambda: ResourcePage.objects.published().count(), _resource_pages),
    "events": Part(lambda: Event.objects.published().count(), _events),
    "centres": _listed(ResearchCentre.objects.all, "publications"),
    "topics": _listed(Topic.objects.all, "publications"),
    "regions": _listed(Region.objects.all, "publications"),
    "abbreviations": Part(
        Abbreviation.objects.count,
        lambda cut: (Url(one.get_absolute_url()) for one in Abbreviation.objects.order_by("pk")[cut]),
    ),
    "tags": Part(lambda: _tags().count(), lambda cut: (Url(reverse("tag", args=[tag.slug])) for tag in _tags()[cut])),
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`: names the files of every part that has anything."""
    files = [(name, number) for name, part in PARTS.items() for number in range(1, part.files + 1)]
    lines = [
        f"<sitemap><loc>{escape(absolute(reverse('sitemap-part', args=file)))}</loc></sitemap>\n" for file in files
    ]
    return _xml(f'<sitemapindex xmlns="{NAMESPACE}">\n{"".join(lines)}</sitemapindex>\n')


@require_safe
def part(request: HttpRequest, name: str, number: int) -> HttpResponse:
    if name not in PARTS or not 1 <= number <= max(1, PARTS[name].files):
        raise Http404
    urls = PARTS[name].urls(slice((number - 1) * PER_FILE, number * PER_FILE))
    return _xml(f'<urlset xmlns="{NAMESPACE}">\n{"".join(map(_url, urls))}</urlset>\n')


def _url(url: Url) -> str:
    changed = f"<lastmod>{_time(url.changed_at)}</lastmod>" if url.changed_at else ""
    return f"<url><loc>{escape(absolute(url.address))}</loc>{changed}</url>\n"


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """`/news-sitemap.xml`, as Google News asks for it: what first appeared in the last two days, empty otherwise."""
    first = Coalesce("first_published_at", "publish_at")
    pieces = Publication.objects.published().annotate(first_at=first).filter(first_at__gte=timezone.now() - NEWS_FOR)
    newest = pieces.select_related("series").defer("body", "transcript").order_by("-first_at", "-pk")[:MOST_NEWS]
    space = f'xmlns="{NAMESPACE}" xmlns:news="{NEWS_NAMESPACE}"'
    return _xml(f"<urlset {space}>\n{''.join(map(_news, newest))}</urlset>\n")


def _news(piece: Any) -> str:
    name = escape(_("S. Rajaratnam School of International Studies"))
    language = piece.language.lower()
    spoken = NEWS_LANGUAGES.get(language, language.partition("-")[0])
    return (
        f"<url><loc>{escape(absolute(piece.get_absolute_url()))}</loc><news:news>"
        f"<news:publication><news:name>{name}</news:name><news:language>{escape(for_xml(spoken))}</news:language>"
        f"</news:publication><news:publication_date>{_time(piece.first_at)}</news:publication_date>"
        f"<news:title>{escape(for_xml(piece.title))}</news:title></news:news></url>\n"
    )


def _xml(body: str) -> HttpResponse:
    return HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', content_type="application/xml; charset=utf-8"
    )


def _time(moment: datetime) -> str:
    """A W3C datetime, to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """The news sitemap is not named: its addresses are in the others too, and Google News is told of it by hand."""
    return HttpResponse(ROBOTS.format(sitemap=absolute(reverse("sitemap"))), content_type="text/plain; charset=utf-8")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """It runs out six months after the first of this month, so it is the same all month and never old."""
    today = timezone.now().astimezone(UTC)
    later = today.year * 12 + today.month - 1 + 6
    expires = datetime(later // 12, later % 12 + 1, 1, tzinfo=UTC)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {absolute(reverse('security'))}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
