from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware


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
