"""References as other programs read them: BibTeX, RIS, CSL-JSON, and rows for spreadsheets.

Each writer takes one reference; a list is the writings one after the other between a beginning and an end.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any
from urllib.parse import quote

from publications.citing import Kind, Name, Reference

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# BibTeX counts braces even behind a backslash, so a brace can only be named.
TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{letter: f"\\{letter}" for letter in "&%$#_"},
    }
)
UNTOUCHED = "".join(chr(code) for code in range(33, 127) if chr(code) not in "{}\\")


def tex(text: str) -> str:
    return text.translate(TEX)


def _verbatim(address: str) -> str:
    """For fields that BibTeX programs read letter by letter: only what would end the field is encoded."""
    return quote(address, safe=UNTOUCHED)


def _bibtex_name(name: Name) -> str:
    """Braces keep together what is one name, whatever commas, small particles or the word `and` are in it."""
    if not name.family:
        return f"{{{tex(name.printed)}}}"
    parts = []
    for part, divides in ((name.family, r"[\s,]"), (name.given, r",|\band\b")):
        parts.append(f"{{{tex(part)}}}" if re.search(divides, part, re.IGNORECASE) else tex(part))
    return ", ".join(parts)


def bibtex(one: Reference) -> str:
    """Titles keep their capitals: the outer braces hold the field, the inner ones what styles may not change."""
    titled = {Kind.ARTICLE: "journal", Kind.NEWSPAPER: "journal", Kind.CHAPTER: "booktitle"}
    organisation = "institution" if one.kind is Kind.REPORT else "publisher"
    fields: list[tuple[str, str]] = [
        ("author", " and ".join(_bibtex_name(name) for name in one.authors)),
        ("editor", " and ".join(_bibtex_name(name) for name in one.editors)),
        ("translator", " and ".join(_bibtex_name(name) for name in one.translators)),
        ("title", f"{{{tex(one.title)}}}"),
        (titled.get(one.kind, "howpublished"), tex(one.container or one.occasion)),
        ("type", tex(one.series)),
        ("number", tex(one.issue or one.number)),
        ("volume", tex(one.volume)),
        ("pagetotal" if one.kind is Kind.BOOK else "pages", tex(re.sub("[-–—]+", "--", one.pages))),
        (organisation, tex(one.publisher)),
        ("address", tex(one.place)),
        ("year", str(one.year)),
        ("month", MONTHS[one.date[1] - 1] if len(one.date) > 1 else ""),
        ("day", str(one.date[2]) if len(one.date) > 2 else ""),
        ("doi", _verbatim(one.doi)),
        ("isbn", tex(one.isbn)),
        ("issn", tex(one.issn)),
        ("url", _verbatim(one.url)),
        ("language", tex(one.language)),
        ("abstract", tex(one.abstract)),
    ]
    # Months are words that each style defines in its own language, so they stand without braces.
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields if value]
    return "\n".join([f"@{one.kind.bibtex}{{{one.key},", *lines, "}", ""])


def ris(one: Reference) -> str:
    first, last = one.page_range
    date = [f"{part:02}" for part in one.date]
    lines: list[tuple[str, str]] = [
        ("TY", one.kind.ris),
        *(("AU", name.inverted) for name in one.authors),
        *(("ED", name.inverted) for name in one.editors),
        *(("A4", name.inverted) for name in one.translators),
        ("TI", one.title),
        ("T2", one.container or one.series),
        ("PY", str(one.year)),
        ("DA", "/".join([*date, *([""] * (4 - len(date)))])),
        ("VL", one.volume),
        ("IS", one.issue or one.number),
        ("SP", first),
        ("EP", last),
        ("PB", one.publisher),
        ("CY", one.place),
        ("SN", one.isbn or one.issn),
        ("DO", one.doi),
        ("UR", one.url),
        ("L1", one.file_url),
        ("LA", one.language),
        ("N1", one.occasion),
        ("AB", one.abstract),
        ("ID", one.key),
    ]
    body = "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value)
    return f"{body}ER  - \r\n\r\n"


def csl(one: Reference) -> dict[str, Any]:
    """An item of CSL-JSON (schema 1.0.2)."""

    def named(names: Iterable[Name]) -> list[dict[str, str]]:
        return [
            {"family": name.family, "given": name.given} if name.family else {"literal": name.printed} for name in names
        ]

    item = {
        "id": one.key,
        "type": one.kind.csl,
        "title": one.title,
        "author": named(one.authors),
        "editor": named(one.editors),
        "translator": named(one.translators),
        "issued": {"date-parts": [list(one.date)]},
        "container-title": one.container,
        "collection-title": one.series,
        "number": one.number,
        "event-title": one.occasion,
        "publisher": one.publisher,
        "publisher-place": one.place,
        "volume": one.volume,
        "issue": one.issue,
        "number-of-pages" if one.kind is Kind.BOOK else "page": one.pages,
        "DOI": one.doi,
        "ISBN": one.isbn,
        "ISSN": one.issn,
        "URL": one.url,
        "language": one.language,
        "abstract": one.abstract,
    }
    return {name: value for name, value in item.items() if value}


def csl_json(one: Reference) -> str:
    return json.dumps(csl(one), ensure_ascii=False)


COLUMNS: tuple[tuple[str, Callable[[Reference], str]], ...] = (
    ("Number", lambda one: one.number),
    ("Title", lambda one: one.title),
    ("Authors", lambda one: "; ".join(name.inverted for name in one.authors)),
    ("Editors", lambda one: "; ".join(name.inverted for name in one.editors)),
    ("Date", lambda one: "-".join(f"{part:02}" for part in one.date)),
    ("Series", lambda one: one.series),
    ("Published in", lambda one: one.container),
    ("Publisher", lambda one: one.publisher),
    ("Volume", lambda one: one.volume),
    ("Issue", lambda one: one.issue),
    ("Pages", lambda one: one.pages),
    ("DOI", lambda one: one.doi),
    ("ISBN", lambda one: one.isbn),
    ("ISSN", lambda one: one.issn),
    ("Language", lambda one: one.language),
    ("Address", lambda one: one.url),
    ("PDF", lambda one: one.file_url),
    ("Abstract", lambda one: one.abstract),
)


FORMULA = set("=+-@＝＋－＠")


def cell(text: str) -> str:
    """Spreadsheets run what begins like a formula; an apostrophe before it makes it text (OWASP, CSV Injection)."""
    return f"'{text}" if text.lstrip()[:1] in FORMULA else text


def _row(cells: Iterable[str]) -> str:
    line = StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(cells)
    return line.getvalue()


def row_of_cells(cells: Iterable[str]) -> str:
    """A line of a table in which nothing is run as a formula."""
    return _row(map(cell, cells))


def csv_row(one: Reference) -> str:
    return row_of_cells(value(one) for _name, value in COLUMNS)


@dataclass(frozen=True)
class Format:
    """How a list is written in one format. `opens` with a byte order mark where spreadsheets want one to see UTF-8."""

    label: str
    content_type: str
    write: Callable[[Reference], str]
    opens: str = ""
    joint: str = ""
    closes: str = ""

    def lines(self, references: Iterable[Reference]) -> Iterator[str]:
        yield self.opens
        for count, one in enumerate(references):
            yield (self.joint if count else "") + self.write(one)
        yield self.closes


FORMATS = {
    "bib": Format("BibTeX", "application/x-bibtex", bibtex, joint="\n"),
    "ris": Format("RIS", "application/x-research-info-systems", ris),
    "json": Format("CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json, "[\n", ",\n", "\n]\n"),
    "csv": Format("CSV", "text/csv", csv_row, "\ufeff" + _row(name for name, _value in COLUMNS)),
}
# A piece alone is not a table.
OF_ONE = {name: FORMATS[name] for name in ("bib", "ris", "json")}
