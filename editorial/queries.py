"""What a reader typed, understood once for both databases.

Words must all occur, in any form and order. `"..."` is a phrase, `-word` may not occur, `word*` is a beginning, `OR`
joins its neighbours. Whatever else stands there is taken for its words, so every text is a question and none an error.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from editorial.words import entries, stem, words

LONGEST = 200
MOST_TERMS = 16
LONGEST_WORD = 64

# In nearly every text: asked for beside other words they narrow nothing. In a phrase they count.
COMMON = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "has", "have", "in", "into", "is"),
        *("it", "its", "not", "of", "on", "or", "that", "the", "their", "this", "to", "was", "were", "which", "will"),
        "with",
    )
)
_TOKEN = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_NUMBER = re.compile(r"[A-Za-z]{1,8}[\s/.-]{0,3}[0-9][0-9\s/.-]{0,18}[A-Za-z]?")


@dataclass(frozen=True)
class Term:
    """A word, or several one after the other. The last may be a beginning."""

    words: tuple[str, ...]
    is_beginning: bool = False

    @property
    def is_common(self) -> bool:
        return len(self.words) == 1 and self.words[0].lower() in COMMON and not self.is_beginning


@dataclass(frozen=True)
class Question:
    """Of every group one term must occur, and none of the excluded."""

    text: str
    groups: tuple[tuple[Term, ...], ...]
    excluded: tuple[Term, ...] = ()
    # The whole text, if it may be a number: CO25059, co 25059, CO25/059.
    number: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def terms(self) -> list[Term]:
        number = [Term((self.number,))] if self.number else []
        return [term for group in self.groups for term in group] + number

    def any_of(self) -> "Question":
        """The same, content with any one of the terms."""
        return replace(self, groups=(tuple(term for group in self.groups for term in group),))

    def for_postgresql(self) -> str:
        """In the syntax of to_tsquery. Words hold letters and digits only, so nothing needs escaping."""
        asked = " & ".join(f"({' | '.join(map(_tsquery, group))})" for group in self.groups)
        if self.excluded:
            asked = f"{asked} & !({' | '.join(map(_tsquery, self.excluded))})"
        return f"({asked}) | '{self.number}'" if self.number else asked

    def for_sqlite(self) -> str:
        """In the syntax of FTS5."""
        asked = " AND ".join(f"({' OR '.join(map(_fts5, group))})" for group in self.groups)
        if self.excluded:
            asked = f"({asked}) NOT ({' OR '.join(map(_fts5, self.excluded))})"
        return f'({asked}) OR "{self.number}"' if self.number else asked


def ask(text: str) -> Question | None:
    """What the text asks for; None if it names nothing to look for."""
    text = " ".join(text.replace("\x00", " ")[:LONGEST].split())
    groups, excluded = _read(text)
    chosen = [group for group in groups if len(group) > 1 or not group[0].is_common] or groups
    if not chosen:
        return None
    number = re.sub(r"[^A-Za-z0-9]", "", text) if _NUMBER.fullmatch(text) else ""
    return Question(text, tuple(chosen), tuple(excluded), number)


def _read(text: str) -> tuple[list[tuple[Term, ...]], list[Term]]:
    groups: list[tuple[Term, ...]] = []
    excluded: list[Term] = []
    joins = False
    for minus, phrase, bare in _tokens(text):
        if bare == "OR" and not minus:
            joins = bool(groups)
            continue
        found = tuple(word[:LONGEST_WORD] for word in words(phrase or bare).split()[:MOST_TERMS])
        if not found:
            continue
        term = Term(found, bool(bare) and bare.endswith("*"))
        if minus:
            excluded.append(term)
        elif joins:
            groups[-1] = (*groups[-1], term)
        else:
            groups.append((term,))
        joins = False
    return groups, excluded


def _tokens(text: str) -> Iterator[tuple[str, str, str]]:
    found = _TOKEN.findall(re.sub("[“”„«»]", '"', text))
    return iter(found[:MOST_TERMS])


def _tsquery(term: Term) -> str:
    found = " <-> ".join(f"'{entries(word).strip()}'" for word in term.words)
    return f"{found}:*" if term.is_beginning else found if len(term.words) == 1 else f"({found})"


def _fts5(term: Term) -> str:
    return f'"{" ".join(entries(word).strip() for word in term.words)}"' + (" *" if term.is_beginning else "")


class Marker:
    """Says of each word whether a question asked for it."""

    def __init__(self, question: Question) -> None:
        asked = (word for term in question.terms for word in term.words[: len(term.words) - term.is_beginning])
        if question.number:  # "co 25059" is no question about "co"
            asked = (word for word in asked if any(character.isdigit() for character in word))
        self.stems = {stem(word) for word in asked}
        self.beginnings = tuple(stem(term.words[-1]) for term in question.terms if term.is_beginning)

    def key(self, word: str) -> str:
        """The same for all words that answer the same part of the question."""
        found = stem(word)
        return next((beginning for beginning in self.beginnings if found.startswith(beginning)), found)

    def asks_for(self, word: str) -> bool:
        found = stem(word)
        return found in self.stems or (bool(self.beginnings) and found.startswith(self.beginnings))
