"""The catalogue of projects: what is public, narrowed by theme, region, entity and status, with figures that come true."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from publications.models import Project, ProjectQuerySet
from publications.narrowing import Choice, Narrowed, of_terms, of_units, sets_of
from research.models import Region, Topic

PER_PAGE = 20


class ProjectList(Narrowed):
    """The public projects, or those among `within`, under the filters of the query string."""

    labels = {"theme": _("Theme"), "region": _("Region"), "entity": _("Entity"), "status": _("Status")}

    def __init__(self, query: QueryDict, path: str, within: ProjectQuerySet | None = None) -> None:
        found = within if within is not None else Project.objects.published()
        self.projects = {one.pk: one for one in found.only("pk", "title", "started_on", "ended_on")}
        choices = {
            "theme": list(of_terms(Topic, _sets(Project.topics, "topic"))),
            "region": list(of_terms(Region, _sets(Project.regions, "region"))),
            "entity": list(of_units(_sets(Project.centres, "researchcentre"))),
            "status": [_of_status(status, self.projects.values()) for status in Project.Status],
        }
        super().__init__(query, path, self.projects, choices)

    @cached_property
    def page(self) -> "Page[Project]":
        """Twenty projects, ongoing ones first, then by the latest start."""
        order, keys = list(Project.Status), self.keys()
        rows = [one for one in self.projects.values() if one.pk in keys]
        # Stable: within a status they stay as the database gave them.
        rows.sort(key=lambda one: order.index(one.standing))
        paginator = Paginator(rows, PER_PAGE)
        page = paginator.page(self.number if self.number in paginator.page_range else 1)
        cards = Project.objects.published().for_cards().in_bulk([one.pk for one in page.object_list])
        page.object_list = [cards[one.pk] for one in page.object_list if one.pk in cards]
        return page


def _sets(tie: Any, value: str) -> dict[int, set[int]]:
    return sets_of(tie.through, f"{value}_id", "project_id")


def _of_status(status: Project.Status, projects: Iterable[Project]) -> Choice:
    return Choice(str(status), str(status.label), frozenset(one.pk for one in projects if one.standing == status))
