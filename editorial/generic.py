"""Django's screen and form classes with the type parameters of their stubs; Django's own cannot be subscripted yet."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, StackedInline, TabularInline
    from django.forms import ModelForm, ModelMultipleChoiceField
    from django.forms.models import BaseInlineFormSet
else:

    class _Subscriptable:
        def __class_getitem__(cls, item: Any) -> type:
            return cls

    class RowForm(forms.ModelForm):
        """A row of a list that is edited in place. The head of its column is no label of a box."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            for field in self.fields.values():
                field.widget.attrs["aria-label"] = f"{field.label}: {self.instance}"

    class ModelAdmin(_Subscriptable, admin.ModelAdmin):
        def get_changelist_form(self, request: Any, **kwargs: Any) -> Any:
            return super().get_changelist_form(request, **{"form": RowForm, **kwargs})

    class TabularInline(_Subscriptable, admin.TabularInline):
        pass

    class StackedInline(_Subscriptable, admin.StackedInline):
        pass

    class ModelForm(_Subscriptable, forms.ModelForm):
        pass

    class ModelMultipleChoiceField(_Subscriptable, forms.ModelMultipleChoiceField):
        pass

    class BaseInlineFormSet(_Subscriptable, forms.BaseInlineFormSet):
        pass


__all__ = ["BaseInlineFormSet", "ModelAdmin", "ModelForm", "ModelMultipleChoiceField", "StackedInline", "TabularInline"]
