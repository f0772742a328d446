"""The menu of the school over the records that it leads to, and plain pages at addresses that are still to come.

WAITING names those. A test fails as soon as one of them has a page of its own, so that it leaves this list.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path

from institution.models import Page
from publications import seed as publications_seed
from publications.models import OWN_PLACES
from research import seed as research_seed
from rsis import menu_seed
from rsis.models import MenuItem
from rsis.urls import handler404
from rsis.urls import urlpatterns as own
from tests.factories import PageFactory, ResourcePageFactory

__all__ = ["WAITING", "fill", "handler404", "urlpatterns"]

WAITING: tuple[str, ...] = ()
# Sections of the menu that are trees of pages.
TREES = ("about/", "graduate-education/", "outreach/")


def plain(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html", {"title": "A page"})


def fill() -> None:
    """The seeded menu, with a page wherever it leads to one of the tree."""
    publications_seed.load()
    research_seed.load()
    menu_seed.load()
    for slug in OWN_PLACES:
        ResourcePageFactory.create(slug=slug, published=True)
    made: dict[str, Page] = {}
    wanted = {
        address.strip("/")
        for address in MenuItem.objects.values_list("path", flat=True)
        if address.strip("/").startswith(TREES) or f"{address.strip('/')}/" in TREES
    }
    for whole in sorted(wanted):
        parts = whole.split("/")
        for depth in range(1, len(parts) + 1):
            above, here = "/".join(parts[: depth - 1]), "/".join(parts[:depth])
            if here not in made:
                made[here] = PageFactory.create(slug=parts[depth - 1], parent=made.get(above), published=True)


urlpatterns: list[URLPattern | URLResolver] = [*(path(address, plain) for address in WAITING), *own]
