import io
import time
from collections import Counter

import pytest

from editorial.docx import Draft, DraftImage, read_docx
from editorial.docx_file import DocxDamagedError, DocxError, DocxHasChangesError, DocxTooLargeError, NotADocxError
from tests.editorial.docx_builder import archive, deleted, docx, image, inserted, link, paragraph, reference, run, table

PNG = b"\x89PNG\r\n\x1a\n not a real one"


@pytest.fixture(scope="module")
def commentary() -> Draft:
    return read_docx(
        docx(
            paragraph("Straits and Statecraft", style="Title"),
            paragraph("By Tan Mei Ling and R. Kumar"),
            paragraph(run("SYNOPSIS", bold=True)),
            paragraph("Shipping lanes are politics by other means."),
            paragraph(run("COMMENTARY", bold=True)),
            paragraph("The lanes", style="Heading 1"),
            paragraph(
                "First", reference(1), " with ", run("emphasis", italic=True), " and x", run("2", raised=True), "."
            ),
            table([paragraph("Year"), paragraph("Ships")], [paragraph("2025"), paragraph("3")], header=True),
            paragraph("See ", link("l1", "the report"), reference(1, "endnote"), "."),
            paragraph(image("i1", "A port at dawn")),
            paragraph("Details", style="Heading 2"),
            paragraph("Said.", style="Quote"),
            paragraph("“Curly”, 中文, العربية."),
            paragraph(run("About the Authors", bold=True)),
            paragraph("Tan Mei Ling is a ", run("Fellow", italic=True), "."),
            footnotes={1: paragraph(" See ", run("Survival", italic=True), ", p. 4.")},
            endnotes={1: paragraph("At the end.")},
            links={"l1": "https://example.org/report"},
            images={"i1": PNG},
        )
    )


def test_the_fields_of_a_commentary_are_found(commentary: Draft) -> None:
    assert commentary.title == "Straits and Statecraft"
    assert commentary.byline == "Tan Mei Ling and R. Kumar"
    assert commentary.synopsis == "Shipping lanes are politics by other means."
    assert commentary.about == "<p>Tan Mei Ling is a <em>Fellow</em>.</p>"


def test_the_text_has_headings_header_cells_links_and_notes(commentary: Draft) -> None:
    assert commentary.body == (
        "<h2>The lanes</h2>\n"
        '<p>First<sup class="fn" data-note="See &lt;em&gt;Survival&lt;/em&gt;, p. 4."></sup> with <em>emphasis</em> and x<sup>2</sup>.</p>\n'
        '<table><thead><tr><th scope="col">Year</th><th scope="col">Ships</th></tr></thead><tbody><tr><td>2025</td><td>3</td></tr>'
        "</tbody></table>\n"
        '<p>See <a href="https://example.org/report">the report</a><sup class="fn" data-note="At the end."></sup>.</p>\n'
        "<h3>Details</h3>\n<blockquote><p>Said.</p></blockquote>\n<p>“Curly”, 中文, العربية.</p>"
    )
    assert commentary.notes == 2


def test_pictures_are_handed_over_with_their_place(commentary: Draft) -> None:
    assert commentary.images == [DraftImage(PNG, "image/png", "A port at dawn", "See the report.")]
    assert "A picture stood after “… See the report.”" in " ".join(commentary.report)


def test_the_first_heading_is_the_title_when_no_style_says_so() -> None:
    draft = read_docx(docx(paragraph("A heading", style="Heading 1"), paragraph("Text.")))
    assert (draft.title, draft.body) == ("A heading", "<p>Text.</p>")


def test_a_sentence_that_begins_with_by_is_not_a_byline() -> None:
    draft = read_docx(
        docx(paragraph("T", style="Title"), paragraph("By 2030 trade doubles"), paragraph("By then all is lost."))
    )
    assert draft.byline == ""
    assert draft.body == "<p>By 2030 trade doubles</p>\n<p>By then all is lost.</p>"


def test_a_heading_inside_the_text_is_not_the_title() -> None:
    draft = read_docx(
        docx(*[paragraph(f"Text {n}.") for n in range(4)], paragraph("Part", style="Heading 1"), paragraph("x"))
    )
    assert draft.title == ""
    assert "<h2>Part</h2>" in draft.body


@pytest.mark.parametrize(
    ("blocks", "synopsis", "body"),
    [
        ([paragraph("Abstract: In short."), paragraph("Text.")], "In short.", "<p>Text.</p>"),
        ([paragraph("Synopsis"), paragraph("In short."), paragraph("Text."), paragraph("More.")], "In short.", "<p>Text.</p>\n<p>More.</p>"),
        ([paragraph("ABSTRACT"), paragraph("One."), paragraph("Two."), paragraph("Commentary"), paragraph("Text.")], "One.\n\nTwo.", "<p>Text.</p>"),
        ([paragraph("Text.")], "", "<p>Text.</p>"),
    ],
)  # fmt: skip
def test_the_synopsis_ends_where_the_text_begins(blocks: list[str], synopsis: str, body: str) -> None:
    draft = read_docx(docx(*blocks))
    assert (draft.synopsis, draft.body) == (synopsis, body)


