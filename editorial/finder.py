"""Choosing one row out of thousands by typing: a text box that works without scripts, and suggests with them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms.renderers import BaseRenderer, TemplatesSetting
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

Choice = tuple[str, str]  # the key that was picked from suggestions, and the words in the box


class FinderWidget(forms.Widget):
    """`source` is the (app, model, field) whose related admin answers the suggestions."""

    template_name = "admin/widgets/finder.html"

    def __init__(self, source: tuple[str, str, str], attrs: dict[str, Any] | None = None, unknown: Any = "") -> None:
        super().__init__(attrs)
        self.source, self.unknown = source, unknown
        self.label_of: Any = str

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        key, words = value if isinstance(value, tuple) else self.label_of(value)
        app, model, field = self.source
        query = urlencode({"app_label": app, "model_name": model, "field_name": field})
        context["widget"] |= {"key": key, "words": words, "source": f"{reverse('admin:autocomplete')}?{query}"}
        context["widget"]["unknown"] = self.unknown
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Choice:
        return str(data.get(name, "")).strip(), str(data.get(f"{name}_words", "")).strip()

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_words" not in data

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        return super().render(name, value, attrs, TemplatesSetting())


class FinderField(forms.Field):
    """Gives the row, or None. Words without a pick are looked up by `find`; several hits are an error that names them.

    With `keep_words`, words that fit no row are given as a string, for forms that make a new row of them. What then
    happens is said by `unknown`, as soon as nothing fits what was typed.
    """

    widget: FinderWidget

    def __init__(
        self,
        queryset: QuerySet[Any],
        *,
        source: tuple[str, str, str],
        find: Any,
        keep_words: bool = False,
        unknown: Any = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(widget=FinderWidget(source, unknown=unknown), **kwargs)
        self.queryset, self.find, self.keep_words = queryset, find, keep_words
        self.widget.label_of = self.choice_of

    def choice_of(self, value: Any) -> Choice:
        if value in (None, ""):
            return "", ""
        row = value if isinstance(value, Model) else self.queryset.filter(pk=value).first()
        return (str(row.pk), str(row)) if row else ("", "")

    def to_python(self, value: Any) -> Any:
        key, words = value or ("", "")
        if not words:
            return None
        picked = self.queryset.filter(pk=key).first() if key.isdigit() else None
        if picked is not None and words == str(picked):
            return picked
        found = list(self.find(words)[:9])
        if len(found) == 1:
            return found[0]
        if not found and self.keep_words:
            return words
        raise ValidationError(self.complaint(words, found), code="unclear")

    def complaint(self, words: str, found: list[Any]) -> str:
        if not found:
            return str(_("Nothing is called “%(words)s”. Type part of its name, or leave the box empty.")) % {
                "words": words
            }
        names = "; ".join(str(row) for row in found)
        return str(_("“%(words)s” may be several: %(names)s. Type more of it.")) % {"words": words, "names": names}

    def has_changed(self, initial: Any, data: Any) -> bool:
        key, words = data or ("", "")
        return (key, words) != self.choice_of(initial)
