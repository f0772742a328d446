"""Public pages of publications: the archive in all its cuts, one piece, its file, its cover, responses to it."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from taggit.models import Tag

from editorial import documents
from editorial.callers import fingerprint_of
from editorial.metadata import Link, absolute
from editorial.metadata import page as page_metadata
from editorial.models import DocumentVersion
from publications import bibliography as bibliography_of
from publications import exporting, page, share_cards
from publications.citing import reference
from publications.covers import cover_svg
from publications.forms import ResponseForm
from publications.listing import Listing
from publications.models import Publication, Series, TypesetPdf
from publications.references import FORMATS, OF_ONE
from publications.responses import pause_before_next, receive
from research.models import Region, Topic

TERMS: dict[str, type[Topic] | type[Region]] = {"topic": Topic, "region": Region}
YEAR = re.compile(r"[1-9]\d{3}", re.ASCII)
VISIBLE = ("name", "affiliation", "email", "text")


def show_listing(request: HttpRequest, listing: Listing, title: str, **extra: Any) -> HttpResponse:
    subject = extra.get("series") or extra.get("term")
    trail = subject.trail if subject else extra.get("trail", [])
    metadata = page_metadata(title, listing.canonical, trail, extra.get("description", ""))
    return render(
        request, "publications/listing.html", {"listing": listing, "title": title, "metadata": metadata, **extra}
    )


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    extra = {"show_bibliographies": True, "this_year": timezone.localdate().year}
    return show_listing(request, Listing(request.GET, request.path), _("Publications"), **extra)


@require_safe
def family(request: HttpRequest, family: str) -> HttpResponse:
    """A family: its series on their shelf, and below them all its pieces."""
    title = str(Series.Family(family).label)
    within = Publication.objects.published().filter(series__family=family)
    listing = Listing(request.GET, request.path, within)
    shelves = [] if listing.parameters() or listing.number > 1 else bibliography_of.of_all_years(family)
    trail = [] if family == Series.Family.MEDIA else [(str(_("Publications")), reverse("archive"))]
    return show_listing(request, listing, title, shelves=shelves, trail=trail)


@require_safe
def bibliography(request: HttpRequest, family: str) -> HttpResponse:
    """ "RSIS Publications for the Year", and the same of external ones: this year's, or that of `?year=`."""
    given = request.GET.get("year", "")
    year = int(given) if YEAR.fullmatch(given) else timezone.localdate().year
    is_inhouse = family == Series.Family.INHOUSE
    title = _("RSIS Publications for the Year") if is_inhouse else _("External Publications for the Year")
    here = request.path + (f"?year={year}" if year != timezone.localdate().year else "")
    trail = [(str(_("Publications")), reverse("archive")), (str(Series.Family(family).label), reverse(family))]
    context = {
        "title": title,
        "year": year,
        "years": bibliography_of.years(family),
        "shelves": bibliography_of.of_year(family, year),
        "trail": trail,
        "list_url": reverse("archive-year" if is_inhouse else "external-year", args=[year]),
        "metadata": page_metadata(f"{title} {year}", absolute(here), trail),
    }
    return render(request, "publications/bibliography.html", context)


@require_safe
def year(request: HttpRequest, family: str, year: int) -> HttpResponse:
    """ "RSIS Publications for the Year" and "External Publications for the Year"."""
    within = Publication.objects.published().filter(series__family=family)
    dates = within.dates("issued_on", "year", order="DESC")
    if not 1000 <= year <= 9999:
        raise Http404
    listing = Listing(request.GET, request.path, within, {"year": year})
    name = (
        _("RSIS Publications for the Year")
        if family == Series.Family.INHOUSE
        else _("External Publications for the Year")
    )
    address = "archive-year" if family == Series.Family.INHOUSE else "external-year"
    extra = {"year_links": [day.year for day in dates], "year": year, "year_address": address}
    return show_listing(request, listing, f"{name} {year}", **extra)


@require_safe
def series(request: HttpRequest, family: str, series: str) -> HttpResponse:
    one = get_object_or_404(Series, family=family, slug=series)
    listing = Listing(request.GET, request.path, fixed={"series": one})
    return show_listing(request, listing, one.name, series=one, description=one.description)


