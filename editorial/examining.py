"""What a document from outside really is, found in its bytes, before anything of it is kept."""

import hashlib
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from editorial import scanning
from editorial.models import Document
from editorial.storing import put

# As an alias it is never evaluated: File takes its parameter only in the stubs.
type Upload = File[bytes]

MEGABYTE = 1024 * 1024
LARGEST = {"pdf": 100 * MEGABYTE, "audio": 300 * MEGABYTE, "video": 1024 * MEGABYTE, "source": 25 * MEGABYTE}
SUFFIXES = {
    "pdf": {"pdf"},
    "audio": {"mp3", "m4a", "m4b", "ogg", "oga", "opus"},
    "video": {"mp4", "m4v", "webm"},
    "source": {"docx"},
}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORD_MOST_FILES = 5_000
WORD_LARGEST_UNPACKED = 300 * MEGABYTE
AUDIO_BRANDS = {b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"dash"}
VIDEO_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"}
PDF_SECONDS = 30
# A PDF may end with some rubbish, but a whole one has its end mark near the end.
PDF_END_WITHIN = 64 * 1024

PDF_PROBLEMS = {
    "encrypted": gettext_lazy("The PDF is protected by a password or restricted. Save it without protection."),
    "script": gettext_lazy("The PDF holds a script. Print it to a new PDF, or save it without scripts."),
    "launch": gettext_lazy("The PDF tries to start a program. It is not taken."),
    "submit": gettext_lazy("The PDF holds a form that sends data elsewhere. Print it to a new PDF."),
    "program": gettext_lazy("A program is attached inside the PDF. Remove the attachment."),
    "pages": gettext_lazy("The PDF has no pages."),
    "damaged": gettext_lazy("The PDF is damaged or not a PDF. Open it, save it again, and try that file."),
    "effort": gettext_lazy(
        "The PDF takes too long or too much memory to read. Print it to a new PDF and try that file."
    ),
}


class UploadRefused(Exception):
    """The file is not taken. The message tells the editor why, and what to do."""


@dataclass(frozen=True)
class Facts:
    """What is known of a file that was taken, and under which name its bytes are stored."""

    original_name: str
    content_type: str
    suffix: str
    size: int
    sha256: str
    stored_name: str
    pages: int | None = None
    has_text: bool = True


def examine(file: Upload, kind: str, keep: bool = True) -> Facts:
    """Check a file against what this Document.Kind may be, and store its bytes. Raises UploadRefused with words."""
    file.seek(0)
    name = clean_name(file.name or "")
    _stem, dot, ending = name.rpartition(".")
    try:
        with NamedTemporaryFile(suffix=".upload") as copy:
            size, sha256 = _copy(file, copy, LARGEST[kind])
            copy.flush()
            path = Path(copy.name)
            refuse_infected(_chunks(path))
            content_type, suffix = _identify(path, kind)
            if dot and ending.lower() not in SUFFIXES[kind]:
                raise UploadRefused(
                    _("The name of the file ends in .%(ending)s. For this it has to end in: %(endings)s.")
                    % {"ending": ending[:20], "endings": ", ".join(sorted(SUFFIXES[kind]))}
                )
            stored_name = f"documents/{sha256[:2]}/{sha256}{suffix}"
            facts = Facts(name, content_type, suffix, size, sha256, stored_name)
            if kind == Document.Kind.PDF:
                facts = _with_pages(facts, path)
            if keep:
                put(stored_name, _chunks(path))
    except OSError as error:
        raise UploadRefused(cannot_store(error)) from error
    finally:
        file.seek(0)
    return facts


def refuse_infected(pieces: Iterable[bytes]) -> None:
    """Raise UploadRefused for what the virus scanner knows, and while it cannot be asked."""
    try:
        scanning.scan(pieces)
    except scanning.Infected as found:
        raise UploadRefused(
            _("The virus scanner knows this file as “%(name)s”. It is not taken.") % {"name": str(found)[:80]}
        ) from None
    except scanning.ScannerAway:
        raise UploadRefused(
            _("The virus scanner does not answer, so no file is taken. Try again in a while; tell the administrator.")
        ) from None


