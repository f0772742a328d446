"""The registration desks: their list, and the settings of each. Who is registered is events/admin/registrants.py."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from editorial.generic import ModelAdmin, StackedInline
from editorial.models import User
from events.admin import door, registrants
from events.models import Mode, Question, Registration, RegistrationDesk
from events.registration_desk_forms import DeskForm
from events.running import may_run, runs
from events.wording import when

State = Registration.State


class QuestionInline(StackedInline[Question, RegistrationDesk]):
    model = Question
    extra = 0
    fields = (("position", "text"), ("kind", "is_required"), "options")
    formfield_overrides = {models.TextField: {"widget": forms.Textarea({"rows": 3, "cols": 24})}}


@admin.register(RegistrationDesk)
class RegistrationDeskAdmin(ModelAdmin[RegistrationDesk]):
    form = DeskForm
    inlines = (QuestionInline,)
    list_display = ("desk", "when", "standing", "confirmed", "waiting", "here", "tools")
    search_fields = ("event__title",)
    ordering = ("-event__starts_at",)
    actions = None
    list_per_page = 50
    list_display_links = None
    change_form_template = "admin/events/desk_settings.html"

    class Media:
        css = {"all": ("css/desk/registration.css",)}

    # --- Whose desk it is -----------------------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> QuerySet[RegistrationDesk]:
        state = {f"{one}_count": Count("registrations", filter=Q(registrations__state=one)) for one in State}
        here = Count("registrations", filter=Q(registrations__checked_in_at__isnull=False))
        desks = super().get_queryset(request).filter(event__in=runs(request.user))
        return (
            desks.select_related("event").defer("event__body", "event__transcript").annotate(**state, here_count=here)
        )

    def has_change_permission(self, request: HttpRequest, obj: RegistrationDesk | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or may_run(request.user, obj.event))

    def has_view_permission(self, request: HttpRequest, obj: RegistrationDesk | None = None) -> bool:
        return super().has_view_permission(request, obj) and (obj is None or may_run(request.user, obj.event))

    def has_delete_permission(self, request: HttpRequest, obj: RegistrationDesk | None = None) -> bool:
        """Only a desk where nobody ever registered."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not obj.registrations.exists()

    # --- Settings -------------------------------------------------------------------------------------------------
    def get_fieldsets(self, request: HttpRequest, obj: RegistrationDesk | None = None) -> Any:
        new = ("event", "seats_in_person", "seats_online") if obj is None else ()
        places = [(_("Event and places"), {"fields": new})] if new else []
        return [
            *places,
            (_("When"), {"fields": ("opens_at", "closes_at", "is_stopped", "reminder_hours")}),
            (_("Who comes in"), {"fields": ("needs_approval", "has_waiting_list", "offer_hours", "most_guests")}),
            (_("What is asked"), {"fields": ("asks_needs", "consent_text", "erase_after_days")}),
            (_("Who runs it"), {"fields": ("helpers",)}),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"user": request.user})

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "helpers":
            kwargs["widget"] = forms.CheckboxSelectMultiple
            kwargs["queryset"] = User.objects.filter(is_staff=True, is_active=True).order_by("username")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    # --- The list -------------------------------------------------------------------------------------------------
    @admin.display(description=_("event"), ordering="event__title")
    def desk(self, desk: RegistrationDesk) -> SafeString:
        people = reverse("admin:events_registrants", args=[desk.pk])
        return format_html('<a href="{}"><b>{}</b></a>', people, desk.event.title)

    @admin.display(description=_("when"), ordering="event__starts_at")
    def when(self, desk: RegistrationDesk) -> str:
        return when(desk.event)

    @admin.display(description=_("registration"))
    def standing(self, desk: RegistrationDesk) -> Any:
        if desk.event.ends_at <= timezone.now():
            return _("Over")
        if desk.event.status != desk.event.Status.ON:
            return desk.event.get_status_display()
        return _("Open") if desk.is_open() else _("Closed")

    @admin.display(description=_("places"))
    def confirmed(self, desk: RegistrationDesk) -> str:
        limits = [desk.capacity(mode) for mode in Mode if desk.capacity(mode) != 0]
        count = vars(desk)[f"{State.CONFIRMED}_count"]
        if not limits or None in limits:
            return str(_("%s confirmed") % count)
        return str(
            _("%(count)s of %(places)d confirmed") % {"count": count, "places": sum(limit or 0 for limit in limits)}
        )

    @admin.display(description=_("waiting"))
    def waiting(self, desk: RegistrationDesk) -> str:
        many = sum(vars(desk)[f"{one}_count"] for one in (State.WAITING, State.OFFERED, State.PENDING))
        return str(_("%d waiting") % many)

    @admin.display(description=_("checked in"))
    def here(self, desk: RegistrationDesk) -> str:
        return str(_("%d here") % vars(desk)["here_count"])

    @admin.display(description=_("go to"))
    def tools(self, desk: RegistrationDesk) -> SafeString:
        return format_html(
            '<span class="row-tools"><a class="quiet-button" href="{}">{} <span class="visually-hidden">{}</span></a>'
            '<a class="quiet-button" href="{}">{} <span class="visually-hidden">{}</span></a></span>',
            reverse("admin:events_check_in", args=[desk.pk]), _("Door"), desk.event.title,
            reverse("admin:events_registrationdesk_change", args=[desk.pk]), _("Settings"), desk.event.title,
        )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        def at(address: str, view: Any, name: str) -> URLPattern:
            made: URLPattern = path(address, self.admin_site.admin_view(view), name=f"events_{name}")
            return made

        return [
            at("<int:pk>/people/", registrants.people, "registrants"),
            at("<int:pk>/people/counts.json", registrants.counts, "registrant_counts"),
            at("<int:pk>/people/step/", registrants.step, "registrant_step"),
            at("<int:pk>/people/add/", registrants.add, "registrant_add"),
            at("<int:pk>/people/places/", registrants.places, "places"),
            at("<int:pk>/people/<int:number>/", registrants.person, "registrant"),
            at("<int:pk>/people/everyone.csv", registrants.export, "registrant_export"),
            at("<int:pk>/people/attendance.csv", registrants.attendance, "attendance"),
            at("<int:pk>/badges.pdf", registrants.badges, "badges"),
            at("<int:pk>/speakers.pdf", registrants.speakers, "speaker_sheet"),
            at("<int:pk>/check-in/", door.page, "check_in"),
            at("<int:pk>/check-in/people.json", door.people, "check_in_people"),
            at("<int:pk>/check-in/sync/", door.sync, "check_in_sync"),
            at("<int:pk>/check-in/worker.js", door.worker, "check_in_worker"),
            at("door/<str:code>/", door.by_code, "door"),
            *super().get_urls(),
        ]
