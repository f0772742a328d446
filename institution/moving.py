"""A page that moves takes its subtree along, and no address that readers had stops leading there."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

from django.db import transaction
from django.urls import Resolver404, resolve

from editorial import redirects
from institution.models import LONGEST_PATH, Page, at


@contextmanager
def keeping_addresses(page: Page) -> Iterator[None]:
    """Save the page inside. Every page that readers have seen below it leaves a redirect, in the same transaction.

    The page's own is left by `redirects.following`, which every screen of publishable items uses.
    """
    with transaction.atomic():
        stored = _stored(page)
        below = {row.pk: row.get_absolute_url() for row in _seen_below(stored)} if stored else {}
        yield
        for row in Page.objects.filter(pk__in=below).select_related("centre"):
            redirects.address_changed(below[row.pk], row.get_absolute_url())


def addresses_that_move(page: Page) -> list[tuple[str, str]]:
    """Old and new address of every page readers know that saving this one as it is now would move, its own first."""
    stored = _stored(page)
    if stored is None:
        return []
    moved = copy(page)
    moved.take_place()
    old, new = stored.get_absolute_url(), address_of(moved)
    if old == new:
        return []
    seen = [*Page.objects.seen().filter(pk=stored.pk).select_related("centre"), *_seen_below(stored)]
    return [(row.get_absolute_url(), new + row.get_absolute_url()[len(old) :]) for row in seen]


def address_of(page: Page) -> str:
    """Of a page that is not saved yet, after `take_place`: its centre may have changed as well."""
    return "/" + page.full_path + "/"


def count_seen(page: Page) -> int:
    """How many redirects moving the page would leave."""
    return len([*Page.objects.seen().filter(pk=page.pk), *_seen_below(page)])


def obstacle(page: Page) -> str:
    """What stands in the way of the page's address, as one word for the form: "", "long", "reserved" or "taken"."""
    longest = max([len(page.path), *(len(page.path) + grown for grown in _growth_below(page))])
    if longest > LONGEST_PATH:
        return "long"
    try:
        belongs_to_pages = resolve(address_of(page)).kwargs.get("path") == page.full_path
    except Resolver404:
        belongs_to_pages = False
    if not belongs_to_pages:
        return "reserved"
    return "taken" if Page.objects.filter(at(page.full_path)).exclude(pk=page.pk).exists() else ""


def _growth_below(page: Page) -> list[int]:
    stored = _stored(page)
    if stored is None:
        return []
    return [len(path) - len(stored.path) for path in Page.objects.below(stored).values_list("path", flat=True)]


def _stored(page: Page) -> Page | None:
    found: Page | None = Page.objects.filter(pk=page.pk).select_related("centre").first() if page.pk else None
    return found


def _seen_below(page: Page) -> list[Page]:
    return list(Page.objects.below(page).seen().select_related("centre").order_by("path"))
