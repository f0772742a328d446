"""Everything one page of the institution shows."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial.metadata import organisation
from editorial.notes import render
from institution.models import Holder, Honour, Page, Professorship, Recipient, Vacancy, at
from publications.models import Publication

FETCHED = (
    "image",
    "signed_by__profile",
    "centre__parent",
    "shows__image",
    "shows__signed_by__profile",
    "shows__centre",
)
# Without a year chosen, the honours of so many years are shown.
YEARS_AT_ONCE = 3
Trail = list[tuple[str, str]]


@dataclass(frozen=True)
class Node:
    """A page in a menu or on a landing page, with the pages below it."""

    page: Page
    is_here: bool = False
    below: list["Node"] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """Its own, or that of the page whose text it shows."""
        shown = self.page.shows
        return self.page.summary or (shown.summary if shown and shown.is_public else "")


@dataclass(frozen=True)
class Menu:
    """The short menu beside a page: the pages of its section, or those below it where it has some."""

    label: str
    url: str
    nodes: list[Node]


def find(path: str) -> Page | None:
    """The public or withdrawn page at an address or, where there is none, the one that the last word may belong to.

    One statement; the caller tells the two apart by `full_path`.
    """
    above = path.rpartition("/")[0]
    seen: QuerySet[Page] = Page.objects.published() | Page.objects.tombstones()
    rows = seen.filter(at(path) | (at(above) & Q(kind=Page.Kind.VACANCIES))).select_related(*FETCHED)
    found = {row.full_path: row for row in rows.prefetch_related("image__renditions")}
    return found.get(path) or found.get(above)


def find_vacancy(page: Page, slug: str) -> Vacancy | None:
    """The vacancy of a public page, open, closed or withdrawn."""
    if not page.is_public:
        return None
    seen: QuerySet[Vacancy] = Vacancy.objects.published() | Vacancy.objects.tombstones()
    found = seen.filter(page=page, slug=slug).select_related("centre").first()
    if found:
        found.page = page
    return found


def context(page: Page, query: QueryDict) -> dict[str, Any]:
    """The context of templates/institution/page.html."""
    source = page.shows if page.shows and page.shows.is_public else page
    family, above = _family(page), trail(page)
    return {
        "page": page,
        "source": source,
        "trail": above,
        "menu": menu(page, family, above),
        "nodes": _below(page, family) if page.kind == Page.Kind.LANDING else [],
        "text": render(source.body),
        "signer_url": _public_profile(source),
        "attachments": list(source.attachments.select_related("document__current")),
        **PARTS.get(source.kind, _nothing)(source, query),
    }


def trail(page: Page) -> Trail:
    """What stands above the page: its centre if it has one, and the public pages above. A draft's title stays unsaid."""
    words = page.path.split("/")
    paths = ["/".join(words[:count]) for count in range(1, len(words))]
    above: list[Page] = []
    if paths:
        above = list(Page.objects.published().filter(centre=page.centre_id, path__in=paths).order_by("path"))
    for one in above:
        one.centre = page.centre
    centre = [*page.centre.trail, (page.centre.name, page.centre.get_absolute_url())] if page.centre else []
    return [*centre, *((one.label, one.get_absolute_url()) for one in above)]


def _family(page: Page) -> list[Page]:
    """The public pages below and beside the page, in the order of the menu. One statement."""
    beside = Q(parent=page.parent_id) if page.parent_id or page.centre_id else Q(pk=page.pk)
    near = Page.objects.published().filter(Q(path__startswith=f"{page.path}/") | beside, centre=page.centre_id)
    rows = list(near.select_related("shows").defer("body", "shows__body").order_by("position", "title", "pk"))
    for row in rows:
        row.centre = page.centre
    return rows


def menu(page: Page, family: list[Page], above: Trail) -> Menu | None:
    """Nothing for a page that stands alone."""
    own = [row for row in family if row.parent_id == page.pk and row.in_menu]
    if own:
        return Menu(page.label, page.get_absolute_url(), [Node(row) for row in own])
    beside = [row for row in family if row.parent_id == page.parent_id and (row.in_menu or row.pk == page.pk)]
    if len(beside) < 2 and not page.centre:
        return None
    label, url = above[-1] if above else (str(_("This section")), "")
    return Menu(label, url, [Node(row, row.pk == page.pk) for row in beside])


def menu_of_centre(centre: Any) -> list[Node]:
    """The pages of a centre that stand directly below its address, for the centre's own page."""
    rows = list(centre.pages.published().filter(parent=None, in_menu=True).defer("body"))
    for row in rows:
        row.centre = centre
    return [Node(row) for row in rows]


