"""Research: its landing pages, the home of every unit with what lies below it, and the catalogue of projects."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from editorial.metadata import absolute
from editorial.metadata import page as page_metadata
from people.models import Appointment
from publications import catalogue
from publications.facets import KINDS
from publications.listing import Listing
from publications.models import Project, Publication, Series
from publications.project_listing import ProjectList
from publications.project_page import project_context
from research.models import ResearchCentre
from rsis import centre_home, metadata
from rsis.directory import with_public_page

# Headings of the three landing pages and the name of each one's address; offices have a heading alone.
GROUPS: dict[str, tuple[str | Promise, str]] = {
    ResearchCentre.Kind.CENTRE: (gettext_lazy("Research Centres"), "research-centres"),
    ResearchCentre.Kind.PROGRAMME: (gettext_lazy("Research Programmes"), "research-programmes"),
    ResearchCentre.Kind.OTHER: (gettext_lazy("Other Research"), "research-other"),
    ResearchCentre.Kind.OFFICE: (gettext_lazy("Offices"), ""),
}
# What narrowed the list that stood at a unit's own address before the list had one.
NARROWS = {kind.name for kind in KINDS} | {"sort", "density", "page"}
NEWEST = 3


def groups_of_units(kinds: list[str]) -> list[dict[str, Any]]:
    """Units that stand by themselves, by kind, each with its heads, its figure and the units within it. Four statements."""
    now = catalogue.current()
    below: dict[int | None, list[ResearchCentre]] = {}
    for one in ResearchCentre.objects.select_related("parent").defer("description"):
        below.setdefault(one.parent_id, []).append(one)
    heads: dict[int | None, list[Appointment]] = {}
    public = with_public_page().values("pk")
    for post in Appointment.objects.current().filter(is_head=True, person__in=public).select_related("person"):
        heads.setdefault(post.centre_id, []).append(post)

    def described(one: ResearchCentre) -> dict[str, Any]:
        within = below.get(one.pk, [])
        pieces = now.bits("centre", [one.pk, *(part.pk for part in within)]).bit_count()
        return {"unit": one, "heads": heads.get(one.pk, []), "pieces": pieces, "parts": within}

    return [
        {
            "kind": kind,
            "label": GROUPS[kind][0],
            "url": reverse(GROUPS[kind][1]) if GROUPS[kind][1] else "",
            "units": [described(one) for one in below.get(None, []) if one.kind == kind],
        }
        for kind in kinds
    ]


@require_safe
def research(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("Research"),
        "groups": groups_of_units(list(GROUPS)),
        "projects": list(Project.objects.published().for_cards()[:NEWEST]),
        "metadata": metadata.of_research(),
    }
    return render(request, "research/research.html", context)


@require_safe
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """ "Research Centres", "Research Programmes", "Other Research"."""
    title = str(GROUPS[kind][0])
    trail = [(_("Research"), reverse("research"))]
    context = {
        "title": title,
        "trail": trail,
        "groups": groups_of_units([kind]),
        "within": within_centres() if kind == ResearchCentre.Kind.PROGRAMME else [],
        "metadata": page_metadata(title, absolute(request.path), trail),
    }
    return render(request, "research/research.html", context)


def within_centres() -> list[ResearchCentre]:
    parts = ResearchCentre.objects.filter(parent__isnull=False, kind=ResearchCentre.Kind.PROGRAMME)
    return list(parts.select_related("parent").order_by("parent__position", "position").defer("description"))


def find(slug: str) -> ResearchCentre:
    return get_object_or_404(ResearchCentre.objects.select_related("parent"), slug=slug)


@require_safe
def centre(request: HttpRequest, slug: str) -> HttpResponse:
    one = find(slug)
    if NARROWS.intersection(request.GET):
        query = request.GET.urlencode()
        return redirect(f"{reverse('centre-publications', args=[slug])}?{query}", permanent=True)
    context = centre_home.home(one) | {"metadata": metadata.of_centre(one, absolute(request.path))}
    return render(request, "research/centre.html", context)


def show_unit_listing(request: HttpRequest, one: ResearchCentre, listing: Listing, title: str) -> HttpResponse:
    context = {
        "unit": centre_home.frame(one),
        "title": title,
        "listing": listing,
        "metadata": page_metadata(f"{title}: {one.name}", listing.canonical, one.trail_within),
    }
    return render(request, "research/unit_listing.html", context)


@require_safe
def publications(request: HttpRequest, slug: str) -> HttpResponse:
    one = find(slug)
    return show_unit_listing(request, one, Listing(request.GET, request.path, fixed={"centre": one}), _("Publications"))


@require_safe
def staff_publications(request: HttpRequest, slug: str) -> HttpResponse:
    one = find(slug)
    listing = Listing(request.GET, request.path, fixed={"staff": one, "family": Series.Family.EXTERNAL})
    return show_unit_listing(request, one, listing, _("Staff Publications"))


@require_safe
def people(request: HttpRequest, slug: str) -> HttpResponse:
    one = find(slug)
    title = _("People")
    context = {
        "unit": centre_home.frame(one),
        "title": title,
        "groups": centre_home.by_group(centre_home.members(one)),
        "metadata": page_metadata(f"{title}: {one.name}", absolute(request.path), one.trail_within),
    }
    return render(request, "research/unit_people.html", context)


@require_safe
def unit_projects(request: HttpRequest, slug: str) -> HttpResponse:
    one = find(slug)
    listing = ProjectList(request.GET, request.path, centre_home.projects_of(one))
    title = _("Projects")
    context = {
        "unit": centre_home.frame(one),
        "title": title,
        "listing": listing,
        "metadata": page_metadata(f"{title}: {one.name}", listing.canonical, one.trail_within),
    }
    return render(request, "research/projects.html", context)


@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """Research@RSIS: every project of the school."""
    listing = ProjectList(request.GET, request.path)
    trail = [(_("Research"), reverse("research"))]
    newsletters = Publication.objects.published().filter(series__shape=Series.Shape.NEWSLETTER)
    context = {
        "title": "Research@RSIS",
        "trail": trail,
        "listing": listing,
        "newsletters": list(newsletters.for_cards()[:NEWEST]),
        "metadata": page_metadata("Research@RSIS", listing.canonical, trail),
    }
    return render(request, "research/projects.html", context)


@require_safe
def project(request: HttpRequest, slug: str) -> HttpResponse:
    found = Project.objects.filter(slug=slug)
    one = found.published().for_cards().defer(None).first()
    if one:
        return show_project(request, one)
    gone = found.tombstones().first()
    if not gone:
        raise Http404
    return render(request, "research/project_withdrawn.html", {"project": gone})


def show_project(request: HttpRequest, one: Project) -> HttpResponse:
    """The page of a project the caller has decided may be seen; previews come straight here."""
    return render(request, "research/project.html", project_context(one))
