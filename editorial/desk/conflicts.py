"""When somebody else saved first: the second form against what is saved now, with nothing of either lost."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString
from lxml import html as lxml_html

from editorial import compare, history
from editorial.models import Publishable, User


@dataclass(frozen=True)
class Part:
    """One part that differs: the saved state, and what the second saver's would change in it, word by word."""

    name: str
    label: str
    saved: SafeString
    difference: SafeString
    by_them: bool
    by_you: bool


@dataclass(frozen=True)
class Panel:
    """What the conflict page shows above the form. `parts` is None when the form has errors and cannot be compared."""

    by: User | None
    at: Any
    parts: list[Part] | None
    lost_files: bool


def panel(current: Publishable, opened: int, mine: history.Snapshot | None, lost_files: bool) -> Panel:
    """`opened` is the version the second saver began from, which tells who changed what."""
    theirs = history.snapshot(current)
    parts = None if mine is None else _parts(current, history.as_of_version(current, opened), theirs, mine)
    return Panel(current.updated_by, current.updated_at, parts, lost_files)


def _parts(
    item: Publishable, base: history.Snapshot | None, theirs: history.Snapshot, mine: history.Snapshot
) -> list[Part]:
    model = type(item)
    by_them = set(history.changed_parts(base, theirs)) if base else set()
    by_you = set(history.changed_parts(base, mine)) if base else set()
    return [
        Part(
            difference.name,
            difference.label,
            compare.shown(model, difference.name, theirs),
            difference.html,
            difference.name in by_them,
            difference.name in by_you,
        )
        for difference in compare.differences(model, theirs, mine)
    ]


def rebase(request: HttpRequest, formsets: list[Any]) -> QueryDict:
    """The submitted data, made to fit the rows of today: `formsets` are unbound, over the item as it is saved now.

    A row of the form that was deleted meanwhile becomes a new row. A row added meanwhile is put in, marked for
    deletion, because the second saver has not seen it: the mark can be taken off to keep both.
    """
    data = request.POST.copy()
    for formset in formsets:
        if f"{formset.prefix}-TOTAL_FORMS" in data:
            _rebase_rows(data, formset)
    return data


def _rebase_rows(data: QueryDict, formset: Any) -> None:
    prefix, key = formset.prefix, formset.model._meta.pk.name
    posted = _posted_rows(data, prefix)
    for name in [name for row in posted for name in row["names"]]:
        del data[name]
    by_key = {row["values"][key][0]: row["values"] for row in posted if row["values"].get(key, [""])[0]}
    initial, used = [], set()
    for form in formset.initial_forms:
        mine = by_key.get(str(form.instance.pk))
        used.add(str(form.instance.pk))
        initial.append(mine if mine is not None else {**_values(form), "DELETE": ["on"]})
    extra = [row["values"] for row in posted if row["values"].get(key, [""])[0] not in used]
    for values in extra:
        values[key] = [""]
    for index, values in enumerate([*initial, *extra]):
        for name, value in values.items():
            data.setlist(f"{prefix}-{index}-{name}", value)
    data[f"{prefix}-TOTAL_FORMS"] = str(len(initial) + len(extra))
    data[f"{prefix}-INITIAL_FORMS"] = str(len(initial))


def _posted_rows(data: QueryDict, prefix: str) -> list[dict[str, Any]]:
    """What the form sent for each row, by place in the form."""
    rows: dict[int, dict[str, Any]] = {}
    for name, values in data.lists():
        head, _dash, rest = name.partition(f"{prefix}-")
        index, _dash, field = rest.partition("-")
        if head or not field or not (index.isascii() and index.isdigit()):
            continue
        row = rows.setdefault(int(index), {"names": [], "values": {}})
        row["names"].append(name)
        row["values"][field] = values
    return [rows[index] for index in sorted(rows)]


def _values(form: Any) -> dict[str, list[str]]:
    """What a browser would send for this row as it is, read from its own HTML because widgets name their inputs."""
    markup = "".join(str(field) for field in form)
    tree: Any = lxml_html.fromstring(f"<form>{markup}</form>")
    values: dict[str, list[str]] = {}
    for name, value in tree.form_values():
        values.setdefault(name.removeprefix(f"{form.prefix}-"), []).append(value)
    return values


def unbound(screen: Any, request: HttpRequest, item: models.Model) -> list[Any]:
    """The screen's formsets over the rows of today, without anything submitted."""
    formsets, counts = [], dict[str, int]()
    for formset_class, inline in screen.get_formsets_with_inlines(request, item):
        prefix = formset_class.get_default_prefix()
        counts[prefix] = counts.get(prefix, 0) + 1
        if counts[prefix] > 1:
            prefix = f"{prefix}-{counts[prefix]}"
        formsets.append(formset_class(instance=item, prefix=prefix, queryset=inline.get_queryset(request)))
    return formsets