def cannot_store(error: OSError) -> str:
    return _("The file could not be stored (%(reason)s). Nothing was changed; tell the administrator.") % {
        "reason": error.strerror or type(error).__name__
    }


def clean_name(name: str) -> str:
    """The last part of the name an upload came with, fit to be shown: composed (NFC), without control characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(char for char in last if unicodedata.category(char) not in {"Cc", "Cf", "Cs"}).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[: 250 - len(ending)]}{dot}{ending[:50]}" if len(shown) > 250 and dot else shown[:250]


def _copy(file: Upload, target: IO[bytes], largest: int) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for chunk in file.chunks():
        size += len(chunk)
        if size > largest:
            raise UploadRefused(
                _("The file is larger than %(megabytes)d MB. Save it smaller and try again.")
                % {"megabytes": largest // MEGABYTE}
            )
        digest.update(chunk)
        target.write(chunk)
    if size == 0:
        raise UploadRefused(_("The file is empty."))
    return size, digest.hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(MEGABYTE):
            yield chunk


def _identify(path: Path, kind: str) -> tuple[str, str]:
    """Content type and suffix by signature. Raises UploadRefused when the bytes are nothing this kind may be."""
    with path.open("rb") as file:
        head = file.read(4096)
    match kind:
        case Document.Kind.PDF:
            found = ("application/pdf", ".pdf") if head.startswith(b"%PDF-") and _has_end(path) else None
            words = _("This is not a PDF, or its end is missing. Open it, save it again as PDF, and try that file.")
        case Document.Kind.AUDIO:
            found, words = _audio(head), _("This is not an MP3, M4A or Ogg recording.")
        case Document.Kind.VIDEO:
            found, words = _video(head), _("This is not an MP4 or WebM video.")
        case _:
            found, words = _word(path), _("This is not a Word document (.docx) without macros.")
    if found is None:
        raise UploadRefused(words)
    return found


def _has_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - PDF_END_WITHIN))
        return b"%%EOF" in file.read()


def _audio(head: bytes) -> tuple[str, str] | None:
    if head.startswith(b"ID3") or (len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):  # MPEG layer III
        return "audio/mpeg", ".mp3"
    if head.startswith(b"OggS"):
        return "audio/ogg", ".ogg"
    if head[4:8] == b"ftyp" and head[8:12] in AUDIO_BRANDS:
        return "audio/mp4", ".m4a"
    return None


def _video(head: bytes) -> tuple[str, str] | None:
    if head[4:8] == b"ftyp" and head[8:12] in VIDEO_BRANDS:
        return "video/mp4", ".mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return "video/webm", ".webm"
    return None


def _word(path: Path) -> tuple[str, str] | None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        return None
    names = {entry.filename for entry in entries}
    is_word = {"[Content_Types].xml", "word/document.xml"} <= names
    is_small = len(entries) <= WORD_MOST_FILES and sum(entry.file_size for entry in entries) <= WORD_LARGEST_UNPACKED
    has_macros = any("vbaproject" in name.lower() for name in names)
    return (WORD, ".docx") if is_word and is_small and not has_macros else None


def _with_pages(facts: Facts, path: Path) -> Facts:
    """Read the PDF in a program of its own, with limits of time and memory that hold whatever is in it."""
    reader = Path(__file__).with_name("pdf_reading.py")
    try:
        done = subprocess.run(  # noqa: S603 -- our own program, on a file whose name we chose
            [sys.executable, "-I", reader, path], capture_output=True, timeout=PDF_SECONDS, check=False
        )
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        found = {"problem": "effort"}
    if problem := found.get("problem"):
        raise UploadRefused(str(PDF_PROBLEMS[problem]))
    return replace(facts, pages=found["pages"], has_text=found["has_text"])
