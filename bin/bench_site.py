"""The site with two yardsticks: the least that a Django view of this site can cost, with the same middleware round it.

Only `make bench` serves this; the site itself does not know these addresses.
"""

from random import Random

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.cache import cache_control

from publications.models import Series

SIZE = 10_240  # bytes
WORDS = (
    "archive", "author", "centre", "city", "claim", "coast", "council", "debate", "evidence", "figure", "harbour", "history",
    "island", "journal", "law", "market", "memory", "ministry", "neighbour", "number", "paper", "people", "policy", "port",
    "question", "reader", "region", "report", "river", "school", "season", "ship", "state", "story", "strait", "study",
    "trade", "treaty", "village", "water", "year",
)  # fmt: skip


def prose(seed: int) -> str:
    """Words in no order: text that is as hard to compress as real text, and the same on every run."""
    return " ".join(Random(seed).choices(WORDS, k=SIZE))[:SIZE]  # noqa: S311 -- nothing secret


TEXT = prose(1)


# Private, so that the page cache leaves both alone: they stand for what is made anew.
@cache_control(private=True)
def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse(TEXT, content_type="text/plain; charset=utf-8")


@cache_control(private=True)
def bare(request: HttpRequest, pk: int) -> HttpResponse:
    name = Series.objects.get(pk=pk).name
    return HttpResponse((name + TEXT)[:SIZE], content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("bench/constant", constant, name="bench-constant"),
    path("bench/bare/<int:pk>", bare, name="bench-bare"),
    path("", include("rsis.urls")),
]
handler404 = "rsis.views.missing"
