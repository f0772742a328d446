"""The addresses of the site, and after them a plain page at every address of the seeded menu that has none of its own yet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from rsis import menu_seed
from rsis.urls import handler404, urlpatterns as own

__all__ = ["handler404", "urlpatterns"]


def plain(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html", {"title": "Stand-in"})


def addresses(lines: tuple[menu_seed.Line, ...]) -> list[str]:
    return [address for line in lines for address in (line.address, *addresses(line.children))]


urlpatterns: list[URLPattern] = [
    *own,
    *(
        path(address.partition("?")[0].removeprefix("/"), plain)
        for lines in menu_seed.LISTS.values()
        for address in addresses(lines)
        if address.startswith("/")
    ),
]
