"""Word files for tests, written as the XML they are made of."""

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
DRAWING = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_STYLES = ("Title", "Heading 1", "Heading 2", "Quote", "Caption", "Byline")


def run(text: str, *, bold: bool = False, italic: bool = False, raised: bool = False) -> str:
    marks = "<w:b/>" * bold + "<w:i/>" * italic + '<w:vertAlign w:val="superscript"/>' * raised
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*runs: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style.replace(" ", "")}"/></w:pPr>' if style else ""
    content = "".join(each if each.startswith("<") else run(each) for each in runs)
    return f"<w:p>{named}{content}</w:p>"


def reference(number: int, kind: str = "footnote") -> str:
    return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


def link(relation: str, text: str) -> str:
    return f'<w:hyperlink r:id="{relation}">{run(text)}</w:hyperlink>'


def inserted(text: str, by: str) -> str:
    return f'<w:ins w:id="9" w:author="{by}" w:date="2026-01-01T00:00:00Z">{run(text)}</w:ins>'


def deleted(text: str, by: str) -> str:
    gone = f"<w:r><w:delText>{escape(text)}</w:delText></w:r>"
    return f'<w:del w:id="8" w:author="{by}" w:date="2026-01-01T00:00:00Z">{gone}</w:del>'


def table(*rows: list[str], header: bool = False) -> str:
    def row(cells: list[str], first: bool) -> str:
        head = "<w:trPr><w:tblHeader/></w:trPr>" if first and header else ""
        return f"<w:tr>{head}" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"

    return "<w:tbl>" + "".join(row(cells, place == 0) for place, cells in enumerate(rows)) + "</w:tbl>"


def image(relation: str, alt: str, *, linked: bool = False) -> str:
    blip = f'<a:blip r:{"link" if linked else "embed"}="{relation}"/>'
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="{escape(alt)}"/><a:graphic><a:graphicData>'
        f"<pic:pic><pic:blipFill>{blip}</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def docx(
    *blocks: str,
    footnotes: Mapping[int, str] | None = None,
    endnotes: Mapping[int, str] | None = None,
    comments: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
    images: Mapping[str, bytes] | None = None,
    extra: Mapping[str, bytes] | None = None,
) -> io.BytesIO:
    """A file with these blocks. `comments` maps authors to words, `links` and `images` relation ids to their targets."""
    relations = {"s": (f"{_TYPE}styles", "styles.xml", "")}
    parts: dict[str, bytes] = {"word/document.xml": _root("document", f"<w:body>{''.join(blocks)}</w:body>")}
    for kind, notes in (("footnote", footnotes), ("endnote", endnotes)):
        if notes:
            words = "".join(f'<w:{kind} w:id="{number}">{content}</w:{kind}>' for number, content in notes.items())
            parts[f"word/{kind}s.xml"] = _root(f"{kind}s", words)
            relations[kind] = (f"{_TYPE}{kind}s", f"{kind}s.xml", "")
    if comments:
        said = "".join(
            f'<w:comment w:id="{n}" w:author="{who}">{paragraph(words)}</w:comment>'
            for n, (who, words) in enumerate(comments.items())
        )
        parts["word/comments.xml"] = _root("comments", said)
        relations["comments"] = (f"{_TYPE}comments", "comments.xml", "")
    for relation, target in (links or {}).items():
        kind = "image" if target.endswith(".png") else "hyperlink"
        relations[relation] = (f"{_TYPE}{kind}", target, ' TargetMode="External"')
    for relation, data in (images or {}).items():
        parts[f"word/media/{relation}.png"] = data
        relations[relation] = (f"{_TYPE}image", f"media/{relation}.png", "")
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/></w:style>'
        for name in _STYLES
    )
    parts["word/styles.xml"] = _root("styles", styles)
    parts["word/_rels/document.xml.rels"] = _relations(relations)
    parts["_rels/.rels"] = _relations({"d": (f"{_TYPE}officeDocument", "word/document.xml", "")})
    parts["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="png" ContentType="image/png"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_WORD_TYPE}document.main+xml"/></Types>'
    ).encode()
    return archive({**parts, **(extra or {})})


def archive(parts: Mapping[str, bytes]) -> io.BytesIO:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    held.seek(0)
    return held


def _root(name: str, content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{name} {W} {R} {DRAWING}>{content}</w:{name}>'.encode()


def _relations(relations: Mapping[str, tuple[str, str, str]]) -> bytes:
    each = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{escape(target)}"{mode}/>'
        for key, (kind, target, mode) in relations.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>'.encode()
