import pytest

from editorial.html import clean
from editorial.word import clean_paste, from_word


def pasted(html: str) -> str:
    return clean_paste(html).html


WORD_HEAD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><meta name=Generator content='Microsoft Word 15'>"
    "<link rel=File-List href='file:///C:/a_files/filelist.xml'><!--[if gte mso 9]><xml><o:OfficeDocumentSettings>"
    "<o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]--><style><!-- p.MsoNormal {mso-style-parent:''} --></style></head><body>"
)


def test_fonts_classes_comments_and_embedded_xml_of_word_are_gone() -> None:
    html = WORD_HEAD + (
        "<!--StartFragment--><p class=MsoNormal style='margin-bottom:0cm;mso-line-height-alt:12pt'><span lang=EN-GB "
        "style='font-family:\"Times New Roman\",serif;color:red'>“Smart” text – 中文, <b>bold</b><o:p></o:p></span></p>"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p><!--EndFragment--></body></html>"
    )
    assert pasted(html) == "<p>“Smart” text – 中文, <strong>bold</strong></p>"


@pytest.mark.parametrize(
    "bracket",
    [("<![if !supportLists]>", "<![endif]>"), ("<!--[if !supportLists]-->", "<!--[endif]-->"), ("", "")],
)
def test_drawn_bullets_become_a_list(bracket: tuple[str, str]) -> None:
    marker = f"{bracket[0]}<span style='font-family:Symbol;mso-list:Ignore'>·<span>&nbsp;&nbsp;&nbsp; </span></span>{bracket[1]}"
    items = "".join(
        f"<p class=MsoListParagraphCxSp{place} style='text-indent:-18pt;mso-list:l0 level1 lfo1'>{marker}{word}</p>\n"
        for place, word in (("First", "one"), ("Middle", "two"), ("Last", "three"))
    )
    assert pasted(items) == "<ul><li>one</li><li>two</li><li>three</li></ul>"


def test_bullets_whose_style_the_browser_dropped_become_a_list() -> None:
    item = "<p class='MsoListParagraph' style='text-indent:-18pt'><span>·<span>&nbsp;&nbsp;&nbsp; </span></span>{}</p>"
    assert pasted(item.format("a") + item.format("b")) == "<ul><li>a</li><li>b</li></ul>"


def test_levels_become_nested_lists_and_numbers_keep_their_start() -> None:
    def item(marker: str, level: int, words: str, list_id: int = 0) -> str:
        return (
            f"<p class=MsoListParagraph style='mso-list:l{list_id} level{level} lfo1'>"
            f"<span style='mso-list:Ignore'>{marker}<span>&nbsp; </span></span>{words}</p>"
        )

    html = (
        item("3.", 1, "three") + item("a)", 2, "sub a") + item("b)", 2, "sub b") + item("§", 3, "deep") + item("4.", 1, "four")
        + "<p class=MsoNormal>between</p>" + item("o", 1, "bullet") + item("1.", 1, "new", 1)
    )  # fmt: skip
    assert pasted(html) == (
        '<ol start="3"><li>three<ol><li>sub a</li><li>sub b<ul><li>deep</li></ul></li></ol></li><li>four</li></ol>\n'
        "<p>between</p>\n<ul><li>bullet</li></ul>\n<ol><li>new</li></ol>"
    )


def test_levels_are_read_from_indents_where_word_says_no_more() -> None:
    item = "<p class=MsoListParagraph style='margin-left:{}pt;text-indent:-18pt'><span>{}<span>&nbsp;&nbsp;</span></span>{}</p>"
    html = item.format("36.0", "·", "a") + item.format("72.0", "o", "b") + item.format("36.0", "·", "c")
    assert pasted(html) == "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"


def test_a_list_paragraph_without_a_marker_is_a_paragraph() -> None:
    assert pasted("<p class=MsoListParagraph>o brave new world</p>") == "<p>o brave new world</p>"


def test_titles_and_outline_levels_become_headings() -> None:
    html = (
        "<p class=MsoTitle>Title</p><h2>Real</h2><p class=MsoNormal style='mso-outline-level:3'>Outline</p>"
        "<p class=MsoQuote>Said</p><p class=MsoNormal>text</p>"
    )
    assert (
        pasted(html)
        == "<h2>Title</h2>\n<h3>Real</h3>\n<h4>Outline</h4>\n<blockquote><p>Said</p></blockquote>\n<p>text</p>"
    )


def test_short_bold_lines_are_headings_in_a_text_that_has_none() -> None:
    html = "<p><b>Introduction</b></p><p>Text.</p><p><b>This is a bold sentence.</b></p><p>More.</p><p><b>Last</b></p>"
    assert pasted(html) == (
        "<h2>Introduction</h2>\n<p>Text.</p>\n<p><strong>This is a bold sentence.</strong></p>\n<p>More.</p>\n"
        "<p><strong>Last</strong></p>"
    )
    assert pasted("<h2>Real</h2><p><b>Bold</b></p><p>x</p>") == "<h2>Real</h2>\n<p><strong>Bold</strong></p>\n<p>x</p>"


