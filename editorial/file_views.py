"""Renditions for readers: the one kind of stored file that has a public address of its own."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
# The whole grammar of a rendition's address. Nothing else is ever looked for, so there is nowhere to climb to.
NAME = re.compile(r"[0-9a-f]{32}/[a-z]{1,8}-[0-9]{1,5}(?:-[0-9]{1,3}x[0-9]{1,3})?\.(avif|webp|jpg)", re.ASCII)


@require_safe
def rendition(request: HttpRequest, name: str) -> FileResponse:
    found = NAME.fullmatch(name)
    if found is None:
        raise Http404
    try:
        file = default_storage.open(f"renditions/{name}")
    except OSError:
        raise Http404 from None
    return FileResponse(
        file,
        content_type=TYPES[found.group(1)],
        headers={
            # The address changes with the picture and its cut, so what it names never does.
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin",  # feeds show pictures on other sites
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
