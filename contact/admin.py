from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from contact import board
from contact.models import Enquiry, Feedback, Subject
from contact.receiving import deadline_in_words
from editorial import addresses, charts, logs
from editorial.generic import ModelAdmin


@admin.register(Subject)
class SubjectAdmin(ModelAdmin[Subject]):
    """What the contact form offers, and which desk reads it."""

    list_display = ("label", "goes_to", "is_offered", "is_press", "position", "waiting")
    list_editable = ("position",)
    prepopulated_fields = {"slug": ("label",)}
    fieldsets = (
        (None, {"fields": ("label", "slug", "position", "is_offered", "is_press")}),
        (_("Who reads it"), {"fields": ("recipients",)}),
        (_("What the writer is sent"), {"fields": ("reply",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subject]:
        new = Count("enquiries", filter=Q(enquiries__state=Enquiry.State.NEW))
        return super().get_queryset(request).annotate(new=new)

    @admin.display(description=_("letters go to"))
    def goes_to(self, subject: Subject) -> Any:
        return ", ".join(subject.desks) or _("the inbox only")

    @admin.display(description=_("new enquiries"))
    def waiting(self, subject: Subject) -> int:
        return int(getattr(subject, "new", 0))


class ReceivedAdmin[Row: Model](ModelAdmin[Row]):
    """What readers sent: never written here, and every reading of a person's words is noted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        if request.method == "GET" and response.status_code == 200:
            logs.event("personal data read", row=f"{self.opts.label_lower} {object_id}", user=request.user.pk)
            row = self.get_object(request, object_id)
            if row is not None:
                self.log_change(request, row, now_("Read."))
        return response


@admin.register(Enquiry)
class EnquiryAdmin(ReceivedAdmin[Enquiry]):
    """The inbox: who wrote, who sees to it, what became of it."""

    list_display = ("words", "sender", "subject", "deadline", "state", "assigned_to", "at")
    list_filter = ("state", "subject", ("assigned_to", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("subject", "assigned_to")
    list_per_page = 50
    search_fields = ("name", "message", "outlet")
    date_hierarchy = "at"
    actions = ("take", "close", "mark_as_spam")
    readonly_fields = (
        "sender", "address", "subject", "at", "person", "outlet", "medium", "deadline", "message", "settled_at",
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Enquiry | None = None) -> list[tuple[Any, dict[str, Any]]]:  # type: ignore[override]
        asked = (_("For the press"), {"fields": ("person", "outlet", "medium", "deadline")})
        return [
            (None, {"fields": ("sender", "address", "subject", "at", "message")}),
            *([asked] if obj and (obj.outlet or obj.person_id) else []),
            (_("On the desk"), {"fields": ("state", "assigned_to", "notes", "settled_at")}),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not request.GET:  # the queue is what one comes for
            inbox = reverse("admin:contact_enquiry_changelist")
            return HttpResponseRedirect(f"{inbox}?state__exact={Enquiry.State.NEW}")
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: Enquiry, form: Any, change: bool) -> None:
        if "state" in form.changed_data:
            obj.settled_at = None if obj.state == Enquiry.State.NEW else timezone.now()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("message"))
    def words(self, enquiry: Enquiry) -> str:
        return enquiry.message[:120] + ("…" if len(enquiry.message) > 120 else "")

    @admin.display(description=_("from"), ordering="name")
    def sender(self, enquiry: Enquiry) -> str:
        return f"{enquiry.name}, {enquiry.outlet}" if enquiry.outlet else enquiry.name

    @admin.display(description=_("e-mail address"))
    def address(self, enquiry: Enquiry) -> SafeString:
        shown = addresses.shown(enquiry.email)
        link = format_html('<a href="mailto:{}">{}</a>', enquiry.email, shown)
        if not addresses.is_doubtful(enquiry.email):
            return link
        return format_html('{} <strong class="caution">{}</strong>', link, _("Letters of other scripts: look twice."))

    @admin.display(description=_("deadline"), ordering="deadline_at")
    def deadline(self, enquiry: Enquiry) -> str:
        return deadline_in_words(enquiry)

    @admin.action(description=_("I see to it"), permissions=["change"])
    def take(self, request: HttpRequest, rows: QuerySet[Enquiry]) -> None:
        self._do(request, rows, assigned_to=request.user)

    @admin.action(description=_("Close"), permissions=["change"])
    def close(self, request: HttpRequest, rows: QuerySet[Enquiry]) -> None:
        self._do(request, rows, state=Enquiry.State.CLOSED, settled_at=timezone.now())

    @admin.action(description=_("Spam"), permissions=["change"])
    def mark_as_spam(self, request: HttpRequest, rows: QuerySet[Enquiry]) -> None:
        self._do(request, rows, state=Enquiry.State.SPAM, settled_at=timezone.now())

    def _do(self, request: HttpRequest, rows: QuerySet[Enquiry], **changes: Any) -> None:
        for row in rows:
            self.log_change(request, row, [{"changed": {"fields": [name for name in changes if name != "settled_at"]}}])
        count = rows.update(**changes)
        self.message_user(request, now_("%(count)d changed.") % {"count": count})


class ReleaseFilter(admin.AllValuesFieldListFilter):
    """A site that was told no release has an empty one, and its link must not be."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield choice | {"display": choice["display"] or self.empty_value_display}


@admin.register(Feedback)
class FeedbackAdmin(ReceivedAdmin[Feedback]):
    """What readers think of the site. The board shows it in figures; the table can be taken home, without addresses."""

    list_display = ("rating", "liked", "improve", "page", "wants_answer", "at")
    list_display_links = ("rating",)
    list_filter = ("rating", ("release", ReleaseFilter))
    search_fields = ("liked", "improve", "page")
    date_hierarchy = "at"
    fields = ("rating", "liked", "improve", "email", "page", "release", "at")
    change_list_template = "admin/contact/feedback_list.html"

    def has_change_permission(self, request: HttpRequest, obj: Feedback | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        own = [("board/", self.board_view, "board"), ("export.csv", self.export_view, "export")]
        named = [
            path(where, self.admin_site.admin_view(view), name=f"contact_feedback_{name}") for where, view, name in own
        ]
        return [*named, *super().get_urls()]

    def board_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        months, ratings, pages = board.by_month(), board.by_rating(), board.by_page()
        count = sum(line.count for line in ratings)
        context = {
            **self.admin_site.each_context(request),
            "title": _("What readers think of the site"),
            "opts": self.opts,
            "count": count,
            "average": sum(line.count * line.average for line in ratings) / count if count else None,
            "months": months,
            "ratings": ratings,
            "pages": pages,
            "months_chart": charts.columns(board.averages(months), now_("Average rating by month"), 6),
            "ratings_chart": charts.columns(
                board.counts(ratings), now_("How often each number was given"), max(line.count for line in ratings)
            ),
            "pages_chart": charts.rows(board.averages(pages), now_("Average rating by page"), 6),
        }
        return TemplateResponse(request, "admin/contact/board.html", context)

    def export_view(self, request: HttpRequest) -> StreamingHttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        logs.event("feedback exported", user=request.user.pk)
        response = StreamingHttpResponse(board.csv_lines(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="feedback.csv"'
        return response

    @admin.display(description=_("wants an answer"), boolean=True)
    def wants_answer(self, feedback: Feedback) -> bool:
        return bool(feedback.email)
