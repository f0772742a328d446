r"""Which words a text has: the one rule for what is indexed, asked for and marked, here and inside the database.

The patterns are written once and run in two engines, Python's and PostgreSQL's (editorial.index_tables puts them there), so
they use only what both understand: classes of \uXXXX ranges, groups, greedy repetition, lookahead.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Final

import Stemmer

# Longer texts are indexed to here; a tsvector may have one megabyte.
LONGEST_TEXT: Final = 500_000

# Tags that stand inside words or beside them, as editorial.markup knows them. In stored text `<` is always a tag.
INLINE_TAG: Final = r"</?(a|abbr|cite|em|q|s|strong|sub|sup)(\s[^<>]*)?>"
TAG_OR_ENTITY: Final = r"<[^<>]*>|&(amp|lt|gt|nbsp|quot|#[0-9]+);"
# A note lives in an attribute of its mark, with its own tags and quotes escaped.
NOTE: Final = r'<sup[^<>]*data-note="([^"<>]*)"[^<>]*>'
ESCAPED_TAG: Final = r"&lt;/?(a|abbr|br|cite|em|q|s|strong|sub|sup)(\s([^&]|&(?!gt;))*)?/?&gt;"

MARKS: Final = "[\u0300-\u036f\u064b-\u065f]+".encode("unicode_escape").decode()
# Letters that Unicode does not take apart, and what people type for them.
LETTERS: Final = {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i"}
PAIRS: Final = {"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "ð": "d"}
_LETTER: Final = (
    r"A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2dff\u3040-\u31ff\u3400-\u9fff\ua000-\ud7ff"
    r"\uf900-\ufdff\ufe70-\ufefc\U00020000-\U0003fffd"
)
# What parts words: everything else, and the possessive with it.
GAP: Final = rf"(['\u2019]s(?![{_LETTER}])|[^{_LETTER}])+"
# Written without spaces, so each character is a word and a run of them a phrase.
CHARACTER: Final = r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd])"
NUMBER: Final = r"[^A-Za-z0-9]+"
# Where the stemmers of Snowball and of SQLite part ways, and what both stem alike instead: apology, assembly; us, as.
PARTINGS: Final = (
    (r"([Ll][Oo][Gg])([Yy]|[Ii][Ee][Ss]|[Ii])(?= |$)", r"\1"),
    (r"([Bb][Ll])([Yy]|[Ii][Ee][Ss]|[Ii])(?= |$)", r"\1e"),
    (r"(^| )([A-Za-z]?[Ss]|[AaEeIiOoUu][Yy])(?= |$)", r"\1\2\2"),
)
# A word as it stands in a text, with the marks on its letters.
WORD: Final = rf"[{_LETTER}\u0300-\u036f]+"

_INLINE_TAG = re.compile(INLINE_TAG)
_TAG_OR_ENTITY = re.compile(TAG_OR_ENTITY)
_NOTE = re.compile(NOTE)
_ESCAPED_TAG = re.compile(ESCAPED_TAG)
_MARKS = re.compile(MARKS)
_GAP = re.compile(GAP)
_CHARACTER = re.compile(CHARACTER)
_NUMBER = re.compile(NUMBER)
_PARTINGS = [(re.compile(pattern), by) for pattern, by in PARTINGS]
_SPECIAL = str.maketrans(LETTERS | PAIRS)


def plain(html: str) -> str:
    """Stored rich text as the index takes it: without tags, with its notes."""
    if "data-note" in html:
        html = _ESCAPED_TAG.sub(" ", _NOTE.sub(r" \1 ", html).replace("&amp;", "&"))
    return _TAG_OR_ENTITY.sub(" ", _INLINE_TAG.sub("", html))


def fold(text: str) -> str:
    """Without accents: `Élysée` and `elysee` are one word, ligatures of typesetters are letters."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text))).translate(_SPECIAL)


def words(text: str) -> str:
    """The words of a text, parted by single spaces."""
    text = _GAP.sub(" ", fold(text[:LONGEST_TEXT]))
    return text if text.isascii() else _CHARACTER.sub(r" \1 ", text)


def entries(text: str) -> str:
    """The words of a text as the database is given them."""
    found = words(text)
    for pattern, by in _PARTINGS:
        found = pattern.sub(by, found)
    return found


def number_words(number: str) -> str:
    """A number also as one word, however it is written: CO25059, IDSS-12."""
    return f"{number} {_NUMBER.sub('', number)}"


class _Porter(threading.local):
    """One for each thread: a stemmer keeps the word it is at, and two threads at once would spoil each other's."""

    def __init__(self) -> None:
        self.stemmer = Stemmer.Stemmer("porter", 0)  # without a memory of its own, for `stem` has one


_porter = _Porter()


@lru_cache(maxsize=4_000)
def stem(word: str) -> str:
    """What the index holds for a word: both databases use the stemmer of Porter."""
    return str(_porter.stemmer.stemWord(entries(word).strip().lower()))
