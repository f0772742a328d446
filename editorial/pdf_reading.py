"""Reads one PDF and prints what was found as JSON: {"problem": ...} or {"pages": 12, "has_text": true}.

With "text" as second argument: {"text": ..., "links": [...]}: its words, and the web addresses it links to.

A program of its own, started by editorial.examining and editorial.pdf_texts: a PDF that loops or swells ends this process, not the site.
"""

import json
import logging
import re
import resource
import sys
import time
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
MOST_OBJECTS = 1_000_000
PAGES_READ_FOR_TEXT = 5
# Fewer letters than this on the first pages: a scan, perhaps with a stamp.
FEWEST_LETTERS = 20
TEXT_SECONDS = 8
# What a search for words needs of a book, and how long may be taken to get it.
LONGEST_TEXT = 500_000
WHOLE_TEXT_SECONDS = 60
MOST_LINKS = 300
LONGEST_LINK = 500
PRINTED = re.compile(r"https?://[^\s<>\"“”]+")

ACTIONS = {
    "/JavaScript": "script",
    "/Rendition": "script",
    "/Launch": "launch",
    "/SubmitForm": "submit",
    "/ImportData": "submit",
}
PROGRAM_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
)
PROGRAM_ENDINGS = (
    ".exe", ".dll", ".com", ".scr", ".msi", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jse", ".wsf", ".hta", ".jar",
    ".sh", ".app", ".lnk", ".docm", ".xlsm", ".pptm", ".html", ".htm", ".svg",
)  # fmt: skip


class Found(Exception):
    """Ends the walk: the file holds what is not taken."""


def main(path: str) -> dict[str, Any]:
    limit()
    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            return {"problem": "encrypted"}
        walk(reader)
        pages = len(reader.pages)
        if pages == 0:
            return {"problem": "pages"}
        return {"pages": pages, "has_text": has_text(reader, pages)}
    except Found as found:
        return {"problem": str(found)}
    except (MemoryError, RecursionError):
        return {"problem": "effort"}
    except Exception:  # noqa: BLE001 -- a damaged PDF can break a reader in any way
        return {"problem": "damaged"}


def limit(seconds: int = SECONDS) -> None:
    for kind, figure in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, seconds)):
        try:
            resource.setrlimit(kind, (figure, figure))
        except (ValueError, OSError):  # not on every system; the time limit of the caller still holds
            pass


def walk(reader: PdfReader) -> None:
    """Look at every object that can be reached, and at every one that is listed though nothing leads to it."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer]
    waiting += [
        IndirectObject(number, generation, reader) for generation, rows in reader.xref.items() for number in rows
    ]
    waiting += [IndirectObject(number, 0, reader) for number in reader.xref_objStm]
    count = 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, IndirectObject):
            if (value.idnum, value.generation) in seen:
                continue
            seen.add((value.idnum, value.generation))
            value = value.get_object()
        count += 1
        if count > MOST_OBJECTS:
            raise Found("effort")
        if isinstance(value, DictionaryObject):
            judge(value)
            waiting.extend(value.values())
        elif isinstance(value, ArrayObject):
            waiting.extend(value)


def judge(value: DictionaryObject) -> None:
    action = value.get("/S")
    if isinstance(action, str) and action in ACTIONS:
        if action == "/Rendition" and "/JS" not in value:
            return
        raise Found(ACTIONS[action])
    if "/JS" in value:
        raise Found("script")
    if "/EF" in value:
        judge_attachment(value)


def judge_attachment(value: DictionaryObject) -> None:
    for key in ("/F", "/UF"):
        name = value.get(key)
        if isinstance(name, str | bytes):
            text = name if isinstance(name, str) else name.decode("latin-1")
            if text.lower().strip(" .\x00").endswith(PROGRAM_ENDINGS):
                raise Found("program")
    files = value["/EF"]
    for stream in files.values() if isinstance(files, DictionaryObject) else ():
        content = stream.get_object()
        if hasattr(content, "get_data") and content.get_data().startswith(PROGRAM_STARTS):
            raise Found("program")


def has_text(reader: PdfReader, pages: int) -> bool:
    """Whether the first pages hold letters. Given up as yes when it takes too long: many operators are drawn text."""
    letters, until = 0, time.monotonic() + TEXT_SECONDS
    for number in range(min(pages, PAGES_READ_FOR_TEXT)):
        try:
            letters += sum(char.isalnum() for char in reader.pages[number].extract_text())
        except (MemoryError, RecursionError):
            raise
        except Exception:  # noqa: BLE001, S112 -- one page that cannot be read does not make it a scan
            continue
        if letters >= FEWEST_LETTERS or time.monotonic() > until:
            return True
    return False


def text(path: str) -> dict[str, Any]:
    limit(WHOLE_TEXT_SECONDS + SECONDS)
    pages: list[str] = []
    links: list[str] = []
    length, until = 0, time.monotonic() + WHOLE_TEXT_SECONDS
    try:
        for page in PdfReader(path).pages:
            try:
                links += links_of(page)
                pages.append(page.extract_text().replace("\x00", " "))
            except (MemoryError, RecursionError):
                raise
            except Exception:  # noqa: BLE001, S112 -- one page that cannot be read leaves the others
                continue
            length += len(pages[-1])
            if length > LONGEST_TEXT or time.monotonic() > until:
                break
    except (MemoryError, RecursionError):
        return {"problem": "effort"}
    except Exception:  # noqa: BLE001 -- as above
        return {"problem": "damaged"}
    words = "\n".join(pages)[:LONGEST_TEXT]
    links += [found.rstrip(".,;:)]}") for found in PRINTED.findall(words)]
    return {
        "text": words,
        "links": list(dict.fromkeys(link for link in links if len(link) <= LONGEST_LINK))[:MOST_LINKS],
    }


def links_of(page: Any) -> list[str]:
    """The web addresses behind the areas of a page that can be clicked."""
    found = []
    for one in page.get("/Annots") or ():
        action = one.get_object().get("/A")
        address = action.get_object().get("/URI") if action is not None else None
        if isinstance(address, bytes):
            address = address.decode("latin-1")
        if isinstance(address, str) and address.startswith(("http://", "https://")):
            found.append(str(address))
    return found


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    job = text if sys.argv[2:] == ["text"] else main
    sys.stdout.write(json.dumps(job(sys.argv[1])))
