import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from editorial.html import CleanHtml, clean, clean_inline, clean_with_report

HOSTILE = [
    "<script>alert(1)</script>",
    "<ScRiPt/x>alert(1)</sCrIpT >",
    "<script><script>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    '<svg><animate xlink:href="#x" attributeName=href values=javascript:alert(1) /><a id=x><text>x</text></a>',
    '<math><a xlink:href="javascript:alert(1)">x</a></math>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    '<style><!--</style><img src=x onerror=alert(1)>--></style>',
    '<title><img title="</title><img src=x onerror=alert(1)>"></title>',
    "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<xmp><img title=\"</xmp><img src=x onerror=alert(1)>\"></xmp>",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<template><img src=x onerror=alert(1)></template>",
    '<iframe src="https://example.org" srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="javascript:alert(1)"></object><embed src="x.swf"><applet code=x>',
    '<base href="https://example.org/"><meta http-equiv=refresh content="0;url=https://example.org">',
    '<link rel=stylesheet href="https://example.org/x.css">',
    '<form action="https://example.org"><input name=password onfocus=alert(1) autofocus><button formaction=x>b</button></form>',
    '<p onclick="alert(1)" onmouseover=alert(1) style="background:url(javascript:alert(1))">x</p>',
    '<p style="position:fixed;inset:0;width:expression(alert(1));background:image-set(url(x))">x</p>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="&#106;avascript&colon;alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="vbscript:x">x</a><a href="blob:https://a/b">x</a><a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="file:///etc/passwd">x</a><a href="\\\\server\\share">x</a><a href="C:\\a.doc">x</a>',
    '<img src=x onerror=alert(1)><img src="data:image/svg+xml,<svg onload=alert(1)>"><img srcset="https://example.org/x 1x">',
    '<img src="/files/../admin/logout/"><img src="//example.org/x.png"><img src="/files/%2e%2e/admin/">',
    '<video src=x onerror=alert(1)><source onerror=alert(1)></video><audio src=x onerror=alert(1)>',
    '<a id="location" name="forms" href="/x">x</a><p id="body">x</p><img name="getElementById" src="x.png">',
    "<div ng-app>{{constructor.constructor('alert(1)')()}}</div><p v-html='x' x-data='{}' hx-get='/x' data-x='y'>z</p>",
    '<sup class="fn" data-note="&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;alert(1)&lt;/script&gt;x"></sup>',
    '<sup class="fn" data-note=\'"><script>alert(1)</script>\'></sup>',
    '<sup class="fn" data-note="&lt;a href=&quot;javascript:alert(1)&quot; onclick=alert(1)&gt;x&lt;/a&gt;"></sup>',
    "</p></div></body></html><script>alert(1)</script>",
    "<p>\u0338<b>\u0338x</b>",
]  # fmt: skip

# Whatever is left may hold nothing that is not on the lists; words such as "alert(1)" in plain text are harmless.
FORBIDDEN = ["<script", "<style", "<svg", "<math", "<iframe", "<img", "<form", "<input", "<object", "<base", "<meta", "<link",
             "<template", "<video", "<!--", "javascript:", "vbscript:", "data:", "blob:", "file:", "example.org",
             " on", " style=", " name=", 'id="location"', 'id="body"', " ng-", " v-", " x-", " hx-", "\\\\"]  # fmt: skip


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_hostile_is_left(html: str) -> None:
    for wrapped in (html, f"<p>{html}", f"<table><tr><td>{html}", f"<blockquote><b>{html}</b>", f"<h2>{html}</h2>"):
        tags = " ".join(re.findall(r"<[^>]*>", clean(wrapped).replace("&lt;", "<").replace("&gt;", ">")))
        assert [bad for bad in FORBIDDEN if bad in tags.lower()] == []


