"""Typeset PDFs: which pieces need one, and having it made by a program of its own. Started by the worker only.

What the public sees begins with `.published()` as everywhere; scheduled pieces are typeset ahead of their minute, and
the view that hands the file out asks again.
"""

import hashlib
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    F,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial.storing import put
from publications import bulletins
from publications.models import Authorship, BulletinItem, Publication, PublicationQuerySet, Series, TypesetPdf
from publications.models.typesetting import notices_digest, typeset_path
from publications.typesetting.manuscript import Manuscript, edition_of, manuscript

log = logging.getLogger(__name__)

PRINTER = Path(__file__).with_name("printing.py")
# Starting the printer takes longer than a paper, so it gets several at once; few, so that SIGTERM is soon obeyed.
BATCH = 5
SECONDS_FOR_ALL, SECONDS_FOR_EACH = 30, 40
MOST_ATTEMPTS = 3
LEASE = timedelta(minutes=10)  # longer than any batch may take
ORDERED_AT_ONCE = 500
LARGEST = 5 * 1024 * 1024  # what Google Scholar reads
MISSING = (
    "No PDFs are typeset on this machine, because WeasyPrint misses a library (%s). The site goes on without them. "
    "Debian and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; then restart the worker."
)


def wanted() -> PublicationQuerySet:
    """The pieces that have, or will have, a typeset PDF, each with its `stamp`.

    Not books: the text on a book's page is about it, and a PDF would look like the book. Pieces without a text are among
    them: they are looked at once, and their row says that there is nothing to set.
    """
    pieces: PublicationQuerySet = Publication.objects.published() | Publication.objects.scheduled()
    inhouse = pieces.filter(series__family=Series.Family.INHOUSE, document__current__isnull=True)
    return inhouse.exclude(series__shape=Series.Shape.BOOK).annotate(stamp=stamp())


def stamp() -> Concat:
    """In SQL, and without reading a text: differs once anything changed that may be printed.

    Whatever is saved through editorial.saving raises the version. Beside it stand what is changed elsewhere: number,
    series, picture, and our own way of printing.
    """
    series = Series.objects.filter(family=Series.Family.INHOUSE)
    editions = [When(series_id=one.pk, then=Value(edition_of(one))) for one in series]
    picture = (Coalesce(f"image__{name}", Value("")) for name in ("alt", "caption", "credit"))
    return Concat(
        Case(*editions, default=Value("")),
        Value(" "),
        Cast(_saves(), CharField()),
        Value(" "),
        Coalesce("number", Value("")),
        *(part for one in picture for part in (Value(" "), one)),
        output_field=TextField(),
    )


def _saves() -> Any:
    """The version, and behind it the saves of the pieces that a newsletter names: one that is withdrawn leaves the issue.

    One number, because SQLite parses no longer chain of texts.
    """
    named = BulletinItem.objects.filter(issue=OuterRef("pk")).order_by().values("issue")
    saves = Subquery(named.annotate(saves=Sum("publication__version")).values("saves"), output_field=BigIntegerField())
    return Cast("version", BigIntegerField()) * 1_000_000_000 + Coalesce(saves, 0, output_field=BigIntegerField())


def order_stale() -> int:
    """Order every PDF that may no longer match its piece, newest pieces first. Returns how many were found stale."""
    stale = wanted().filter(Q(typeset__isnull=True) | ~Q(typeset__stamp=F("stamp")), Q(typeset__due_at__isnull=True))
    keys = list(stale.order_by("-publish_at", "-pk").values_list("pk", "typeset__pk")[:ORDERED_AT_ONCE])
    TypesetPdf.objects.bulk_create(
        [TypesetPdf(publication_id=piece) for piece, row in keys if row is None], ignore_conflicts=True
    )
    again = TypesetPdf.objects.filter(pk__in=[row for _piece, row in keys if row is not None], due_at__isnull=True)
    again.update(due_at=timezone.now(), attempts=0, failed="")
    return len(keys)


