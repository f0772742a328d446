"""The glossary: its letters, the pieces behind a term, and the index of uses, which is made again when terms change."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.db.models import Q, QuerySet

from publications.listing import Listing
from publications.models import Abbreviation, AbbreviationUse, Publication

BATCH = 200


class UsesListing(Listing):
    """Pieces that use an abbreviation. Nothing to follow: what is new in it is new by its letters alone."""

    has_files = is_followable = False


def by_letter(terms: Iterable[Abbreviation]) -> list[tuple[str, list[Abbreviation]]]:
    """In the order given, which is that of the addresses: digits, then A to Z."""
    return [(letter, list(group)) for letter, group in groupby(terms, key=lambda term: term.letter)]


def read_due() -> int:
    """Look through the next pieces for a term that was added or changed; 0 when every term was looked for in all."""
    term = Abbreviation.objects.filter(read_to__isnull=False).order_by("read_to", "pk").first()
    if term is None:
        return 0
    assert term.read_to is not None
    seen = Q()
    for field in ("title", "synopsis", "body", "transcript"):
        seen |= Q(**{f"{field}__contains": term.short})
    used = AbbreviationUse.objects.filter(abbreviation=term).values("publication")
    rows = _texts().filter(seen | Q(pk__in=used), pk__gt=term.read_to)
    batch = list(rows[:BATCH])
    AbbreviationUse.objects.renew(batch)
    done = batch[-1].pk if len(batch) == BATCH else None
    # Only if nobody changed the term meanwhile; then it begins again.
    Abbreviation.objects.filter(pk=term.pk, read_to=term.read_to).update(read_to=done)
    return 1


def rebuild() -> int:
    """Make the whole index again, from the texts; returns of how many pieces."""
    count = 0
    for batch in _batches(_texts()):
        AbbreviationUse.objects.renew(batch)
        count += len(batch)
    Abbreviation.objects.update(read_to=None)
    return count


def _texts() -> QuerySet[Publication]:
    found: QuerySet[Publication] = Publication.objects.order_by("pk").only("title", "synopsis", "body", "transcript")
    return found


def _batches(rows: QuerySet[Publication]) -> Iterator[list[Publication]]:
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk
