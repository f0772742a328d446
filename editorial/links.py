"""Which addresses our texts link to: in every rich text, in fields that hold an address, and in the PDFs.

A model with a column that holds an address names it in `link_fields = ("address",)`. What is found is kept in FoundLink, one
LinkTarget for all that lead to the same place; who checks the targets is another matter.
"""

import html
import re
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from editorial.fields import RichTextField
from editorial.models import Document, FoundLink, LinkTarget, Publishable, Revision, ScanMark

HREF = re.compile(r'<a\b[^>]*?\shref="([^"]*)"', re.IGNORECASE)
ROWS_AT_ONCE = 500
LONGEST = 500
MOST_OF_ONE = 500  # links of one text

Found = tuple[str, str]  # place, as written


def kinds() -> list[type[Model]]:
    """Every model whose rows may hold links."""
    return [model for model in apps.get_models() if places(model)]


def places(model: type[Model]) -> tuple[str, ...]:
    if model is Document:
        return (FoundLink.PDF,)
    texts = [field.name for field in model._meta.concrete_fields if isinstance(field, RichTextField)]
    return (*texts, *getattr(model, "link_fields", ()))


def in_text(text: str) -> Iterator[str]:
    """The addresses of the links of a rich text, as the browser would read them."""
    for match in HREF.finditer(text or ""):
        yield html.unescape(match[1]).strip()


def normal(href: str) -> tuple[str, bool] | None:
    """The address a link leads to and whether it is on another site; None for a note, a letter, a telephone number."""
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
    except ValueError:
        return None
    if host and not parts.scheme:
        return normal(f"https:{href}")
    if parts.scheme in {"http", "https"} and host.removeprefix("www.") not in own_hosts():
        address = href.partition("#")[0]
        return (address, True) if len(address) <= LONGEST and address.isprintable() else None
    if parts.scheme not in {"", "http", "https"} or (not parts.path.startswith("/") and not host):
        return None
    path = unquote(parts.path) or "/"
    address = f"{path}?{parts.query}" if parts.query else path
    return (address, False) if len(address) <= LONGEST and address.isprintable() else None


def own_hosts() -> set[str]:
    hosts = {urlsplit(settings.SITE_URL).hostname or "", *settings.ALLOWED_HOSTS}
    return {host.removeprefix("www.") for host in hosts if host and host != "*"}


def record(rows: Iterable[Model]) -> int:
    """Bring what is kept of the links of these rows (all of one model) in line with their texts. How many links they have."""
    rows = list(rows)
    if not rows:
        return 0
    kind = ContentType.objects.get_for_model(type(rows[0]))
    wanted: dict[tuple[int, str, str], tuple[str, bool]] = {}
    for row in rows:
        for place, href in links_of(row):
            if (address := normal(href)) and len(href) <= LONGEST:
                wanted[row.pk, place, href] = address
    with transaction.atomic():
        known = FoundLink.objects.filter(content_type=kind, object_id__in=[row.pk for row in rows])
        have = {(one.object_id, one.place, one.href): one.pk for one in known}
        FoundLink.objects.filter(pk__in=[pk for key, pk in have.items() if key not in wanted]).delete()
        new = {key: address for key, address in wanted.items() if key not in have}
        keys = _keys_of(set(new.values()))
        FoundLink.objects.bulk_create(
            [
                FoundLink(content_type=kind, object_id=pk, place=place, href=href, target_id=keys[address])
                for (pk, place, href), (address, _is_outside) in new.items()
            ],
            ignore_conflicts=True,
        )
    return len(wanted)


def links_of(row: Any) -> list[Found]:
    if isinstance(row, Document):
        words = getattr(row.current, "words", None)
        return [(FoundLink.PDF, href) for href in (words.links if words else ())][:MOST_OF_ONE]
    if isinstance(row, Publishable) and row.deleted_at is not None:
        return []
    found: list[Found] = []
    for place in places(type(row)):
        value = getattr(row, place) or ""
        is_text = isinstance(row._meta.get_field(place), RichTextField)
        found += [(place, href) for href in (in_text(value) if is_text else [value]) if href]
    return list(dict.fromkeys(found))[:MOST_OF_ONE]


def _keys_of(addresses: set[tuple[str, bool]]) -> dict[str, int]:
    keys: dict[str, int] = {}
    for chunk in batched(addresses, ROWS_AT_ONCE):
        LinkTarget.objects.bulk_create(
            [LinkTarget(address=address, is_outside=is_outside) for address, is_outside in chunk], ignore_conflicts=True
        )
        found = LinkTarget.objects.filter(address__in=[address for address, _is_outside in chunk])
        keys |= dict(found.values_list("address", "pk"))
    return keys


# --- Finding them, a little at a time -------------------------------------------------------------------------------
def find_due() -> int:
    """What was saved since the last time, and the next rows of today's round through everything.

    Returns 0, whatever it did, so that the worker comes to its other work in between.
    """
    _find_saved()
    today = timezone.localdate()
    for model in kinds():
        mark, _made = ScanMark.objects.get_or_create(name=f"links of {model._meta.label_lower}")
        if mark.done_on == today:
            continue
        rows = list(_rows(model).filter(pk__gt=mark.key).order_by("pk")[:ROWS_AT_ONCE])
        record(rows)
        is_over = len(rows) < ROWS_AT_ONCE
        key = 0 if is_over else rows[-1].pk
        ScanMark.objects.filter(pk=mark.pk).update(key=key, done_on=today if is_over else mark.done_on)
        if is_over:
            _forget_deleted(model)
        return 0
    return 0


def _rows(model: type[Model]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._default_manager.all()
    if model is Document:
        return rows.select_related("current__words").filter(current__words__isnull=False)
    needed = ("pk", *places(model), *(("deleted_at",) if issubclass(model, Publishable) else ()))
    return rows.only(*needed)


def _find_saved() -> None:
    """Every save at the desk leaves a revision, so the newest tell what to look at again."""
    mark, _made = ScanMark.objects.get_or_create(name="revisions")
    saved = list(
        Revision.objects.filter(pk__gt=mark.key).order_by("pk").values_list("pk", "content_type", "object_id")[:100]
    )
    for kind in {content_type for _pk, content_type, _object in saved}:
        model = ContentType.objects.get_for_id(kind).model_class()
        if model and places(model):
            record(_rows(model).filter(pk__in={key for _pk, content_type, key in saved if content_type == kind}))
    if saved:
        ScanMark.objects.filter(pk=mark.pk).update(key=saved[-1][0])


def _forget_deleted(model: type[Model]) -> None:
    kind = ContentType.objects.get_for_model(model)
    FoundLink.objects.filter(content_type=kind).exclude(object_id__in=model._default_manager.values("pk")).delete()
    LinkTarget.objects.filter(found=None).delete()
