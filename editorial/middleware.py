import secrets
from collections.abc import Callable
from gzip import GzipFile
from io import BytesIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

from editorial import held

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
        not settings.DEBUG  # whoever works on a template sees each change of it
        and request.method in {"GET", "HEAD"}
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "HTTP_AUTHORIZATION" not in request.META
        and not request.path_info.startswith(("/admin/", "/preview/"))
    )


class TextGZipMiddleware(GZipMiddleware):
    """Compresses pages, not files: a PDF sent in parts would be spoilt, and pictures are small already."""

    TEXT = (
        "text/", "application/json", "application/feed+json", "application/xml", "application/atom+xml", "image/svg+xml",
    )  # fmt: skip
    # Of nine. Django's six takes twice as long, as long as all else about a feed, to save a thirtieth of the bytes.
    LEVEL = 4
    SHORTEST = 200  # bytes; less is not worth the while

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(self.TEXT):
            return response
        if isinstance(response, HttpResponse):
            self._compress(request, response)
            return response
        compressed: HttpResponseBase = super().process_response(request, response)  # what comes in pieces
        return compressed

    def _compress(self, request: HttpRequest, response: HttpResponse) -> None:
        """As Django does it, at another level."""
        if len(response.content) < self.SHORTEST or response.has_header("Content-Encoding"):
            return
        patch_vary_headers(response, ("Accept-Encoding",))
        if not re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return
        packed = BytesIO()
        # A name of random length hides how well a secret in the page was guessed.
        name = secrets.token_hex(1 + secrets.randbelow(self.max_random_bytes // 2))
        with GzipFile(filename=name, mode="wb", compresslevel=self.LEVEL, fileobj=packed, mtime=0) as file:
            file.write(response.content)
        if packed.tell() >= len(response.content):
            return
        response.content = packed.getvalue()
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["Content-Encoding"] = "gzip"
        if (etag := response.get("ETag", "")).startswith('"'):
            response.headers["ETag"] = f"W/{etag}"
