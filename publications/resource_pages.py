"""What a resource page shows: its sections with pinned pieces and with those they take by themselves."""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby
from operator import and_

from django.utils import formats
from taggit.models import Tag

from editorial.queries import ask
from people.models import Person
from publications import searching
from publications.catalogue import Bits, Catalogue, current
from publications.models import OWN_PLACES, Publication, ResourceBlock, ResourcePage
from research.models import Region, Term, Topic

Kind = ResourceBlock.Kind
TREES: dict[str, type[Term]] = {"topic": Topic, "region": Region}
Subtrees = dict[str, dict[Hashable, list[Hashable]]]


@dataclass(frozen=True)
class Shown:
    piece: Publication
    comment: str = ""
    person: Person | None = None


@dataclass
class Section:
    heading: str = ""
    text: str = ""
    is_by_month: bool = False
    pins: list[ResourceBlock] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    # Month in words (or nothing) and what is shown of it.
    groups: list[tuple[str, list[Shown]]] = field(default_factory=list)


def sections(page: ResourcePage) -> list[Section]:
    """In order. What is not public leaves by itself, and a section left with nothing to say goes with it.

    As many statements for one piece as for fifty, and for one section as for ten; a tag or words cost one more.
    """
    rows = list(page.blocks.select_related("person"))
    catalogue = current()
    subtrees = _subtrees(rows)
    found = [Section()]
    for row in rows:
        if row.kind == Kind.PIN:
            found[-1].pins.append(row)
            continue
        taken = catalogue.slice(_bits(row, catalogue, subtrees), "newest", 0, row.newest) if row.newest else []
        found.append(Section(row.heading, row.text, row.is_by_month, taken=taken))
    pieces = _pieces(found)
    for section in found:
        section.groups = _groups(section, pieces)
    return [section for section in found if section.groups or section.text]


def _bits(row: ResourceBlock, catalogue: Catalogue, subtrees: Subtrees) -> Bits:
    """The published pieces that a section takes from: those under everything that is chosen."""
    terms = [(name, getattr(row, f"{name}_id")) for name in TREES]
    keys = [("series", row.series_id), ("centre", row.centre_id), ("author", row.person_id)]
    chosen = [catalogue.bits(name, subtrees[name].get(key, [key])) for name, key in terms if key]
    chosen += [catalogue.bits(name, [key]) for name, key in keys if key]
    if row.tag:
        chosen.append(catalogue.bits("tag", Tag.objects.filter(name__iexact=row.tag).values_list("pk", flat=True)))
    if question := ask(row.words):
        chosen.append(searching.match(question, catalogue))
    return reduce(and_, chosen, catalogue.everything)


def _subtrees(rows: list[ResourceBlock]) -> Subtrees:
    """For each topic and region that is asked for: itself and all below it."""
    found: Subtrees = {}
    for name, model in TREES.items():
        if not any(getattr(row, f"{name}_id") for row in rows):
            continue
        below: dict[Hashable, list[Hashable]] = defaultdict(list)
        for node in model.objects.with_tree_fields():
            for key in node.tree_path:
                below[key].append(node.pk)
        found[name] = dict(below)
    return found


def _pieces(found: list[Section]) -> dict[int, Publication]:
    keys = [key for section in found for key in section.taken]
    keys += [pin.publication_id for section in found for pin in section.pins if pin.publication_id]
    pieces: dict[int, Publication] = Publication.objects.published().for_cards().in_bulk(keys)
    return pieces


def _groups(section: Section, pieces: dict[int, Publication]) -> list[tuple[str, list[Shown]]]:
    pinned = [
        Shown(pieces[pin.publication_id], pin.text, pin.person)
        for pin in section.pins
        if pin.publication_id is not None and pin.publication_id in pieces
    ]
    there = {one.piece.pk for one in pinned}
    shown = [*pinned, *(Shown(pieces[key]) for key in section.taken if key in pieces and key not in there)]
    if not section.is_by_month:
        return [("", shown)] if shown else []
    shown.sort(key=lambda one: (one.piece.issued_on, one.piece.pk), reverse=True)
    months = groupby(shown, key=lambda one: formats.date_format(one.piece.issued_on, "F Y"))
    return [(month, list(ones)) for month, ones in months]


def others(page: ResourcePage | None = None) -> list[ResourcePage]:
    """The public resource pages beside this one, in their order."""
    pages = ResourcePage.objects.published().defer("intro")
    return list(pages.exclude(pk=page.pk) if page else pages)


def listed() -> list[ResourcePage]:
    """“Other Resource Pages”: those without a place of their own in the section."""
    pages = ResourcePage.objects.published().exclude(slug__in=OWN_PLACES).select_related("image")
    return list(pages.prefetch_related("image__renditions"))
