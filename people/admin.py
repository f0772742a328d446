from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from editorial.desk import PublishableAdmin
from editorial.desk.addressed import AddressedAdmin
from editorial.generic import StackedInline
from people.desk_forms import PersonForm, StaffProfileForm
from people.matching import matching
from people.models import Appointment, Person, StaffProfile


class AppointmentInline(StackedInline[Appointment, Person]):
    model = Appointment
    extra = 0
    fields = ("title", "centre", "staff_group", ("rank", "is_head"), ("started_on", "ended_on"))


@admin.register(Person)
class PersonAdmin(AddressedAdmin[Person]):
    """Searching ignores accents and the order of names, here and wherever a person is chosen."""

    inlines = (AppointmentInline,)
    list_display = ("name", "native_name", "posts", "orcid")
    list_per_page = 60
    search_fields = ("name",)
    search_help_text = _("Any part of the name, in any order, with or without accents")
    prepopulated_fields = {"slug": ("name",)}
    form = PersonForm
    fieldsets = (
        (None, {"fields": ("name", "native_name", "slug")}),
        (_("Sorting and citing"), {"fields": (("family_name", "given_names"), "sort_name", "orcid")}),
        (_("For staff only"), {"fields": ("email", "user")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        current = Appointment.objects.current().select_related("centre")
        return (
            super().get_queryset(request).prefetch_related(Prefetch("appointments", current, to_attr="current_posts"))
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        return matching(search_term, queryset), False

    @admin.display(description=_("posts today"))
    def posts(self, person: Person) -> str:
        current: list[Any] = getattr(person, "current_posts", [])
        return "; ".join(str(post) for post in current)


@admin.register(StaffProfile)
class StaffProfileAdmin(PublishableAdmin[StaffProfile]):
    list_display = ("person", "status_words", "updated_at")
    list_select_related = ("person",)
    search_fields = ("person__name",)
    form = StaffProfileForm
    fieldsets = (
        (None, {"fields": ("person", "photo", "biography")}),
        (_("Expertise"), {"fields": ("expertise", "regions", "languages", "degrees")}),
        (_("Public contact"), {"fields": ("public_email", "public_phone")}),
    )

    @admin.display(description=_("state"))
    def status_words(self, profile: StaffProfile) -> str:
        return profile.status

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[StaffProfile], search_term: str
    ) -> tuple[QuerySet[StaffProfile], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(person__in=matching(search_term)), False
