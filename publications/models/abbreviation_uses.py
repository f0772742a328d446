import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import ClassVar, Self

from django.db import models, transaction

from editorial.markup import plain_text
from publications.models.glossary import Abbreviation, Expansion
from publications.models.publication import Publication


@lru_cache(maxsize=4)
def pattern_of(shorts: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these as a word of its own, in exactly these letters; a plural s may follow."""
    longest_first = sorted(shorts, key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z0-9])({'|'.join(map(re.escape, longest_first)) or '(?!)'})s?(?![A-Za-z0-9])")


class AbbreviationUseQuerySet(models.QuerySet["AbbreviationUse"]):
    def for_page(self) -> Self:
        return self.select_related("abbreviation", "expansion").order_by("abbreviation__slug")

    @transaction.atomic
    def renew(self, pieces: Sequence[Publication]) -> None:
        """Write down which abbreviations these pieces use, from their texts as they stand: five statements for any
        number of pieces, and one or two more when something changed."""
        keys = [piece.pk for piece in pieces]
        terms = {one.short: one for one in Abbreviation.objects.prefetch_related("expansions")}
        find = pattern_of(tuple(sorted(terms)))
        topics = _sets(Publication.topics.through.objects.filter(publication__in=keys), "topic_id")
        vetoes = _sets(Publication.plain_abbreviations.through.objects.filter(publication__in=keys), "abbreviation_id")
        wanted: dict[tuple[int, int], int] = {}
        for piece in pieces:
            for short in set(find.findall(_words(piece))):
                term, veto = terms[short], vetoes[piece.pk]
                meaning = None if term.pk in veto else term.meaning(topics[piece.pk])
                if meaning:
                    wanted[piece.pk, term.pk] = meaning.pk
        known = AbbreviationUse.objects.filter(publication__in=keys)
        rows = list(known.values_list("pk", "publication_id", "abbreviation_id", "expansion_id"))
        kept = {(piece, term) for _pk, piece, term, meaning in rows if wanted.get((piece, term)) == meaning}
        stale = [pk for pk, piece, term, _meaning in rows if (piece, term) not in kept]
        if stale:
            AbbreviationUse.objects.filter(pk__in=stale).delete()
        fresh = [
            AbbreviationUse(publication_id=piece, abbreviation_id=term, expansion_id=meaning)
            for (piece, term), meaning in wanted.items()
            if (piece, term) not in kept
        ]
        AbbreviationUse.objects.bulk_create(fresh, ignore_conflicts=True)


def _words(piece: Publication) -> str:
    return "\n".join((piece.title, piece.synopsis, plain_text(piece.body), plain_text(piece.transcript)))


def _sets(rows: models.QuerySet[models.Model], column: str) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    pairs: Iterable[tuple[int, int]] = rows.values_list("publication_id", column)
    for piece, value in pairs:
        found[piece].add(value)
    return found


class AbbreviationUse(models.Model):
    """That a piece uses an abbreviation, and in which meaning. Only an index: the texts say the same."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="abbreviation_uses")
    abbreviation = models.ForeignKey(Abbreviation, models.CASCADE, related_name="uses")
    expansion = models.ForeignKey(Expansion, models.CASCADE, related_name="uses")

    objects = AbbreviationUseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["publication", "abbreviation"], name="one_use_of_an_abbreviation"),
        ]

    def __str__(self) -> str:
        return f"{self.abbreviation_id} in {self.publication_id}"