@require_safe
def terms(request: HttpRequest, kind: str) -> HttpResponse:
    """Every topic, or every region, as a tree with the number of pieces under each."""
    listing = Listing(request.GET.__class__(), request.path)
    counts = {value.value: value.count for facet in listing.facets_named(kind) for value in facet.values}
    nodes = [(node, counts.get(node.slug, 0)) for node in TERMS[kind].objects.with_tree_fields()]
    title = _("Topics") if kind == "topic" else _("Regions")
    metadata = page_metadata(title, absolute(request.path), [])
    return render(request, "publications/terms.html", {"nodes": nodes, "title": title, "metadata": metadata})


@require_safe
def term(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    one = get_object_or_404(TERMS[kind], slug=slug)
    listing = Listing(request.GET, request.path, fixed={kind: one})
    extra = {"term": one, "kind": kind, "children": one.children.all()}
    return show_listing(request, listing, one.name, description=one.description, **extra)


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    one = get_object_or_404(Tag, slug=slug)
    listing = Listing(request.GET, request.path, fixed={"tag": one})
    if not listing.within.exists():
        raise Http404  # the name of a tag that only drafts bear stays with them
    return show_listing(request, listing, _("Tagged “%(tag)s”") % {"tag": one.name})


@require_safe
def publication(request: HttpRequest, family: str, series: str, slug: str) -> HttpResponse:
    piece = page.find(family, series, slug, Publication.objects.published())
    if piece:
        return show_to_all(request, piece)
    gone = page.find(family, series, slug, Publication.objects.tombstones())
    if not gone:
        raise Http404
    return render(request, "publications/withdrawn.html", {"publication": gone, "series": gone.series})


def show_to_all(request: HttpRequest, piece: Publication) -> HttpResponse:
    """The page of a public piece, with what machines read of it.

    It is the same, byte for byte, for every reader: no token, no cookie, no message. A cache may keep it.
    """
    context = page.context(piece)
    context |= page.for_citing(piece, context)
    response = show(request, piece, context)
    response["Link"] = context["metadata"].header
    return response


def show(request: HttpRequest, piece: Publication, context: dict[str, Any] | None = None) -> HttpResponse:
    """The page of a piece the caller has decided may be seen; previews come straight here."""
    context = (context or page.context(piece)) | {"disqus": settings.DISQUS_SHORTNAME}
    if getattr(request, "preview", None):
        context["pdf"] = piece.document and piece.document.current  # the worker's file holds the public text
    response = render(request, "publications/publication.html", context)
    policy: dict[str, list[str]] = {
        name: [str(value) for value in values] for name, values in settings.SECURE_CSP.items()
    }
    usual = dict(policy)
    if context["player"]:
        policy["frame-src"] = page.FRAMES
    if settings.DISQUS_SHORTNAME and context["takes_responses"]:
        hosts = [f"https://{settings.DISQUS_SHORTNAME}.disqus.com", "https://disqus.com", "https://*.disquscdn.com"]
        policy |= {name: [*policy[name], *hosts] for name in ("script-src", "style-src", "img-src", "connect-src")}
        policy["frame-src"] = [*policy.get("frame-src", []), "https://disqus.com"]
    if policy != usual:
        vars(response)["_csp_config"] = policy  # what csp_override sets; it decorates whole views only
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def respond(request: HttpRequest, family: str, series: str, slug: str) -> HttpResponse:
    """The form at an address of its own, because its token makes every copy of a page differ and sets a cookie."""
    piece = page.find(family, series, slug, Publication.objects.published())
    if not piece or not (piece.allow_responses and piece.series.allows_responses):
        raise Http404
    form = ResponseForm(request.POST if request.method == "POST" else None)
    if form.repeats_a_field:
        raise BadRequest("A field was given twice")
    seconds = pause_before_next(fingerprint_of(request)) if form.is_valid() else 0
    if seconds:
        form.ask_to_wait(seconds)
    elif form.is_valid():
        if not form.is_robot:
            receive(piece, **{name: form.cleaned_data[name] for name in VISIBLE})
        return redirect(piece.get_respond_url() + "?sent=1")
    return show_form(request, piece, form, seconds)


def show_form(request: HttpRequest, piece: Publication, form: ResponseForm, wait: int) -> HttpResponse:
    """The form for a response: empty, with what has to be put right, or with how many seconds to wait."""
    context = {
        "publication": piece,
        "title": _("Write a response"),
        "trail": [*piece.series.trail_within, (piece.title, piece.get_absolute_url())],
        "form": form,
        "visible_fields": [form[name] for name in VISIBLE],
        "is_sent": "sent" in request.GET and not form.is_bound,
    }
    status = 429 if wait else 422 if form.is_bound else 200
    response = render(request, "publications/respond.html", context, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


@require_safe
def file(request: HttpRequest, family: str, series: str, slug: str, stem: str) -> HttpResponseBase:
    """The PDF at its stable address: the uploaded one, with `?version=` for an older one left public, or the typeset."""
    piece = page.find(family, series, slug, Publication.objects.published())
    if not piece or not piece.public_pdf:
        raise Http404
    if stem != piece.file_stem:
        if stem.casefold() != piece.file_stem.casefold():
            raise Http404
        return redirect(piece.get_file_url(), permanent=True)
    response = send_pdf(request, piece, piece.public_pdf)
    response["Link"] = str(Link("canonical", absolute(piece.get_absolute_url())))
    return response


def send_pdf(request: HttpRequest, piece: Publication, pdf: DocumentVersion | TypesetPdf) -> HttpResponseBase:
    if isinstance(pdf, DocumentVersion):
        return documents.serve(request, pdf, piece.file_stem)
    if "version" in request.GET or pdf.made_at is None:
        raise Http404  # only what was uploaded has versions
    tag = f"t-{pdf.sha256[:20]}"
    stored = documents.Stored(str(pdf.file.name), pdf.size, pdf.content_type, ".pdf", tag, pdf.made_at)
    return documents.send(request, stored, piece.file_stem)


@require_safe
def cite(request: HttpRequest, family: str, series: str, slug: str, extension: str) -> HttpResponse:
    """One piece as a reference, to be taken into a library of references."""
    form = OF_ONE.get(extension)
    piece = page.find(family, series, slug, Publication.objects.published()) if form else None
    if not form or not piece:
        raise Http404
    response = HttpResponse("".join(form.lines([reference(piece)])), content_type=f"{form.content_type}; charset=utf-8")
    response["Content-Disposition"] = documents.disposition(piece.file_stem, f".{extension}", "attachment")
    response["Link"] = str(Link("describes", absolute(piece.get_absolute_url()), "text/html"))
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def export(request: HttpRequest, extension: str, about: str, **named: Any) -> HttpResponseBase:
    """A listing as references, written while it is read: the whole of it never stands in memory."""
    form = FORMATS.get(extension)
    if not form:
        raise Http404
    found = exporting.references(exporting.listing_of(request, about, **named))
    response = StreamingHttpResponse(
        form.lines([] if request.method == "HEAD" else found), content_type=f"{form.content_type}; charset=utf-8"
    )
    stem = "-".join(["rsis", *(str(value) for name, value in named.items() if name != "about")])
    response["Content-Disposition"] = documents.disposition(stem, f".{extension}", "attachment")
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def recording(request: HttpRequest, family: str, series: str, slug: str) -> HttpResponseBase:
    """The recording held here, for the player of the page; readers may ask for any part of it."""
    piece = page.find(family, series, slug, Publication.objects.published())
    if not piece or not piece.recording or not piece.recording.current:
        raise Http404
    return documents.serve(request, piece.recording.current, piece.file_stem)


@require_safe
def cover(request: HttpRequest, pk: int) -> HttpResponse:
    piece = get_object_or_404(Publication.objects.published().select_related("series"), pk=pk)
    response = HttpResponse(cover_svg(piece), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=86400"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # feeds show it on other sites
    return response


@require_safe
def share_card(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The picture that other sites show beside a link to the piece."""
    piece = get_object_or_404(Publication.objects.published().select_related("series"), pk=pk)
    response = documents.send(request, share_cards.share_card(piece), piece.file_stem)
    response["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
def number(request: HttpRequest, number: str) -> HttpResponse:
    """`/CO25059`, in any case, leads to the piece that bears the number."""
    seen = Publication.objects.published() | Publication.objects.tombstones()
    piece = get_object_or_404(seen.select_related("series"), number=number.upper())
    return redirect(piece.get_absolute_url(), permanent=True)
