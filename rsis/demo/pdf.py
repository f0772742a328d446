"""A small PDF of a text, written by hand: plain lines in a standard typeface, enough to open, read and search."""

import re
import textwrap

from lxml import html as lxml_html

LINES_A_PAGE = 46
CHARACTERS_A_LINE = 84
LEADING = 15


def render(title: str, authors: list[str], day: str, synopsis: str, body: str) -> bytes:
    """Characters outside Western European scripts become question marks: the standard typefaces have no others."""
    lines = [*textwrap.wrap(title, 60), "", ", ".join(authors), day, ""]
    for paragraph in [synopsis, *_paragraphs(body)]:
        lines += [*textwrap.wrap(paragraph, CHARACTERS_A_LINE), ""]
    pages = [lines[start : start + LINES_A_PAGE] for start in range(0, len(lines), LINES_A_PAGE)]
    return _assemble([_page(page, number) for number, page in enumerate(pages, start=1)], title)


def _paragraphs(body: str) -> list[str]:
    if not body:
        return []
    root = lxml_html.fragment_fromstring(body, create_parent="div")
    blocks = root.iter("h2", "h3", "p", "li", "td", "th", "caption")
    return [" ".join(block.text_content().split()) for block in blocks]


def _page(lines: list[str], number: int) -> bytes:
    parts = [b"BT /F1 11 Tf 62 780 Td %d TL" % LEADING]
    parts += [b"(%s) Tj T*" % _escaped(line) for line in lines]
    parts.append(b"ET BT /F1 9 Tf 290 36 Td (%d) Tj ET" % number)
    return b"\n".join(parts)


def _escaped(text: str) -> bytes:
    return re.sub(rb"([()\\])", rb"\\\1", text.encode("cp1252", errors="replace"))


def _assemble(contents: list[bytes], title: str) -> bytes:
    """Objects 1 to 4 are catalogue, page list, typeface and information; then two for each page."""
    kids = b" ".join(b"%d 0 R" % (5 + 2 * index) for index in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
        b"<< /Title (%s) >>" % _escaped(title),
    ]
    for index, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
            b" /Contents %d 0 R >>" % (6 + 2 * index)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
    return bytes(out)
