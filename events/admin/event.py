from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from editorial.desk import PublishableAdmin, editor
from editorial.generic import ModelForm, StackedInline, TabularInline
from editorial.models import Document
from editorial.publishing import NotAllowed
from editorial.uploads import accept_document, replace_document
from events import clock, copying, happening, reporting
from events.admin.filters import EventYearFilter, WhenFilter
from events.admin.happening import HappeningScreens, offered
from events.desk_forms import (
    EventForm,
    PhotographForm,
    ResultForm,
    RowsOfEvent,
    SessionForm,
    SpeakerForm,
    SpeakerFormSet,
)
from events.models import Event, JoiningLink, Photograph, Registration, Session, Speaker
from publications.admin import columns
from publications.admin.filters import StateFilter
from research.models import ResearchCentre


class SessionInline(StackedInline[Session, Event]):
    model = Session
    form = SessionForm
    formset = RowsOfEvent
    fields = ("title", ("starts_at", "ends_at", "room"), "description")
    extra = 0


class SpeakerInline(StackedInline[Speaker, Event]):
    model = Speaker
    form = SpeakerForm
    formset = SpeakerFormSet
    template = "admin/events/speakers.html"
    fields = ("position", "person", "role", "name", "affiliation", "session")
    extra = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[Speaker]:
        return super().get_queryset(request).select_related("person")


class JoiningLinkInline(StackedInline[JoiningLink, Event]):
    """Only on the form of somebody who may change the event, and never in a revision."""

    model = JoiningLink
    fields = ("url", "note")
    extra = 1
    max_num = 1


class PhotographInline(TabularInline[Photograph, Event]):
    model = Photograph
    form = PhotographForm
    fields = ("position", "image", "caption")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Photograph]:
        return super().get_queryset(request).select_related("image")


class ResultInline(TabularInline[Any, Event]):
    model = Event.results.through
    form = ResultForm
    extra = 0
    verbose_name = _("publication or speech")
    verbose_name_plural = _("what came of it")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("publication")


