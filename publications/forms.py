"""What readers may send about a piece."""

import re
import time
import unicodedata
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

SALT = "reader-response"
SOONEST = 3  # seconds between getting the form and sending it; nobody writes a response faster


# Turn the order of letters round, or take no room: in a name they only deceive.
UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
# Marks heaped on one letter until they cover the lines above; names in any script do with two.
MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
HEAPED = re.compile(f"({MARK}{{2}}){MARK}+")


def can_be_written_to(address: str) -> None:
    """Refuse what Django lets pass and no letter of ours would reach: a bare number for a host, a name past 64 letters."""
    name, _sign, host = address.rpartition("@")
    if len(name) > 64 or host.startswith("["):
        raise ValidationError(_("Enter a valid e-mail address, such as name@example.org."), code="invalid")


class LineField(forms.CharField):
    """One line about a person. What no name has is dropped; a line break, which belongs to an attack on letters, is refused."""

    def to_python(self, value: Any) -> Any:
        text = unicodedata.normalize("NFC", str(value or ""))
        if "\r" in text or "\n" in text:
            raise ValidationError(_("Write this on one line."), code="line")
        shown = "".join(letter for letter in UNSEEN.sub("", text) if unicodedata.category(letter) not in {"Cc", "Cs"})
        return super().to_python(HEAPED.sub(r"\1", shown))


class ResponseForm(forms.Form):
    """A response for the editors. A robot that fills the hidden field, or is too fast, is thanked and not stored."""

    name = LineField(label=_("Your name"), max_length=100, widget=forms.TextInput({"autocomplete": "name"}))
    affiliation = LineField(
        label=_("Affiliation"), max_length=150, required=False, help_text=_("Optional. Shown beside your name."),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Your e-mail address"), max_length=254, validators=[can_be_written_to],
        help_text=_("For the editors only. It is never published."),
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

    def clean_text(self) -> str:
        text = unicodedata.normalize("NFC", self.cleaned_data["text"])
        return "".join(
            letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"}
        )

    def ask_to_wait(self, seconds: int) -> None:
        words = _(
            "Several responses came from your network in a short time. Yours is not sent yet and stands below: please "
            "send it again in %(minutes)d minutes."
        )
        self.add_error("text", words % {"minutes": -(-seconds // 60)})

    @property
    def repeats_a_field(self) -> bool:
        """No browser does, and which of the two is meant nobody knows."""
        return isinstance(self.data, QueryDict) and any(len(self.data.getlist(name)) > 1 for name in self.fields)

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
