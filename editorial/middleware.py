from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.middleware.gzip import GZipMiddleware
from django.utils.encoding import iri_to_uri

from editorial import held, redirects

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class HeldMiddleware:
    """Lets pages be made of what is held (editorial.held) for readers of whom nothing is known, and for nobody else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_anybody(request):
            return self.get_response(request)
        with held.for_anybody():
            return self.get_response(request)


def is_anybody(request: HttpRequest) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "HTTP_AUTHORIZATION" not in request.META
        and not request.path_info.startswith(("/admin/", "/preview/"))
    )


class RedirectMiddleware:
    """Leads from an old address to the new one, where there would be no page otherwise. One statement, only then."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.NOT_FOUND or request.method not in {"GET", "HEAD"}:
            return response
        target = redirects.resolve(request.path_info)
        if target is None or target == request.path_info:
            return response
        query = request.META.get("QUERY_STRING", "")
        joint = "&" if "?" in target else "?"
        return HttpResponsePermanentRedirect(iri_to_uri(target) + (joint + iri_to_uri(query) if query else ""))


class TextGZipMiddleware(GZipMiddleware):
    """Compresses pages, not files: a PDF sent in parts would be spoilt, and pictures are small already."""

    TEXT = (
        "text/", "application/json", "application/feed+json", "application/xml", "application/atom+xml", "image/svg+xml",
    )  # fmt: skip

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(self.TEXT):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed
