"""Public pages of the Media section that are no list of one series: its landing page, podcasts, resource pages."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from editorial.metadata import absolute
from editorial.metadata import page as page_metadata
from editorial.notes import render as render_text
from publications import media_section, resource_pages
from publications.listing import Listing
from publications.models import OWN_PLACES, PodcastShow, Publication, ResourcePage, Series


@require_safe
def media(request: HttpRequest) -> HttpResponse:
    """The newest of everything, and below it the whole list; once the list is narrowed, the list alone."""
    listing = Listing(request.GET, request.path, fixed={"family": Series.Family.MEDIA})
    title = str(Series.Family.MEDIA.label)
    shown = media_section.landing() if not listing.chosen and listing.page.number == 1 else {}
    context = {"listing": listing, "title": title, "metadata": page_metadata(title, listing.canonical, [])}
    return render(request, "publications/media.html", context | shown)


@require_safe
def podcasts(request: HttpRequest) -> HttpResponse:
    """External Podcasts: the shows, and every episode as a list like any other."""
    series = get_object_or_404(Series, family=Series.Family.MEDIA, slug="podcasts")
    listing = Listing(request.GET, request.path, fixed={"series": series})
    context = {
        "listing": listing,
        "title": series.name,
        "series": series,
        "description": series.description,
        "metadata": page_metadata(series.name, listing.canonical, series.trail, series.description),
        "shows": media_section.shows(),
    }
    return render(request, "publications/podcasts.html", context)


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """One podcast with its episodes. Before the first of them is public there is no such page."""
    one = get_object_or_404(PodcastShow.objects.select_related("image"), slug=slug)
    listing = Listing(request.GET, request.path, within=Publication.objects.published().filter(show=one))
    listing.has_files = listing.is_followable = False
    if not listing.bits:
        raise Http404
    trail = [(_("Media"), reverse("media")), (_("External Podcasts"), reverse("podcasts"))]
    context = {
        "show": one,
        "listing": listing,
        "title": one.name,
        "trail": trail,
        "has_feed": media_section.with_file(Publication.objects.published().filter(show=one)).exists(),
        "metadata": page_metadata(one.name, listing.canonical, trail, one.description),
    }
    return render(request, "publications/show.html", context)


@require_safe
def other_resource_pages(request: HttpRequest) -> HttpResponse:
    title = _("Other Resource Pages")
    trail = [(_("Media"), reverse("media"))]
    context = {
        "title": title,
        "trail": trail,
        "pages": resource_pages.listed(),
        "metadata": page_metadata(title, absolute(request.path), trail),
    }
    return render(request, "publications/resource_pages.html", context)


@require_safe
def resource_page(request: HttpRequest, slug: str) -> HttpResponse:
    pages = ResourcePage.objects.select_related("image").prefetch_related("image__renditions")
    one = pages.published().filter(slug=slug).first()
    if one:
        return show_resource_page(request, one, metadata=resource_metadata(one))
    gone = get_object_or_404(pages.tombstones(), slug=slug)
    return render(
        request, "publications/resource_gone.html", {"page": gone, "title": gone.title, "trail": trail_of(gone)}
    )


def show_resource_page(request: HttpRequest, page: ResourcePage, **more: Any) -> HttpResponse:
    """The page of one the caller has decided may be seen; previews come straight here, without what machines read."""
    context = {
        "page": page,
        "title": page.title,
        "trail": trail_of(page),
        "intro": render_text(page.intro).html,
        "blocks": resource_pages.sections(page),
        "others": resource_pages.others(page),
        "canonical": absolute(page.get_absolute_url()),
    }
    return render(request, "publications/resource_page.html", context | more)


def resource_metadata(page: ResourcePage) -> Any:
    return page_metadata(page.title, absolute(page.get_absolute_url()), trail_of(page), page.summary)


def trail_of(page: ResourcePage) -> list[tuple[str, str]]:
    above = [(_("Media"), reverse("media"))]
    return above if page.slug in OWN_PLACES else [*above, (_("Other Resource Pages"), reverse("resource-pages"))]
