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


Effect = dict[str, dict[str, list[Any]]]  # of a piece: by kind what is added and what is removed


@dataclass(frozen=True)
class Change:
    """Keys of topics and regions, words of tags."""

    add: dict[str, list[Any]]
    remove: dict[str, list[Any]]

    @property
    def is_nothing(self) -> bool:
        return not any((*self.add.values(), *self.remove.values()))


def effect(piece: Publication, change: Change) -> Effect:
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
    done = {piece.pk: wanted for piece in pieces if (wanted := effect(piece, change))}
    put(done)
    _record(list(done), by, _("Subjects changed in bulk (%(number)s)") % {"number": batch.pk})
    batch.count, batch.data = len(done), {"items": {str(key): wanted for key, wanted in done.items()}}
    batch.save(update_fields=["count", "data"])
    return batch


def put(wanted: dict[int, Effect]) -> None:
    """Write what is to be put on and taken off each piece: topics and regions in a few statements for all of them."""
    for kind, model in KINDS.items():
        through: Any = getattr(Publication, kind).through
        column = f"{model._meta.model_name}_id"
        off: dict[Any, list[int]] = {}
        for key, parts in wanted.items():
            for one in parts.get(kind, {}).get("removed", ()):
                off.setdefault(one, []).append(key)
        for one, keys in off.items():
            through.objects.filter(**{column: one, "publication_id__in": keys}).delete()
        on = [(key, one) for key, parts in wanted.items() for one in parts.get(kind, {}).get("added", ())]
        rows = [through(**{"publication_id": key, column: one}) for key, one in on]
        through.objects.bulk_create(rows, ignore_conflicts=True)
    tagged = {key: parts["tags"] for key, parts in wanted.items() if "tags" in parts}
    for piece in Publication.objects.filter(pk__in=list(tagged)).only("pk"):
        piece.tags.remove(*tagged[piece.pk]["removed"])
        piece.tags.add(*tagged[piece.pk]["added"])


def _record(keys: list[int], by: User, note: str) -> None:
    """A revision of each, read anew with what was written."""
    rows = Publication.objects.filter(pk__in=keys).select_related(
        "series", "image", "document", "responds_to", "part_of", "recording"
    )
    saving.record_all(rows.prefetch_related("centres", "topics", "regions", "plain_abbreviations"), by, note)


@undoes(KIND)
def take_back(batch: Batch, by: User) -> None:
    """Put off what was put on, and on again what was taken off, where that has not been changed by hand since."""
    items = batch.data.get("items", {})
    pieces = list(Publication.objects.present().filter(pk__in=[int(key) for key in items]).values_list("pk", flat=True))
    known = {kind: set(model.objects.values_list("pk", flat=True)) for kind, model in KINDS.items()}
    back = {
        key: {
            kind: {
                "added": [one for one in parts["removed"] if kind == "tags" or one in known[kind]],
                "removed": parts["added"],
            }
            for kind, parts in items[str(key)].items()
        }
        for key in pieces
    }
    put(back)
    _record(list(back), by, _("Taken back: subjects changed in bulk (%(number)s)") % {"number": batch.pk})


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
