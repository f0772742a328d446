"""The page that somebody who mistyped an address, or followed a stale one, most likely meant."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from django.db.models import Model, Q

from editorial import targets
from people.models import Person
from rsis.directory import with_public_page
from rsis.old_addresses import find

LIKE = 0.6
COMPARED = 300
WORD = re.compile(r"[a-z]{3,}")


def nearest(path: str) -> str:
    """An address that readers can open: by the rules for old addresses, else the one whose last part is most alike."""
    if found := find(path):
        return found
    wanted = re.sub(r"\.\w{2,5}$", "", path.lower().rstrip("/").rpartition("/")[2])
    rated = [(likeness(wanted, str(row.slug)), row) for row in _candidates(wanted)]  # type: ignore[attr-defined]
    for rate, row in sorted(rated, key=lambda one: -one[0])[:3]:
        address = row.get_absolute_url()  # type: ignore[attr-defined]
        if rate >= LIKE and address != path and targets.follow(address):
            return str(address)
    return ""


def likeness(one: str, other: str) -> float:
    """By letters, or by words in any order, whichever is kinder."""
    ours, theirs = set(one.split("-")), set(other.split("-"))
    return max(SequenceMatcher(None, one, other).ratio(), len(ours & theirs) / len(ours | theirs))


def _candidates(wanted: str) -> Iterator[Model]:
    """Rows that readers can see and whose address shares a long word, or the beginning of one, with what was asked for."""
    words = sorted(WORD.findall(wanted), key=len, reverse=True)[:3]
    if not words:
        return
    shared = Q(*(("slug__contains", word[: max(3, len(word) - 2)]) for word in words), _connector=Q.OR)
    for model in targets.with_pages():
        rows = with_public_page() if model is Person else targets.public(model)
        yield from rows.filter(shared)[:COMPARED]