GOOD = [
    "<p>“Curly” ‘quotes’, en–dash, em—dash, ellipsis… and a 10&nbsp;km space</p>",
    "<p>中文字，标点。</p>\n<p>العربية والجاوي كتاب</p>\n<p>தமிழ் எழுத்து</p>\n<p>ภาษาไทย\u200bและ\u200bลาว</p>",
    "<p>می\u200cخواهم 👨\u200d👩\u200d👧 क्\u200dष</p>",
    "<p>H<sub>2</sub>O, E = mc<sup>2</sup>, 1<sup>st</sup>, <s>old</s> <em>new</em> <strong>bold</strong></p>",
    "<h2>One</h2>\n<h3>Two</h3>\n<h4>Three</h4>\n<h2>Four</h2>",
    ("<table><caption>Trade</caption><thead><tr><th colspan=\"2\" scope=\"col\">Year</th></tr></thead>"
    "<tbody><tr><th rowspan=\"2\" scope=\"row\">A</th><td>1</td></tr><tr><td>2</td></tr></tbody></table>"),
    "<ul><li>one<ol><li>a</li><li>b<ul><li>deep</li></ul></li></ol></li><li>two</li></ul>",
    '<ol start="3"><li>three</li></ol>',
    ('<figure class="image"><img src="/files/a.jpg" alt="A port" width="600" height="400"><figcaption>Port – A. Tan</figcaption>'
    "</figure>"),
    '<p><abbr title="Association of Southeast Asian Nations">ASEAN</abbr>, <cite>Survival</cite>, <q>so</q></p>',
    '<blockquote class="pull"><p>Said.</p></blockquote>',
    ('<p><a href="https://example.org/a?b=c&amp;d=e#f" hreflang="ms" title="T">x</a> <a href="mailto:a@example.org">m</a> '
    '<a href="tel:+6567904444">t</a> <a href="/publications/">p</a> <a href="#p3">q</a></p>'),
    '<p><a id="a-method"></a>Method, see <a href="#a-method">above</a></p>',
    '<p>Word<sup class="fn" data-note="See &lt;em&gt;Survival&lt;/em&gt;, p.&amp;nbsp;4."></sup>.</p>',
    "<p>line<br>break</p>\n<hr>\n<p>a &lt; b &amp; c</p>",
]  # fmt: skip


@pytest.mark.parametrize("html", GOOD)
def test_good_text_survives_whole(html: str) -> None:
    assert clean(html).replace(' hreflang="ms" href=', " href=") == clean(html)
    assert sorted(clean(html)) == sorted(html)


@pytest.mark.parametrize(
    ("untidy", "tidy"),
    [
        ("<p>a</p><p>&nbsp;</p><p> <br> </p><p><b></b></p><p>b</p>", "<p>a</p>\n<p>b</p>"),
        ("<h1>A</h1><h3>B</h3><h6>C</h6>", "<h2>A</h2>\n<h3>B</h3>\n<h4>C</h4>"),
        ("<h4>A</h4><p>x</p><h4>B</h4>", "<h2>A</h2>\n<p>x</p>\n<h2>B</h2>"),
        ("<h2><b>A</b></h2>", "<h2>A</h2>"),
        ("<p>a&nbsp;&nbsp; &nbsp;b</p>", "<p>a b</p>"),
        ("<p>e\u0301</p>", "<p>é</p>"),
        ("<p>a\u00ad\u200bb\u202ec\ufeff</p>", "<p>abc</p>"),
        ("<p>a<br><br>b</p>", "<p>a</p>\n<p>b</p>"),
        ("one\n\ntwo <b>three</b>", "<p>one</p>\n<p>two <strong>three</strong></p>"),
        ("<div>a<div>b</div>c</div>", "<p>a</p>\n<p>b</p>\n<p>c</p>"),
        ("<b><p>a</p><ul><li>b</ul></b>", "<p><strong>a</strong></p>\n<ul><li><strong>b</strong></li></ul>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<table><tr><td><p>1</p></td></tr></table>", "<table><tbody><tr><td>1</td></tr></tbody></table>"),
        ("<a href='//example.org/x'>x</a> <a href='www.example.org'>y</a>",
         '<p><a href="https://example.org/x">x</a> <a href="https://www.example.org">y</a></p>'),
        ("<a name='Método 1'>x</a><a href='#Método 1'>y</a>", '<p><a id="a-metodo-1">x</a><a href="#a-metodo-1">y</a></p>'),
        ("<a href='#nowhere'>x</a>", "<p>x</p>"),
        ("<p class='MsoNormal pull'>x</p><blockquote class='a pull'>y</blockquote>",
         '<p>x</p>\n<blockquote class="pull"><p>y</p></blockquote>'),
        ("<figure><img src='https://example.org/x.jpg'><figcaption>words</figcaption></figure>", "<p>words</p>"),
        ("", ""),
        ("\ud800a\x00b", "<p>ab</p>"),
    ],
)  # fmt: skip
def test_untidy_text_takes_one_form(untidy: str, tidy: str) -> None:
    assert clean(untidy) == tidy


def test_only_pictures_from_our_files_stay() -> None:
    html = '<p><img src="/files/a.png" alt="A"><img src="https://example.org/b.png"><img src="relative.png">x</p>'
    assert clean(html) == '<p><img src="/files/a.png" alt="A">x</p>'


