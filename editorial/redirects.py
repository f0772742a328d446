"""Old addresses. Whatever moved, every address it had leads to the one it has now, in one hop and never in a circle.

Whoever saves something that has a page does it like this, in the transaction of the save:

    with redirects.following(item):
        item.save()

The table is kept flat when it is written, so a missing page costs one statement and no chain is ever walked. Every row
may take what lies below along (`/publications/x/old/` takes its PDF). A row for an address that is live again is never
asked, for redirects answer only where there is no page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import unquote

from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Left, Length, Substr
from django.utils import timezone

from editorial.models import Publishable, Redirect

LONGEST = 500


class HasAddress(Protocol):
    pk: Any

    def get_absolute_url(self) -> str: ...


def resolve(path: str) -> str | None:
    """The address that took the place of this one (exact row first, then the longest that moved with all below).

    Empty for an address that is gone for good. One statement; none for a path too long to be in the table. A path is
    also tried with and without the slash at its end, and in small letters.
    """
    if len(path) >= LONGEST or "\x00" in path:
        return None
    exact = _spellings(path)
    above = [part for one in dict.fromkeys((path, path.lower())) for part in _above(one)]
    rows = {row.old_path: row for row in Redirect.objects.filter(old_path__in={*exact, *above})}
    for candidate in exact:
        if candidate in rows:
            return _safe(rows[candidate].new_path)
    for part in above:
        if part in rows and rows[part].is_prefix:
            return _safe(rows[part].new_path and rows[part].new_path + path[len(part) :])
    return None


def _spellings(path: str) -> list[str]:
    """How the address may stand in the table, likeliest first."""
    bare = path.rstrip("/")
    ways = [path, f"{bare}/", bare or "/"]
    return list(dict.fromkeys([*ways, *(way.lower() for way in ways)]))


def _above(path: str) -> list[str]:
    """The addresses this one lies below, nearest first: /a/b/c -> /a/b/, /a/. The root is never moved."""
    found, cut = [], path.rstrip("/").rfind("/")
    while cut > 0:
        found.append(path[: cut + 1])
        cut = path.rfind("/", 0, cut)
    return found


def _safe(path: str) -> str | None:
    """Only ever an address of this site: `//host` and `/\\host` name another."""
    return path if not path or is_local(path) else None


def is_local(path: str) -> bool:
    return path.startswith("/") and path[1:2] not in {"/", "\\"} and path.isprintable()


@transaction.atomic
def address_changed(old_path: str, new_path: str, is_prefix: bool = False) -> int:
    """Note that what was at `old_path` is at `new_path` from now on; both without host. Returns how many rows it took.

    Rows that led to the old address are changed to lead to the new one, so that no chain comes about; a row that would
    lead to itself (moved away and back) is removed. Raises ValueError for an address that is not of this site.
    """
    old, new = unquote(old_path), unquote(new_path)
    if not (is_local(old) and is_local(new)) or max(len(old), len(new)) > LONGEST:
        raise ValueError(f"Not an address of this site: {old_path!r} or {new_path!r}")
    if old == new:
        return 0
    changed = _lead_on(old, new, is_prefix) + _repeat_below_moved(old, new, is_prefix)
    Redirect.objects.update_or_create(old_path=old, defaults={"new_path": new, "is_prefix": is_prefix})
    return changed + 1


def _lead_on(old: str, new: str, is_prefix: bool) -> int:
    """Rows that lead to the old address, or below it when all below moved, lead to the new one."""
    moved = Concat(Value(new), Substr("new_path", len(old) + 1))
    # Not startswith, which on SQLite takes capitals for small letters.
    is_led = {"head": old} if is_prefix else {"new_path": old}
    leading = Redirect.objects.annotate(head=Left("new_path", len(old)), moved=moved).filter(**is_led)
    leading.filter(old_path=F("moved")).delete()
    leading.annotate(long=Length("moved")).filter(long__gt=LONGEST).delete()
    return leading.update(new_path=moved)


def _repeat_below_moved(old: str, new: str, is_prefix: bool) -> int:
    """What lies below an address that itself moved once has a former address there too: it gets its own row."""
    rows = []
    for above in Redirect.objects.filter(is_prefix=True, new_path__in=_above(old)):
        former = above.old_path + old[len(above.new_path) :]
        if former != new and len(former) <= LONGEST:
            rows.append(Redirect(old_path=former, new_path=new, is_prefix=is_prefix))
    return len(Redirect.objects.bulk_create(rows, ignore_conflicts=True))


def add(old_path: str, new_path: str, is_prefix: bool = False) -> int:
    """A redirect written by hand: like `address_changed`, and a new address that moved itself is followed first.

    Raises ValueError when it would lead to itself.
    """
    target = resolve(unquote(new_path)) or new_path
    if unquote(target) == unquote(old_path):
        raise ValueError("This redirect would lead to itself.")
    return address_changed(old_path, target, is_prefix)


def gone(old_path: str, is_prefix: bool = False) -> None:
    """What was at this address is nowhere any more, and readers and robots are told so (410). Raises ValueError."""
    old = unquote(old_path)
    if not is_local(old) or len(old) > LONGEST:
        raise ValueError(f"Not an address of this site: {old_path!r}")
    Redirect.objects.update_or_create(old_path=old, defaults={"new_path": "", "is_prefix": is_prefix})


def taken_from(path: str) -> models.QuerySet[Redirect]:
    """The old address that something new at this path would take over: show it as a warning before saving."""
    return Redirect.objects.filter(old_path=unquote(path))


def free(path: str) -> int:
    """Something went live at this path: an old address that was the same ends. Returns how many rows went (0 or 1)."""
    return taken_from(path).delete()[0]


@contextmanager
def following(item: HasAddress) -> Iterator[None]:
    """Keep the addresses of whatever is saved inside working, in the same transaction.

    The address before is read from the database, so the item may already carry its new slug. Anything below moves too:
    the PDF of a publication, every publication of a series. Something readers never saw leaves no redirect. Publishing
    counts as going live, so publish inside as well.
    """
    with transaction.atomic():
        before = _addresses(item) if item.pk is not None else {}
        was_public = item.pk is not None and _was_public(_stored(item))
        yield
        after = _own_addresses(_stored(item))
        if was_public:
            for name, old, new in _moved(before, after):
                address_changed(old, new, is_prefix=name == "page")
        if _was_public(item) and not getattr(item, "holds_pages", False) and "page" in after:
            free(after["page"])


def moves(item: HasAddress) -> list[tuple[str, str]]:
    """The pairs of old and new address that saving the item as it is now would leave, for a notice beforehand."""
    if item.pk is None or not _was_public(_stored(item)):
        return []
    return [(old, new) for _name, old, new in _moved(_addresses(item), _own_addresses(item))]


def _moved(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str, str]]:
    """Name, old and new of each address that changed, but for a file that its page takes along under its own name."""
    changed = [(name, old, after[name]) for name, old in before.items() if name in after and old != after[name]]
    tails = [old.removeprefix(before["page"]) for name, old, _new in changed if name == "file"]
    if tails and after["file"] == after["page"] + tails[0]:
        changed = [one for one in changed if one[0] != "file"]
    return changed


def _stored(item: HasAddress) -> Any:
    return type(item)._default_manager.get(pk=item.pk)  # type: ignore[attr-defined]


def _addresses(item: HasAddress) -> dict[str, str]:
    return _own_addresses(_stored(item))


def _own_addresses(item: Any) -> dict[str, str]:
    """The page first; the file apart, because its name changes with the slug of a piece that has no number."""
    found = {"page": item.get_absolute_url()}
    if hasattr(item, "get_file_url"):
        found["file"] = item.get_file_url()
    return found


def _was_public(item: Any) -> bool:
    """Only publishable items can be unseen; series, topics and people are public from the day they exist."""
    if not isinstance(item, Publishable):
        return True
    return item.is_public or (item.first_published_at is not None and item.first_published_at <= timezone.now())
