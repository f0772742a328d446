"""The words of PDFs, read by the worker so that search finds them: which are due, and reading them."""

import json
import logging
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from editorial.models import Document, DocumentText, DocumentVersion

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
# Longer than any reading takes; after it, the work of a worker that was killed is taken up by another.
LEASE = timedelta(minutes=5)
SECONDS = 90
ORDERED_AT_ONCE = 100


class Unreadable(Exception):
    """The PDF gave no text; the message says in a word why."""


def read_due(limit: int = 1) -> int:
    """Claim and read up to this many PDFs. Returns how many were tried: 0 means none was due."""
    order()
    rows = _claim(limit)
    for row in rows:
        try:
            text, links = _read(row.version)
        except (OSError, Unreadable) as error:
            _fail(row, error)
            continue
        # Only if the claim still holds.
        mine = DocumentText.objects.filter(pk=row.pk, due_at=row.due_at)
        mine.update(text=text, links=links, due_at=None, failed="")
        log.info("Read %s: %s characters", row.version, len(text))
    return len(rows)


def order() -> None:
    """A row for every current version of a PDF that has none, whatever route brought it."""
    waiting = Document.objects.filter(kind=Document.Kind.PDF, current__isnull=False, current__words=None)
    keys = list(waiting.order_by().values_list("current_id", flat=True)[:ORDERED_AT_ONCE])
    DocumentText.objects.bulk_create([DocumentText(version_id=key) for key in keys], ignore_conflicts=True)


@transaction.atomic
def _claim(limit: int) -> list[DocumentText]:
    now = timezone.now()
    lost = DocumentText.objects.filter(due_at__lte=now, attempts__gte=MOST_ATTEMPTS)
    lost.update(due_at=None, failed="interrupted")
    due = DocumentText.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    keys = list(due.values_list("pk", flat=True)[:limit])
    # SQLite has one writer at a time, and the condition is asked again in the statement that takes the rows.
    DocumentText.objects.filter(pk__in=keys, due_at__lte=now).update(due_at=now + LEASE, attempts=F("attempts") + 1)
    return list(DocumentText.objects.filter(pk__in=keys, due_at=now + LEASE).select_related("version__document"))


def _read(version: DocumentVersion) -> tuple[str, list[str]]:
    """The text and the addresses it links to, from a program with limits of time and memory that hold whatever is in the
    file. Raises Unreadable."""
    reader = Path(__file__).with_name("pdf_reading.py")
    with NamedTemporaryFile(suffix=".pdf") as copy:
        with default_storage.open(str(version.file.name)) as file:
            for chunk in file.chunks():
                copy.write(chunk)
        copy.flush()
        try:
            done = subprocess.run(  # noqa: S603 -- our own program, on a file whose name we chose
                [sys.executable, "-I", reader, copy.name, "text"], capture_output=True, timeout=SECONDS, check=False
            )
            found: dict[str, Any] = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError):
            found = {"problem": "effort"}
    if problem := found.get("problem"):
        raise Unreadable(problem)
    # Halves of UTF-16 pairs, which no database takes.
    links = [str(link).encode("utf-8", "ignore").decode() for link in found.get("links", ())]
    return str(found["text"]).encode("utf-8", "ignore").decode(), [link for link in links if link.isprintable()]


def _fail(row: DocumentText, error: Exception) -> None:
    words = (str(error) or type(error).__name__)[:200]
    again = None if row.attempts >= MOST_ATTEMPTS else timezone.now() + timedelta(minutes=row.attempts)
    DocumentText.objects.filter(pk=row.pk, due_at=row.due_at).update(failed=words, due_at=again)
    log.error("Text of %s not read (attempt %s of %s): %s", row.version, row.attempts, MOST_ATTEMPTS, words)
