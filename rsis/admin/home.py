from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from editorial.finder import FinderField
from editorial.generic import ModelAdmin, ModelForm
from editorial.media_forms import find_images
from editorial.models import Image, sgt
from people.matching import matching
from people.models import Person
from publications.desk_forms import find_publications
from publications.models import Publication
from research.models import ResearchCentre
from rsis import curating
from rsis.models import Slot, UnansweredSearch
from rsis.read_only import ReadOnly


class SlotForm(ModelForm[Slot]):
    publication = FinderField(
        Publication.objects.present(),
        source=("rsis", "slot", "publication"),
        find=find_publications,
        required=False,
        label=_("Publication"),
        help_text=_("Its number or part of its title. A piece that is withdrawn leaves the page by itself."),
    )
    person = FinderField(
        Person.objects.all(), source=("rsis", "slot", "person"), find=matching, required=False, label=_("Person")
    )
    image = FinderField(
        Image.objects.all(),
        source=("rsis", "slot", "image"),
        find=find_images,
        required=False,
        label=_("Image here"),
        help_text=_("Leave empty for the item’s own."),
    )

    # Given by the desk before the form is made: whoever is named in some units fills the pages of these and no other.
    pages: QuerySet[ResearchCentre] | None = None

    class Meta:
        model = Slot
        fields = ("centre", "place", "publication", "person", "headline", "image", "position", "starts_at", "ends_at")
        field_classes = {"starts_at": forms.SplitDateTimeField, "ends_at": forms.SplitDateTimeField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centre, place = self.fields.get("centre"), self.fields.get("place")
        if isinstance(centre, ModelChoiceField):
            centre.empty_label, centre.help_text = _("Home page"), ""
        if self.pages is None or not isinstance(centre, ModelChoiceField) or not isinstance(place, forms.ChoiceField):
            return
        centre.queryset, centre.required, centre.empty_label = self.pages, True, None
        place.choices = [choice for choice in Slot.Place.choices if choice[0] in Slot.OF_A_CENTRE]


@admin.register(Slot)
class SlotAdmin(ModelAdmin[Slot]):
    """What stands on the home page and on centres' pages. Whoever edits the page of a unit sees and changes only its slots."""

    form = SlotForm
    list_display = ("shows", "page", "place", "position", "period", "is_current")
    list_editable = ("position",)
    list_filter = ("place", ("centre", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("publication", "person", "centre")
    ordering = (F("centre__position").asc(nulls_first=True), "place", "position", "pk")
    change_list_template = "admin/rsis/slot_list.html"
    fieldsets = (
        (None, {"fields": ("centre", "place", "publication", "person", "position")}),
        (_("As shown here"), {"fields": ("headline", "image")}),
        (_("For how long (Singapore time)"), {"fields": ("starts_at", "ends_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Slot]:
        rows = super().get_queryset(request)
        return rows if self._sees_all(request) else rows.filter(centre__in=curating.pages_of(request.user))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        pages = None if curating.fills_every_page(request.user) else curating.pages_of(request.user)
        return type(form.__name__, (form,), {"pages": pages})

    def get_fieldsets(self, request: HttpRequest, obj: Slot | None = None) -> Any:
        """A unit's page shows no person by choice, so who fills only such pages is not asked for one."""
        first, *others = self.fieldsets or ()
        fields = ("centre", "place", "publication", "person", "position")
        kept = fields if self._sees_all(request) else tuple(name for name in fields if name != "person")
        return [(first[0], {"fields": kept}), *others]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        pages = curating.pages_of(request.user).only("slug", "name").order_by("position", "name")
        more = {"pages": pages, "fills_home": curating.fills_every_page(request.user)}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    @staticmethod
    def _sees_all(request: HttpRequest) -> bool:
        return bool(request.user.has_perm("rsis.view_slot") or curating.fills_every_page(request.user))

    def _fills(self, request: HttpRequest, slot: Slot | None) -> bool:
        pages = curating.pages_of(request.user)
        return pages.exists() if slot is None else pages.filter(slots=slot).exists()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or self._fills(request, None)

    def has_view_permission(self, request: HttpRequest, obj: Slot | None = None) -> bool:
        return super().has_view_permission(request, obj) or self._fills(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) or self._fills(request, None)

    def has_change_permission(self, request: HttpRequest, obj: Slot | None = None) -> bool:
        return super().has_change_permission(request, obj) or self._fills(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Slot | None = None) -> bool:
        return super().has_delete_permission(request, obj) or self._fills(request, obj)

    @admin.display(description=_("shows"))
    def shows(self, slot: Slot) -> str:
        return slot.headline or str(slot.publication or slot.person)

    @admin.display(description=_("on"), ordering="centre__position")
    def page(self, slot: Slot) -> str:
        return str(slot.centre or _("Home page"))

    @admin.display(description=_("from and until"))
    def period(self, slot: Slot) -> Any:
        if not slot.starts_at and not slot.ends_at:
            return _("Always")
        ends = [sgt(moment) if moment else "…" for moment in (slot.starts_at, slot.ends_at)]
        return " – ".join(ends)

    @admin.display(description=_("its time"), boolean=True)
    def is_current(self, slot: Slot) -> bool:
        return slot.is_current


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnly[Authenticator]):
    """Who has which second factor, without its secret; removing one lets in who lost the phone, to set up another."""

    list_display = ("user", "type", "created_at", "last_used_at")
    fields = list_display
    readonly_fields = list_display
    list_filter = ("type",)
    list_select_related = ("user",)


@admin.register(UnansweredSearch)
class UnansweredSearchAdmin(ReadOnly[UnansweredSearch]):
    """What readers looked for in vain. Lines can be removed, by the action or by the year, and not be written."""

    list_display = ("words", "times", "last_on", "again")
    list_display_links = None
    search_fields = ("words",)
    date_hierarchy = "last_on"

    @admin.display(description=_("today"))
    def again(self, row: UnansweredSearch) -> str:
        address = f"{reverse('search')}?{urlencode({'q': row.words})}"
        return format_html('<a href="{}">{}</a>', address, _("Search again"))
