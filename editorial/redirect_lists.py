"""Redirects in and out as CSV: old address, new address, and whether everything below moves too.

A file is first held against the register (`plan`), which changes nothing, and then taken in (`apply`). Cells are addresses or
refused, so that no formula, script or other site comes in; memory is bounded by the number of lines.
"""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import batched
from typing import IO, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial import redirects, targets
from editorial.models import Batch, Redirect, User

MOST_LINES = 50_000
LARGEST = 10 * 1024 * 1024  # bytes
CHUNK = 500
FOLDER = "imports"  # of the store of files; nothing there is ever served
HEADINGS = {"old", "old address", "old_path", "source", "from", "old url", "redirect from"}
YES = {"1", "yes", "true", "y", "x"}
GONE = {"", "410", "gone"}
KEPT_QUERIES = ("p=", "page_id=", "attachment_id=", "cat=", "author=")
HEAD = ("old address", "new address", "everything below", "made")


class Refused(Exception):
    """The file, or one line of it, with words for whoever brought it."""


class Line(NamedTuple):
    number: int
    old: str
    new: str  # empty: gone
    is_prefix: bool


@dataclass
class Plan:
    """What taking the file in would do. `problems` are (line, words); those lines are left out."""

    lines: int = 0
    same: int = 0
    unchecked: int = 0
    new: list[Line] = field(default_factory=list)
    replacing: list[tuple[Line, str]] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


# --- Reading --------------------------------------------------------------------------------------------------------
def read(file: IO[bytes]) -> Iterator[Line | tuple[int, str]]:
    """Each line, or its number and what is wrong with it. Raises Refused for a file that is no such list at all."""
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    line = 1
    try:
        head = text.readline(4096)
        text.seek(0)
        rows = csv.reader(text, delimiter=max(",;\t", key=head.count))
        for count, cells in enumerate(rows, 1):
            line = rows.line_num
            if count > MOST_LINES + 1:
                raise Refused(_("The file has more than 50,000 lines. Bring it in parts."))
            if not any(cell.strip() for cell in cells) or (count == 1 and cells[0].strip().lower() in HEADINGS):
                continue
            yield _line(line, cells)
    except csv.Error as error:
        raise Refused(_("Line %(line)s cannot be read: %(reason)s.") % {"line": line, "reason": error}) from None
    finally:
        text.detach()


def _encoding(file: IO[bytes]) -> str:
    """By its mark, else UTF-8 if it is that throughout, else what Excel on Windows writes. Raises Refused."""
    file.seek(0)
    head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    is_utf8, size = True, 0
    while chunk := file.read(64 * 1024):
        size += len(chunk)
        if size > LARGEST:
            raise Refused(_("The file is larger than 10 MB. Bring it in parts."))
        if b"\x00" in chunk:
            raise Refused(_("This is not a CSV file. Save the table as CSV, and bring that."))
        try:
            if is_utf8:
                decoder.decode(chunk)
        except UnicodeDecodeError:
            is_utf8 = False
    return "utf-8-sig" if is_utf8 else "cp1252"


def _line(number: int, cells: list[str]) -> Line | tuple[int, str]:
    old, new, below = [*cells, "", "", ""][:3]
    try:
        return Line(number, _old(old), _new(new), below.strip().lower() in YES)
    except Refused as refusal:
        return number, str(refusal)


def _old(cell: str) -> str:
    path, query = _parts(cell)
    kept = query if path == "/" and query.startswith(KEPT_QUERIES) else ""
    return _checked(f"{path}?{kept}" if kept else path)


def _new(cell: str) -> str:
    if cell.strip().lower() in GONE:
        return ""
    path, query = _parts(cell, only_ours=True)
    return _checked(f"{path}?{query}" if query else path)


def _parts(cell: str, *, only_ours: bool = False) -> tuple[str, str]:
    """Path and query of what stands in a cell: with or without the host, and an apostrophe that a spreadsheet put before it."""
    text = cell.strip().removeprefix("'").strip("\ufeff\u200b \u00a0")
    if not text.startswith(("/", "http://", "https://")) or text.startswith("//"):
        raise Refused(_("“%(cell)s” is no address: it begins with neither / nor https://.") % {"cell": text[:60]})
    try:
        found = urlsplit(text)
    except ValueError:
        raise Refused(_("“%(cell)s” is no address.") % {"cell": text[:60]}) from None
    ours = {urlsplit(settings.SITE_URL).hostname, *settings.ALLOWED_HOSTS}
    if only_ours and found.netloc and found.hostname not in ours:
        raise Refused(_("“%(cell)s” is on another site. Redirects stay on this one.") % {"cell": text[:60]})
    return unicodedata.normalize("NFC", unquote(found.path)) or "/", found.query


def _checked(path: str) -> str:
    if not redirects.is_local(path) or "\ufffd" in path:
        raise Refused(_("“%(cell)s” is not an address of this site.") % {"cell": path[:60]})
    if len(path) > redirects.LONGEST:
        raise Refused(_("The address is longer than %(most)s letters.") % {"most": redirects.LONGEST})
    return path


