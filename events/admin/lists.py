from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from editorial.generic import ModelAdmin
from events.models import EventKind, EventSeries


class CountedAdmin[Row: (EventKind, EventSeries)](ModelAdmin[Row]):
    """A list of names with the number of events under each."""

    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[Row]:
        rows: QuerySet[Row] = super().get_queryset(request).annotate(held=Count("events"))
        return rows

    @admin.display(description=_("events"), ordering="held")
    def event_count(self, row: Row) -> int:
        return int(getattr(row, "held", 0))


@admin.register(EventKind)
class EventKindAdmin(CountedAdmin[EventKind]):
    list_display = ("name", "event_count", "position")
    list_editable = ("position",)
    ordering = ("position", "name")


@admin.register(EventSeries)
class EventSeriesAdmin(CountedAdmin[EventSeries]):
    list_display = ("name", "event_count")
    ordering = ("name",)
