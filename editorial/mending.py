"""Links to what has moved, led to where it is now: in rich texts and in fields that hold an address, through a normal save.

PDFs are not rewritten; their links are listed for whoever makes the next version.
"""

import html
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial import links, saving
from editorial.fields import RichTextField
from editorial.models import Batch, Document, FoundLink, LinkTarget, Publishable, User

MOST_AT_ONCE = 200  # rows for one press of the button: well within the time of a request


@dataclass(frozen=True)
class Repair:
    item: Any
    found: list[FoundLink]


def moved() -> models.QuerySet[FoundLink]:
    """Links of ours that can be led on by themselves."""
    rows = FoundLink.objects.filter(target__is_outside=False, target__outcome=LinkTarget.Outcome.MOVED)
    return rows.exclude(target__leads_to="").exclude(
        content_type__app_label="editorial", content_type__model="document"
    )


def repairs(limit: int = MOST_AT_ONCE) -> list[Repair]:
    """What `mend` would do, for the first so many rows."""
    keys = list(
        moved().order_by("content_type", "object_id").values_list("content_type", "object_id").distinct()[:limit]
    )
    by_item: dict[tuple[int, int], list[FoundLink]] = defaultdict(list)
    wanted = moved().filter(object_id__in={pk for _kind, pk in keys}).select_related("target").prefetch_related("item")
    for one in wanted:
        if (one.content_type_id, one.object_id) in set(keys):
            by_item[one.content_type_id, one.object_id].append(one)
    return [Repair(found[0].item, found) for found in by_item.values() if found[0].item is not None]


def mend(by: User, may_change: Any, limit: int = MOST_AT_ONCE) -> Batch:
    """Lead on every link of up to so many rows. `may_change(row)` says whether this editor may save it.

    Each row in a transaction of its own, with a revision where the kind has them, and a line in the log.
    """
    done: list[str] = []
    links_led = 0
    for repair in repairs(limit):
        if not may_change(repair.item):
            continue
        try:
            count = _mend_one(repair, by)
        except saving.Conflict:
            continue  # somebody is saving it at this moment; the next press takes it
        if count:
            links_led += count
            done.append(f"{repair.item._meta.label_lower} {repair.item.pk}")
    words = ngettext(
        "%(count)s link led to where its page is now", "%(count)s links led to where their pages are now", links_led
    )
    return Batch.objects.create(
        kind="links", summary=words % {"count": links_led}, count=links_led, by=by, data={"items": done}
    )


@transaction.atomic
def _mend_one(repair: Repair, by: User) -> int:
    model: Any = type(repair.item)
    row = model._default_manager.select_for_update(of=("self",)).get(pk=repair.item.pk)
    count = 0
    for one in repair.found:
        text = getattr(row, one.place)
        led = led_on(
            text, one.href, one.target.leads_to, is_text=isinstance(row._meta.get_field(one.place), RichTextField)
        )
        count += led != text
        setattr(row, one.place, led)
    if not count:
        links.record([row])
        return 0
    row.save()
    note = _("Links led to where their pages are now")
    if isinstance(row, Publishable):
        saving.record(row, by, note)
    LogEntry.objects.log_actions(by.pk, [row], CHANGE, change_message=note, single_object=True)
    links.record([row])
    return count


def led_on(text: str, href: str, to: str, *, is_text: bool) -> str:
    """The text with this very address changed; what follows the # stays."""
    _head, mark, place = href.partition("#")
    new = to + mark + place
    if not is_text:
        return new if text == href else text
    for written in {html.escape(href), href}:
        text = text.replace(f'href="{written}"', f'href="{html.escape(new)}"')
    return text


def in_pdfs() -> models.QuerySet[FoundLink]:
    """Moved or missing, in files: for whoever makes the next version."""
    bad = (LinkTarget.Outcome.MOVED, LinkTarget.Outcome.MISSING)
    rows = FoundLink.objects.filter(place=FoundLink.PDF, target__outcome__in=bad, target__is_outside=False)
    return rows.filter(object_id__in=Document.objects.values("pk"))
