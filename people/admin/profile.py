from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from editorial.desk import PublishableAdmin
from people.desk_forms import StaffProfileForm
from people.matching import matching
from people.models import StaffProfile


@admin.register(StaffProfile)
class StaffProfileAdmin(PublishableAdmin[StaffProfile]):
    list_display = ("person", "status_words", "is_expert", "updated_at")
    list_filter = ("state", "is_expert")
    list_select_related = ("person",)
    list_per_page = 60
    ordering = ("person__sort_key", "pk")
    search_fields = ("person__name",)
    form = StaffProfileForm
    fieldsets = (
        (None, {"fields": ("person", "photo", "biography")}),
        (_("Expertise"), {"fields": ("expertise", "regions", "speaks", "reads", "degrees")}),
        (
            _("Public contact"),
            {
                "fields": ("public_email", "public_phone"),
                "description": _(
                    "Both stand on the page for everybody. Leave empty what the person has not agreed to."
                ),
            },
        ),
        (
            _("For journalists"),
            {
                "fields": (
                    "is_expert",
                    "speaks_about",
                    ("for_print", "for_radio", "for_television", "for_podcast", "for_stage"),
                    "time_zone",
                    "availability",
                )
            },
        ),
    )

    @admin.display(description=_("state"))
    def status_words(self, profile: StaffProfile) -> str:
        return profile.standing

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[StaffProfile], search_term: str
    ) -> tuple[QuerySet[StaffProfile], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(person__in=matching(search_term)), False
