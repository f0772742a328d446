from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from editorial.desk import PublishableAdmin
from editorial.publishing import NotAllowed
from institution import moving, readiness
from institution.admin.inlines import OF_KINDS, AttachmentInline
from institution.desk_forms import PageForm
from institution.models import Page
from publications.admin import columns
from publications.admin.filters import MineFilter, StateFilter
from publications.readiness import Problem


class TreeList(ChangeList):
    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str | Combinable]:
        return ["tree_ordering"]


class ReviewFilter(admin.SimpleListFilter):
    title = gettext_lazy("last reviewed")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("old", _("Over a year ago, or never"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.exclude(reviewed_on__gt=timezone.localdate() - readiness.OLD) if self.value() else queryset


@admin.register(Page)
class PageAdmin(PublishableAdmin[Page]):
    """The tree of pages, as readers find it in menus."""

    form = PageForm
    list_display = ("indented_title", "kind", "standing", "stands_at", "reviewed", "saved")
    list_display_links = ("indented_title",)
    list_filter = (StateFilter, "kind", ReviewFilter, MineFilter, ("centre", admin.RelatedOnlyFieldListFilter))
    list_per_page = 500
    list_select_related = ("centre", "updated_by")
    search_fields = ("title", "path", "summary")
    search_help_text = gettext_lazy("Words of the title or the summary, or part of the address")
    sortable_by = ()
    prepopulated_fields = {"slug": ("title",)}
    readonly_fields = ("address_now",)
    fieldsets = (
        (None, {"fields": ("title", "kind", "summary")}),
        (gettext_lazy("Text"), {"fields": ("body",), "classes": ("unlabelled", "text")}),
        (gettext_lazy("Image"), {"fields": ("image",)}),
        (
            gettext_lazy("Signature"),
            {
                "fields": ("signed_by", ("signed_name", "signed_post")),
                "description": gettext_lazy("For a message that somebody signs."),
            },
        ),
        (
            gettext_lazy("Place in the tree"),
            {"fields": ("address_now", "parent", "centre", "slug")},
        ),
        (gettext_lazy("Menus"), {"fields": ("short_title", ("position", "in_menu"), "shows")}),
        (gettext_lazy("For staff only"), {"fields": ("reviewed_on",)}),
    )

    standing = columns.standing
    saved = columns.saved

    def get_queryset(self, request: HttpRequest) -> QuerySet[Page]:
        match = request.resolver_match
        if match and match.url_name == "institution_page_changelist":
            tree: QuerySet[Page] = Page.tree.with_tree_fields().filter(deleted_at__isnull=True)
            return tree
        return super().get_queryset(request)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ()  # asked for by other screens too, whose queries know nothing of the tree

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TreeList

    def get_inlines(self, request: HttpRequest, obj: Page | None) -> list[Any]:
        """By the kind as stored, because the form was made from that."""
        if obj is None or obj.pk is None:
            return []
        kind = Page.objects.filter(pk=obj.pk).values_list("kind", flat=True).first()
        return [*OF_KINDS.get(str(kind), ()), AttachmentInline]

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> None:
        moved = moving.addresses_that_move(obj)
        with moving.keeping_addresses(obj):
            super().save_model(request, obj, form, change)
        if moved:
            posted = request.POST.copy()
            told = _("Moved from %(old)s to %(new)s") % {"old": moved[0][0], "new": moved[0][1]}
            posted["revision_note"] = ". ".join(filter(None, (told, posted.get("revision_note", "").strip())))
            request.POST = posted  # type: ignore[assignment]

    def publish_item(self, request: HttpRequest, item: Page, at: datetime) -> None:
        refuse_unready(readiness.problems(item))
        super().publish_item(request, item, at)

    def problems(self, item: Page) -> list[Problem]:
        return readiness.problems(item)

    @admin.display(description=gettext_lazy("title"))
    def indented_title(self, page: Page) -> SafeString:
        depth = min(getattr(page, "tree_depth", 0), 4)
        return format_html('<span class="depth depth-{}">{}</span>', depth, page.label)

    @admin.display(description=gettext_lazy("address"))
    def stands_at(self, page: Page) -> str:
        return page.get_absolute_url()

    @admin.display(description=gettext_lazy("last reviewed"))
    def reviewed(self, page: Page) -> Any:
        if page.reviewed_on is None:
            return format_html('<span class="quiet">{}</span>', _("never"))
        is_old = page.reviewed_on <= timezone.localdate() - readiness.OLD
        day = f"{page.reviewed_on.day} {page.reviewed_on:%b %Y}"
        return (
            format_html('<span class="warning">{}</span>', _("%(day)s: look again") % {"day": day}) if is_old else day
        )

    @admin.display(description=gettext_lazy("address today"))
    def address_now(self, page: Page | None) -> Any:
        if page is None or page.pk is None:
            return _("None yet: it follows from the page above and the last part below.")
        stored = Page.objects.select_related("centre").get(pk=page.pk)
        count = moving.count_seen(stored)
        if not count:
            return format_html(
                '{} <span class="quiet">{}</span>', stored.get_absolute_url(), _("Readers have not seen it yet.")
            )
        words = ngettext("Moving it makes %d redirect.", "Moving it makes %d redirects.", count) % count
        return format_html('{} <span class="quiet">{}</span>', stored.get_absolute_url(), words)


def refuse_unready(problems: list[Problem]) -> None:
    errors = [problem.message for problem in problems if problem.level == "error"]
    if errors:
        raise NotAllowed(" ".join(errors))
