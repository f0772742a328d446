"""Long lists in pages: the addresses round the page at hand. What is listed, and by what it is narrowed, is the list's own."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Page
from django.http import QueryDict


class Paged:
    """A list at `path` of which readers see `page`. templates/components/pager.html asks for these addresses."""

    path: str

    @cached_property
    def page(self) -> "Page[Any]":
        raise NotImplementedError

    def parameters(self) -> dict[str, str]:
        """What the address must carry to come back to the same list."""
        raise NotImplementedError

    @property
    def defaults(self) -> dict[str, str]:
        """What goes without saying in an address."""
        return {"page": "1"}

    def url(self, **changes: str) -> str:
        """This list's address with some parameters set, or removed when empty; always back on the first page."""
        return self.address_at(self.path, **changes)

    def address_at(self, path: str, **changes: str) -> str:
        """The same list at another address: a feed, a calendar file."""
        wanted, defaults = self.parameters() | changes, self.defaults
        kept = {name: value for name, value in wanted.items() if value and defaults.get(name) != value}
        return f"{path}?{urlencode(kept)}" if kept else path

    @property
    def canonical(self) -> str:
        """The absolute address that stands for this page of the list."""
        return str(settings.SITE_URL).rstrip("/") + self.url(page=self.current_page)

    @property
    def current_page(self) -> str:
        return str(self.page.number)

    @cached_property
    def page_links(self) -> list[tuple[str, str]]:
        """Numbers and addresses round the current page; an ellipsis has no address."""
        numbers = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1)
        return [(str(n), self.url(page=str(n)) if isinstance(n, int) else "") for n in numbers]

    @property
    def previous_url(self) -> str:
        return self.url(page=str(self.page.previous_page_number())) if self.page.has_previous() else ""

    @property
    def next_url(self) -> str:
        return self.url(page=str(self.page.next_page_number())) if self.page.has_next() else ""


def single(query: QueryDict, name: str) -> str:
    """The parameter if it is given once and could mean something, else an empty string."""
    given = query.getlist(name)
    return given[0] if len(given) == 1 and len(given[0]) <= 200 and "\x00" not in given[0] else ""


def page_number(query: QueryDict) -> int:
    """The page that is asked for; the first where that means nothing."""
    given = single(query, "page")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 1
