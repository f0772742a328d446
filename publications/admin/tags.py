"""Free tags: how often each is used, another name for one, and two that mean the same made into one."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from taggit.models import Tag

from editorial import redirects
from editorial.desk.merge_screens import MergeScreens
from editorial.generic import ModelForm
from editorial.tags import same, tidy


class TagForm(ModelForm[Tag]):
    class Meta:
        model = Tag
        fields = ("name", "slug")

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        twins = [tag for tag in Tag.objects.exclude(pk=self.instance.pk) if same(tag.name) == same(name)]
        if twins:
            raise forms.ValidationError(
                _("There is “%(name)s” already. Merge the two instead.") % {"name": twins[0].name}
            )
        return name


@admin.register(Tag)
class TagAdmin(MergeScreens[Tag]):
    form = TagForm
    list_display = ("name", "slug", "uses")
    list_per_page = 100
    show_full_result_count = False
    search_fields = ("name",)
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}

    def page_of(self, row: Any) -> str:
        return reverse("tag", args=[row.slug])

    def field_for_kept(self, row: Any) -> Any:
        field = forms.ModelChoiceField(
            Tag.objects.exclude(pk=row.pk),
            to_field_name="name",
            label=_("Merge it into"),
            widget=forms.TextInput,
            help_text=_("The name of the tag that stays, as it is written."),
        )
        field.error_messages["invalid_choice"] = _("No other tag is written like that.")
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        rows: QuerySet[Tag] = super().get_queryset(request).annotate(used=Count("taggit_taggeditem_items"))
        return rows

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        old = self.page_of(Tag.objects.get(pk=obj.pk)) if change else ""
        super().save_model(request, obj, form, change)
        if change:
            redirects.address_changed(old, self.page_of(obj), is_prefix=True)

    @admin.display(description=gettext_lazy("used"), ordering="used")
    def uses(self, tag: Tag) -> int:
        return int(getattr(tag, "used", 0))