CHANGED = [
    paragraph("Kept ", deleted("old", "Tan Mei Ling"), inserted("new", "R. Kumar"), inserted("er", "R. Kumar"), ".")
]


def test_tracked_changes_and_comments_are_refused_by_name() -> None:
    with pytest.raises(DocxHasChangesError) as refused:
        read_docx(docx(*CHANGED, comments={"S. Lim": "Really?"}))
    assert refused.value.changes == Counter({"R. Kumar": 2, "Tan Mei Ling": 1})
    assert refused.value.comments == Counter({"S. Lim": 1})
    assert str(refused.value) == (
        "The file still has 3 tracked changes (R. Kumar: 2, Tan Mei Ling: 1) and 1 comment (S. Lim: 1). "
        "Settle them in Word, or accept all changes and drop the comments here."
    )


def test_changes_are_accepted_by_explicit_choice() -> None:
    draft = read_docx(docx(*CHANGED, comments={"S. Lim": "Really?"}), accept_changes=True)
    assert draft.body == "<p>Kept newer.</p>"
    assert draft.report == ["Tracked changes were accepted and comments left out."]


def test_changes_inside_a_note_are_seen_too() -> None:
    with pytest.raises(DocxHasChangesError):
        read_docx(docx(paragraph("a", reference(1)), footnotes={1: paragraph(inserted("x", "A"))}))


def test_hidden_text_is_reported() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
    assert "hidden text" in " ".join(read_docx(docx(paragraph("a", hidden))).report)


def test_a_linked_picture_is_never_fetched() -> None:
    draft = read_docx(docx(paragraph("a", image("x", "y", linked=True)), links={"x": "http://127.0.0.1:9/x.png"}))
    assert draft.images == []
    assert draft.report == ["1 picture is not in the file."]


def test_hostile_words_and_links_are_cleaned() -> None:
    draft = read_docx(
        docx(
            paragraph(run("<script>x</script>"), link("l", "y"), reference(1)),
            footnotes={1: paragraph(run("<img onerror=x>"))},
            links={"l": "javascript:x"},
        )
    )
    assert draft.body == (
        '<p>&lt;script&gt;x&lt;/script&gt;y<sup class="fn" data-note="&amp;lt;img onerror=x&amp;gt;"></sup></p>'
    )


BOMB = b"<w:x>" + b" " * (9 * 1024 * 1024) + b"</w:x>"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
DEEP = b"<a>" * 5000 + b"</a>" * 5000


@pytest.mark.parametrize(
    ("file", "error"),
    [
        (io.BytesIO(b""), NotADocxError),
        (io.BytesIO(b"%PDF-1.7 not Word"), NotADocxError),
        (io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old .doc"), NotADocxError),
        (archive({"xl/workbook.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), NotADocxError),
        (docx(paragraph("a"), extra={"word/vbaProject.bin": b"x"}), NotADocxError),
        (io.BytesIO(docx(paragraph("a")).getvalue()[:-40]), DocxDamagedError),
        (docx(paragraph("a"), extra={"word/document.xml": b"<w:p>"}), DocxDamagedError),
        (docx(paragraph("a"), extra={"word/styles.xml": LAUGHS}), DocxDamagedError),
        (docx(paragraph("a"), extra={"word/document.xml": LAUGHS.decode().encode("utf-16")}), DocxDamagedError),
        (docx(paragraph("a"), extra={"word/footnotes.xml": DEEP}), DocxDamagedError),
        (docx(paragraph("a"), extra={"word/big.xml": BOMB}), DocxTooLargeError),
        (io.BytesIO(b"PK" + b"x" * (25 * 1024 * 1024)), DocxTooLargeError),
        (archive({f"word/{n}.xml": b"<a/>" for n in range(3001)}), DocxTooLargeError),
    ],
    ids=[
        "empty",
        "pdf",
        "doc",
        "xlsx",
        "macros",
        "cut",
        "unclosed",
        "laughs",
        "laughs16",
        "deep",
        "bomb",
        "large",
        "many",
    ],
)
def test_what_is_no_draft_is_refused_in_words(file: io.BytesIO, error: type[DocxError]) -> None:
    with pytest.raises(error) as refused:
        read_docx(file)
    assert type(refused.value) is error
    assert str(refused.value).endswith(".")


def test_pictures_that_unpack_to_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("editorial.docx_file.MAX_UNPACKED", 50_000)
    with pytest.raises(DocxTooLargeError):
        read_docx(docx(paragraph("a"), images={"i": b"\0" * 60_000}))


def test_ten_thousand_words_with_eighty_notes_take_less_than_five_seconds() -> None:
    blocks = [paragraph("Words of an article. " * 31, reference(n), " and so on.") for n in range(1, 81)]
    file = docx(*blocks, footnotes={n: paragraph(f"Note {n}, ", run("Survival", italic=True)) for n in range(1, 81)})
    start = time.perf_counter()
    draft = read_docx(file)
    assert time.perf_counter() - start < 5
    assert draft.notes == 80
    assert draft.body.index("Note 1,") < draft.body.index("Note 80,")
