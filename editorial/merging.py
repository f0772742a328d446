"""Two rows that mean the same become one: whatever pointed at the first points at the second, once, and back on request."""

from dataclasses import dataclass
from typing import Any

from django.core import serializers
from django.db import models, transaction
from django.utils.translation import gettext as _

from editorial import redirects
from editorial.batches import undoes
from editorial.models import Batch, Redirect, User
from editorial.publishing import NotAllowed

KIND = "merge"


@dataclass(frozen=True)
class Move:
    """The rows of one column that point at what goes: those that will point at what stays, and those that do already."""

    field: Any
    moved: list[Any]
    doubled: list[models.Model]

    @property
    def name(self) -> str:
        return f"{self.field.model._meta.label_lower}.{self.field.name}"

    @property
    def words(self) -> str:
        """What the rows are, for editors: for a table between two, the kind at its other end."""
        model = self.field.model
        others = [field for field in model._meta.concrete_fields if field.many_to_one and field is not self.field]
        if model._meta.auto_created and others:
            return str(others[0].related_model._meta.verbose_name_plural)
        return str(model._meta.verbose_name_plural)


def moves(gone: models.Model, kept: models.Model) -> list[Move]:
    """Everything that merging would move, without changing it."""
    found = []
    for relation in gone._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and not isinstance(relation.related_model, str):
            move = _move(relation.field, gone, kept)
            if move.moved or move.doubled:
                found.append(move)
    return found


def _move(field: Any, gone: models.Model, kept: models.Model) -> Move:
    rows = field.model._default_manager.filter(**{field.name: gone})
    partners = _partners(field)
    if not partners:
        return Move(field, list(rows.values_list("pk", flat=True)), [])
    have = set(field.model._default_manager.filter(**{field.name: kept}).values_list(*partners))
    moved, doubled = [], []
    for row in rows:
        values = tuple(getattr(row, name) for name in partners)
        if values in have:
            doubled.append(row)
        else:
            moved.append(row.pk)
            have.add(values)
    return Move(field, moved, doubled)


def _partners(field: Any) -> list[str]:
    """The columns that together with this one may occur once only."""
    options = field.model._meta
    rules: list[Any] = [tuple(names) for names in options.unique_together]
    rules += [
        rule.fields for rule in options.constraints if isinstance(rule, models.UniqueConstraint) and not rule.condition
    ]
    joint = next((names for names in rules if field.name in names), ())
    return [options.get_field(name).attname for name in joint if name != field.name]


@transaction.atomic
def merge(gone: Any, kept: Any, by: User | None, *, address_of: Any = None) -> Batch:
    """Move everything of `gone` to `kept`, lead its page there with all below, and delete it. Raises NotAllowed.

    `address_of(row)` gives the page of a row that does not know it itself.
    """
    if type(gone) is not type(kept) or gone.pk == kept.pk:
        raise NotAllowed(_("Choose another one of the same kind."))
    if _is_below(kept, gone):
        raise NotAllowed(_("What stays lies below what goes. Move it elsewhere in the tree first."))
    address = address_of or (lambda row: row.get_absolute_url())
    old, new = address(gone), address(kept)
    found = moves(gone, kept)
    led = list(Redirect.objects.filter(new_path__startswith=old).values_list("old_path", "new_path", "is_prefix"))
    data: dict[str, Any] = {
        "gone": serializers.serialize("json", [gone]),
        "kept": [kept._meta.label_lower, kept.pk],
        "moved": {move.name: move.moved for move in found},
        "doubled": serializers.serialize("json", [row for move in found for row in move.doubled]),
        "addresses": [old, new],
        "led": led,
    }
    for move in found:
        rows = move.field.model._default_manager
        rows.filter(pk__in=[row.pk for row in move.doubled]).delete()
        for start in range(0, len(move.moved), 500):
            rows.filter(pk__in=move.moved[start : start + 500]).update(**{move.field.name: kept})
    words = _("%(kind)s “%(gone)s” merged into “%(kept)s”") % {
        "kind": str(gone._meta.verbose_name).capitalize(), "gone": gone, "kept": kept,
    }  # fmt: skip
    type(gone)._default_manager.filter(pk=gone.pk).delete()
    redirects.address_changed(old, new, is_prefix=True)
    count = sum(len(move.moved) + len(move.doubled) for move in found)
    return Batch.objects.create(kind=KIND, summary=words[:300], data=data, count=count, by=by)


def _is_below(row: Any, above: Any) -> bool:
    seen: set[Any] = set()
    while (parent := getattr(row, "parent", None)) is not None and parent.pk not in seen:
        if parent.pk == above.pk:
            return True
        seen.add(parent.pk)
        row = parent
    return False


@undoes(KIND)
def take_back(batch: Batch, by: User) -> None:
    """Bring back what was merged away, under its key and address, with everything that still points at what stayed."""
    data = batch.data
    _label, key = data["kept"]
    (gone,) = serializers.deserialize("json", data["gone"])
    row: Any = gone.object
    model: Any = type(row)
    if model._default_manager.filter(pk=row.pk).exists() or model._default_manager.filter(slug=row.slug).exists():
        raise NotAllowed(_("Something else has its address now. Rename that first."))
    gone.save()
    apps = model._meta.apps
    for name, keys in data["moved"].items():
        row_label, _dot, field = name.rpartition(".")
        rows = apps.get_model(row_label)._default_manager
        for start in range(0, len(keys), 500):
            rows.filter(pk__in=keys[start : start + 500], **{f"{field}_id": key}).update(**{f"{field}_id": row.pk})
    for other in serializers.deserialize("json", data["doubled"]):
        if not type(other.object)._default_manager.filter(pk=other.object.pk).exists():
            other.save()
    old, new = data["addresses"]
    Redirect.objects.filter(old_path=old, new_path=new).delete()
    for old_path, new_path, is_prefix in data["led"]:
        Redirect.objects.filter(old_path=old_path, is_prefix=is_prefix).update(new_path=new_path)