def _below(page: Page, family: list[Page]) -> list[Node]:
    """Two levels of what lies below, for a landing page."""
    rows = [row for row in family if row.in_menu]
    return [
        Node(row, below=[Node(lower) for lower in rows if lower.parent_id == row.pk])
        for row in rows
        if row.parent_id == page.pk
    ]


def _public_profile(page: Page) -> str:
    profile = getattr(page.signed_by, "profile", None)
    return profile.get_absolute_url() if profile and profile.is_public else ""


# --- What each kind of page shows below its text ------------------------------------------------------------------------
def _nothing(page: Page, query: QueryDict) -> dict[str, Any]:
    return {}


def _vacancies(page: Page, query: QueryDict) -> dict[str, Any]:
    rows = list(page.vacancies.open().select_related("centre"))
    for row in rows:
        row.page = page
    return {"vacancies": rows}


def _honours(page: Page, query: QueryDict) -> dict[str, Any]:
    """By year, narrowed by `?year=` and `?to=`; what makes no sense there is passed over."""
    group = query.get("to", "")
    group = group if group in Honour.Group.values else ""
    every = Honour.objects.published()
    chosen = every.filter(group=group) if group else every
    years = list(chosen.order_by("-year").values_list("year").annotate(Count("pk")))
    wanted = query.get("year", "")
    year = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 5 else 0
    year = year if year in dict(years) else 0
    shown = [year] if year else [number for number, _count in years[:YEARS_AT_ONCE]]
    people = Prefetch("recipients", Recipient.objects.select_related("person__profile"))
    rows = chosen.filter(year__in=shown).prefetch_related(people)
    return {
        "honours": [(number, list(held)) for number, held in groupby(rows, key=lambda row: row.year)],
        "honour_years": years,
        "honour_year": year,
        "honour_group": group,
        "honour_groups": Honour.Group.choices,
    }


def _chairs(page: Page, query: QueryDict) -> dict[str, Any]:
    holders = Prefetch("holders", Holder.objects.select_related("person__profile"))
    today = timezone.localdate()
    found = []
    for chair in Professorship.objects.prefetch_related(holders):
        seen = [holder for holder in chair.holders.all() if holder.started_on <= today]
        current = [holder for holder in seen if holder.is_current]
        former = [holder for holder in seen if not holder.is_current]
        found.append((chair, render(chair.purpose, f"chair-{chair.pk}-"), current, former))
    return {"chairs": found}


def _editions(page: Page, query: QueryDict) -> dict[str, Any]:
    rows = list(page.editions.select_related("report__series"))
    public = set(Publication.objects.published().filter(pk__in=[row.report_id for row in rows if row.report_id])
                 .values_list("pk", flat=True))  # fmt: skip
    return {"editions": [(row, row.report if row.report_id in public else None) for row in rows]}


def _intakes(page: Page, query: QueryDict) -> dict[str, Any]:
    rows = list(page.intakes.all())
    coming = sorted((row for row in rows if row.is_to_come), key=lambda row: row.starts_on)
    return {"coming_intakes": coming, "past_intakes": [row for row in rows if not row.is_to_come]}


def _degree(page: Page, query: QueryDict) -> dict[str, Any]:
    return {"degree": page.degree_facts.first()}


def _dates(page: Page, query: QueryDict) -> dict[str, Any]:
    """Terms in the order of their first day; a term stays together whatever lies between."""
    terms: dict[str, list[Any]] = {}
    for row in page.dates.all():
        terms.setdefault(row.term, []).append(row)
    return {"terms": list(terms.items()), "today": timezone.localdate()}


def _questions(page: Page, query: QueryDict) -> dict[str, Any]:
    headings: dict[str, list[tuple[Any, Any]]] = {}
    for row in page.questions.all():
        headings.setdefault(row.heading, []).append((row, render(row.answer, f"q{row.pk}-")))
    return {"questions": list(headings.items())}


def _directions(page: Page, query: QueryDict) -> dict[str, Any]:
    postal = organisation()["address"]
    lines = [
        organisation()["parentOrganization"]["name"],
        postal["streetAddress"],
        f"{postal['addressLocality']} {postal['postalCode']}",
    ]
    return {"location": page.locations.first(), "routes": list(page.routes.all()), "address": lines}


PARTS: dict[str, Any] = {
    Page.Kind.VACANCIES: _vacancies,
    Page.Kind.HONOURS: _honours,
    Page.Kind.CHAIRS: _chairs,
    Page.Kind.PROGRAMME: _editions,
    Page.Kind.COURSE: _intakes,
    Page.Kind.DEGREE: _degree,
    Page.Kind.CALENDAR: _dates,
    Page.Kind.FAQ: _questions,
    Page.Kind.DIRECTIONS: _directions,
}
