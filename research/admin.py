from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from tree_queries.forms import TreeNodeChoiceField

from editorial.desk.addressed import AddressedAdmin
from editorial.editor_screens import WithEditor
from editorial.generic import ModelForm, TabularInline
from editorial.models import User
from research.models import CentreLink, Region, ResearchCentre, Topic
from research.tree_fields import TreeChoices


class TreeList(ChangeList):
    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str | Combinable]:
        return ["tree_ordering"]


class TermAdmin(AddressedAdmin[Topic]):
    """A curated tree as an indented list. Its permissions decide who may extend it: administrators only."""

    list_display = ("indented_name", "address", "description", "position")
    list_editable = ("position",)
    list_display_links = ("indented_name",)
    list_per_page = 500
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", "slug", "parent", "position", "description")
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        return self.model._default_manager.with_tree_fields()  # type: ignore[no-any-return]

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ()  # asked for by other screens too, whose queries know nothing of the tree

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TreeList

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "parent":
            kwargs["form_class"] = TreeNodeChoiceField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("name"))
    def indented_name(self, term: Topic) -> str:
        depth = getattr(term, "tree_depth", 0)
        return format_html('<span class="depth depth-{}">{}</span>', min(depth, 4), term.name)

    @admin.display(description=_("address"))
    def address(self, term: Topic) -> str:
        return term.get_absolute_url()


admin.site.register(Topic, TermAdmin)
admin.site.register(Region, TermAdmin)


class CentreLinkInline(TabularInline[CentreLink, ResearchCentre]):
    model = CentreLink
    extra = 1
    fields = ("position", "label", "address")


class CentreForm(ModelForm[ResearchCentre]):
    class Meta:
        model = ResearchCentre
        fields: Any = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        editors = self.fields.get("editors")
        if isinstance(editors, forms.ModelMultipleChoiceField):
            editors.queryset = User.objects.filter(is_staff=True, is_active=True).order_by("username")


@admin.register(ResearchCentre)
class ResearchCentreAdmin(WithEditor, AddressedAdmin[ResearchCentre]):
    form = CentreForm
    inlines = (CentreLinkInline,)
    list_display = ("name", "acronym", "kind", "parent", "years")
    list_filter = ("kind", ("closed_on", admin.EmptyFieldListFilter))
    list_select_related = ("parent",)
    search_fields = ("name", "acronym")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "acronym", "menu_name", "slug", "kind", "parent", "position")}),
        (_("Its page"), {"fields": ("summary", "description", "email", "editors")}),
        (_("Years"), {"fields": ("opened_on", "closed_on")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: ResearchCentre | None = None) -> tuple[str, ...]:
        """Who edits a unit's page is a right, so it is given by those who give rights."""
        return () if request.user.has_perm("editorial.change_user") else ("editors",)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "editors":
            kwargs["widget"] = TreeChoices
        return super().formfield_for_manytomany(db_field, request, **kwargs)
