from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from editorial.generic import StackedInline
from people.admin.joining import JoiningScreens
from people.bylines import keep_as_printed
from people.desk_forms import PersonForm
from people.matching import matching
from people.models import Appointment, Person, StaffGroup, StaffProfile


class AppointmentInline(StackedInline[Appointment, Person]):
    model = Appointment
    extra = 0
    fields = ("title", "centre", "staff_group", ("rank", "is_head"), ("started_on", "ended_on"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appointment]:
        return super().get_queryset(request).select_related("centre")


class GroupFilter(admin.SimpleListFilter):
    """By the group of a post held today."""

    title = _("staff group today")
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(group.value, str(group.label)) for group in StaffGroup]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        if self.value() not in StaffGroup.values:
            return queryset
        return queryset.filter(
            pk__in=Appointment.objects.current().filter(staff_group=self.value()).values("person_id")
        )


@admin.register(Person)
class PersonAdmin(JoiningScreens):
    """Searching ignores accents and the order of names, here and wherever a person is chosen."""

    inlines = (AppointmentInline,)
    list_display = ("name", "native_name", "posts", "profile_state", "orcid")
    list_filter = (GroupFilter, "has_page")
    list_per_page = 60
    show_full_result_count = False
    search_fields = ("name",)
    search_help_text = _("Any part of the name, in any order, with or without accents")
    prepopulated_fields = {"slug": ("name",)}
    change_form_template = "admin/people/person_form.html"
    change_list_template = "admin/people/person_list.html"
    form = PersonForm
    # As the page reads: the name, then the posts (templates/admin/people/person_form.html), then the rest.
    fieldsets = (
        (None, {"fields": ("name", "native_name", "slug", "has_page")}),
        (_("Sorting and citing"), {"fields": (("family_name", "given_names"), "sort_name", "orcid")}),
        (_("For staff only"), {"fields": ("email", "user")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        current = Appointment.objects.current().in_order().select_related("centre")
        profiles = StaffProfile.objects.only("person", "state", "publish_at", "deleted_at")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                Prefetch("appointments", current, to_attr="current_posts"),
                Prefetch("profile", profiles),
            )
        )

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """A new name is for what comes: the bylines there are keep the one they were printed with."""
        if change and "name" in form.changed_data:
            keep_as_printed(Person.objects.get(pk=obj.pk))
        super().save_model(request, obj, form, change)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        return matching(search_term, queryset), False

    @admin.display(description=_("posts today"))
    def posts(self, person: Person) -> str:
        current: list[Any] = getattr(person, "current_posts", [])
        return "; ".join(str(post) for post in current)

    @admin.display(description=_("profile"))
    def profile_state(self, person: Person) -> str:
        profile: StaffProfile | None = getattr(person, "profile", None)
        return profile.standing if profile else "–"
