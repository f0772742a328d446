"""“Did you mean”: the words of what is public, and the one of them that is most like a word nobody wrote.

In memory, from published titles and public names only, so that neither a draft's words nor an extension of one database
decides what is proposed.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain

from editorial.queries import Question
from editorial.words import stem, words
from people.models import Person, StaffProfile
from publications.catalogue import Catalogue
from publications.models import Publication, Series
from research.models import Region, ResearchCentre, Topic

NEWEST = 20_000  # titles
LIKE = 0.7
COMPARED = 40


@dataclass(frozen=True)
class Vocabulary:
    stamp: tuple[object, ...]
    counts: Counter[str]
    stems: set[str]
    parts: dict[str, set[str]]

    def proposal(self, question: Question) -> str:
        """The question with every unknown word replaced by the likest known one; empty if some word has none like it."""
        text = question.text
        unknown = [
            word for term in question.terms for word in term.words
            if not term.is_beginning and word.isalpha() and len(word) > 3 and stem(word) not in self.stems
        ]  # fmt: skip
        for word in unknown:
            like = self.likest(word.lower())
            if not like:
                return ""
            text = _replace(text, word, like)
        return text if unknown else ""

    def likest(self, word: str) -> str:
        shared = Counter(chain.from_iterable(self.parts.get(part, ()) for part in _parts(word)))
        nearest = sorted(shared, key=lambda known: -shared[known] / (len(known) + len(word) + 2 - shared[known]))

        def likeness(known: str) -> float:
            return SequenceMatcher(None, word, known).ratio()

        best = max(nearest[:COMPARED], key=lambda known: (likeness(known), self.counts[known]), default="")
        return best if best and likeness(best) >= LIKE else ""


_held: list[Vocabulary] = []


def vocabulary(catalogue: Catalogue) -> Vocabulary:
    """Read anew, in seven statements, when the catalogue was."""
    if not _held or _held[0].stamp != catalogue.stamp:
        counts = Counter(word for text in _texts(catalogue) for word in words(text).lower().split() if len(word) > 3)
        parts: dict[str, set[str]] = {}
        for word in counts:
            for part in _parts(word):
                parts.setdefault(part, set()).add(word)
        _held[:] = [Vocabulary(catalogue.stamp, counts, {stem(word) for word in counts}, parts)]
    return _held[0]


def _texts(catalogue: Catalogue) -> Iterable[str]:
    published = Publication.objects.published()
    profiles = StaffProfile.objects.published().order_by()
    names = dict(Person.objects.order_by().values_list("pk", "name"))
    public = {*catalogue.sets["author"], *profiles.values_list("person_id", flat=True)}
    return chain(
        published.values_list("title", flat=True)[:NEWEST],
        (name for key, name in names.items() if key in public),
        *(model._default_manager.values_list("name", flat=True) for model in (Topic, Region, ResearchCentre, Series)),
    )


def _parts(word: str) -> set[str]:
    whole = f"  {word} "
    return {whole[start : start + 3] for start in range(len(whole) - 2)}


def _replace(text: str, word: str, by: str) -> str:
    """Word for word: the text is folded only where it has to change."""
    return " ".join(by if words(part).strip().casefold() == word.casefold() else part for part in text.split())
