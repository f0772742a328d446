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
    parts = [b"/P << /MCID 0 >> BDC BT /F1 11 Tf 62 780 Td %d TL" % LEADING]
    parts += [b"(%s) Tj T*" % _escaped(line) for line in lines]
    parts.append(b"ET EMC /Artifact BMC BT /F1 9 Tf 290 36 Td (%d) Tj ET EMC" % number)
    return b"\n".join(parts)


def _escaped(text: str) -> bytes:
    return re.sub(rb"([()\\])", rb"\\\1", text.encode("cp1252", errors="replace"))


def _tags(first: int, pages: int) -> list[bytes]:
    """The tree of tags, from object `first` on: a document of one paragraph for each page."""
    keys = range(first + 2, first + 2 + pages)
    nums = b" ".join(b"%d [%d 0 R]" % pair for pair in enumerate(keys))
    kids = b" ".join(b"%d 0 R" % key for key in keys)
    return [
        b"<< /Type /StructTreeRoot /K %d 0 R /ParentTree << /Nums [%s] >> >>" % (first + 1, nums),
        b"<< /Type /StructElem /S /Document /P %d 0 R /K [%s] >>" % (first, kids),
        *(
            b"<< /Type /StructElem /S /P /P %d 0 R /Pg %d 0 R /K 0 >>" % (first + 1, 5 + 2 * index)
            for index in range(pages)
        ),
    ]


def _assemble(contents: list[bytes], title: str) -> bytes:
    """Objects 1 to 4 are catalogue, page list, typeface and information; then two for each page; then the tags."""
    tags = 5 + 2 * len(contents)
    kids = b" ".join(b"%d 0 R" % (5 + 2 * index) for index in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) /MarkInfo << /Marked true >> /StructTreeRoot %d 0 R"
        b" /ViewerPreferences << /DisplayDocTitle true >> >>" % tags,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
        b"<< /Title (%s) >>" % _escaped(title),
    ]
    for index, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
            b" /StructParents %d /Contents %d 0 R >>" % (index, 6 + 2 * index)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    objects += _tags(tags, len(contents))
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
