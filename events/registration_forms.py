"""What somebody who registers is asked: little, and what the event's desk asks besides."""

import time
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from editorial.forms import SOONEST, AddressField, LineField, TextField
from events.models import Mode, Question, Registration, RegistrationDesk
from events.registering import Asked

SALT = "form registration"
LONGEST_ANSWER = 1000


def plain_domain(address: str) -> str:
    """The domain in its own letters and small ones, so that one person is one."""
    name, _sign, host = address.rpartition("@")
    return f"{name}@{host.lower()}"


class RegistrationForm(forms.Form):
    """A robot that fills the hidden field, or is too fast, is thanked and not registered."""

    form_name = "registration"

    name = LineField(
        label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Write your name, as it should stand on a badge.")},
    )  # fmt: skip
    email = AddressField(
        label=_("Your e-mail address"),
        help_text=_("Your confirmation goes there, and nothing but what concerns this event."),
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"required": _("Write the address your confirmation should go to.")},
    )  # fmt: skip
    affiliation = LineField(
        label=_("Organisation"), max_length=150, required=False,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )  # fmt: skip
    mode = forms.ChoiceField(
        label=_("How will you take part?"), choices=Mode.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )  # fmt: skip
    guests = forms.IntegerField(
        label=_("Guests you bring"), min_value=0, required=False,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )  # fmt: skip
    needs = TextField(
        label=_("Dietary and access needs"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("Only what we should prepare for."),
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}))
    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    consent_version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, desk: RegistrationDesk, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"opened": signing.dumps(int(time.time()), salt=SALT), "guests": 0}
        kwargs["auto_id"] = f"{self.form_name}-%s"
        super().__init__(*args, **kwargs)
        self.desk = desk
        self.questions = list(desk.questions.all())
        self._fit_to_desk()
        for question in self.questions:
            field = self.fields[f"question_{question.pk}"] = field_for(question)
            field.error_messages["required"] = _("The organisers need an answer to this.")
        self.fields["consent"] = forms.BooleanField(
            label=desk.consent_text, error_messages={"required": _("Without this we cannot register you.")}
        )
        self._describe()

    def _fit_to_desk(self) -> None:
        modes = self.desk.modes
        if len(modes) < 2:
            del self.fields["mode"]
        else:
            self.fields["mode"].choices = [(mode.value, mode.label) for mode in modes]  # type: ignore[attr-defined]
        if self.desk.most_guests:
            guests = self.fields["guests"]
            assert isinstance(guests, forms.IntegerField)
            self.fields["guests"] = forms.IntegerField(
                label=guests.label, min_value=0, max_value=self.desk.most_guests, required=False, widget=guests.widget,
                help_text=_("Up to %d. Each takes a place.") % self.desk.most_guests,
            )  # fmt: skip
        else:
            del self.fields["guests"]
        if not self.desk.asks_needs:
            del self.fields["needs"]

    def _describe(self) -> None:
        for name, field in self.fields.items():
            described = [f"{self.form_name}-{name}-help"] if field.help_text else []
            if self.is_bound and name in self.errors:
                described.append(f"{self.form_name}-{name}-error")
                field.widget.attrs["aria-invalid"] = "true"
            if described:
                field.widget.attrs["aria-describedby"] = " ".join(described)

    def clean_consent_version(self) -> str:
        """Whoever agreed to other words than those of today is shown these first."""
        found = str(self.cleaned_data["consent_version"])
        if found != str(self.desk.consent_version) and "consent" in self.fields:
            self.add_error("consent", _("These words have changed since you opened the form. Please read them again."))
        return found

    @property
    def shown(self) -> list[forms.BoundField]:
        order = ("name", "email", "affiliation", "mode", "guests", "needs")
        names = [name for name in order if name in self.fields]
        return [self[name] for name in (*names, *(f"question_{one.pk}" for one in self.questions))]

    def asked(self) -> Asked:
        """What was sent, cleaned."""
        given = self.cleaned_data
        return Asked(
            name=given["name"],
            email=plain_domain(given["email"]),
            mode=given.get("mode") or self.desk.modes[0],
            affiliation=given["affiliation"],
            guests=given.get("guests") or 0,
            needs=given.get("needs", ""),
            answers={str(one.pk): given[f"question_{one.pk}"] for one in self.questions},
        )

    def ask_to_wait(self, seconds: int) -> None:
        words = _(
            "Many registrations came from your network in a short time. Yours is not sent yet and stands below: please "
            "send it again in %(minutes)d minutes."
        )
        self.add_error(None, words % {"minutes": -(-seconds // 60)})

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


def field_for(question: Question) -> forms.Field:
    """The field of one of the desk's own questions."""
    label, required = question.text, question.is_required
    match Question.Kind(question.kind):
        case Question.Kind.LINE:
            return LineField(label=label, required=required, max_length=200)
        case Question.Kind.TEXT:
            return TextField(
                label=label, required=required, max_length=LONGEST_ANSWER, widget=forms.Textarea({"rows": 4})
            )
        case Question.Kind.CHOICE:
            options = [line.strip() for line in question.options.splitlines() if line.strip()]
            choices = [("", _("Please choose")), *((one, one) for one in options)]
            return forms.ChoiceField(label=label, required=required, choices=choices)
        case Question.Kind.CONFIRM:
            return forms.BooleanField(label=label, required=required)


class FewerGuestsForm(forms.Form):
    """On a person's own page: guests who do not come after all."""

    guests = forms.TypedChoiceField(label=_("Guests who still come"), coerce=int)

    def __init__(self, registration: Registration, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "own-%s", **kwargs})
        guests = self.fields["guests"]
        assert isinstance(guests, forms.TypedChoiceField)
        guests.choices = [(count, str(count)) for count in range(registration.guests)]


def cleaned_line(text: str, longest: int) -> str:
    """One line as the forms take it, for what comes by another way. Raises ValidationError."""
    found = LineField(max_length=longest).clean(text)
    if not isinstance(found, str) or not found:
        raise ValidationError(_("Write a name."))
    return found


def cleaned_address(text: str) -> str:
    """An address, or nothing. Raises ValidationError."""
    found = AddressField(required=False).clean(text)
    return plain_domain(found) if found else ""
