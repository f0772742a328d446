"""What readers may send about a piece."""

import time
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

SALT = "reader-response"
SOONEST = 3  # seconds between getting the form and sending it; nobody writes a response faster


class ResponseForm(forms.Form):
    """A response for the editors. A robot that fills the hidden field, or is too fast, is thanked and not stored."""

    name = forms.CharField(label=_("Your name"), max_length=100, widget=forms.TextInput({"autocomplete": "name"}))
    affiliation = forms.CharField(
        label=_("Affiliation"), max_length=150, required=False, help_text=_("Optional. Shown beside your name."),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Your e-mail address"), help_text=_("For the editors only. It is never published."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Your response"), max_length=5000, widget=forms.Textarea({"rows": 8}),
        help_text=_("Plain text, up to 5,000 characters. An editor reads it before it appears."),
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}))
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["opened"] = signing.dumps(int(time.time()), salt=SALT)
        kwargs["auto_id"] = "response-%s"
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            described = [f"response-{name}-help"] if field.help_text else []
            if self.is_bound and name in self.errors:
                described.append(f"response-{name}-error")
                field.widget.attrs["aria-invalid"] = "true"
            if described:
                field.widget.attrs["aria-describedby"] = " ".join(described)

    @property
    def is_robot(self) -> bool:
        """Whether the bait was taken. A form without its time stamp is a robot's too."""
        try:
            opened = signing.loads(self.data.get("opened", ""), salt=SALT, max_age=86_400)
        except signing.SignatureExpired:
            return False
        except signing.BadSignature:
            return True
        return bool(self.data.get("website")) or time.time() - opened < SOONEST
