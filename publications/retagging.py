"""Topics, regions and tags put on or taken off many pieces at once: one press, one line in the log, one way back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial import saving
from editorial.batches import undoes
from editorial.models import Batch, User
from publications.models import Publication
from research.models import Region, Topic

KIND = "retag"
MOST = 1_000  # pieces at once, well within the time of a request
KINDS: dict[str, Any] = {"topics": Topic, "regions": Region}


@dataclass(frozen=True)
class Change:
    """Keys of topics and regions, words of tags."""

    add: dict[str, list[Any]]
    remove: dict[str, list[Any]]

    @property
    def is_nothing(self) -> bool:
        return not any((*self.add.values(), *self.remove.values()))


def effect(piece: Publication, change: Change) -> dict[str, dict[str, list[Any]]]:
    """What would really be put on and taken off, by kind; nothing for a piece that is so already.

    Costs no statement after `prefetch_related("topics", "regions", "tags")`.
    """
    found = {}
    for kind in ("topics", "regions", "tags"):
        have = {(row.name if kind == "tags" else row.pk) for row in getattr(piece, kind).all()}
        added = [one for one in change.add.get(kind, []) if one not in have]
        removed = [one for one in change.remove.get(kind, []) if one in have]
        if added or removed:
            found[kind] = {"added": added, "removed": removed}
    return found


@transaction.atomic
def retag(pieces: Iterable[Publication], change: Change, by: User, *, summary: str) -> Batch:
    """Change every piece that is not so already, each with a revision. Raises Conflict, and then changes nothing."""
    batch = Batch.objects.create(kind=KIND, summary=summary[:300], by=by)
    done: dict[str, Any] = {}
    for piece in pieces:
        wanted = effect(piece, change)
        if not wanted:
            continue
        put(piece, wanted)
        saving.record(piece, by, _("Subjects changed in bulk (%(number)s)") % {"number": batch.pk})
        done[str(piece.pk)] = wanted
    batch.count, batch.data = len(done), {"items": done}
    batch.save(update_fields=["count", "data"])
    return batch


def put(piece: Publication, wanted: dict[str, dict[str, list[Any]]]) -> None:
    for kind, parts in wanted.items():
        manager = getattr(piece, kind)
        if parts["removed"]:
            manager.remove(*parts["removed"])
        if parts["added"]:
            manager.add(*parts["added"])
    vars(piece).pop("_prefetched_objects_cache", None)  # the revision has to see what was written


@undoes(KIND)
def take_back(batch: Batch, by: User) -> None:
    """Put off what was put on, and on again what was taken off, where that has not been changed by hand since."""
    items = batch.data.get("items", {})
    pieces = Publication.objects.present().filter(pk__in=[int(key) for key in items])
    known = {kind: set(model.objects.values_list("pk", flat=True)) for kind, model in KINDS.items()}
    for piece in pieces:
        back = {
            kind: {
                "added": [one for one in parts["removed"] if kind == "tags" or one in known[kind]],
                "removed": parts["added"],
            }
            for kind, parts in items[str(piece.pk)].items()
        }
        put(piece, back)
        saving.record(piece, by, _("Taken back: subjects changed in bulk (%(number)s)") % {"number": batch.pk})


def in_words(change: Change) -> str:
    """`+ Maritime Security, – Asia`: what a change puts on and takes off."""
    names = {kind: dict(model.objects.values_list("pk", "name")) for kind, model in KINDS.items()}
    parts = []
    for sign, by_kind in (("+", change.add), ("–", change.remove)):
        for kind, keys in by_kind.items():
            parts += [f"{sign} {names[kind].get(key, key) if kind in names else key}" for key in keys]
    return ", ".join(parts)


def summary(change: Change, count: int) -> str:
    words = ngettext("%(count)s publication: %(what)s", "%(count)s publications: %(what)s", count)
    return words % {"count": count, "what": in_words(change)}