def make_due(limit: int = BATCH) -> int:
    """Find what is stale, claim up to this many rows and typeset them. Returns how many were tried.

    Safe to run anywhere any number of times at once, and to be killed: a file is put in place under a name made from
    its content before the row names it, and what was claimed becomes due again.
    """
    order_stale()
    if not _due().exists() or not can_typeset():
        return 0
    rows = _claim(limit)
    jobs = [job for row in rows if (job := _prepare(row))]
    if jobs:
        _print(jobs)
    return len(rows)


@cache
def can_typeset() -> bool:
    """Whether the libraries are there. Asked once for each process that works, and said once if not."""
    answers = list(_run([], SECONDS_FOR_ALL)[0])
    if answers and "version" in answers[0]:
        return True
    log.warning(MISSING, answers[0].get("missing", "unknown") if answers else "its program does not start")
    return False


@dataclass(frozen=True)
class Job:
    row: TypesetPdf
    piece: Publication
    stamp: str
    manuscript: Manuscript


def _due() -> Any:
    return TypesetPdf.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")


@transaction.atomic
def _claim(limit: int) -> list[TypesetPdf]:
    now = timezone.now()
    lost = TypesetPdf.objects.filter(due_at__lte=now, attempts__gte=MOST_ATTEMPTS)
    lost.update(due_at=None, failed=_("Every attempt was interrupted."))
    due = _due()
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    # A row that failed is tried alone: whatever it does to the printer, it does to no other.
    keys = list(due.filter(attempts=0).values_list("pk", flat=True)[:limit]) or list(
        due.values_list("pk", flat=True)[:1]
    )
    TypesetPdf.objects.filter(pk__in=keys, due_at__lte=now).update(due_at=now + LEASE, attempts=F("attempts") + 1)
    return list(TypesetPdf.objects.filter(pk__in=keys, due_at=now + LEASE).order_by("pk"))


def _prepare(row: TypesetPdf) -> Job | None:
    """What the printer is to do, or None when there is nothing: then the row is done with."""
    piece = (
        wanted()
        .filter(pk=row.publication_id)
        .select_related("series", "image")
        .prefetch_related(
            Prefetch("authorships", Authorship.objects.select_related("person")),
            "image__renditions",
            "notices",
            bulletins.with_pieces(),
        )
        .first()
    )
    if piece is None:
        _settle(row)
        return None
    found: str = vars(piece)["stamp"]  # read in one statement with the text, so never newer than it
    if not piece.body and not bulletins.blocks(piece):
        _settle(row, stamp=found, file="", digest="", made_at=None)
        return None
    text = manuscript(piece)
    job = Job(row, piece, found, text)
    if row.digest == text.digest and row.file and default_storage.exists(str(row.file.name)):
        _settle(row, **_read_from(job))
        return None
    return job


def _read_from(job: Job) -> dict[str, Any]:
    return {
        "stamp": job.stamp,
        "digest": job.manuscript.digest,
        "version": job.piece.version,
        "number": job.piece.number or "",
        "notices": notices_digest(job.piece),
    }


def _settle(row: TypesetPdf, **values: Any) -> bool:
    """Write to the row and let go of it, if the claim still holds."""
    mine = TypesetPdf.objects.filter(pk=row.pk, due_at=row.due_at)
    return bool(mine.update(**{"due_at": None, "failed": "", **values}))


def _print(jobs: list[Job]) -> None:
    with TemporaryDirectory(prefix="typeset-") as place:
        folders = [_write_out(job, Path(place)) for job in jobs]
        answers, status = _run(folders, SECONDS_FOR_ALL + SECONDS_FOR_EACH * len(jobs))
        for job, folder in zip(jobs, folders, strict=True):
            answer = next(answers, None)
            if answer is None and status in (-15, -2):  # told to stop together with us: nobody's failure
                TypesetPdf.objects.filter(pk=job.row.pk, due_at=job.row.due_at).update(
                    due_at=timezone.now(), attempts=F("attempts") - 1
                )
            elif answer is None or "pages" not in answer:
                _fail(job, answer["problem"] if answer else _("It took more time or memory than is allowed."))
            else:
                for complaint in answer["complaints"]:
                    log.warning("%s: %s", job.piece.get_file_url(), complaint)
                _keep(job, folder, answer["pages"])


