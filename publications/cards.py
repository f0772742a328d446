"""A piece as lists show it: a card, made once for all the lists that it stands in."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db.models import F
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from editorial.held import held_of_many
from editorial.prepared import NOW, Given, Prepared
from publications.models import Authorship, Publication

# As many pieces in one statement.
MOST = 32
KEYS: list[Any] = [Given(f"key_{number}") for number in range(MOST)]
_PIECES = Prepared(
    lambda: (
        Publication.objects.published(at=NOW)
        .filter(pk__in=KEYS)
        .order_by()
        .select_related("series")
        .defer("body", "transcript")
    )
)
# Through `of`, since a relation takes no expressions among many.
_AUTHORSHIPS = Prepared(
    lambda: Authorship.objects.annotate(of=F("publication_id")).filter(of__in=KEYS).select_related("person")
)


@dataclass(frozen=True)
class Cards:
    """The pieces of one list by their keys; the template that shows them says at which level of headings."""

    keys: list[int]
    is_compact: bool = False
    # Whether the series is named, which a list of one series needs not.
    anywhere: bool = True

    def __len__(self) -> int:
        return len(self.keys)

    def at(self, level: int) -> list[SafeString]:
        """In their order. One that was withdrawn this moment is left out."""
        found = held_of_many(
            ("card", level, self.is_compact, self.anywhere), self.keys, lambda keys: self._make(keys, level)
        )
        return [found[key] for key in self.keys if key in found]

    def _make(self, keys: list[int], level: int) -> dict[int, SafeString]:
        template = get_template("components/piece.html")
        about = {"level": level, "compact": self.is_compact, "anywhere": self.anywhere}
        # Safe: the template escapes what it shows.
        return {piece.pk: mark_safe(template.render({"piece": piece, **about})) for piece in pieces(keys)}  # noqa: S308


def pieces(keys: list[int]) -> Iterator[Publication]:
    """The public ones of these, with series and names, in no order. Two statements for up to 32."""
    for some in batched(keys, MOST, strict=False):
        given: dict[str, Any] = {place.name: 0 for place in KEYS}
        given |= {place.name: key for place, key in zip(KEYS, some, strict=False)}
        signed: dict[int, list[Authorship]] = {}
        for authorship in _AUTHORSHIPS.rows(**given):
            signed.setdefault(authorship.publication_id, []).append(authorship)
        for piece in _PIECES.rows(**given):
            names = piece.authorships.get_queryset()
            names._result_cache, names._prefetch_done = signed.get(piece.pk, []), True  # noqa: SLF001
            piece._prefetched_objects_cache = {"authorships": names}  # noqa: SLF001 -- as prefetching leaves them
            yield piece