@admin.register(Event)
class EventAdmin(HappeningScreens, PublishableAdmin[Event]):
    form = EventForm
    inlines = (SessionInline, SpeakerInline, JoiningLinkInline, PhotographInline, ResultInline)
    list_display = ("day", "headline", "standing", "fate", "units", "registered", "saved")
    list_display_links = ("headline",)
    list_filter = (WhenFilter, StateFilter, "status", ("kind", admin.RelatedOnlyFieldListFilter), EventYearFilter)
    list_per_page = 40
    list_select_related = ("kind", "updated_by")
    show_full_result_count = False
    search_fields = ("title", "speakers__name", "speakers__person__name", "venue")
    search_help_text = _("Words of the title, a speaker, or the venue")
    ordering = ("-starts_at", "-pk")
    readonly_fields = ("programme_now",)
    change_form_template = "admin/events/event_form.html"

    headline = columns.headline
    standing = columns.standing
    saved = columns.saved

    # --- Who may ------------------------------------------------------------------------------------------------------
    def units_of(self, request: HttpRequest) -> list[int] | None:
        """The units whose events somebody writes who has no right to all events; None with that right. Asked once a request."""
        if request.user.has_perm("events.change_event"):
            return None
        held: dict[str, Any] = vars(request)
        if "event_units" not in held:
            units = ResearchCentre.objects.filter(editors=request.user.pk)
            held["event_units"] = list(units.values_list("pk", flat=True))
        found: list[int] = held["event_units"]
        return found

    def is_of_own_unit(self, request: HttpRequest, obj: Event | None) -> bool:
        units = self.units_of(request)
        if not request.user.is_active or not units:
            return False
        return obj is None or obj.pk is None or obj.centres.filter(pk__in=units).exists()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or self.is_of_own_unit(request, None)

    def has_view_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return super().has_view_permission(request, obj) or self.is_of_own_unit(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) or self.is_of_own_unit(request, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those of a unit write its drafts; what readers see is left to those who publish."""
        if super().has_change_permission(request, obj):
            return True
        is_settled = obj is not None and obj.pk is not None and (obj.first_published_at or obj.deleted_at)
        return not is_settled and self.is_of_own_unit(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        rows: QuerySet[Event] = super().get_queryset(request)
        if not request.user.has_perm("events.view_event") and (units := self.units_of(request)) is not None:
            rows = rows.filter(pk__in=Event.centres.through.objects.filter(researchcentre__in=units).values("event_id"))
        if request.resolver_match and request.resolver_match.url_name == "events_event_changelist":
            places = Count("desk__registrations", Q(desk__registrations__state=Registration.State.CONFIRMED))
            rows = rows.annotate(places=places).prefetch_related("centres").defer("body", "transcript")
        return rows

    def get_inlines(self, request: HttpRequest, obj: Event | None) -> Any:
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return self.inlines if may else [one for one in self.inlines if one is not JoiningLinkInline]

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rows of an event go with it: whoever may change it may change them."""
        found = super().get_inline_instances(request, obj)
        model = self.copied(request) if request.method == "GET" else None
        for one in found:
            if model and one.model in copying.ROWS:
                one.extra += len(copying.rows(model, one.model))
        if self.is_of_own_unit(request, obj):
            found = [inline(self.model, self.admin_site) for inline in self.get_inlines(request, obj)]
            for one in found:
                for right in ("view", "add", "change", "delete"):
                    setattr(one, f"has_{right}_permission", lambda *_given, **_named: True)
        return found

    # --- The form -----------------------------------------------------------------------------------------------------
    def get_fieldsets(self, request: HttpRequest, obj: Event | None = None) -> Any:
        count = happening.concerned(obj, "moved") if obj and obj.is_public else 0
        told = ngettext("%(n)s person is registered.", "%(n)s people are registered.", count) % {"n": count}
        question = _(
            "If you change time or place, should they be told? Calendars are brought up to date by the letter."
        )
        tell = (_("If time or place changes"), {"fields": ("tell", "tell_words"), "description": f"{told} {question}"})
        return [
            (None, {"fields": ("title", ("kind", "series", "edition"), "summary"), "classes": ("head",)}),
            (
                _("When and where"),
                {
                    "fields": (
                        ("starts_at", "ends_at"), "is_all_day", "time_zone", ("venue", "room"), "address", "is_online",
                    ),
                    "classes": () if count else ("then-programme",),
                },
            ),
            *([(tell[0], tell[1] | {"classes": ("then-programme",)})] if count else []),
            (_("For whom"), {"fields": ("audience", "audience_note", "is_chatham_house")}),
            (_("Image"), {"fields": ("image",)}),
            (_("Text"), {"fields": ("body",), "classes": ("unlabelled", "text")}),
            (_("Programme as a file"), {"fields": ("programme_now", "new_document")}),
            (_("Topics, regions and centres"), {"fields": ("topics", "regions", "centres"), "classes": ("facets",)}),
            (_("Afterwards"), {"fields": ("recording", "report", "transcript")}),
            (_("Address and language"), {"fields": ("slug", "language")}),
        ]  # fmt: skip

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: type[ModelForm[Event]] = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"units": self.units_of(request)})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        model = self.copied(request)
        return copying.values(model) if model else super().get_changeform_initial_data(request)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        found: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        model = self.copied(request)
        if model and request.method == "GET" and inline.model in copying.ROWS:
            found["initial"] = copying.rows(model, inline.model)
            found["queryset"] = inline.model._default_manager.none()
        return found

    def copied(self, request: HttpRequest) -> Event | None:
        """The event that a new one shall be like. Raises PermissionDenied for one that somebody may not see."""
        given = request.GET.get("copy", "")
        is_add = request.resolver_match and request.resolver_match.url_name == "events_event_add"
        if not is_add or not (given.isascii() and given.isdigit() and len(given) < 18):
            return None
        found: Event | None = Event.objects.filter(pk=int(given), deleted_at=None).first()
        if found is not None and not self.has_view_permission(request, found):
            raise PermissionDenied
        return found

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *given: Any, **named: Any) -> Any:
        stored: Any = context.get("original")
        may = stored is not None and stored.pk and self.has_change_permission(request, stored)
        context |= {
            "happenings": offered(stored) if may and stored.first_published_at else [],
            "may_report": may and stored.report_id is None and request.user.has_perm("publications.add_publication"),
            "may_copy": bool(stored) and self.has_add_permission(request),
            "copied": self.copied(request),
        }
        return super().render_change_form(request, context, *given, **named)

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        upload = form.cleaned_data.get("new_document")
        if upload and obj.document:
            replace_document(obj.document, upload, editor(request))
        elif upload:
            obj.document = accept_document(upload, kind=Document.Kind.PDF, title=obj.title, by=editor(request))
        if form.tells:
            obj.changed_at = timezone.now()
            if obj.starts_at != form.before["starts_at"] and obj.previous_starts_at is None:
                obj.previous_starts_at = form.before["starts_at"]
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.tells and happening.tell_of_change(form.instance, form.cleaned_data["tell_words"].strip()):
            words = ngettext("%(n)s person is written to.", "%(n)s people are written to.", form.concerned)
            self.message_user(request, words % {"n": form.concerned})

    def publish_item(self, request: HttpRequest, item: Any, at: datetime) -> None:
        if not item.summary:
            raise NotAllowed(_("Before it is published, the event needs a summary of two or three sentences."))
        super().publish_item(request, item, at)

    # --- Addresses ----------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/happening/<slug:name>/", view(self.happening_view), name="events_event_happening"),
            path("<int:pk>/start-report/", view(self.report_view), name="events_event_report"),
            *super().get_urls(),
        ]

    def report_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = self.editable(request, pk)
        if request.method != "POST":
            raise Http404
        if not request.user.has_perm("publications.add_publication"):
            raise PermissionDenied
        try:
            report = reporting.start_report(item, editor(request))
        except NotAllowed as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(self.address("change", pk))
        self.message_user(request, _("The draft of the report is made, and linked with the event."), messages.SUCCESS)
        return redirect("admin:publications_publication_change", report.pk)

    # --- Columns ------------------------------------------------------------------------------------------------------
    @admin.display(description=_("when"), ordering="starts_at")
    def day(self, event: Event) -> SafeString:
        first = event.starts
        return format_html(
            '<span class="when">{} <span class="quiet">{}</span></span>',
            f"{first:%a} {first.day} {first:%b %Y}",
            clock.hours(event),
        )

    @admin.display(description=_("takes place"), ordering="status")
    def fate(self, event: Event) -> SafeString:
        if event.status != Event.Status.ON:
            return format_html('<span class="state state-withdrawn">{}</span>', event.get_status_display())
        return format_html("{}", _("Over") if event.is_over else event.kind.name)

    @admin.display(description=_("centres and programmes"))
    def units(self, event: Event) -> str:
        return "; ".join(one.acronym or one.name for one in event.centres.all())

    @admin.display(description=_("confirmed"), ordering="places")
    def registered(self, event: Event) -> str:
        return str(getattr(event, "places", 0) or "–")

    @admin.display(description=_("programme now"))
    def programme_now(self, event: Event | None) -> SafeString:
        return columns.describe_file(event.document if event else None)
