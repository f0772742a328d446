"""What every form for readers has: fields that take no deceit, bait for robots, a limit on how often."""

import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from editorial import addresses, pacing

SOONEST = 3  # seconds between getting a form and sending it; nobody fills one in faster
# Marks heaped on one letter until they cover the lines above; names in any script do with two.
MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
HEAPED = re.compile(f"({MARK}{{2}}){MARK}+")


class LineField(forms.CharField):
    """One line about a person. What no name has is dropped; a line break, which belongs to an attack on letters, is refused."""

    def to_python(self, value: Any) -> Any:
        text = unicodedata.normalize("NFC", str(value or ""))
        if "\r" in text or "\n" in text:
            raise ValidationError(_("Write this on one line."), code="line")
        shown = "".join(
            letter for letter in addresses.UNSEEN.sub("", text) if unicodedata.category(letter) not in {"Cc", "Cs"}
        )
        return super().to_python(HEAPED.sub(r"\1", shown))


class TextField(forms.CharField):
    """Lines of plain text, as typed. A line end is one character, however the browser sends it; controls are dropped, but
    for the NUL, which is refused."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        text = unicodedata.normalize("NFC", str(value or "")).replace("\r\n", "\n").replace("\r", "\n")
        kept = (letter for letter in text if letter in "\n\t\0" or unicodedata.category(letter) not in {"Cc", "Cs"})
        return super().to_python("".join(kept))


class AddressField(forms.CharField):
    """An e-mail address by the rules of editorial.addresses; `refused` replaces the reason by one sentence for all."""

    widget = forms.EmailInput

    def __init__(self, *, refused: Any = None, **kwargs: Any) -> None:
        super().__init__(max_length=addresses.LONGEST, strip=False, **kwargs)
        self.refused = refused

    def to_python(self, value: Any) -> Any:
        typed = str(value or "")
        if not typed.strip():
            return ""
        try:
            return addresses.read(typed).stored
        except addresses.Refused as refusal:
            raise ValidationError(self.refused or str(refusal), code="invalid") from None


@dataclass(frozen=True)
class Outcome:
    is_taken: bool
    wait: int  # seconds

    @property
    def status(self) -> int:
        return 429 if self.wait else 422


class PublicForm(forms.Form):
    """A form that anybody may send. A robot that takes the bait, or is too fast, is thanked and nothing is kept.

    Help and errors are tied to their fields, and the ids begin with `form_name`, so that two forms fit on one page.
    """

    form_name: ClassVar[str] = "form"
    visible: ClassVar[tuple[str, ...]] = ()
    tries: ClassVar[tuple[pacing.Limit, ...]] = pacing.TRIED
    limits: ClassVar[tuple[pacing.Limit, ...]] = pacing.SENT

    website = forms.CharField(required=False, widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}))
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "opened": signing.dumps(int(time.time()), salt=self.salt()),
            **(kwargs.get("initial") or {}),
        }
        kwargs["auto_id"] = f"{self.form_name}-%s"
        super().__init__(*args, **kwargs)
        self.fit()
        for name, field in self.fields.items():
            described = [f"{self.form_name}-{name}-help"] if field.help_text else []
            if self.is_bound and name in self.errors:
                described.append(f"{self.form_name}-{name}-error")
                field.widget.attrs["aria-invalid"] = "true"
            if described:
                field.widget.attrs["aria-describedby"] = " ".join(described)

    def fit(self) -> None:
        """For forms whose fields are not the same for every subject."""

    @classmethod
    def salt(cls) -> str:
        return f"form {cls.form_name}"

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[name] for name in self.visible]

    def outcome(self, request: HttpRequest, keep: Callable[[dict[str, Any]], object]) -> Outcome:
        """Hand what was sent to `keep`, unless it is amiss, bait, or one too many. Raises BadRequest."""
        if not self.is_bound:
            return Outcome(False, 0)
        if self.repeats_a_field:
            raise BadRequest("A field was given twice")
        wait = pacing.count(f"{self.form_name} tried", request, self.tries)
        if not wait and self.is_valid():
            wait = pacing.count(f"{self.form_name} sent", request, self.limits, self.limited_subject)
        if wait:
            self.ask_to_wait(wait)
        elif self.is_valid():
            if not self.is_robot:
                keep(self.cleaned_data)
            return Outcome(True, 0)
        return Outcome(False, wait)

    @property
    def limited_subject(self) -> str:
        """What limits of a subject count by."""
        return ""

    def ask_to_wait(self, seconds: int) -> None:
        words = _(
            "Much was sent from your network in a short time. Yours is not sent yet and stands below: please send it "
            "again in %(minutes)d minutes."
        )
        self.add_error(None, words % {"minutes": -(-seconds // 60)})

    @property
    def repeats_a_field(self) -> bool:
        """No browser does, and which of the two is meant nobody knows."""
        single = [
            name for name, field in self.fields.items() if not getattr(field.widget, "allow_multiple_selected", False)
        ]
        return isinstance(self.data, QueryDict) and any(len(self.data.getlist(name)) > 1 for name in single)

    @property
    def is_robot(self) -> bool:
        """Whether the bait was taken. A form without its time stamp is a robot's too."""
        try:
            opened = signing.loads(self.data.get("opened", ""), salt=self.salt(), max_age=86_400)
        except signing.SignatureExpired:
            return False
        except signing.BadSignature:
            return True
        return bool(self.data.get("website")) or time.time() - opened < SOONEST
