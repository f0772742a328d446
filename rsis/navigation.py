"""Header and footer of every page: menu, lists of links and the facts of the school, from the database and held here.

Read in two statements and written out once, as HTML, for the edition of the moment (rsis/page_cache.py): whatever is
written anywhere moves the edition on, and the next page reads anew. What changes without a write, a page whose hour comes,
ends the life of what was read before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from threading import Lock, local
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from editorial.metadata import Publisher
from rsis import consent, page_cache
from rsis.models import MenuItem, SiteSettings, SocialAccount
from rsis.targets import target_of, with_targets

MAIN = MenuItem.Place.MAIN
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Node:
    """A line as readers see it. One without an address is a heading over what stands under it."""

    pk: int
    label: str
    address: str
    note: str
    children: tuple["Node", ...] = ()

    @property
    def is_outside(self) -> bool:
        return "://" in self.address


@dataclass
class Furniture:
    """All that header and footer show, as of one edition."""

    mark: str = ""
    until: datetime = NEVER
    site: SiteSettings = field(default_factory=SiteSettings)
    accounts: tuple[SocialAccount, ...] = ()
    links: dict[str, tuple[Node, ...]] = field(default_factory=dict)

    @property
    def menu(self) -> tuple[Node, ...]:
        return self.links.get(MAIN, ())

    @cached_property
    def menu_html(self) -> SafeString:
        return render_to_string("components/menu.html", {"menu": self.menu}) if self.menu else SafeString()

    @cached_property
    def connect_html(self) -> SafeString:
        return render_to_string("components/connect_panel.html", self._facts)

    @cached_property
    def footer_html(self) -> SafeString:
        return render_to_string("components/footer.html", self._facts)

    @property
    def _facts(self) -> dict[str, Any]:
        return {"site": self.site, "accounts": self.accounts, "links": self.links}

    @cached_property
    def trails(self) -> dict[str, tuple[str, ...]]:
        """Each address of the menu, with those above it."""
        found: dict[str, tuple[str, ...]] = {}

        def walk(nodes: Iterable[Node], above: tuple[str, ...]) -> None:
            for node in nodes:
                here = (*above, node.address) if node.address else above
                if node.address:
                    found.setdefault(node.address, here)
                walk(node.children, here)

        walk(self.menu, ())
        return found

    def menu_at(self, path: str) -> SafeString:
        """The menu with `aria-current` where the reader is, and on what stands above."""
        html = str(self.menu_html)
        for address in self._trail_of(path):
            link = f'<a href="{escape(address)}"'
            html = html.replace(link, f'{link} aria-current="{"page" if address == path else "true"}"')
        return mark_safe(html)  # noqa: S308 -- our own template, and an escaped address found in it

    def _trail_of(self, path: str) -> tuple[str, ...]:
        """The line that leads here or to the nearest page above, with those it stands under."""
        while len(path) > 1:
            if path in self.trails:
                return self.trails[path]
            path = path.rstrip("/").rpartition("/")[0] + "/"
        return ()


# What this process read last: at most one.
_held: list[Furniture] = []
_reading = Lock()
_here = local()


def furniture() -> Furniture:
    """As of now. No statement while nothing was written, two otherwise."""
    if getattr(_here, "is_asking", False):
        return Furniture()  # a page that is only asked whether it is there needs none
    mark, now = _mark(), timezone.now()
    if held := _still_good(mark, now):
        return held
    with _reading:
        if held := _still_good(mark, now):
            return held
        _here.is_asking = True
        try:
            found = _read(mark, now)
        finally:
            _here.is_asking = False
        _held[:] = [found]
        return found


def _still_good(mark: str, now: datetime) -> Furniture | None:
    return next((held for held in _held if mark and held.mark == mark and now < held.until), None)


def _mark() -> str:
    """Empty when the cache that machines share does not answer: then nothing is held."""
    try:
        return page_cache.edition().now()
    except Exception:  # noqa: BLE001 -- whatever a cache may raise, readers get their page
        return ""


def hold(found: Furniture | None = None) -> None:
    """For tests, which roll back unseen: keep these, or nothing."""
    _held[:] = [found] if found else []


def _read(mark: str, now: datetime) -> Furniture:
    site, accounts = _read_settings()
    until = now + timedelta(seconds=page_cache.LONGEST)
    rows: dict[tuple[str, int | None], list[tuple[MenuItem, str]]] = {}
    for item in with_targets(MenuItem.objects.order_by("position", "pk")):
        target = target_of(item)
        rows.setdefault((item.place, item.parent_id), []).append((item, target.address))
        if target.was_asked:
            until = min(until, page_cache.good_until(mark, now))
        if target.comes_at:
            until = min(until, target.comes_at)
    links = {place: tuple(_nodes(rows, place, None)) for place in MenuItem.Place.values}
    return Furniture(mark, until, site, accounts, links)


def _nodes(
    rows: dict[tuple[str, int | None], list[tuple[MenuItem, str]]], place: str, under: int | None
) -> Iterator[Node]:
    """What is public. A line that leads nowhere now stays as a heading while something stands under it."""
    for item, address in rows.get((place, under), ()):
        children = tuple(_nodes(rows, place, item.pk))
        if address or children:
            yield Node(item.pk, item.label, address, item.note, children)


def _read_settings() -> tuple[SiteSettings, tuple[SocialAccount, ...]]:
    """The row and its accounts in one statement; the defaults while there is no row."""
    own = [column.attname for column in SiteSettings._meta.concrete_fields]
    theirs = [column.attname for column in SocialAccount._meta.concrete_fields]
    names = [*own, *(f"accounts__{name}" for name in theirs)]
    found = list(SiteSettings.objects.order_by("accounts__position", "accounts__pk").values_list(*names))
    if not found:
        return SiteSettings(), ()
    site = SiteSettings(**dict(zip(own, found[0], strict=False)))
    accounts = (SocialAccount(**dict(zip(theirs, row[len(own) :], strict=True))) for row in found)
    return site, tuple(account for account in accounts if account.pk)


def publisher() -> Publisher:
    """The school as editorial.metadata describes it to machines."""
    held = furniture()
    site = held.site
    return Publisher(
        site.name,
        site.short_name,
        site.parent_name,
        ", ".join(part for part in (site.building, site.street) if part),
        site.city,
        site.postcode,
        site.country,
        site.phone,
        tuple(account.address for account in held.accounts),
    )


class Chrome:
    """What templates/base.html asks for; nothing is read for a page that has neither header nor footer."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def furniture(self) -> Furniture:
        return furniture()

    @property
    def site(self) -> SiteSettings:
        return self.furniture.site

    @property
    def menu(self) -> SafeString:
        return self.furniture.menu_at(self.request.path)

    @property
    def connect(self) -> SafeString:
        return self.furniture.connect_html

    @property
    def footer(self) -> SafeString:
        return self.furniture.footer_html

    @property
    def consent(self) -> consent.Question | None:
        return consent.question(self.request, self.site)


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Header and footer of every page, and its whole address for `rel="canonical"`."""
    here = settings.SITE_URL.rstrip("/") + (iri_to_uri(request.path) or "/")
    return {"chrome": Chrome(request), "here_url": here}