def test_a_note_is_cleaned_inside_its_attribute() -> None:
    html = (
        '<sup class="fn x" data-note="&lt;p onclick=x&gt;a &lt;b&gt;b&lt;/b&gt;&lt;/p&gt;&lt;p&gt;c&lt;/p&gt;">7</sup>'
    )
    assert clean(html) == '<p><sup class="fn" data-note="a &lt;strong&gt;b&lt;/strong&gt;&lt;br&gt;c"></sup></p>'


def test_a_note_cannot_hold_a_note_an_id_or_a_picture() -> None:
    hostile = '<sup data-note="x">1</sup><a id="a-x" href="#a-x">y</a><img src="/files/a.png"><h2>z</h2>'
    assert clean_inline(hostile) == "y<br>z"


def test_an_emptied_note_goes_and_a_plain_superscript_stays() -> None:
    assert clean('<p>a<sup class="fn" data-note=" ">1</sup><sup class="fn">2</sup></p>') == "<p>a<sup>2</sup></p>"


def test_cleaned_text_is_not_cleaned_twice() -> None:
    cleaned = clean("<p>x</p>")
    assert clean(cleaned) is cleaned
    assert type(cleaned + "<script>") is str
    assert isinstance(cleaned, CleanHtml)


_TAGS = [
    *("p", "div", "b", "i", "span", "strong", "em", "a", "sup", "sub", "ul", "ol", "li", "table", "tr", "td", "th"),
    *("thead", "caption", "blockquote", "figure", "figcaption", "img", "br", "hr", "h1", "h2", "h5", "pre", "dl", "dd"),
    *("script", "style", "svg", "math", "title", "textarea", "q", "noscript", "select", "template", "section", "form"),
]  # fmt: skip
_ATTRIBUTES = [
    *('href="/x"', 'href="#a"', 'href="javascript:x"', 'id="a"', 'name="b"', 'class="fn pull image"', "onclick=x"),
    *('data-note="&lt;b&gt;n&lt;/b&gt;&lt;p&gt;m"', 'data-note=""', 'src="/files/a.png"', 'src="x"', 'scope="col"'),
    *('start="3"', 'title=" q  r"', 'style="color:red"'),
]  # fmt: skip
_PIECES = st.one_of(
    st.builds(lambda tag, some: f"<{tag} {' '.join(some)}>", st.sampled_from(_TAGS), st.lists(st.sampled_from(_ATTRIBUTES), max_size=2)),
    st.sampled_from(_TAGS).map(lambda tag: f"</{tag}>"),
    st.sampled_from([" ", "\n\n", "&nbsp;", "&nbsp; ", "\u0301", "\u0338", "\u200b", "\u200d", "\u2028", "&lt;b&gt;", "]]>", "<!--"]),
    st.text(max_size=4),
)  # fmt: skip


@effort(max_examples=400, deadline=None)
@given(st.lists(_PIECES, max_size=25).map("".join))
@pytest.mark.parametrize("cleaner", [clean, clean_inline])
def test_cleaning_twice_changes_nothing(cleaner: Callable[[str], str], html: str) -> None:
    once = str(cleaner(html))
    assert cleaner(once) == once


@effort(max_examples=200, deadline=None)
@given(st.text(st.characters(categories=["L", "N", "Pd", "Sc"]), min_size=1, max_size=40))
def test_every_letter_survives(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert clean(f"<p>{text}</p>") == f"<p>{composed}</p>"


def test_the_report_counts_what_was_dropped_in_words() -> None:
    html = (
        '<p style="font-family:Arial">a</p><font color=red>b</font><script>x</script><p onclick=x>c</p><iframe></iframe>'
        '<a href="file:///c:/x.doc">d</a><a href="file:///c:/y.doc">e</a><a href="javascript:x">f</a><a href="#gone">g</a>'
        '<img src="https://example.org/x.png">'
    )
    cleaned = clean_with_report(html)
    assert cleaned.dropped == [
        "2 fonts and colours",
        "1 script",
        "1 script in an attribute",
        "1 embedded frame or player",
        "2 links to files on the author’s computer",
        "1 unsafe link",
        "1 link to a missing place",
        "1 picture that is not in the image library",
    ]


def test_the_report_of_clean_text_is_empty() -> None:
    assert clean_with_report("<p>plain <em>words</em></p>").dropped == []


@pytest.mark.parametrize("tag", ["<blockquote>", "<b>", "<div>", "<ul><li>", "<table><tr><td>", "<b><p>", "&lt;"])
def test_deep_or_endless_nesting_keeps_its_words_and_ends(tag: str) -> None:
    assert "word" in clean(tag * 20_000 + "word")
