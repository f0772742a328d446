"""The facets of a listing: what may be chosen, and how many pieces each choice would leave.

A facet takes one value; choosing another replaces it. So the figure beside a value is exactly the length of the list
behind it, which two values joined by "or" could not promise. Each kind of facet says what it does twice: to a query
(`narrow`), which defines it, and to the catalogue (`bits`), which counts. tests/publications/test_listing.py compares.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag, TaggedItem

from editorial.held import held
from editorial.queries import ask
from people.models import Person
from publications import searching
from publications.catalogue import Bits, Catalogue
from publications.models import Authorship, Publication, PublicationQuerySet, Series
from research.models import Region, ResearchCentre, Term, Topic, as_tree, family_of

LONGEST = 30
CHOSEN_LINK = SafeString(' aria-current="true"')
CHOSEN_OPTION = SafeString(" selected")


@dataclass(frozen=True)
class FacetValue:
    label: str
    value: str
    count: int
    url: str
    is_active: bool
    depth: int = 0


@dataclass
class Facet:
    name: str
    label: str
    values: list[FacetValue] = field(default_factory=list)

    @property
    def active(self) -> FacetValue | None:
        return next((value for value in self.values if value.is_active), None)

    # Put together here and not in the template: a long list shows some 400 of them, which take a template most of the page's
    # time.

    @property
    def links(self) -> SafeString:
        return format_html_join(
            "\n",
            '<li><a class="depth-{}" href="{}"{}><span>{}</span> <span class="count">{}</span></a></li>',
            ((one.depth, one.url, CHOSEN_LINK if one.is_active else "", one.label, one.count) for one in self.values),
        )

    @property
    def options(self) -> SafeString:
        return format_html_join(
            "\n",
            '<option value="{}"{}>{} ({})</option>',
            ((one.value, CHOSEN_OPTION if one.is_active else "", one.label, one.count) for one in self.values),
        )


class Counted(NamedTuple):
    value: str
    label: str
    pieces: int
    depth: int = 0


@dataclass(frozen=True)
class Branch:
    """A term or unit, and the keys of itself and all below it."""

    slug: str
    name: str
    depth: int
    family: tuple[int, ...]


def _shelf() -> tuple[tuple[int, str, str, str], ...]:
    """Every series in the order of the shelf: key, family, slug, name."""

    def make() -> tuple[tuple[int, str, str, str], ...]:
        return tuple((one.pk, one.family, one.slug, str(one)) for one in Series.objects.all())

    return held("series of facets", make)


def _units() -> tuple[Branch, ...]:
    units = list(ResearchCentre.objects.only("slug", "name", "parent_id"))
    pairs = [(one.pk, one.parent_id) for one in units]
    return tuple(Branch(one.slug, one.name, depth, tuple(family_of(one.pk, pairs))) for one, depth in as_tree(units))


class Kind:
    """One facet: its parameter, its name, and what choosing a value means."""

    is_offered = True

    def __init__(self, name: str, label: str | Promise) -> None:
        self.name = name
        self.label = label

    def find(self, value: str) -> Any | None:
        """What a parameter stands for; None if it means nothing."""
        raise NotImplementedError

    def narrow(self, pieces: PublicationQuerySet, found: Any) -> PublicationQuerySet:
        raise NotImplementedError

    def bits(self, catalogue: Catalogue, found: Any) -> Bits:
        return catalogue.bits(self.name, [found.pk])

    def counted(self, catalogue: Catalogue, among: Bits) -> Iterable[Counted]:
        """The values that any of these pieces have, in the order in which readers see them."""
        raise NotImplementedError


class ByFamily(Kind):
    def find(self, value: str) -> Any | None:
        return Series.Family(value) if value in Series.Family.values else None

    def narrow(self, pieces: PublicationQuerySet, found: Any) -> PublicationQuerySet:
        return pieces.filter(series__family=found)

    def bits(self, catalogue: Catalogue, found: Any) -> Bits:
        return catalogue.bits("series", Series.objects.filter(family=found).values_list("pk", flat=True))

    def counted(self, catalogue: Catalogue, among: Bits) -> Iterable[Counted]:
        totals = catalogue.counts("series", among)
        shelf = _shelf()
        for family in Series.Family:
            count = sum(totals.get(key, 0) for key, of, _slug, _name in shelf if of == family)
            if count:
                yield Counted(family, str(family.label), count)


class BySeries(Kind):
    """The slug names a series; where it is not in-house, the family stands before it: `external:policy-reports`."""

    def find(self, value: str) -> Any | None:
        family, _colon, slug = value.rpartition(":")
        return Series.objects.filter(family=family or Series.Family.INHOUSE, slug=slug).first()

    def narrow(self, pieces: PublicationQuerySet, found: Any) -> PublicationQuerySet:
        return pieces.filter(series=found)

    def counted(self, catalogue: Catalogue, among: Bits) -> Iterable[Counted]:
        totals = catalogue.counts("series", among)
        for key, family, slug, name in _shelf():
            if totals.get(key):
                yield Counted(slug if family == Series.Family.INHOUSE else f"{family}:{slug}", name, totals[key])


class InTree(Kind):
    """A topic or region stands for itself and all below it; a piece that has several of them counts once."""

    def __init__(self, name: str, label: str | Promise, model: type[Term]) -> None:
        super().__init__(name, label)
        self.model = model

    def find(self, value: str) -> Any | None:
        return self.model.objects.filter(slug=value).first()

    def narrow(self, pieces: PublicationQuerySet, found: Any) -> PublicationQuerySet:
        through = getattr(pieces.model, f"{self.name}s").through
        links = through.objects.filter(**{f"{self.name}_id__in": self._subtree(found)})
        return pieces.filter(pk__in=links.values("publication_id"))

    def bits(self, catalogue: Catalogue, found: Any) -> Bits:
        return catalogue.bits(self.name, self._subtree(found))

    def counted(self, catalogue: Catalogue, among: Bits) -> Iterable[Counted]:
        for branch in held(("branches", self.name), self._branches):
            count = (catalogue.bits(self.name, branch.family) & among).bit_count()
            if count:
                yield Counted(branch.slug, branch.name, count, branch.depth)

    def _branches(self) -> tuple[Branch, ...]:
        nodes = list(self.model.objects.with_tree_fields())
        below: dict[int, list[int]] = {}
        for node in nodes:
            for key in node.tree_path:
                below.setdefault(key, []).append(node.pk)
        return tuple(Branch(node.slug, node.name, node.tree_depth, tuple(below[node.pk])) for node in nodes)

    @staticmethod
    def _subtree(term: Term) -> list[Hashable]:
        return [node.pk for node in term.descendants(include_self=True)]


class InUnit(Kind):
    """A centre stands for itself and the programmes within it, as its page does."""

    def find(self, value: str) -> Any | None:
        return ResearchCentre.objects.filter(slug=value).first()

    def narrow(self, pieces: PublicationQuerySet, found: Any) -> PublicationQuerySet:
        through: Any = pieces.model.centres.through
        return pieces.filter(pk__in=through.objects.filter(researchcentre__in=found.family).values("publication_id"))

    def bits(self, catalogue: Catalogue, found: Any) -> Bits:
        return catalogue.bits(self.name, found.family)

    def counted(self, catalogue: Catalogue, among: Bits) -> Iterable[Counted]:
        if not any(catalogue.counts(self.name, among).values()):
            return []
        return [
            Counted(branch.slug, branch.name, count, branch.depth)
            for branch in held(("branches", self.name), _units)
            if (count := (catalogue.bits(self.name, branch.family) & among).bit_count())
        ]


class ByStaff(Kind):
    """What people of a unit published elsewhere. A page is about it; nothing is narrowed by it."""

    is_offered = False

    def find(self, value: str) -> Any | None:
        return None

    def narrow(self, pieces: PublicationQuerySet, found: Any) -> PublicationQuerySet:
        return pieces.by_staff_of(found)

    def bits(self, catalogue: Catalogue, found: Any) -> Bits:
        return catalogue.bits_of(Publication.objects.by_staff_of(found))


class Commonest(Kind):
    """Values too many to list: those that most pieces have, at most LONGEST, the commonest first."""

    def __init__(self, name: str, label: str | Promise, model: type[Model]) -> None:
        super().__init__(name, label)
        self.model = model

    def find(self, value: str) -> Any | None:
        return self.model._default_manager.filter(slug=value).first()

    def narrow(self, pieces: PublicationQuerySet, found: Any) -> PublicationQuerySet:
        match self.name:
            case "author":
                return pieces.filter(pk__in=Authorship.objects.filter(person=found).values("publication_id"))
            case _:
                kind = ContentType.objects.get_for_model(pieces.model)
                tagged = TaggedItem.objects.filter(tag=found, content_type=kind)
                return pieces.filter(pk__in=tagged.values("object_id"))

    def counted(self, catalogue: Catalogue, among: Bits) -> Iterable[Counted]:
        totals = catalogue.commonest(self.name, among, LONGEST)
        named = self.model._default_manager.filter(pk__in=list(totals)).values_list("pk", "slug", "name")
        return sorted(
            (Counted(slug, name, totals[key]) for key, slug, name in named),
            key=lambda one: (-one.pieces, one.label.casefold(), one.value),
        )


class ByYear(Kind):
    """The year of the printed date."""

    def find(self, value: str) -> Any | None:
        return int(value) if value.isascii() and value.isdigit() and len(value) == 4 and int(value) > 0 else None

    def narrow(self, pieces: PublicationQuerySet, found: Any) -> PublicationQuerySet:
        return pieces.filter(issued_on__year=found)

    def bits(self, catalogue: Catalogue, found: Any) -> Bits:
        return catalogue.bits("year", [found])

    def counted(self, catalogue: Catalogue, among: Bits) -> Iterable[Counted]:
        totals = catalogue.counts("year", among)
        years = sorted((year for year in totals if isinstance(year, int) and totals[year]), reverse=True)
        return [Counted(f"{year:04}", f"{year:04}", totals[year]) for year in years]


class Matching(Kind):
    """Words the pieces must answer. Typed, so there is nothing to offer."""

    is_offered = False

    def find(self, value: str) -> Any | None:
        return ask(value)

    def narrow(self, pieces: PublicationQuerySet, found: Any) -> PublicationQuerySet:
        return searching.narrow(pieces, found)

    def bits(self, catalogue: Catalogue, found: Any) -> Bits:
        return searching.match(found, catalogue)


KINDS: tuple[Kind, ...] = (
    ByFamily("family", _("Collection")),
    BySeries("series", _("Series")),
    InTree("topic", _("Topic"), Topic),
    InTree("region", _("Region"), Region),
    InUnit("centre", _("Centre or programme")),
    ByStaff("staff", _("Staff of")),
    Commonest("author", _("Author"), Person),
    ByYear("year", _("Year")),
    Commonest("tag", _("Tag"), Tag),
    Matching("q", _("Words")),
)
