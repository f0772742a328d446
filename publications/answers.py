"""The publications that answer a search: a listing in the order of relevance, with the passages that answer."""

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar

from django.db.models.functions import Left
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from editorial.extracts import FAR, extract, marked
from editorial.markup import plain_text
from editorial.queries import Marker, Question
from publications import searching
from publications.catalogue import Bits, Catalogue
from publications.listing import SORTS, Listing, Pieces
from publications.models import Publication


@dataclass(frozen=True)
class FoundPiece:
    piece: Publication
    title: SafeString
    extract: SafeString


class Ranked(Pieces):
    """The leading pieces by relevance, and the others by date after them: one order for all pages of an answer."""

    def __init__(self, catalogue: Catalogue, bits: Bits, question: Question) -> None:
        super().__init__(catalogue, bits, "newest")
        self.leading = searching.ranked(question, catalogue, bits)
        self.rest = bits & ~catalogue.bits_at(self.leading)

    def keys(self, start: int, stop: int) -> list[int]:
        found = self.leading[start:stop]
        if stop > len(self.leading):
            past = len(self.leading)
            found += islice(self.catalogue.newest(self.rest), max(0, start - past), stop - past)
        return found


class Answer(Listing):
    """The published pieces that answer a question, narrowed by facets like any listing."""

    per_page = 10
    orders: ClassVar[dict[str, Any]] = {"relevance": _("Best match first"), **SORTS}
    settled: ClassVar[set[str]] = {"q"}
    has_files = False  # a list that changes with every question: nothing to take home

    def __init__(self, query: QueryDict, path: str, question: Question) -> None:
        super().__init__(query, path)
        self.question = question
        self.hidden = {"kind": "publications"}

    def pieces(self) -> Pieces:
        if self.sort != "relevance":
            return super().pieces()
        return Ranked(self.catalogue, self.found(), self.question)

    def parameters(self) -> dict[str, str]:
        return {"q": self.words} | self.hidden | super().parameters()

    @cached_property
    def shown(self) -> list[FoundPiece]:
        """The pieces of this page with title and passage marked; the texts come in one statement."""
        pieces = list(self.page)
        texts = (
            Publication.objects.published()
            .order_by()
            .filter(pk__in=[piece.pk for piece in pieces])
            .values_list("pk", "synopsis", "body", "transcript", Left("document__current__words__text", FAR))
        )
        marker = Marker(self.question)
        extracts = {
            key: extract((synopsis, plain_text(body), plain_text(transcript), pdf or ""), marker)
            for key, synopsis, body, transcript, pdf in texts
        }
        return [
            FoundPiece(piece, marked(piece.title, marker), extracts.get(piece.pk, SafeString())) for piece in pieces
        ]
