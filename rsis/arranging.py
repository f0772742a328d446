"""Moving lines of the menu. Lines of a list are numbered anew with every move, so that two never stand at one place."""

from typing import Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rsis.models import MenuItem

Direction = Literal["up", "down", "in", "out"]


def siblings(item: MenuItem) -> list[MenuItem]:
    return list(MenuItem.objects.filter(place=item.place, parent=item.parent_id).order_by("position", "pk"))


@transaction.atomic
def move(item: MenuItem, direction: Direction) -> None:
    """One step: among its neighbours, under the line before it, or out to beside the line it stands under.

    Raises ValidationError with the reason when there is no such step.
    """
    _lock(item.place)
    item.refresh_from_db()
    rows = siblings(item)
    at = rows.index(item)
    match direction:
        case "up" if at > 0:
            put(item, item.parent, at - 1)
        case "down" if at < len(rows) - 1:
            put(item, item.parent, at + 1)
        case "in" if at > 0:
            put(item, rows[at - 1], rows[at - 1].children.count())
        case "out" if item.parent is not None:
            put(item, item.parent.parent, siblings(item.parent).index(item.parent) + 1)
        case _:
            raise ValidationError(_("“%(label)s” cannot be moved there.") % {"label": item.label})


@transaction.atomic
def put(item: MenuItem, parent: MenuItem | None, at: int) -> None:
    """Under this line, or into the first level, at a place counted from 0 among those that stand there already."""
    _lock(item.place)
    item.parent = parent
    item.full_clean()
    others = [one for one in siblings(item) if one != item]
    others.insert(max(0, min(at, len(others))), item)
    for position, one in enumerate(others, start=1):
        one.position = position
    item.save(update_fields=["parent", "position"])
    MenuItem.objects.bulk_update(others, ["position"])


def _lock(place: str) -> None:
    """One at a time, on a database that needs to be told."""
    list(MenuItem.objects.select_for_update().filter(place=place).order_by("pk").values_list("pk", flat=True))
