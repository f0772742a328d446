"""Choosing topics and regions: a tree of check boxes, which works without scripts."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting

from editorial.generic import ModelMultipleChoiceField


class TreeChoices(forms.CheckboxSelectMultiple):
    """Check boxes, indented by depth."""

    template_name = "admin/widgets/tree.html"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        return super().render(name, value, attrs, TemplatesSetting())


class TreeField(ModelMultipleChoiceField[Any]):
    widget = TreeChoices

    def label_from_instance(self, obj: Any) -> str:
        # No-break spaces indent in every browser, with and without style sheets.
        return "\u00a0" * 4 * getattr(obj, "tree_depth", 0) + str(obj)
