"""The pages of the institution at their places in the tree, and what stands below some of them."""

from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.utils.encoding import iri_to_uri
from django.views.decorators.http import require_safe

from editorial import documents, targets
from editorial.metadata import Link, absolute
from editorial.models import Document
from editorial.notes import render as render_text
from institution import metadata, seed
from institution import page as showing
from institution.models import Attachment, Page, Vacancy, at

SAFE = ("GET", "HEAD")


def page(request: HttpRequest, path: str) -> HttpResponse:
    """Any address that nothing else answers: a page, a vacancy below one, or nothing, which is nothing to any method."""
    found = showing.find(path)
    if found is None:
        raise Http404
    if request.method not in SAFE:
        return HttpResponseNotAllowed(SAFE)
    if found.full_path != path:
        return vacancy(request, found, path.rpartition("/")[2])
    if found.is_withdrawn:
        return withdrawn(request, found, showing.trail(found))
    context = showing.context(found, request.GET)
    return show(request, found, context | {"metadata": metadata.of_page(context)})


def show(request: HttpRequest, found: Page, context: dict[str, Any] | None = None) -> HttpResponse:
    """A page that the caller has decided may be seen; previews come straight here."""
    return render(request, "institution/page.html", context or showing.context(found, request.GET))


def without_slash(request: HttpRequest, path: str) -> HttpResponse:
    """On to the same address with its last slash, if something is there; an address of nothing is not sent on first.

    Django's own way of adding a slash knows that pages may have any address, and not which they have.
    """
    query = request.META.get("QUERY_STRING", "")
    there = targets.toward(f"/{path}/" + (f"?{query}" if query else ""))
    if there is None:
        raise Http404
    return HttpResponsePermanentRedirect(iri_to_uri(there))


@require_safe
def legal(request: HttpRequest, path: str) -> HttpResponse:
    """What a public site may not be without: as delivered, until the page is in the tree."""
    if Page.objects.filter(at(path)).exists():
        return page(request, path)
    text = seed.LEGAL[path]
    context = {"title": text.title, "summary": text.summary, "text": render_text(text.body).html}
    return render(request, "institution/legal.html", context)


@require_safe
def page_file(request: HttpRequest, path: str, stem: str) -> HttpResponseBase:
    """A document of a public page, at an address that stays when the file is replaced."""
    holder = get_object_or_404(Page.objects.published().select_related("centre"), at(path))
    held = Attachment.objects.select_related("document__current")
    attachment = get_object_or_404(held, page=holder, slug=stem, document__kind=Document.Kind.PDF)
    response = documents.serve(request, attachment.document.current, stem)
    response["Link"] = str(Link("canonical", absolute(holder.get_absolute_url())))
    return response


def vacancy(request: HttpRequest, holder: Page, slug: str) -> HttpResponse:
    found = showing.find_vacancy(holder, slug)
    if found is None:
        raise Http404
    trail = [*showing.trail(holder), (holder.label, holder.get_absolute_url())]
    if found.is_withdrawn:
        return withdrawn(request, found, trail)
    if found.is_closed:
        context = {"vacancy": found, "trail": trail, "others": list(holder.vacancies.open()[:5])}
        return render(request, "institution/vacancy_closed.html", context, status=410)
    return show_vacancy(request, found, {"metadata": metadata.of_vacancy(found, trail), "trail": trail})


def show_vacancy(request: HttpRequest, found: Vacancy, context: dict[str, Any] | None = None) -> HttpResponse:
    """A vacancy that the caller has decided may be seen; previews come straight here."""
    trail = [*showing.trail(found.page), (found.page.label, found.page.get_absolute_url())]
    texts = {"text": render_text(found.body), "how": render_text(found.how_to_apply, "apply-")}
    return render(request, "institution/vacancy.html", {"vacancy": found, "trail": trail, **texts, **(context or {})})


def withdrawn(request: HttpRequest, item: Page | Vacancy, trail: list[tuple[str, str]]) -> HttpResponse:
    return render(request, "institution/withdrawn.html", {"item": item, "trail": trail})
