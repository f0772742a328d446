"""Podcasts, newsletters and resource pages on the desk."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import Media, Script
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from editorial.desk import PublishableAdmin
from editorial.desk.addressed import AddressedAdmin
from editorial.generic import ModelAdmin, StackedInline
from publications import bulletins
from publications.admin.filters import StateFilter
from publications.desk_forms import ResourcePageForm, ShowForm
from publications.models import BulletinItem, Newsletter, PodcastShow, Publication, ResourceBlock, ResourcePage
from publications.row_forms import BulletinFormSet, BulletinItemForm, ResourceBlockForm, ResourceBlockFormSet


class RowsInline[Row: Any, Whole: Any](StackedInline[Row, Whole]):
    """Rows in an order that is changed by buttons, by dragging, or by figures where there are no scripts."""

    template = "admin/publications/rows.html"
    extra = 0
    row_template = ""
    heading: Any = ""
    words: Any = ""
    add_words: Any = ""

    @property
    def media(self) -> Media:
        script: Any = Script("js/rows.js", defer=True)  # the stub knows names of files only
        return super().media + Media(js=[script])


class BulletinInline(RowsInline[BulletinItem, Publication]):
    model = BulletinItem
    fk_name = "issue"
    form = BulletinItemForm
    formset = BulletinFormSet
    fields = ("position", "block", "publication", "headline", "summary")
    row_template = "admin/publications/bulletin_row.html"
    heading = _("Lines of the newsletter")
    words = _("In the order printed. Lines of one block that follow each other stand under one heading.")
    add_words = _("Add a line")
    # The blocks that fill themselves, for the buttons below the rows.
    fillable = [(block, BulletinItem.Block(block).label) for block in bulletins.TAKES]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulletinItem]:
        return super().get_queryset(request).select_related("publication")


class ResourceInline(RowsInline[ResourceBlock, ResourcePage]):
    model = ResourceBlock
    form = ResourceBlockForm
    formset = ResourceBlockFormSet
    fields = ResourceBlockForm.Meta.fields
    row_template = "admin/publications/resource_row.html"
    heading = _("Sections and pinned pieces")
    words = _(
        "In the order shown. A pinned piece stands in the section above it, before what that section takes by itself."
    )
    add_words = _("Add a section or a piece")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ResourceBlock]:
        return super().get_queryset(request).select_related("publication", "person")


@admin.register(ResourcePage)
class ResourcePageAdmin(PublishableAdmin[ResourcePage]):
    form = ResourcePageForm
    inlines = (ResourceInline,)
    change_form_template = "admin/publications/resource_form.html"
    list_display = ("title", "standing", "lines", "updated_at")
    list_filter = (StateFilter,)
    search_fields = ("title", "summary")
    prepopulated_fields = {"slug": ("title",)}
    fieldsets = (
        (None, {"fields": ("title", "summary")}),
        (_("Introduction"), {"fields": ("intro",), "classes": ("unlabelled", "text")}),
        (_("Image"), {"fields": ("image",)}),
        (_("Address and order"), {"fields": ("slug", "position")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ResourcePage]:
        return super().get_queryset(request).annotate(line_count=Count("blocks"))

    def get_prepopulated_fields(self, request: HttpRequest, obj: ResourcePage | None = None) -> dict[str, Any]:
        return {} if obj else {"slug": ("title",)}

    @admin.display(description=_("state"), ordering="publish_at")
    def standing(self, page: ResourcePage) -> str:
        return page.standing

    @admin.display(description=_("lines"), ordering="line_count")
    def lines(self, page: ResourcePage) -> int:
        return int(getattr(page, "line_count", 0))


@admin.register(PodcastShow)
class PodcastShowAdmin(AddressedAdmin[PodcastShow]):
    form = ShowForm
    list_display = ("name", "maker", "episode_count", "position")
    list_editable = ("position",)
    search_fields = ("name", "maker")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "maker", "description", "image", "home_url", "position")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PodcastShow]:
        return super().get_queryset(request).annotate(count=Count("episodes"))

    @admin.display(description=_("episodes"), ordering="count")
    def episode_count(self, show: PodcastShow) -> int:
        return int(getattr(show, "count", 0))


@admin.register(Newsletter)
class NewsletterAdmin(ModelAdmin[Newsletter]):
    list_display = ("name", "centre", "issue_count", "position")
    list_editable = ("position",)
    list_select_related = ("centre",)
    search_fields = ("name",)
    fields = ("name", "description", "centre", "position")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Newsletter]:
        return super().get_queryset(request).annotate(count=Count("issues"))

    @admin.display(description=_("issues"), ordering="count")
    def issue_count(self, newsletter: Newsletter) -> int:
        return int(getattr(newsletter, "count", 0))
