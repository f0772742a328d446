from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from events.models import Event


class WhenFilter(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("coming", _("To come")), ("past", _("Over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "coming":
                return queryset.filter(pk__in=Event.objects.coming().order_by().values("pk"))
            case "past":
                return queryset.filter(pk__in=Event.objects.past().order_by().values("pk"))
            case _:
                return queryset


class EventYearFilter(admin.SimpleListFilter):
    title = _("year")
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        years = Event.objects.datetimes("starts_at", "year", order="DESC")
        return [(str(moment.year), str(moment.year)) for moment in years]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        year = self.value() or ""
        is_year = year.isascii() and year.isdecimal() and len(year) == 4 and year > "0000"
        return queryset.filter(starts_at__year=int(year)) if is_year else queryset
