"""The public side of preview links."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from editorial import documents
from editorial.preview import Pages, as_shown, count_opening, rendered, resolve, seal


@require_safe
def preview(request: HttpRequest, token: str, pages: Pages) -> HttpResponse:
    """The item's own page through a link. Opening it is counted; asking for the headers alone is not."""
    link = resolve(token)
    if link is None or type(link.item) not in pages:
        return closed(request)
    with as_shown(link) as item:
        vars(item)["get_file_url"] = lambda: f"{request.path}{item.file_stem}.pdf"
        vars(request)["preview"] = link
        response = rendered(pages[type(item)](request, item))
    if request.method == "GET":
        count_opening(link)
    seal(response)
    return response


@require_safe
def preview_file(request: HttpRequest, token: str, stem: str) -> HttpResponseBase:
    """The PDF of an item through a link; the frozen one if the link is frozen."""
    link = resolve(token)
    if link is None:
        return closed(request)
    with as_shown(link) as item:
        document = getattr(item, "document", None)
        if document is None or document.current is None or getattr(item, "file_stem", "") != stem:
            return closed(request)
        response = documents.serve(request, document.current, stem, is_private=True)
    seal(response)
    return response


def closed(request: HttpRequest) -> HttpResponse:
    """One answer for every link that opens nothing, whatever the reason."""
    response = render(request, "editorial/preview_closed.html", status=404)
    seal(response)
    return response
