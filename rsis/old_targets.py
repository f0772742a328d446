"""Where something of the former site is today: found by its number, by its address, or by its name.

Each finder gives addresses that may be right, likeliest first; whether readers get anything there is asked afterwards.
None costs more than two statements, whatever it is asked.
"""

import re
from collections.abc import Iterator

from django.db.models import Q, Value
from django.urls import reverse
from taggit.models import Tag

from publications.models import Publication, Series
from research.models import Region, ResearchCentre, Topic
from rsis.directory import with_public_page

# CO25059, IP22042, ER250319, RSIS1502012: what a number looks like at the head of an address.
NUMBER = re.compile(r"(?P<number>[a-z]{1,6}\d{3,8})(?:-(?P<rest>.+))?")
COUNTED = re.compile(r"\d{1,6}-(?P<rest>.+)")
AGAIN = re.compile(r"-\d{1,2}$")  # how WordPress tells apart two of the same name
HONORIFICS = ("dr", "mr", "ms", "mrs", "prof", "professor", "assoc-prof", "associate-professor", "amb", "ambassador")
LONGEST_NAME = 6

# Names the former site gave to what has another one here. Any other name is looked for as it stands.
UNITS = {
    "nts": "nts-centre",
    "fit": "future-issues-and-technology",
    "future-issues-and-technology-cluster": "future-issues-and-technology",
}
SERIES = {
    "commentaries": "rsis-commentary-series",
    "rsis-commentaries": "rsis-commentary-series",
    "ctta": "counter-terrorist-trends-and-analyses",
    "event-reports": "commemorative-event-reports",
    "conference-reports": "commemorative-event-reports",
    "newsletters": "bulletins-and-newsletters",
    "think-tank": "bulletins-and-newsletters",
    "multilateral-matters": "bulletins-and-newsletters",
    "research-at-rsis": "bulletins-and-newsletters",
    "irr": "interreligious-relations",
    "opeds": "op-eds",
    "news-release": "news-releases",
    "video-audio-channel": "videos",
    "external-podcasts": "podcasts",
}


def pieces(slug: str) -> Iterator[str]:
    """By the number at the head of the address, else by any spelling of the rest of it."""
    number, slugs = _read(slug)
    if len(slug) > 200:
        return
    wanted = Q(slug__in=slugs) | (Q(number=number) if number else Q())
    seen = Publication.objects.published() | Publication.objects.tombstones()
    found = seen.filter(wanted).select_related("series").only(
        "slug", "number", "series__slug", "series__family", "series__position"
    )  # fmt: skip
    for piece in sorted(found[:20], key=lambda one: _rank(one, number, slugs)):
        yield piece.get_absolute_url()


def _read(slug: str) -> tuple[str, list[str]]:
    """The number (or nothing), and the slugs a piece may have today, likeliest first."""
    number, slugs = "", [slug]
    if head := NUMBER.fullmatch(slug):
        number = head["number"].upper()
        slugs += [head["rest"]] if head["rest"] else []
    elif counted := COUNTED.fullmatch(slug):
        slugs.append(counted["rest"])
    return number, list(dict.fromkeys([*slugs, *(AGAIN.sub("", one) for one in slugs)]))


def _rank(piece: Publication, number: str, slugs: list[str]) -> tuple[int, int, str]:
    by_number = 0 if number and piece.number == number else 1 + slugs.index(piece.slug)
    return by_number, list(Series.Family).index(Series.Family(piece.series.family)), piece.slug


def files(stem: str) -> Iterator[str]:
    """The PDF that once was uploaded under this name, else the page of the piece."""
    slug = stem.replace("_", "-")
    for address in pieces(slug):
        piece_slug = address.strip("/").rpartition("/")[2]
        number, _slugs = _read(slug)
        for name in dict.fromkeys((number, piece_slug)):
            if name:
                yield f"{address}{name}.pdf"
        yield address


def people(slug: str) -> Iterator[str]:
    """With or without an honorific, family name first or last."""
    words = slug.split("-")
    if len(words) > LONGEST_NAME + 2:
        return
    names = {slug}
    for title in HONORIFICS:
        if slug.startswith(f"{title}-"):
            names.add(slug.removeprefix(f"{title}-"))
    for name in list(names):
        parts = name.split("-")
        names |= {"-".join(parts[cut:] + parts[:cut]) for cut in range(len(parts))} | {AGAIN.sub("", name)}
    for person in sorted(with_public_page().filter(slug__in=names)[:10], key=lambda one: one.slug != slug):
        yield person.get_absolute_url()


def units(*words: str) -> Iterator[str]:
    """A centre or programme by its address or its acronym; of several words the last that names one."""
    names = [UNITS.get(word, word) for word in words if word]
    if not names:
        return
    wanted = Q(*(("acronym__iexact", name) for name in names), ("slug__in", names), _connector=Q.OR)
    found = list(ResearchCentre.objects.filter(wanted))
    by_slug = {unit.slug: unit for unit in found if unit.slug in names}
    yield from (by_slug[name].get_absolute_url() for name in reversed(names) if name in by_slug)
    yield from (unit.get_absolute_url() for unit in ([] if by_slug else found[:2]))


def series(name: str, family: str = "") -> Iterator[str]:
    """By its address, its old name, or the beginning of its old name: `think-tank-2025` is a bulletin. The family first."""
    wanted = [name, SERIES.get(name, name), *(now for was, now in SERIES.items() if name.startswith(f"{was}-"))]
    found = Series.objects.filter(slug__in=wanted)
    for one in sorted(found, key=lambda row: (wanted.index(row.slug), row.family != family, row.family)):
        yield one.get_absolute_url()


def subjects(slug: str) -> Iterator[str]:
    """What WordPress called a category or a tag: here a free tag, a topic, a region, a series or a unit. One statement."""
    if len(slug) > 100:
        return
    kinds = {"tag": Tag, "topic": Topic, "region": Region, "series": Series, "centre": ResearchCentre}
    first, *others = (
        model._default_manager.filter(slug__in=(slug, UNITS.get(slug, slug), SERIES.get(slug, slug)))
        .order_by()
        .values_list(Value(name), "slug")
        for name, model in kinds.items()
    )
    known = dict(first.union(*others))
    yield from (reverse(name, args=[known[name]]) for name in kinds if name in known)