# --- Planning -------------------------------------------------------------------------------------------------------
def plan(file: IO[bytes]) -> Plan:
    """Hold the file against itself, the register and the site. Changes nothing. Raises Refused."""
    found = Plan()
    lines: dict[str, Line] = {}
    for line in read(file):
        found.lines += 1
        if not isinstance(line, Line):
            found.problems.append(line)
        elif (first := lines.get(line.old)) is None:
            lines[line.old] = line
        elif first.new == line.new:
            found.same += 1
        else:
            words = _("Line %(line)s says something else of this address. The first is kept.") % {"line": first.number}
            found.problems.append((line.number, words))
    _leave_out_standing(lines, found)
    _against_register(_without_circles(lines, found), found)
    _leave_out_dead(found)
    found.problems.sort()
    return found


def _leave_out_standing(lines: dict[str, Line], found: Plan) -> None:
    """A page that stands is shown, whatever the register says; nor does a chain lead through it."""
    for old in targets.existing([old for old in lines if "?" not in old])[0]:
        words = _("A page stands at %(address)s, and readers stay there.") % {"address": old}
        found.problems.append((lines.pop(old).number, words))


def _without_circles(lines: dict[str, Line], found: Plan) -> list[Line]:
    """Every line with where it leads in the end; those that lead back to themselves are told of."""
    ends: dict[str, str | None] = {}
    kept = []
    for line in lines.values():
        walked, here = [], line.old
        while here in lines and here not in ends and here not in walked:
            walked.append(here)
            here = lines[here].new
        end = None if here in walked else ends.get(here, here)
        ends.update(dict.fromkeys(walked, end))
    for line in lines.values():
        end = ends[line.old]
        if end is None or end == line.old:
            found.problems.append((line.number, _("It leads in a circle.")))
        else:
            kept.append(line._replace(new=end))
    return kept


def _against_register(lines: list[Line], found: Plan) -> None:
    for chunk in batched(lines, CHUNK):
        asked = {line.old for line in chunk} | {line.new for line in chunk}
        known = dict(Redirect.objects.filter(old_path__in=asked).values_list("old_path", "new_path"))
        for line in chunk:
            end = known.get(line.new, line.new)
            if end == line.old:
                found.problems.append(
                    (line.number, _("%(address)s leads back to it in the register.") % {"address": line.new})
                )
            elif line.old not in known:
                found.new.append(line._replace(new=end))
            elif known[line.old] == end:
                found.same += 1
            else:
                found.replacing.append((line._replace(new=end), known[line.old]))


def _leave_out_dead(found: Plan) -> None:
    wanted = [line.new for line in (*found.new, *(line for line, _was in found.replacing)) if line.new]
    there, unchecked = targets.existing(dict.fromkeys(wanted))
    found.unchecked = len(unchecked)

    def is_right(line: Line) -> bool:
        if not line.new or line.new in there or line.new in unchecked:
            return True
        found.problems.append((line.number, _("Readers get no page at %(address)s.") % {"address": line.new}))
        return False

    found.new = [line for line in found.new if is_right(line)]
    found.replacing = [(line, was) for line, was in found.replacing if is_right(line)]


# --- Taking in, giving out -----------------------------------------------------------------------------------------
@transaction.atomic
def apply(found: Plan, by: User | None, *, replace: bool) -> Batch:
    """Take in what the plan found to be new, and on request what leads elsewhere today. One hop stays one hop."""
    taken = [*found.new, *((line for line, _was in found.replacing) if replace else ())]
    plain = [line for line in taken if not line.is_prefix]
    for chunk in batched(plain, CHUNK):
        ends = {line.old: line.new for line in chunk}
        Redirect.objects.filter(old_path__in=ends).delete()
        Redirect.objects.bulk_create(Redirect(old_path=line.old, new_path=line.new) for line in chunk)
        leading = list(Redirect.objects.filter(new_path__in=[old for old in ends if old]))
        for row in leading:
            row.new_path = ends[row.new_path]
        Redirect.objects.bulk_update([row for row in leading if row.new_path != row.old_path], ["new_path"])
    for line in taken:
        if line.is_prefix and line.new:
            redirects.add(line.old, line.new, is_prefix=True)
        elif line.is_prefix:
            redirects.gone(line.old, is_prefix=True)
    words = _("%(count)s redirects taken in from a file of %(lines)s lines") % {
        "count": len(taken),
        "lines": found.lines,
    }
    return Batch.objects.create(kind="redirects", summary=words, count=len(taken), by=by)


def rows(redirects_: Iterable[Redirect]) -> Iterator[str]:
    """The lines of the file that `plan` would read again."""
    held = io.StringIO()
    writer = csv.writer(held)
    yield "\ufeff"  # so that Excel reads it as what it is
    writer.writerow(HEAD)
    for row in redirects_:
        writer.writerow((row.old_path, row.new_path, "yes" if row.is_prefix else "", f"{row.created_at:%Y-%m-%d}"))
        yield held.getvalue()
        held.seek(0)
        held.truncate()
    yield held.getvalue()


def sweep() -> int:
    """Throw away files that were rehearsed and not taken in within a day."""
    try:
        names = default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:
        return 0
    old = [f"{FOLDER}/{name}" for name in names]
    old = [name for name in old if default_storage.get_created_time(name) < timezone.now() - timedelta(days=1)]
    for name in old:
        default_storage.delete(name)
    return len(old)
