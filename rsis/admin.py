from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
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
from rsis import address_screens
from rsis.models import Slot, UnansweredSearch
from rsis.read_only import ReadOnly

__all__ = ["address_screens"]  # registers its own


class SlotForm(ModelForm[Slot]):
    publication = FinderField(
        Publication.objects.present(),
        source=("rsis", "slot", "publication"),
        find=find_publications,
        required=False,
        label=_("Publication"),
        help_text=_("Its number or part of its title. A piece that is withdrawn leaves the home page by itself."),
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

    class Meta:
        model = Slot
        fields = ("place", "publication", "person", "headline", "image", "position", "starts_at", "ends_at")
        field_classes = {"starts_at": forms.SplitDateTimeField, "ends_at": forms.SplitDateTimeField}


@admin.register(Slot)
class SlotAdmin(ModelAdmin[Slot]):
    """What stands on the home page, in its order."""

    form = SlotForm
    list_display = ("shows", "place", "position", "period", "is_current")
    list_editable = ("position",)
    list_filter = ("place",)
    list_select_related = ("publication", "person")
    ordering = ("place", "position", "pk")
    fieldsets = (
        (None, {"fields": ("place", "publication", "person", "position")}),
        (_("As shown here"), {"fields": ("headline", "image")}),
        (_("For how long (Singapore time)"), {"fields": ("starts_at", "ends_at")}),
    )

    @admin.display(description=_("shows"))
    def shows(self, slot: Slot) -> str:
        return slot.headline or str(slot.publication or slot.person)

    @admin.display(description=_("from and until"))
    def period(self, slot: Slot) -> Any:
        if not slot.starts_at and not slot.ends_at:
            return _("Always")
        ends = [sgt(moment) if moment else "…" for moment in (slot.starts_at, slot.ends_at)]
        return " – ".join(ends)

    @admin.display(description=_("its time"), boolean=True)
    def is_current(self, slot: Slot) -> bool:
        now = timezone.now()
        return (slot.starts_at is None or slot.starts_at <= now) and (slot.ends_at is None or slot.ends_at > now)


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
