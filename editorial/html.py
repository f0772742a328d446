"""The one cleaner of rich text. Everything stored or shown as HTML has been through `clean`, whatever route it came by.

Three steps: nh3 drops what is dangerous, `editorial.tidy` puts what is left in order, and nh3 with the final lists has
the last word, so that no mistake in the second step can let anything through.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import nh3

from editorial import losses, tidy
from editorial.markup import Element, parse, serialise

INLINE_TAGS: Final = frozenset({"strong", "em", "sub", "sup", "s", "br", "cite", "q", "abbr", "a"})
TAGS: Final = INLINE_TAGS | {
    *("h2", "h3", "h4", "p", "ul", "ol", "li", "hr", "blockquote", "img", "figure", "figcaption"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
ATTRIBUTES: Final[dict[str, set[str]]] = {
    "a": {"href", "hreflang", "id", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "sup": {"data-note"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
CLASSES: Final[dict[str, set[str]]] = {"sup": {"fn"}, "blockquote": {"pull"}, "figure": {"image"}}
SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
# Dropped together with what is inside them.
DROPPED: Final = frozenset(
    {
        *("script", "style", "noscript", "iframe", "frame", "frameset", "noframes", "object", "embed", "noembed"),
        *("applet", "template", "svg", "math", "xmp", "plaintext", "listing", "title", "head", "textarea", "select"),
        *("button", "canvas", "audio", "video", "map", "portal", "dialog", "datalist"),
    }
)
# What other programs write and `editorial.tidy` turns into something listed above.
CONVERTED: Final = frozenset(
    {
        *("h1", "h5", "h6", "b", "i", "strike", "del", "dfn", "pre", "div", "section", "article", "header", "footer"),
        *("main", "aside", "nav", "address", "center", "details", "summary", "dl", "dt", "dd", "fieldset", "form"),
        "hgroup",
    }
)
_MAX_DEPTH: Final = 300

_FIRST: Final = nh3.Cleaner(
    tags=TAGS | CONVERTED,
    clean_content_tags=DROPPED,
    attributes={**ATTRIBUTES, "a": ATTRIBUTES["a"] | {"name"}},
    allowed_classes=CLASSES,
    url_schemes=SCHEMES,
    link_rel=None,
)
_LAST: Final = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=DROPPED,
    attributes=ATTRIBUTES,
    allowed_classes=CLASSES,
    url_schemes=SCHEMES,
    link_rel=None,
)
_LAST_INLINE: Final = nh3.Cleaner(
    tags=INLINE_TAGS,
    clean_content_tags=DROPPED,
    attributes={"a": {"href", "hreflang", "title"}, "abbr": {"title"}},
    url_schemes=SCHEMES,
    link_rel=None,
)

# Halves of UTF-16 pairs, which broken converters leave; Rust refuses them.
_HALF_CHARACTERS: Final = re.compile("[\ud800-\udfff]+")
# C0 and C1 controls, soft hyphen, overriding and embedding directions, annotation marks, byte-order mark, word joiner.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u00ad\u2060\u202a-\u202e\ufeff\ufff9-\ufffb\ufffe\uffff]+"
)
# Khmer, Thai, Lao and Burmese are written without spaces and use U+200B to say where a line may break.
_SEA: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_STRAY_SPACE: Final = re.compile(f"(?<![{_SEA}])\u200b+|\u200b+(?![{_SEA}\u200b])")
# Joiners shape Arabic, Jawi, Indic and emoji letters; after anything else they only defeat searching.
_STRAY_JOINER: Final = re.compile(
    "(?<![\u0300-\u167f\u1681-\u1fff\u2600-\u27bf\u2e80-\u2fff\u3001-\ud7ff\uf900-\U0010ffff])[\u200c\u200d]+"
)
# A stroke that some later Unicode normalisation would compose with the bracket of a tag in front of it.
_SOLIDUS: Final = re.compile("(?<![A-Za-z0-9=\u2190-\u22ff])\u0338+")
_OPENING_OR_CLOSING: Final = re.compile(
    r"<(/?)(?:a|abbr|article|aside|b|blockquote|center|cite|div|em|font|h\d|i|ol|q|s|section|span|strong|su[bp]|table|u|ul)\b",
    re.IGNORECASE,
)


class CleanHtml(str):
    """Text that has been through :func:`clean`; any change to it gives an ordinary ``str`` again."""

    __slots__ = ()


@dataclass(frozen=True)
class Cleaned:
    html: CleanHtml
    dropped: list[str]


def clean(html: str) -> CleanHtml:
    """Return HTML that is safe to store and show, in one canonical form: cleaning it again changes nothing."""
    return html if isinstance(html, CleanHtml) else _clean(html, Counter())


def clean_with_report(html: str, *, raw: str = "", found: Counter[str] | None = None) -> Cleaned:
    """As `clean`, with what an editor should hear about, each thing in words with its number.

    `raw` is what the text was before another step worked on it, and `found` what that step counted.
    """
    counted: Counter[str] = found.copy() if found else Counter()
    cleaned = _clean(html, counted)
    return Cleaned(cleaned, losses.in_words(losses.count(raw or html) + counted))


@lru_cache(maxsize=4096)
def clean_inline(html: str) -> str:
    """Return the words of one note: emphasis, links and line breaks, and nothing that makes a block."""
    root = _read(html)
    tidy.arrange_inline(root)
    return _LAST_INLINE.clean(without_invisible(serialise(root)))


def last_word(html: str) -> str:
    """Apply the final lists alone: no tidying, so it is fast enough for every page view."""
    return _LAST.clean(html)


def last_word_inline(note: str) -> str:
    return _LAST_INLINE.clean(note)


def without_invisible(text: str) -> str:
    """Drop characters nobody can see that hide, reorder or split words; keep those a script needs to be read."""
    text = _SOLIDUS.sub("", _INVISIBLE.sub("", text))
    if "\u200b" in text or "\u200c" in text or "\u200d" in text:
        text = _STRAY_JOINER.sub("", _STRAY_SPACE.sub("", text))
    return text


def _clean(html: str, found: Counter[str]) -> CleanHtml:
    root = _read(html)
    tidy.arrange(root, clean_note=clean_inline, found=found)
    return CleanHtml(_LAST.clean(without_invisible(serialise(root))))


def _read(html: str) -> Element:
    return parse(without_invisible(_FIRST.clean(shallow(_HALF_CHARACTERS.sub("", html)))))


def shallow(html: str) -> str:
    """Take the tags out of text nested deeper than any author nests; parsing it would take quadratic time."""
    if html.count("<") <= _MAX_DEPTH:
        return html
    depth = 0
    for match in _OPENING_OR_CLOSING.finditer(html):
        depth = max(0, depth + (-1 if match[1] else 1))
        if depth > _MAX_DEPTH:
            return nh3.clean_text(re.sub(r"<[^<>]*>", " ", html))
    return html