def _write_out(job: Job, place: Path) -> Path:
    folder = place / str(job.row.pk)
    folder.mkdir()
    (folder / "document.html").write_text(job.manuscript.html)
    for beside, name in job.manuscript.pictures.items():
        with default_storage.open(name) as file:
            (folder / beside).write_bytes(file.read())
    return folder


def _run(folders: list[Path], seconds: int) -> tuple[Iterator[dict[str, Any]], int]:
    """The printer's answers as far as it came, and how it ended (negative: the signal)."""
    command = [sys.executable, "-I", str(PRINTER), *map(str, folders)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program, on folders whose names we chose
            command, capture_output=True, timeout=seconds, check=False, env={}, stdin=subprocess.DEVNULL
        )
        out, status = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        out, status = late.stdout or b"", -9
    return (json.loads(line) for line in out.splitlines() if line.endswith(b"}")), status


class NotPrinted(Exception):
    """No file was made; the message says why."""


def printed(html: str, seconds: int = SECONDS_FOR_ALL) -> bytes:
    """One document of ours, printed at once for whoever waits for it. Raises NotPrinted."""
    with TemporaryDirectory(prefix="typeset-") as place:
        folder = Path(place)
        (folder / "document.html").write_text(html)
        answer = next(_run([folder], seconds)[0], {})
        if "missing" in answer:
            raise NotPrinted(MISSING % answer["missing"])
        if "pages" not in answer:
            raise NotPrinted(answer.get("problem") or _("Printing took more time or memory than is allowed."))
        return (folder / "out.pdf").read_bytes()


def _keep(job: Job, folder: Path, pages: int) -> None:
    data = (folder / "out.pdf").read_bytes()
    if len(data) > LARGEST:
        _fail(job, _("The file is larger than 5 MB. Use smaller pictures in the text."))
        return
    job.row.sha256 = hashlib.sha256(data).hexdigest()
    name = typeset_path(job.row, "")
    put(name, [data])
    values = {"file": name, "sha256": job.row.sha256, "size": len(data), "pages": pages, "made_at": timezone.now()}
    if _settle(job.row, **_read_from(job), **values):
        log.info("Typeset %s, %s pages", job.piece.get_file_url(), pages)


def _fail(job: Job, words: str) -> None:
    """Tried again in some minutes; given up after the third time, until the piece is saved again."""
    attempts = job.row.attempts
    again = None if attempts >= MOST_ATTEMPTS else timezone.now() + timedelta(minutes=attempts)
    given_up = {"stamp": job.stamp} if again is None else {}
    _settle(job.row, failed=words[:200], due_at=again, **given_up)
    log.error("Typesetting %s failed (attempt %s of %s): %s", job.piece.pk, attempts, MOST_ATTEMPTS, words)


def sweep() -> int:
    """Delete files that no row names any more: replaced ones, and those of a worker killed before it could name them.

    Only those a day old: a reader may still be fetching one, a worker may be about to name another.
    """
    count, before = 0, timezone.now() - timedelta(days=1)
    if not default_storage.exists("typeset"):
        return 0
    for folder in default_storage.listdir("typeset")[0]:
        names = [f"typeset/{folder}/{name}" for name in default_storage.listdir(f"typeset/{folder}")[1]]
        named = set(TypesetPdf.objects.filter(file__in=names).values_list("file", flat=True))
        for name in names:
            if name not in named and default_storage.get_modified_time(name) < before:
                default_storage.delete(name)
                count += 1
    return count
