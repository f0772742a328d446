"""Rich text in models and forms. The only module that imports ``ckeditor``: another editor replaces the widget here."""

from typing import TYPE_CHECKING, Any

from ckeditor.widgets import CKEditorWidget
from django import forms
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.forms.renderers import BaseRenderer, TemplatesSetting
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString

from editorial.editor_config import CKEDITOR_CONFIGS, PLUGINS
from editorial.editor_words import WORDS
from editorial.html import clean

if TYPE_CHECKING:
    from django.db.models import TextField

    EditorField = TextField[str, str]  # what the untyped class is, for the type checker
else:
    from ckeditor.fields import RichTextField as EditorField


class RichTextWidget(CKEditorWidget):
    """The hardened editor (``editor_config.EDITOR``); without scripts it is a plain text area of HTML."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(template_name="editorial/rich_text_widget.html", **kwargs)
        # Ours alone, without the package's own toolbars.
        self.config = {**CKEDITOR_CONFIGS[self.config_name]}

    @property
    def media(self) -> forms.Media:
        media: forms.Media = super().media
        return media + forms.Media(css={"all": ["editor/editor.css", "editor/frame.css"]})

    def format_value(self, value: Any) -> str:
        # Rows written before a rule was added must not reach the editor as they are.
        return clean(value) if value else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # Without a file name CKEditor takes the address whole, so the hashed name of a release can be used.
        self.external_plugin_resources = [(plugin, static(f"editor/{plugin}.js"), "") for plugin in PLUGINS]
        addresses = {
            "images": reverse("editor:images"),
            "paste": reverse("editor:paste"),
            "docx": reverse("editor:docx"),
        }
        self.config = {**self.config, "desk": {"words": WORDS, **addresses}}
        context: dict[str, Any] = super().get_context(name, value, attrs)
        return context

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        rendered: SafeString = super().render(name, value, attrs, TemplatesSetting())
        return rendered


class RichTextFormField(forms.CharField):
    """Gives cleaned HTML, and knows that the editor's rearranged white space is not a change."""

    def __init__(self, **kwargs: Any) -> None:
        # The admin proposes its own text area for every kind of text field.
        if not isinstance(kwargs.get("widget"), RichTextWidget):
            kwargs["widget"] = RichTextWidget()
        super().__init__(**kwargs)
        if self.label and isinstance(self.widget, RichTextWidget):
            # CKEditor has no use for the label element; this names its box for screen readers.
            self.widget.config = {**self.widget.config, "title": str(self.label)}

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self.disabled and clean(initial or "") != clean(data or "")


class RichTextField(EditorField):
    """A text column that only ever holds what :func:`editorial.html.clean` gives, whatever route wrote it."""

    def formfield(self, **kwargs: Any) -> forms.Field:
        kwargs["form_class"] = RichTextFormField
        field = super(EditorField, self).formfield(**kwargs)
        assert field is not None
        return field

    def clean(self, value: Any, model_instance: Model | None) -> str:
        return str(super().clean(clean(value or ""), model_instance))

    def pre_save(self, model_instance: Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = clean(value)
            setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        # QuerySet.update and bulk_update come here without pre_save.
        return super().get_db_prep_save(clean(value) if isinstance(value, str) else value, connection)
