from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from editorial.generic import ModelAdmin
from editorial.models import User
from publications.models import ReaderResponse
from publications.responses import judge


@admin.register(ReaderResponse)
class ReaderResponseAdmin(ModelAdmin[ReaderResponse]):
    """Readers' responses, waiting ones first. Each is approved or refused with one press."""

    list_display = ("words", "sender", "publication", "at", "verdict", "judgement")
    list_filter = ("verdict",)
    list_select_related = ("publication",)
    list_per_page = 50
    search_fields = ("name", "text", "publication__title", "publication__number")
    ordering = ("at",)
    readonly_fields = ("publication", "name", "affiliation", "email", "text", "at", "verdict", "judged_by", "judged_at")
    fields = readonly_fields
    actions = None
    change_form_template = "admin/publications/response.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not request.GET:  # the queue is what one comes for
            waiting = reverse("admin:publications_readerresponse_changelist")
            return HttpResponseRedirect(f"{waiting}?verdict__exact={ReaderResponse.Verdict.WAITING}")
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[URLPattern]:
        judgement = path(
            "<int:pk>/judge/<str:verdict>/",
            self.admin_site.admin_view(self.judge_view),
            name="publications_readerresponse_judge",
        )
        return [judgement, *super().get_urls()]

    def judge_view(self, request: HttpRequest, pk: int, verdict: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        response = get_object_or_404(ReaderResponse, pk=pk)
        assert isinstance(request.user, User)
        judge(response, ReaderResponse.Verdict(verdict), request.user)
        words = _("The response of %(name)s is %(verdict)s.") % {
            "name": response.name,
            "verdict": response.get_verdict_display().lower(),
        }
        self.message_user(request, words, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:publications_readerresponse_changelist"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReaderResponse]:
        return super().get_queryset(request).defer("publication__body", "publication__transcript")

    @admin.display(description=_("response"))
    def words(self, response: ReaderResponse) -> str:
        return response.text[:200] + ("…" if len(response.text) > 200 else "")

    @admin.display(description=_("from"), ordering="name")
    def sender(self, response: ReaderResponse) -> str:
        return f"{response.name}, {response.affiliation}" if response.affiliation else response.name

    @admin.display(description=_("Judge"))
    def judgement(self, response: ReaderResponse) -> SafeString:
        """Buttons that submit the list's own form to another address, because forms cannot be nested."""
        buttons = [
            format_html(
                '<button type="submit" class="quiet-button" formaction="{}">{} <span class="visually-hidden">{}</span></button>',
                reverse("admin:publications_readerresponse_judge", args=[response.pk, verdict]),
                words,
                response.name,
            )
            for verdict, words in (("approved", _("Approve")), ("refused", _("Refuse")))
            if response.verdict != verdict
        ]
        return format_html('<div class="buttons">{}</div>', SafeString("".join(buttons)))
