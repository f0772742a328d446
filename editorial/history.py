"""Whole-item revisions: take a snapshot of an item, write it back, say which parts differ.

A snapshot is JSON: `{"fields": {}, "sets": {}, "children": {}, "files": {}, "labels": {}}`. Labels are the words for
rows that may be gone when the snapshot is read. Files are known by their content (SHA-256), because a document keeps
its row when its file is replaced.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from taggit.managers import _TaggableManager

from editorial.models import Document, Publishable, Revision, User

Snapshot = dict[str, Any]
KINDS = ("fields", "sets", "children", "files")


def snapshot(item: Publishable) -> Snapshot:
    """Everything an editor can change about the item, as JSON. Costs one statement for each set and child kind."""
    labels: dict[str, str] = {}
    return {
        "fields": _columns(item, item.revision_fields, labels),
        "sets": {name: _members(getattr(item, name), name, labels) for name in item.revision_sets},
        "children": {
            name: [_columns(child, _child_fields(getattr(item, name)), labels) for child in _children(item, name)]
            for name in item.revision_children
        },
        "files": {f"{name}.file": _file(item, name, labels) for name in _document_fields(item)},
        "labels": labels,
    }


def changed_parts(before: Snapshot | None, after: Snapshot) -> list[str]:
    """Names of fields, sets and children that differ; all of them for a first revision."""
    names = [name for kind in KINDS for name in after.get(kind, {})]
    if before is None:
        return [name for name in names if part(after, name)]
    return [name for name in names if part(before, name) != part(after, name)]


def part(data: Snapshot, name: str) -> Any:
    """One field, set or child list of a snapshot; None when the snapshot is older than the field."""
    for kind in KINDS:
        if name in data.get(kind, {}):
            return data[kind][name]
    return None


def latest(item: Publishable) -> Revision | None:
    return revisions(item).first()


def revisions(item: Publishable) -> models.QuerySet[Revision]:
    """The item's revisions, newest first, without their content."""
    kind = ContentType.objects.get_for_model(type(item))
    return Revision.objects.filter(content_type=kind, object_id=item.pk)


def add_revision(item: Publishable, by: User | None, note: str = "") -> Revision | None:
    """Write a revision of the item as it stands, or nothing if it equals the latest one and there is no note."""
    data = snapshot(item)
    previous = latest(item)
    changed = changed_parts(previous.data if previous else None, data)
    if previous and not changed and not note:
        return None
    number = (revisions(item).aggregate(last=Max("number"))["last"] or 0) + 1
    data["version"] = item.version
    return Revision.objects.create(item=item, number=number, data=data, changed=changed, by=by, note=note[:200])


def as_of_version(item: Publishable, version: int) -> Snapshot | None:
    """The item as somebody saw it who opened this version of it; None when no revision is that old."""
    found = revisions(item).filter(data__version__lte=version).first()
    return found.data if found else None


@transaction.atomic
def apply(item: Publishable, data: Snapshot) -> list[str]:
    """Write a snapshot back to the item, its sets, its children and its files, and save it.

    What the snapshot refers to and exists no longer, or what another item has taken since (an address, say), is left
    out. Returns the words for what was left out.
    """
    missing: list[str] = []
    labels = data["labels"]
    before = _plain_columns(item)
    for name, value in data["fields"].items():
        _set_column(item, name, value, labels, missing)
    _give_way(item, before, missing)
    item.save()
    for name, members in data["sets"].items():
        if name in item.revision_sets:
            _set_members(item, name, members, labels, missing)
    for name, rows in data["children"].items():
        if name in item.revision_children:
            _set_children(item, name, rows, labels, missing)
    for name, digest in data.get("files", {}).items():
        _set_file(item, name, digest, labels, missing)
    return missing


def _children(item: Publishable, name: str) -> models.QuerySet[Any]:
    """In their own order, with the key as the last word, so that two snapshots of one state are equal."""
    rows: models.QuerySet[Any] = getattr(item, name).all()
    references = [field.name for field in rows.model._meta.concrete_fields if field.many_to_one]
    return rows.select_related(*references).order_by(*(rows.model._meta.ordering or ()), "pk")


def _child_fields(manager: Any) -> list[str]:
    """All but the way back to the item; a child may point at another item of the same kind besides."""
    return [field.name for field in manager.model._meta.concrete_fields if field.name != manager.field.name]


def _document_fields(item: Publishable) -> list[str]:
    return [name for name in item.revision_fields if item._meta.get_field(name).related_model is Document]


def _file(item: Publishable, name: str, labels: dict[str, str]) -> str | None:
    document: Document | None = getattr(item, name)
    if document is None:
        return None
    version = document.versions.first()
    if version is None:
        return None
    words = {"name": version.original_name, "number": version.number}
    labels[f"{name}.file:{version.sha256}"] = _("%(name)s, version %(number)s") % words
    return version.sha256


