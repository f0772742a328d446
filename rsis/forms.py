"""The form of a line of the menu or of a list of links."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from editorial.generic import ModelForm
from rsis.models import MenuItem
from rsis.models.menu import LEVELS
from rsis.targets import clean_address


class MenuItemForm(ModelForm[MenuItem]):
    parent = forms.TypedChoiceField(
        label=_("Under"),
        required=False,
        empty_value=None,
        help_text=_("For the menu only; every other list has one level."),
    )

    class Meta:
        model = MenuItem
        fields = ("place", "parent", "label", "address", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "parent" in self.fields:  # not for who may only look
            lines = MenuItem.objects.filter(place=MenuItem.Place.MAIN).order_by("position", "pk")
            self.lines = {line.pk: line for line in lines}
            field = self.fields["parent"]
            assert isinstance(field, forms.TypedChoiceField)
            field.coerce = lambda value: self.lines[int(value)]
            field.choices = [("", _("– a section of the first level –")), *self._indented(None, 1)]

    def _indented(self, under: int | None, level: int) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        for line in self.lines.values():
            if line.parent_id == under and line.pk != self.instance.pk and level < LEVELS:
                found += [(line.pk, "\u2003" * (level - 1) + line.label), *self._indented(line.pk, level + 1)]
        return found

    def clean_address(self) -> str:
        """A line that is hidden at the moment may be changed otherwise without its address being asked about again."""
        address = str(self.cleaned_data["address"]).strip()
        if not address or ("address" not in self.changed_data and self.instance.pk):
            return address
        return clean_address(address)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        place, is_heading = cleaned.get("place"), "address" in cleaned and not cleaned["address"]
        if place != MenuItem.Place.MAIN:
            cleaned["parent"] = None
            if is_heading:
                raise ValidationError({"address": _("Say where the line leads; only the menu has headings.")})
        return cleaned
