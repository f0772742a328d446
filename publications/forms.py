"""What readers may send about a piece."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from editorial.forms import AddressField, LineField, PublicForm, TextField


class ResponseForm(PublicForm):
    """A response for the editors."""

    form_name = "response"
    visible: ClassVar[tuple[str, ...]] = ("name", "affiliation", "email", "text")

    name = LineField(label=_("Your name"), max_length=100, widget=forms.TextInput({"autocomplete": "name"}))
    affiliation = LineField(
        label=_("Affiliation"), max_length=150, required=False, help_text=_("Optional. Shown beside your name."),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )  # fmt: skip
    email = AddressField(
        label=_("Your e-mail address"), help_text=_("For the editors only. It is never published."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip
    text = TextField(
        label=_("Your response"), max_length=5000, widget=forms.Textarea({"rows": 8}),
        help_text=_("Plain text, up to 5,000 characters. An editor reads it before it appears."),
    )  # fmt: skip