def _columns(row: models.Model, names: Iterable[str], labels: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in names:
        field: Any = row._meta.get_field(name)
        value = field.value_from_object(row)
        if value is not None and isinstance(field, models.ForeignKey):
            labels[f"{name}:{value}"] = str(getattr(row, name))
        elif value is not None and not isinstance(value, (str, int, bool)):
            value = field.value_to_string(row)
        values[name] = value
    return values


def _members(manager: Any, name: str, labels: dict[str, str]) -> list[Any]:
    if isinstance(manager, _TaggableManager):
        return sorted(manager.names())
    members = sorted(manager.all(), key=lambda member: int(member.pk))
    labels.update({f"{name}:{member.pk}": str(member) for member in members})
    return [member.pk for member in members]


def _set_column(row: models.Model, name: str, value: Any, labels: dict[str, str], missing: list[str]) -> None:
    try:
        field: Any = row._meta.get_field(name)
    except FieldDoesNotExist:
        return
    if not isinstance(field, models.ForeignKey):
        setattr(row, name, field.to_python(value))
        return
    if value is not None and not field.related_model._default_manager.filter(pk=value).exists():
        value, gone = _successor(field.related_model, value), value
        if value is not None:
            setattr(row, field.attname, value)
            return
        value = gone
        missing.append(labels.get(f"{name}:{value}", str(value)))
        if not field.null:
            return
        value = None
    setattr(row, field.attname, value)


def _successor(model: Any, key: Any) -> Any:
    """What a row that is gone became part of, where its model keeps account of that (`successor`)."""
    find = getattr(model, "successor", None)
    return find(key) if find else None


def _plain_columns(item: Publishable) -> dict[str, Any]:
    return {field.attname: getattr(item, field.attname) for field in item._meta.concrete_fields}


def _give_way(item: Publishable, before: dict[str, Any], missing: list[str]) -> None:
    """Keep today's value of columns whose old value another row has taken since."""
    options = item._meta
    single = [(field.name,) for field in options.concrete_fields if field.unique and not field.primary_key]
    joint = [rule.fields for rule in options.constraints if isinstance(rule, models.UniqueConstraint)]
    for names in [*single, *joint]:
        fields: list[Any] = [options.get_field(name) for name in names]
        wanted = {field.attname: getattr(item, field.attname) for field in fields}
        if None in wanted.values() or not type(item)._default_manager.filter(**wanted).exclude(pk=item.pk).exists():
            continue
        for attribute in wanted:
            setattr(item, attribute, before[attribute])
        words = {"field": fields[-1].verbose_name, "value": wanted[fields[-1].attname]}
        missing.append(_("%(field)s “%(value)s”, which another item has taken since") % words)


def _set_members(item: Publishable, name: str, members: list[Any], labels: dict[str, str], missing: list[str]) -> None:
    manager = getattr(item, name)
    if isinstance(manager, _TaggableManager):
        manager.set(members)
        return
    there = set(manager.model._default_manager.filter(pk__in=members).values_list("pk", flat=True))
    missing.extend(labels.get(f"{name}:{pk}", str(pk)) for pk in members if pk not in there)
    manager.set(there)


def _set_children(
    item: Publishable, name: str, rows: list[dict[str, Any]], labels: dict[str, str], missing: list[str]
) -> None:
    """Rows that differ go first and come back under their old keys, so that no uniqueness rule sees both."""
    manager = getattr(item, name)
    key = manager.model._meta.pk.name
    now = {row.pk: _columns(row, _child_fields(manager), {}) for row in _children(item, name)}
    kept = {values[key] for values in rows if now.get(values[key]) == values}
    manager.exclude(pk__in=kept).delete()
    keys = [values[key] for values in rows]
    elsewhere = set(manager.model._default_manager.filter(pk__in=keys).values_list("pk", flat=True))
    for values in rows:
        if values[key] in kept:
            continue
        child = manager.model(**{manager.field.name: item})
        before = len(missing)
        for field, value in values.items():
            if field != key or value not in elsewhere:
                _set_column(child, field, value, labels, missing)
        if len(missing) == before:
            child.save(force_insert=True)


def _set_file(item: Publishable, name: str, digest: str | None, labels: dict[str, str], missing: list[str]) -> None:
    """Make the file of that time the newest version again. Its document keeps address and every other version."""
    field = name.removesuffix(".file")
    document: Document | None = getattr(item, field, None) if field in item.revision_fields else None
    if document is None or digest is None:
        return
    newest = document.versions.first()
    if newest is None or newest.sha256 == digest:
        return
    old = document.versions.filter(sha256=digest).first()
    if old is None:
        missing.append(labels.get(f"{name}:{digest}", digest[:12]))
        return
    old.pk, old.number, old.uploaded_at = None, newest.number + 1, timezone.now()
    old.save(force_insert=True)
    item._state.fields_cache.pop(field, None)
