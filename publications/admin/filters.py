from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from editorial.models import State
from publications.models import Award, Publication

STATES: dict[str, tuple[Any, Any]] = {
    "draft": (_("Draft"), lambda rows: rows.present().filter(state=State.DRAFT)),
    "in_review": (_("In review"), lambda rows: rows.present().filter(state=State.IN_REVIEW)),
    "scheduled": (_("Scheduled"), lambda rows: rows.scheduled()),
    "published": (_("Published"), lambda rows: rows.published()),
    "withdrawn": (_("Withdrawn"), lambda rows: rows.present().filter(state=State.WITHDRAWN)),
}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, words) for key, (words, _narrow) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = STATES.get(self.value() or "")
        rows: QuerySet[Any] = chosen[1](queryset) if chosen else queryset
        return rows


class YearFilter(admin.SimpleListFilter):
    title = _("year")
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        years = Publication.objects.dates("issued_on", "year", order="DESC")
        return [(str(day.year), str(day.year)) for day in years]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        year = self.value() or ""
        return queryset.filter(issued_on__year=int(year)) if year.isdecimal() and len(year) == 4 else queryset


class AwardFilter(admin.SimpleListFilter):
    title = _("award")
    parameter_name = "award"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(award.pk), award.name) for award in Award.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        award = self.value() or ""
        is_key = award.isascii() and award.isdigit() and len(award) < 10
        return queryset.filter(awardings__award=int(award)) if is_key else queryset


class MineFilter(admin.SimpleListFilter):
    title = _("whose")
    parameter_name = "mine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Last saved by me"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(updated_by=request.user.pk) if self.value() else queryset
