"""The catalogue of projects: what is public, narrowed by theme, region, entity and status, with figures that come true.

Projects are hundreds, not thousands, so all their keys are read at once, in a fixed number of statements, and narrowing
and counting is done on sets.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from editorial.paged import Paged, page_number
from publications.facets import Facet, FacetValue
from publications.models import Project, ProjectQuerySet
from research.models import Region, ResearchCentre, Topic, as_tree, family_of

PER_PAGE = 20
LABELS = {"theme": _("Theme"), "region": _("Region"), "entity": _("Entity"), "status": _("Status")}


@dataclass(frozen=True)
class Choice:
    """What may be chosen under a label, and the keys of the projects behind it."""

    value: str
    label: str
    depth: int
    keys: frozenset[int]


class ProjectList(Paged):
    """The public projects, or those among `within`, under the filters of the query string. What means nothing is ignored."""

    def __init__(self, query: QueryDict, path: str, within: ProjectQuerySet | None = None) -> None:
        self.path = path
        found = within if within is not None else Project.objects.published()
        self.projects = {one.pk: one for one in found.only("pk", "title", "started_on", "ended_on")}
        self.choices = {
            "theme": list(_of_terms(Topic, Project.topics.through, "topic_id")),
            "region": list(_of_terms(Region, Project.regions.through, "region_id")),
            "entity": list(_of_units()),
            "status": [_of_status(status, self.projects.values()) for status in Project.Status],
        }
        self.chosen: dict[str, Choice] = {}
        for name, choices in self.choices.items():
            given = query.getlist(name)
            match = next((one for one in choices if given == [one.value]), None)
            if match:
                self.chosen[name] = match
        self.number = page_number(query)

    def keys(self, without: str = "") -> frozenset[int]:
        """Of the projects under every chosen filter, or under all but one."""
        found = frozenset(self.projects)
        for name, choice in self.chosen.items():
            if name != without:
                found &= choice.keys
        return found

    @cached_property
    def page(self) -> "Page[Project]":
        """Twenty projects, ongoing ones first, then by the latest start."""
        order = list(Project.Status)
        keys = self.keys()
        rows = [one for one in self.projects.values() if one.pk in keys]
        rows.sort(
            key=lambda one: order.index(one.standing)
        )  # stable: within a status they stay as the database gave them
        paginator = Paginator(rows, PER_PAGE)
        page = paginator.page(self.number if self.number in paginator.page_range else 1)
        cards = Project.objects.published().for_cards().in_bulk([one.pk for one in page.object_list])
        page.object_list = [cards[one.pk] for one in page.object_list if one.pk in cards]
        return page

    @property
    def count(self) -> int:
        return len(self.keys())

    @cached_property
    def facets(self) -> list[Facet]:
        return [facet for name in self.choices if (facet := self._facet(name)).values]

    def _facet(self, name: str) -> Facet:
        among = self.keys(without=name)
        chosen = self.chosen.get(name)
        values = [
            FacetValue(
                choice.label,
                choice.value,
                len(choice.keys & among),
                self.url(**{name: "" if choice == chosen else choice.value}),
                choice == chosen,
                choice.depth,
            )
            for choice in self.choices[name]
            if choice == chosen or choice.keys & among
        ]
        return Facet(name, str(LABELS[name]), values)

    @property
    def active(self) -> list[tuple[str, str, str]]:
        """Label, value and the address without it."""
        return [(str(LABELS[name]), choice.label, self.url(**{name: ""})) for name, choice in self.chosen.items()]

    def parameters(self) -> dict[str, str]:
        return {name: choice.value for name, choice in self.chosen.items()}


def _sets(through: Any, column: str) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for value, project in through.objects.values_list(column, "project_id"):
        found.setdefault(value, set()).add(project)
    return found


def _of_terms(model: type[Topic] | type[Region], through: Any, column: str) -> Iterable[Choice]:
    """A term stands for itself and all below it. Two statements."""
    sets, nodes = _sets(through, column), list(model.objects.with_tree_fields())
    keys: dict[int, set[int]] = {}
    for node in nodes:
        for above in node.tree_path:
            keys.setdefault(above, set()).update(sets.get(node.pk, ()))
    return [Choice(node.slug, node.name, node.tree_depth, frozenset(keys[node.pk])) for node in nodes]


def _of_units() -> Iterable[Choice]:
    """A centre stands for itself and the programmes within it. Two statements."""
    sets = _sets(Project.centres.through, "researchcentre_id")
    units = list(ResearchCentre.objects.only("slug", "name", "parent_id"))
    pairs = [(one.pk, one.parent_id) for one in units]
    for one, depth in as_tree(units):
        keys = frozenset(key for unit in family_of(one.pk, pairs) for key in sets.get(unit, ()))
        yield Choice(one.slug, one.name, depth, keys)


def _of_status(status: Project.Status, projects: Iterable[Project]) -> Choice:
    return Choice(str(status), str(status.label), 0, frozenset(one.pk for one in projects if one.standing == status))
