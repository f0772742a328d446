"""Sending a document to a reader: one version, whole or in part, under the item's own name."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from editorial.models import Document, DocumentVersion

ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.IGNORECASE)
# Nothing in the file may run or load as a part of this site.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; object-src 'self'; frame-ancestors 'none'"
# Not for PDFs: a browser that shows them by a plug-in of its own shows nothing in a sandbox.
SANDBOX = "; sandbox"


@dataclass(frozen=True)
class Stored:
    """One file in our storage, as `send` needs it. The tag changes whenever the bytes do."""

    name: str
    size: int
    content_type: str
    suffix: str
    tag: str
    changed_at: datetime


class Part:
    """The bytes from `start`, `length` of them, of an open file; closed with the response."""

    def __init__(self, file: Any, start: int, length: int) -> None:
        self.file, self.left = file, length
        file.seek(start)

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(data)
        return data

    def close(self) -> None:
        self.file.close()


def version_for_readers(document: Document, wanted: str) -> DocumentVersion | None:
    """The current version, or an older one by number if it was made public; None otherwise."""
    current = document.current
    if current is None or not wanted or wanted == str(current.number):
        return current
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 7):
        return None
    return document.versions.filter(number=int(wanted), is_public=True).first()


def serve(
    request: HttpRequest, version: DocumentVersion | None, stem: str, *, is_private: bool = False
) -> HttpResponseBase:
    """Answer with this version, or with the older one that `?version=` names, as `<stem>.pdf` or the like.

    Whether the reader may have the item at all is decided by the caller. Older versions go to readers only when they
    were made public; to staff always. `is_private`: for previews; nothing on the way may keep it. Raises Http404.
    """
    if version is None:
        raise Http404
    wanted, is_old = _wanted(request, version)
    if wanted.document.kind == Document.Kind.SOURCE and not _is_staff(request):
        raise Http404
    stored = Stored(
        str(wanted.file.name),
        wanted.size,
        wanted.content_type,
        wanted.suffix,
        f"v{wanted.number}-{wanted.sha256[:20]}",
        wanted.uploaded_at,
    )
    return send(request, stored, stem, may_be_kept=not is_private and (not is_old or wanted.is_public))


def send(request: HttpRequest, stored: Stored, stem: str, *, may_be_kept: bool = True) -> HttpResponseBase:
    """Answer with this file, with the part asked for, or with 304 to whoever has it. Raises Http404 if it is gone."""
    etag = f'"{stored.tag}"'
    modified = int(stored.changed_at.timestamp())
    response: HttpResponseBase | None = get_conditional_response(request, etag, modified)
    if response is None:
        response = _body(request, stored, etag, modified)
    response["ETag"], response["Last-Modified"] = etag, http_date(modified)
    response["Cache-Control"] = "no-cache" if may_be_kept else "private, no-store"
    if response.status_code in {200, 206}:
        response["Content-Disposition"] = disposition(stem, stored.suffix)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY if stored.content_type == "application/pdf" else POLICY + SANDBOX
    return response


def _wanted(request: HttpRequest, version: DocumentVersion) -> tuple[DocumentVersion, bool]:
    asked = request.GET.get("version")
    if asked is None or asked == str(version.number):
        return version, False
    if not (asked.isascii() and asked.isdigit() and len(asked) < 7):
        raise Http404
    older = (
        DocumentVersion.objects.filter(document=version.document_id, number=int(asked))
        .select_related("document")
        .first()
    )
    if older is None or not (older.is_public or _is_staff(request)):
        raise Http404
    return older, True


def _is_staff(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_active and user.is_staff


def _body(request: HttpRequest, stored: Stored, etag: str, modified: int) -> HttpResponseBase:
    part = _range(request, stored.size, etag, modified)
    if part == ():
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
    start, length = part or (0, stored.size)
    try:
        file = default_storage.open(stored.name)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(Part(file, start, length), content_type=stored.content_type, status=206 if part else 200)
    response["Content-Length"] = str(length)
    response["Accept-Ranges"] = "bytes"
    if part:
        response["Content-Range"] = f"bytes {start}-{start + length - 1}/{stored.size}"
    return response


def _range(request: HttpRequest, size: int, etag: str, modified: int) -> tuple[int, int] | tuple[()] | None:
    """Start and length of the one part asked for; None for the whole; () when no byte of it exists.

    Several ranges at once, unknown units and a file that changed since (If-Range) get the whole, as RFC 9110 allows.
    """
    asked = ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or asked is None or asked.group(0).lower() == "bytes=-":
        return None
    if (condition := request.headers.get("If-Range")) and condition != etag and not _is_date(condition, modified):
        return None
    first, last = asked.groups()
    if not first:
        length = min(int(last), size)
        return (size - length, length) if length else ()
    start, end = int(first), min(int(last) if last else size - 1, size - 1)
    if last and int(last) < start:
        return None
    return (start, end - start + 1) if start < size else ()


def _is_date(text: str, modified: int) -> bool:
    try:
        return parsedate_to_datetime(text).timestamp() == modified
    except (ValueError, TypeError):
        return False


def disposition(stem: str, suffix: str, how: str = "inline") -> str:
    """With a name of ours: plain for old programs, and in the form of RFC 6266 for any script."""
    name = re.sub(r'[\x00-\x1f\x7f"\\/:*?<>|]', "", stem)[:150].strip(". ") or "file"
    plain = name.encode("ascii", "ignore").decode() or "file"
    return f"{how}; filename=\"{plain}{suffix}\"; filename*=UTF-8''{quote(name + suffix, safe='')}"
