from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Textarea
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from editorial import renditions
from editorial.desk.redirect_screens import RedirectForm, RedirectScreens
from editorial.generic import ModelAdmin, ModelForm, TabularInline
from editorial.media_forms import DocumentForm, NewImageForm
from editorial.models import Document, DocumentVersion, Image, Redirect, User
from editorial.thumbnails import thumbnail
from editorial.uploads import replace_document
from editorial.uses import uses

admin.site.register(User, UserAdmin)


def list_of_uses(row: Image | Document) -> SafeString:
    found = list(uses(row)) if row.pk else []
    if not found:
        return format_html('<span class="quiet">{}</span>', _("Nowhere."))
    lines = format_html_join(
        "",
        "<li>{}: {}</li>",
        ((kind, format_html('<a href="{}">{}</a>', where, words) if where else words) for kind, words, where in found),
    )
    return format_html('<ul class="uses">{}</ul>', lines)


class UsedAdmin[Row: Image | Document](ModelAdmin[Row]):
    """What is used somewhere is shown with its uses when it is to be deleted, and is not deleted."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Also what no foreign key protects: a picture in the midst of a text."""
        deleted, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        used = [
            format_html('{}: <a href="{}">{}</a>', kind, address, words)
            for row in objs
            for kind, words, address in uses(row)
        ]
        return deleted, counts, forbidden, used or protected


@admin.register(Image)
class ImageAdmin(UsedAdmin[Image]):
    """The image library."""

    list_display = ("picture", "title", "alt_or_decorative", "credit", "dimensions", "uploaded_at")
    list_display_links = ("title",)
    list_filter = ("is_decorative", "uploaded_at")
    list_per_page = 40
    search_fields = ("title", "alt", "caption", "credit")
    readonly_fields = ("large_picture", "dimensions", "where_used")

    def get_form(
        self, request: HttpRequest, obj: Image | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[Image]]:
        if obj is None:
            kwargs["form"] = NewImageForm
        kwargs["widgets"] = {"alt": Textarea(attrs={"rows": 2, "cols": 60})}  # a sentence is seen to its end
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Image | None = None) -> list[tuple[Any, dict[str, Any]]]:  # type: ignore[override]
        words = (_("For readers"), {"fields": ("alt", "is_decorative", "caption", "credit", "licence")})
        focal = (
            _("Focal point"),
            {
                "fields": (("focal_x", "focal_y"),),
                "description": _("Cut-outs for cards and sharing keep this point in view. 50 and 50 is the middle."),
            },
        )
        if obj is None:
            return [(None, {"fields": ("upload", "title")}), words, focal]
        first = (None, {"fields": ("large_picture", "title", "dimensions")})
        return [first, words, focal, (_("Where it is used"), {"fields": ("where_used",)})]

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:
        if not change:
            obj.uploaded_by = request.user if isinstance(request.user, User) else None
        super().save_model(request, obj, form, change=True)
        renditions.order(obj)  # the focal point may have moved

    def get_urls(self) -> list[URLPattern]:
        # The hash in the address lets browsers keep the picture and never show an old one.
        small = path(
            "<int:pk>/<str:digest>.jpg",
            self.admin_site.admin_view(self.thumbnail_view),
            name="editorial_image_thumbnail",
        )
        return [small, *super().get_urls()]

    def thumbnail_view(self, request: HttpRequest, pk: int, digest: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = get_object_or_404(Image, pk=pk)
        try:
            content = thumbnail(image)
        except OSError:
            raise Http404 from None
        return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})

    @admin.display(description=_("picture"))
    def picture(self, image: Image) -> SafeString:
        return self._picture(image, "thumb")

    @admin.display(description=_("picture"))
    def large_picture(self, image: Image) -> SafeString:
        return self._picture(image, "focal-picture")

    def _picture(self, image: Image, style: str) -> SafeString:
        mark = f"{image.sha256[:16]}-{image.focal_x}-{image.focal_y}"
        address = reverse("admin:editorial_image_thumbnail", args=[image.pk, mark])
        return format_html('<img class="{}" src="{}" alt="" width="120" height="80" loading="lazy">', style, address)

    @admin.display(description=_("described as"))
    def alt_or_decorative(self, image: Image) -> Any:
        return _("Decorative") if image.is_decorative else image.alt

    @admin.display(description=_("size"))
    def dimensions(self, image: Image) -> str:
        return f"{image.width} × {image.height}"

    @admin.display(description=_("used in"))
    def where_used(self, image: Image) -> SafeString:
        return list_of_uses(image)


class VersionInline(TabularInline[DocumentVersion, Document]):
    model = DocumentVersion
    extra = 0
    can_delete = False
    fields = (
        "number",
        "original_name",
        "size_in_words",
        "pages",
        "has_text",
        "uploaded_at",
        "uploaded_by",
        "is_public",
    )
    readonly_fields = ("number", "original_name", "size_in_words", "pages", "has_text", "uploaded_at", "uploaded_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentVersion]:
        return super().get_queryset(request).select_related("uploaded_by", "document")

    @admin.display(description=_("size"))
    def size_in_words(self, version: DocumentVersion) -> str:
        return filesizeformat(version.size)


@admin.register(Document)
class DocumentAdmin(UsedAdmin[Document]):
    form = DocumentForm
    inlines = (VersionInline,)
    list_display = ("title", "kind", "version_now", "size_now", "pages_now")
    list_filter = ("kind",)
    list_select_related = ("current",)
    search_fields = ("title", "versions__original_name")
    readonly_fields = ("where_used",)
    fields = ("title", "kind", "upload", "where_used")

    def get_readonly_fields(self, request: HttpRequest, obj: Document | None = None) -> tuple[str, ...]:
        return ("kind", "where_used") if obj else ("where_used",)

    def save_model(self, request: HttpRequest, obj: Document, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        upload = form.cleaned_data.get("upload")
        if upload:
            replace_document(obj, upload, request.user if isinstance(request.user, User) else None)

    @admin.display(description=_("version"))
    def version_now(self, document: Document) -> str:
        return str(document.current.number) if document.current else "–"

    @admin.display(description=_("size"))
    def size_now(self, document: Document) -> str:
        return filesizeformat(document.current.size) if document.current else "–"

    @admin.display(description=_("pages"))
    def pages_now(self, document: Document) -> str:
        return str(document.current.pages or "–") if document.current else "–"

    @admin.display(description=_("used in"))
    def where_used(self, document: Document) -> SafeString:
        return list_of_uses(document)


@admin.register(Redirect)
class RedirectAdmin(RedirectScreens):
    form = RedirectForm
    list_display = ("old_path", "leads_to", "is_prefix", "created_at")
    list_filter = ("is_prefix",)
    show_full_result_count = False
    search_fields = ("old_path", "new_path")

    @admin.display(description=_("new address"), ordering="new_path")
    def leads_to(self, row: Redirect) -> Any:
        return row.new_path or _("gone")