def test_a_bold_first_row_becomes_header_cells_and_the_caption_joins_its_table() -> None:
    html = (
        "<p class=MsoCaption>Table 1. Trade</p><table class=MsoTableGrid border=1 style='border:none'><tr style='mso-yfti-irow:0'>"
        "<td width=307 style='border:solid 1pt'><p class=MsoNormal><b>Year</b><o:p></o:p></p></td>"
        "<td><p><span style='font-weight:700'>Value</span></p></td></tr><tr><td><p>2025</p></td><td><p>3</p></td></tr></table>"
    )
    assert pasted(html) == (
        '<table><caption>Table 1. Trade</caption><thead><tr><th scope="col">Year</th><th scope="col">Value</th></tr></thead>'
        "<tbody><tr><td>2025</td><td>3</td></tr></tbody></table>"
    )


def test_a_bold_first_column_becomes_row_headers() -> None:
    html = "<table><tr><td></td><td><b>A</b></td></tr><tr><td><b>x</b></td><td>1</td></tr><tr><td><b>y</b></td><td>2</td></tr></table>"
    assert pasted(html) == (
        '<table><thead><tr><th scope="col"></th><th scope="col">A</th></tr></thead><tbody><tr><th scope="row">x</th><td>1</td>'
        '</tr><tr><th scope="row">y</th><td>2</td></tr></tbody></table>'
    )


def test_a_table_without_bold_cells_has_no_headers() -> None:
    html = "<table><tr><td>a</td><td><b>b</b></td></tr><tr><td>c</td><td>d</td></tr></table>"
    assert "<th" not in pasted(html)


WORD_NOTES = (
    "<p class=MsoNormal>First<a style='mso-footnote-id:ftn1' href=\"{0}#_ftn1\" name=\"_ftnref1\" title=\"\"><span "
    "class=MsoFootnoteReference><![if !supportFootnotes]><span class=MsoFootnoteReference>[1]</span><![endif]></span></a> and x<sup>2</sup>,"
    " then<a href=\"{0}#_ftn2\" name=\"_ftnref2\"><sup>[2]</sup></a> and<a href=\"{0}#_edn1\" name=\"_ednref1\"><sup>[i]</sup></a>.</p>"
    "<div style='mso-element:footnote-list'><br clear=all><hr align=left size=1 width=\"33%\">"
    "<div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a style='mso-footnote-id:ftn1' href=\"{0}#_ftnref1\" "
    "name=\"_ftn1\"><span class=MsoFootnoteReference>[1]</span></a> See <i>Survival</i>, <a href=\"https://example.org/\">here</a>.</p></div>"
    "<div style='mso-element:footnote' id=ftn2><p class=MsoFootnoteText><a href=\"{0}#_ftnref2\" name=\"_ftn2\">[2]</a> Ibid.</p>"
    "<p class=MsoFootnoteText>Second paragraph.</p></div></div>"
    "<div style='mso-element:endnote-list'><hr><div style='mso-element:endnote' id=edn1><p class=MsoEndnoteText>"
    "<a href=\"{0}#_ednref1\" name=\"_edn1\">[i]</a> At the end.</p></div></div>"
)  # fmt: skip


@pytest.mark.parametrize("place", ["", "file:///C:/Users/a/AppData/Local/Temp/msohtmlclip1/01/clip.htm"])
def test_notes_of_word_become_our_notes_where_they_are_referred_to(place: str) -> None:
    assert pasted(WORD_NOTES.format(place)) == (
        '<p>First<sup class="fn" data-note="See &lt;em&gt;Survival&lt;/em&gt;, &lt;a href=&quot;https://example.org/&quot;&gt;here'
        '&lt;/a&gt;."></sup> and x<sup>2</sup>, then<sup class="fn" data-note="Ibid.&lt;br&gt;Second paragraph."></sup> and'
        '<sup class="fn" data-note="At the end."></sup>.</p>'
    )


def test_a_reference_without_its_note_keeps_its_number_and_is_reported() -> None:
    cleaned = clean_paste('<p>a<a href="#_ftn7" name="_ftnref7"><sup>[7]</sup></a></p>')
    assert cleaned.html == "<p>a<sup>[7]</sup></p>"
    assert cleaned.dropped == ["1 note number without its note"]


def test_a_note_without_its_reference_keeps_its_words() -> None:
    html = '<p>a</p><p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1">[1]</a> Words.</p>'
    assert pasted(html) == "<p>a</p>\n<p>[1] Words.</p>"


