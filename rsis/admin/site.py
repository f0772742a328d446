from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from editorial.generic import ModelAdmin, TabularInline
from editorial.models import LinkTarget
from rsis import navigation
from rsis.models import SiteSettings, SocialAccount


class AccountsInline(TabularInline[SocialAccount, SiteSettings]):
    model = SocialAccount
    fields = ("network", "handle", "address", "position", "answer")
    readonly_fields = ("answer",)
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[SocialAccount]:
        checks = LinkTarget.objects.filter(address=OuterRef("address"), checked_at__isnull=False)
        return super().get_queryset(request).annotate(outcome=Subquery(checks.values("outcome")[:1]))

    @admin.display(description=_("when last asked"))
    def answer(self, account: SocialAccount) -> Any:
        outcome = getattr(account, "outcome", None)
        return LinkTarget.Outcome(outcome or LinkTarget.Outcome.WAITING).label


@admin.register(SiteSettings)
class SiteSettingsAdmin(ModelAdmin[SiteSettings]):
    """One form, in the order in which a page shows it: head, Connect, footer."""

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("css/desk/menu.css",)}

    inlines = (AccountsInline,)
    fieldsets = (
        (
            _("At the head of every page"),
            {"fields": ("parent_name", "parent_url", "motto", "since_year", "name", "short_name", "descriptor")},
        ),
        (
            _("Getting to RSIS"),
            {
                "fields": ("building", "street", "city", "postcode", "country", "phone"),
                "description": _("Links below the address, such as directions, stand under “Menu and links”."),
            },
        ),
        (_("At the foot of every page"), {"fields": ("legal_line",)}),
        (_("Cookies"), {"fields": ("counter_url",)}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one row, so the list is its form."""
        if not self.has_view_or_change_permission(request) or not SiteSettings.objects.exists():
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(reverse("admin:rsis_sitesettings_change", args=[1]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Asked on every page of the desk, so without a statement."""
        return super().has_add_permission(request) and not navigation.furniture().site.pk

    def has_delete_permission(self, request: HttpRequest, obj: SiteSettings | None = None) -> bool:
        return False
