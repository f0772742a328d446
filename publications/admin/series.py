from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from editorial.desk.addressed import AddressedAdmin
from publications.models import Series


@admin.register(Series)
class SeriesAdmin(AddressedAdmin[Series]):
    list_display = ("name", "family", "shape", "prefix", "number_pattern", "piece_count", "position")
    list_filter = ("family", "shape")
    list_editable = ("position",)
    list_per_page = 100
    search_fields = ("name", "prefix")
    ordering = ("family", "position", "name")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "slug", "family", "shape", "description", "position")}),
        (_("Numbers"), {"fields": ("prefix", "number_pattern", "number_reset")}),
        (
            _("On its pages"),
            {"fields": ("synopsis_label", "body_label", "requires_synopsis", "hue", "allows_responses", "contact")},
        ),
        (_("Rights and review"), {"fields": ("issn", "licence", "licence_url", "review_policy", "review_note")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Series]:
        return super().get_queryset(request).annotate(pieces=Count("publications"))

    @admin.display(description=_("pieces"), ordering="pieces")
    def piece_count(self, series: Series) -> int:
        return int(getattr(series, "pieces", 0))
