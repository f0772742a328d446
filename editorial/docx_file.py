"""Looks at a .docx file before anything reads it: what it is, how large it becomes, whose changes it still holds."""

import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree

MAX_FILE: Final = 25 * 1024 * 1024
MAX_UNPACKED: Final = 200 * 1024 * 1024
# 10,000 words with notes come to about 1 MB; reading takes up to a hundred times the size in memory.
MAX_PART: Final = 8 * 1024 * 1024
_MAX_PARTS: Final = 3000
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT_PART: Final = re.compile(r"word/(?:document\d*|footnotes|endnotes|comments)\.xml\Z")
_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


class DocxError(ValueError):
    """The file cannot become a draft as it is. The message tells an editor why and what to do."""


class NotADocxError(DocxError):
    def __init__(self, words: str = "") -> None:
        super().__init__(words or _("This is not a Word document. Choose a file that ends in .docx."))


class DocxTooLargeError(DocxError):
    pass


class DocxDamagedError(DocxError):
    def __init__(self) -> None:
        super().__init__(
            _("The file is damaged and cannot be read. Open it in Word, save it under a new name and try again.")
        )


class DocxHasChangesError(DocxError):
    """Somebody has still to decide about tracked changes or comments; `changes` and `comments` count them by name."""

    def __init__(self, changes: Counter[str], comments: Counter[str]) -> None:
        self.changes = changes
        self.comments = comments
        parts = []
        if changes:
            number = changes.total()
            parts.append(ngettext("%d tracked change", "%d tracked changes", number) % number + _by(changes))
        if comments:
            number = comments.total()
            parts.append(ngettext("%d comment", "%d comments", number) % number + _by(comments))
        super().__init__(
            _("The file still has %(what)s. Settle them in Word, or accept all changes and drop the comments here.")
            % {"what": _(" and ").join(parts)}
        )


@dataclass
class Inspected:
    changes: Counter[str] = field(default_factory=Counter)
    comments: Counter[str] = field(default_factory=Counter)
    has_hidden_text: bool = False


def inspect(file: IO[bytes], *, accept_changes: bool) -> Inspected:
    """Return what the file holds beside its text. Raises DocxError as `editorial.docx.read_docx` says."""
    file.seek(0, 2)
    if file.tell() > MAX_FILE:
        raise DocxTooLargeError(
            _("The file is larger than %s MB. Shrink its pictures in Word (Compress Pictures) and try again.")
            % number_format(MAX_FILE // 1024 // 1024)
        )
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise NotADocxError(
            _("This is an old .doc file or has a password. Open it in Word and save it as an unlocked .docx.")
        )
    try:
        with zipfile.ZipFile(file) as archive:
            return _inspect_parts(archive, accept_changes=accept_changes)
    except zipfile.BadZipFile as error:
        if start.startswith(b"PK"):
            raise DocxDamagedError from error
        raise NotADocxError from error
    except (zlib.error, NotImplementedError, EOFError, RuntimeError, OSError, etree.XMLSyntaxError) as error:
        raise DocxDamagedError from error


def _inspect_parts(archive: zipfile.ZipFile, *, accept_changes: bool) -> Inspected:
    parts = archive.infolist()
    # zipfile never unpacks more of a part than the size written here, so a lying archive cannot grow past it.
    xml = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
    too_much = (
        len(parts) > _MAX_PARTS
        or sum(part.file_size for part in parts) > MAX_UNPACKED
        or any(part.file_size > MAX_PART for part in xml)
    )
    if too_much:
        raise DocxTooLargeError(
            _("The file unpacks to more than an article can be. Save the text alone as a new document.")
        )
    names = {part.filename for part in parts}
    if "word/document.xml" not in names or "[Content_Types].xml" not in names:
        raise NotADocxError
    if any(name.endswith("vbaProject.bin") for name in names):
        raise NotADocxError(_("The document holds macros. Save it in Word as a .docx without macros."))
    inspected = Inspected()
    for part in xml:
        root = etree.fromstring(archive.read(part), _PARSER)
        if root.getroottree().docinfo.internalDTD is not None:
            raise DocxDamagedError
        if _TEXT_PART.match(part.filename):
            _note_changes(root, inspected)
    if (inspected.changes or inspected.comments) and not accept_changes:
        raise DocxHasChangesError(inspected.changes, inspected.comments)
    return inspected


def _note_changes(root: etree._Element, inspected: Inspected) -> None:
    for change in root.iter(f"{_W}ins", f"{_W}del", f"{_W}moveFrom"):
        inspected.changes[change.get(f"{_W}author") or _("somebody unnamed")] += 1
    for comment in root.iter(f"{_W}comment"):
        inspected.comments[comment.get(f"{_W}author") or _("somebody unnamed")] += 1
    for hidden in root.iter(f"{_W}vanish"):
        inspected.has_hidden_text |= hidden.get(f"{_W}val", "1") not in ("0", "false", "off")


def _by(people: Counter[str]) -> str:
    return " (" + ", ".join(f"{name}: {number}" for name, number in people.most_common(5)) + ")"
