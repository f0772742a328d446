"""What the desk is told of addresses: pages that readers look for in vain, links that lead nowhere, changes of many rows."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from editorial import batches, mending, redirects, targets
from editorial.desk import editor
from editorial.models import Batch, FoundLink, LinkTarget, MissedAddress
from editorial.publishing import NotAllowed
from editorial.uses import address_of
from rsis.read_only import ReadOnly

SHOWN = 3  # texts named for a link
Outcome = LinkTarget.Outcome


@admin.register(MissedAddress)
class MissedAddressAdmin(ReadOnly[MissedAddress]):
    """Most wanted first. One press makes the redirect to the page that was probably meant."""

    list_display = ("path", "times", "last_on", "came_from", "proposal")
    list_display_links = None
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("path",)
    date_hierarchy = "last_on"

    def get_urls(self) -> list[URLPattern]:
        lead = path("<int:pk>/lead/", self.admin_site.admin_view(self.lead_view), name="editorial_missedaddress_lead")
        return [lead, *super().get_urls()]

    @admin.display(description=gettext_lazy("probably meant"))
    def proposal(self, row: MissedAddress) -> SafeString:
        by_hand = format_html(
            '<a href="{}?{}">{}<span class="visually-hidden"> {}</span></a>',
            reverse("admin:editorial_redirect_add"), urlencode({"old_path": row.path}), _("Lead elsewhere"), row.path,
        )  # fmt: skip
        if not row.suggestion:
            return format_html('<div class="buttons">{}</div>', by_hand)
        return format_html(
            '<a class="address" href="{}">{}</a><div class="buttons"><button type="submit" class="quiet-button" formaction="{}">{}'
            '<span class="visually-hidden"> {}</span></button> {}</div>',
            row.suggestion, row.suggestion, reverse("admin:editorial_missedaddress_lead", args=[row.pk]),
            _("Lead there"), row.path, by_hand,
        )  # fmt: skip

    @method_decorator(require_POST)
    def lead_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("editorial.add_redirect"):
            raise PermissionDenied
        row = get_object_or_404(MissedAddress, pk=pk)
        back = HttpResponseRedirect(reverse("admin:editorial_missedaddress_changelist"))
        if not row.suggestion or targets.follow(row.suggestion) is None:
            MissedAddress.objects.filter(pk=pk).update(suggestion="")
            self.message_user(request, _("There is no page at the proposed address any more."), messages.ERROR)
            return back
        redirects.add(row.path, row.suggestion)
        words = _("%(old)s leads to %(new)s from now on.") % {"old": row.path, "new": row.suggestion}
        self.log_change(request, row, words)
        row.delete()
        self.message_user(request, words, messages.SUCCESS)
        return back


class OutcomeFilter(admin.SimpleListFilter):
    """Without a choice: what somebody has to do something about."""

    title = gettext_lazy("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", gettext_lazy("Every link")), *Outcome.choices]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": gettext_lazy("Dead or moved")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LinkTarget]) -> QuerySet[LinkTarget]:
        if self.value() == "all":
            return queryset
        if self.value() in Outcome.values:
            return queryset.filter(outcome=self.value())
        return queryset.filter(outcome__in=(Outcome.MOVED, Outcome.MISSING, Outcome.FAILING))


@admin.register(LinkTarget)
class LinkTargetAdmin(ReadOnly[LinkTarget]):
    """Where our texts, menus and PDFs link to, and what became of it; the worker looks, never this page."""

    list_display = ("where", "outcome_in_words", "new_place", "found_in", "checked_at")
    list_display_links = None
    list_filter = (OutcomeFilter, "is_outside")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("address",)
    actions = None
    change_list_template = "admin/editorial/link_list.html"

    def has_delete_permission(self, request: HttpRequest, obj: LinkTarget | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        mend = path("mend/", self.admin_site.admin_view(self.mend_view), name="editorial_linktarget_mend")
        return [mend, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LinkTarget]:
        some = FoundLink.objects.order_by("pk")[:SHOWN].prefetch_related("item")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("found", some, to_attr="some"))
            .annotate(uses=Count("found"))
        )

    @admin.display(description=gettext_lazy("address"), ordering="address")
    def where(self, row: LinkTarget) -> SafeString:
        return format_html('<a class="address" href="{}" rel="noreferrer nofollow">{}</a>', row.address, row.address)

    @admin.display(description=gettext_lazy("outcome"), ordering="outcome")
    def outcome_in_words(self, row: LinkTarget) -> SafeString:
        return format_html(
            '<span class="outcome outcome-{}">{}</span> <span class="quiet">{}</span>',
            row.outcome,
            row.get_outcome_display(),
            row.status,
        )

    @admin.display(description=gettext_lazy("leads to, or was meant"))
    def new_place(self, row: LinkTarget) -> SafeString:
        if not row.leads_to:
            return SafeString("–")
        return format_html('<a class="address" href="{}" rel="noreferrer nofollow">{}</a>', row.leads_to, row.leads_to)

    @admin.display(description=gettext_lazy("found in"), ordering="uses")
    def found_in(self, row: LinkTarget) -> SafeString:
        some: list[FoundLink] = getattr(row, "some", [])
        lines = [
            (address_of(one.item), str(one.item), _("PDF") if one.place == FoundLink.PDF else "")
            for one in some
            if one.item
        ]
        more = int(getattr(row, "uses", 0)) - len(some)
        shown = format_html_join("", '<li><a href="{}">{}</a> <span class="quiet">{}</span></li>', lines)
        rest = format_html("<li>{}</li>", ngettext("and %d more", "and %d more", more) % more) if more > 0 else ""
        return format_html('<ul class="uses">{}{}</ul>', shown, rest)

    def mend_view(self, request: HttpRequest) -> HttpResponse:
        """First what would be changed, then, on a press, the change of it all in one batch."""
        if not request.user.has_perm("editorial.change_linktarget"):
            raise PermissionDenied
        if request.method == "POST":
            batch = mending.mend(editor(request), lambda row: self.may_change(request, row))
            self.message_user(request, f"{batch.summary}.", messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:editorial_linktarget_changelist"))
        repairs = mending.repairs()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Lead links to where their pages are now"),
            "opts": self.opts,
            "links": mending.moved().count(),
            "repairs": [(one, address_of(one.item), self.may_change(request, one.item)) for one in repairs[:50]],
            "rows": len(repairs),
            "most": mending.MOST_AT_ONCE,
            "in_pdfs": mending.in_pdfs().select_related("target").prefetch_related("item")[:50],
        }
        return TemplateResponse(request, "admin/editorial/mend_links.html", context)

    def may_change(self, request: HttpRequest, row: Any) -> bool:
        if not self.admin_site.is_registered(type(row)):
            return False
        return bool(self.admin_site.get_model_admin(type(row)).has_change_permission(request, row))


@admin.register(Batch)
class BatchAdmin(ReadOnly[Batch]):
    """Who changed many rows at once, and the button that takes it back."""

    list_display = ("summary", "by", "at", "taking_back")
    list_display_links = None
    list_select_related = ("by",)
    list_filter = ("kind",)
    list_per_page = 50
    search_fields = ("summary",)
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Batch | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        undo = path("<int:pk>/undo/", self.admin_site.admin_view(self.undo_view), name="editorial_batch_undo")
        return [undo, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        return super().get_queryset(request).defer("data")

    @admin.display(description=gettext_lazy("take back"))
    def taking_back(self, row: Batch) -> SafeString:
        if row.undone_at:
            return format_html('<span class="quiet">{}</span>', _("Taken back"))
        if not batches.can_undo(row):
            return SafeString("–")
        return format_html(
            '<button type="submit" class="quiet-button" formaction="{}">{}<span class="visually-hidden">: {}</span></button>',
            reverse("admin:editorial_batch_undo", args=[row.pk]), _("Take back"), row.summary,
        )  # fmt: skip

    @method_decorator(require_POST)
    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("editorial.change_batch"):
            raise PermissionDenied
        batch = get_object_or_404(Batch, pk=pk)
        try:
            batches.undo(batch, editor(request))
        except NotAllowed as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, _("Taken back: %(what)s.") % {"what": batch.summary}, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:editorial_batch_changelist"))
