"""Mailings at the desk: what waits, what goes out, what came back; stopping, sending the rest."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from editorial.generic import ModelAdmin
from editorial.models import sgt
from subscriptions import announcing, reporting
from subscriptions.admin.before import LookBefore
from subscriptions.admin.figures import Figures
from subscriptions.models import Bounce, Notification, Suppression


class ReadOnly[Row: Any](ModelAdmin[Row]):
    show_full_result_count = False

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


@admin.register(Notification)
class NotificationAdmin(LookBefore, Figures, ReadOnly[Notification]):
    list_display = ("subject", "standing", "progress", "complained", "due_at")
    list_filter = ("state",)
    search_fields = ("subject",)
    list_per_page = 30
    change_list_template = "admin/subscriptions/mailings.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        return super().get_queryset(request).select_related("content_type")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        self.figures = reporting.figures_of(list(found.result_list))
        return found

    @admin.display(description=_("state"))
    def standing(self, held: Notification) -> str:
        if held.state == Notification.State.HELD:
            return str(_("Held until %(time)s")) % {"time": sgt(held.due_at)}
        return str(held.get_state_display())

    @admin.display(description=_("sent"))
    def progress(self, held: Notification) -> str:
        got = self.figures.get(held.pk, reporting.Figures())
        if held.announced_at is None:
            return "–"
        words = _("{sent} of {all}, {left} to come") if got.to_come else _("{sent} of {all}")
        return format_html(str(words), sent=f"{got.sent:,}", all=f"{got.addressed:,}", left=f"{got.to_come:,}")

    @admin.display(description=_("complaints"))
    def complained(self, held: Notification) -> str:
        got = self.figures.get(held.pk, reporting.Figures())
        if not got.complaints:
            return "0"
        return format_html("<strong>{} %</strong>" if got.is_alarming else "{} %", got.percent)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("about/<slug:kind>/<int:pk>/", wrap(self.about_view), name="subscriptions_notification_about"),
            path(
                "about/<slug:kind>/<int:pk>/letter/", wrap(self.letter_view), name="subscriptions_notification_letter"
            ),
            path("about/<slug:kind>/<int:pk>/test/", wrap(self.test_view), name="subscriptions_notification_test"),
            path("figures/", wrap(self.figures_view), name="subscriptions_notification_figures"),
            path("<int:pk>/stop/", wrap(self.stop_view), name="subscriptions_notification_stop"),
            path("<int:pk>/go/", wrap(self.go_view), name="subscriptions_notification_go"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        held = self.get_object(request, object_id)
        if held is None:
            raise Http404
        if not self.has_view_permission(request, held):
            raise PermissionDenied
        figures, item = reporting.figures_of([held])[held.pk], announcing.item_of(held)
        state = Notification.State
        is_open = held.state in {state.STOPPED, state.LATE}
        context = {
            **self.admin_site.each_context(request),
            "title": held.subject,
            "opts": self.opts,
            "held": held,
            "item": item,
            "item_url": item and reverse(admin_urlname(item._meta, SafeString("change")), args=[item.pk]),
            "figures": figures,
            "lists": reporting.by_list(held),
            "trouble": held.deliveries.filter(state__in=["failed", "uncertain"]).order_by("-pk")[:20],
            "may_stop": held.state in {state.HELD, state.LATE, state.EXPANDING, state.SENDING},
            "may_go": is_open and (held.announced_at is None or figures.to_come or held.expanded_to is not None),
            "may_change": self.has_change_permission(request, held),
            "seconds_left": max(int((held.due_at - timezone.now()).total_seconds()), 0),
            "is_moving": held.state in {state.HELD, state.EXPANDING, state.SENDING},
        }
        return TemplateResponse(request, "admin/subscriptions/notification.html", context)

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        held = self._to_change(request, pk)
        by = request.user.get_username()
        return self._done(request, held, lambda: announcing.stop(held, f"Stopped by {by}"), _("Stopped."))

    def go_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        held = self._to_change(request, pk)
        return self._done(request, held, lambda: announcing.go_on(held), _("What is left goes out now."))

    def _to_change(self, request: HttpRequest, pk: int) -> Notification:
        held = get_object_or_404(Notification, pk=pk)
        if request.method != "POST":
            raise Http404
        if not self.has_change_permission(request, held):
            raise PermissionDenied
        return held

    def _done(self, request: HttpRequest, held: Notification, step: Any, words: Any) -> HttpResponse:
        try:
            step()
        except announcing.NotAllowed as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, words, messages.SUCCESS)
        return redirect("admin:subscriptions_notification_change", held.pk)


@admin.register(Bounce)
class BounceAdmin(ReadOnly[Bounce]):
    list_display = ("at", "kind", "status", "mailing")
    list_filter = ("kind",)
    fields = ("kind", "status", "at", "raw")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bounce]:
        return super().get_queryset(request).select_related("delivery__notification")

    @admin.display(description=_("mailing"))
    def mailing(self, bounce: Bounce) -> str:
        return bounce.delivery.notification.subject

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


@admin.register(Suppression)
class SuppressionAdmin(ReadOnly[Suppression]):
    """Why an address is not written to. Lifting it needs a note, and leaves the record."""

    list_display = ("at", "cause", "subscriber", "lifted_at", "lifted_note")
    list_filter = ("cause", ("lifted_at", admin.EmptyFieldListFilter))
    fields = ("subscriber", "cause", "raw", "at", "lifted_at", "lifted_note")
    readonly_fields = ("subscriber", "cause", "raw", "at", "lifted_at")
    list_select_related = ("subscriber",)

    def get_readonly_fields(self, request: HttpRequest, obj: Suppression | None = None) -> tuple[str, ...]:
        return self.fields if obj and obj.lifted_at else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        """Saving with a note lifts it."""
        if obj.lifted_note.strip() and obj.lifted_at is None:
            obj.lifted_at = timezone.now()
            super().save_model(request, obj, form, change)
            self.message_user(request, _("The address is written to again."), messages.SUCCESS)
