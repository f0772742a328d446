"""The three forms through which readers write: to a desk, to an expert by way of the press desk, about the site."""

import re
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.models import Enquiry, Subject
from editorial.forms import AddressField, LineField, PublicForm, TextField

WORDS_OF_FEEDBACK = 255
# Where newsrooms are that write to us; whoever works elsewhere chooses UTC or the nearest.
ZONES = (
    "Asia/Singapore", "UTC", "Asia/Bangkok", "Asia/Colombo", "Asia/Dhaka", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Jakarta",
    "Asia/Karachi", "Asia/Kolkata", "Asia/Kuala_Lumpur", "Asia/Manila", "Asia/Seoul", "Asia/Shanghai", "Asia/Taipei",
    "Asia/Tokyo", "Asia/Yangon", "Australia/Perth", "Australia/Sydney", "Pacific/Auckland", "Europe/Berlin",
    "Europe/Brussels", "Europe/London", "Europe/Moscow", "Europe/Paris", "Africa/Johannesburg", "Africa/Nairobi",
    "America/Chicago", "America/Los_Angeles", "America/New_York", "America/Sao_Paulo",
)  # fmt: skip
PAGE = re.compile(r"/(?!/)[^\\\s?#\x00-\x1f\x7f]*")


def zone_choices() -> list[tuple[str, str]]:
    """`Singapore (UTC+08:00)`, with the difference as it is today."""
    now = timezone.now()
    return [(name, _zone_label(name, now)) for name in ZONES]


def _zone_label(name: str, now: datetime) -> str:
    offset = now.astimezone(ZoneInfo(name)).strftime("%z")
    city = name.rpartition("/")[2].replace("_", " ")
    return name if name == "UTC" else f"{city} (UTC{offset[:3]}:{offset[3:]})"


def page_of(text: str) -> str:
    """A path of this site, without what a query may say of a reader; an empty string for anything else."""
    path = text.partition("?")[0].partition("#")[0]
    is_ours = len(path) <= 200 and PAGE.fullmatch(path) and not path.startswith(("/preview/", "/admin/"))
    return path if is_ours else ""


class PathField(forms.CharField):
    """A page of this site. Anything else is a forged field, no fault of the reader's, and is left out."""

    def to_python(self, value: Any) -> str:
        return page_of(str(value or ""))


class EnquiryForm(PublicForm):
    form_name = "contact"
    visible: ClassVar[tuple[str, ...]] = ("sender", "email", "subject", "message")

    sender = LineField(label=_("Your name"), max_length=100, widget=forms.TextInput({"autocomplete": "name"}))
    email = AddressField(
        label=_("Your e-mail address"), help_text=_("The answer comes here. It is not used for anything else."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip
    subject = forms.ModelChoiceField(
        Subject.objects.offered(), to_field_name="slug", label=_("What is it about?"), empty_label=_("Choose a subject"),
        error_messages={"invalid_choice": _("Choose one of the subjects of the list.")},
    )  # fmt: skip
    message = TextField(
        label=_("Your message"), max_length=5000, widget=forms.Textarea({"rows": 8}),
        help_text=_("Plain text, up to 5,000 characters."),
    )  # fmt: skip


class ExpertForm(PublicForm):
    form_name = "expert"
    visible: ClassVar[tuple[str, ...]] = (
        "sender", "email", "outlet", "medium", "deadline", "zone", "question",
    )  # fmt: skip

    sender = LineField(label=_("Your name"), max_length=100, widget=forms.TextInput({"autocomplete": "name"}))
    email = AddressField(
        label=_("Your e-mail address"), help_text=_("The press desk answers here. It is not used for anything else."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip
    outlet = LineField(
        label=_("Outlet"), max_length=150, help_text=_("The newspaper, station or programme that you ask for."),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )  # fmt: skip
    medium = forms.ChoiceField(label=_("Medium"), choices=[("", _("Choose one")), *Enquiry.Medium.choices])
    deadline = forms.DateTimeField(
        label=_("Deadline"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d %B %Y %H:%M"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Day and time, such as 2026-03-20 18:00. After it an answer would be of no use to you."),
        error_messages={"invalid": _("Give day and time, such as 2026-03-20 18:00.")},
    )
    zone = forms.ChoiceField(
        label=_("Time zone of the deadline"), choices=zone_choices, initial="Asia/Singapore",
        error_messages={"invalid_choice": _("Choose one of the time zones of the list.")},
    )  # fmt: skip
    question = TextField(
        label=_("Your question"), max_length=5000, widget=forms.Textarea({"rows": 8}),
        help_text=_("What the piece is about, and what you would like to ask. Up to 5,000 characters."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The deadline is meant in the zone chosen beside it, and lies ahead."""
        data = super().clean() or self.cleaned_data
        given, zone = data.get("deadline"), data.get("zone")
        if not isinstance(given, datetime) or not zone:
            return data
        now = timezone.now()
        # A year more or less says as much, and there is no day before the first or after the last.
        year = min(max(given.year, now.year - 2), now.year + 2)
        moment = given.replace(year=year, day=min(given.day, 28) if year != given.year else given.day)
        moment = moment.replace(tzinfo=ZoneInfo(zone))
        if moment <= now:
            self.add_error("deadline", _("This moment is over already. Check the day, the time and the time zone."))
        elif moment > now + timedelta(days=366):
            self.add_error("deadline", _("Give a deadline within a year from now."))
        else:
            data["deadline_at"] = moment
        return data


def limited(words: str) -> TextField:
    """Words with a limit that is told while typing, and kept here."""
    too_long = _("Up to %(limit_value)d characters, please; this is %(show_value)d.")
    field = TextField(
        label=words, max_length=WORDS_OF_FEEDBACK, required=False,
        widget=forms.Textarea({"rows": 3, "data-limit": str(WORDS_OF_FEEDBACK)}), error_messages={"max_length": too_long},
    )  # fmt: skip
    # Whoever types more sees by how much; a box that stops taking letters loses the end of what is pasted.
    field.widget.attrs.pop("maxlength", None)
    return field


class FeedbackForm(PublicForm):
    form_name = "feedback"
    visible: ClassVar[tuple[str, ...]] = ("rating", "liked", "improve", "email")

    rating = forms.TypedChoiceField(
        label=_("Rate your experience with this website"), coerce=int, choices=[(n, str(n)) for n in range(1, 7)],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a number from 1 to 6."), "invalid_choice": _("Choose a number from 1 to 6."),
        },
    )  # fmt: skip
    liked = limited(_("What did you like?"))  # type: ignore[arg-type]
    improve = limited(_("What can be improved?"))  # type: ignore[arg-type]
    email = AddressField(
        label=_("Your email"), required=False, refused=_("Please enter a valid email."),
        help_text=_("Only if you would like an answer. It is erased after six months."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip
    page = PathField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("liked", "improve"):
            attrs = self.fields[name].widget.attrs
            attrs["aria-describedby"] = " ".join(
                filter(None, (attrs.get("aria-describedby", ""), f"{self.form_name}-{name}-count"))
            )