def test_links_to_bookmarks_and_local_files_go_and_their_words_stay() -> None:
    html = '<p><a name="_Toc12"></a>See <a href="#_Toc12">above</a>, <a href="file:///C:/x.doc">draft</a>, <a href="https://a.sg/">site</a></p>'
    assert pasted(html) == '<p>See above, draft, <a href="https://a.sg/">site</a></p>'


def test_tracked_deletions_and_comments_of_word_are_left_behind_and_reported() -> None:
    html = (
        '<p>Kept <del cite="mailto:A" datetime="2026-01-01">deleted</del><ins cite="mailto:A">added</ins>'
        '<span class=MsoCommentReference><a href="#_msocom_1">[A1]</a></span></p>'
        '<div style="mso-element:comment"><p class=MsoCommentText><a href="#_msoanchor_1">[A1]</a>Really?</p></div>'
    )
    cleaned = clean_paste(html)
    assert cleaned.html == "<p>Kept added</p>"
    assert cleaned.dropped == ["1 reviewer’s comment", "1 tracked deletion"]


def test_a_paste_from_google_docs_keeps_structure_and_notes() -> None:
    html = (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><h2 dir="ltr"><span style="font-weight:400">Head'
        '</span></h2><p dir="ltr"><span style="font-weight:700">Bold</span><span style="font-style:italic;font-weight:700"> both</span>'
        '<span style="font-size:0.6em;vertical-align:super">th</span><sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup>'
        '<sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup></p><ul><li dir="ltr"><p><span>x</span></p></li><ul><li>y</li></ul></ul><hr>'
        '<div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;The note</span></p></div>'
        '<div><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>check</span></p></div></b>'
    )  # fmt: skip
    assert pasted(html) == (
        '<h2>Head</h2>\n<p><strong>Bold</strong><strong><em> both</em></strong><sup>th</sup><sup class="fn" data-note="The note">'
        "</sup></p>\n<ul><li>x<ul><li>y</li></ul></li></ul>"
    )


def test_a_paste_from_libreoffice_keeps_notes() -> None:
    html = (
        '<p class="western" style="margin-bottom: 0cm">Text<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym">'
        '<sup>1</sup></a> and H<sub>2</sub>O</p><div id="sdfootnote1"><p class="sdfootnote">'
        '<a class="sdfootnotesym" name="sdfootnote1sym" href="#sdfootnote1anc">1</a>The note.</p></div>'
    )
    assert pasted(html) == '<p>Text<sup class="fn" data-note="The note."></sup> and H<sub>2</sub>O</p>'


def test_a_copy_from_our_own_page_gives_the_notes_back() -> None:
    html = (
        '<p id="p1">Word<sup class="fnref"><a id="fnref-3" href="https://site.example/x/#fn-3" role="doc-noteref">3</a></sup>.'
        '<a class="para" href="#p1" aria-label="Paragraph 1"></a></p><ol class="notes"><li id="fn-3">See <em>Survival</em>. '
        '<a class="fnback" href="https://site.example/x/#fnref-3" role="doc-backlink">↩</a></li></ol>'
    )
    assert pasted(html) == '<p>Word<sup class="fn" data-note="See &lt;em&gt;Survival&lt;/em&gt;."></sup>.</p>'


def test_a_hostile_paste_is_as_harmless_as_any_text() -> None:
    html = (
        '<p class=MsoNormal onclick=x>a<a href="#_ftn1" name="_ftnref1">[1]</a><a href="javascript:x">j</a></p>'
        '<div id=ftn1><p><a href="#_ftnref1" name="_ftn1">[1]</a> <img src=x onerror=alert(1)><script>x</script>n"&gt;</p></div>'
    )
    assert pasted(html) == '<p>a<sup class="fn" data-note="n&quot;&amp;gt;"></sup>j</p>'


def test_word_conversion_needs_and_survives_cleaning() -> None:
    html = WORD_NOTES.format("")
    assert clean(from_word(html)) == pasted(html)


def test_eighty_notes_stay_in_order() -> None:
    text = "".join(f'<p>w{n}<a href="#_ftn{n}" name="_ftnref{n}">[{n}]</a></p>' for n in range(1, 81))
    notes = "".join(
        f'<div id=ftn{n}><p class=MsoFootnoteText><a href="#_ftnref{n}" name="_ftn{n}">[{n}]</a> Note {n}</p></div>'
        for n in range(1, 81)
    )
    expected = "\n".join(f'<p>w{n}<sup class="fn" data-note="Note {n}"></sup></p>' for n in range(1, 81))
    assert pasted(text + notes) == expected


def test_a_place_that_nothing_leads_to_is_not_kept() -> None:
    html = '<p><a id="what-a-buoy-does"></a></p><h2>What a buoy does</h2><p><a name="lamps"></a>Lamps, <a href="#lamps">again</a>.</p>'
    assert pasted(html) == '<h2>What a buoy does</h2>\n<p><a id="a-lamps"></a>Lamps, <a href="#a-lamps">again</a>.</p>'
