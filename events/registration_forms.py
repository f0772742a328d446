"""What somebody who registers is asked: little, and what the event's desk asks besides."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from editorial.forms import AddressField, LineField, PublicForm, TextField
from editorial.pacing import Limit
from events.models import Mode, Question, Registration, RegistrationDesk
from events.registering import Asked

LONGEST_ANSWER = 1000
# A campus is one network and often one address, and a lecture opens for all of it at one moment. Who is written to by
# more events than these a day did not fill the forms in.
TRIED = (Limit("caller", 180, 600),)
SENT = (
    Limit("subject", 10, 86_400), Limit("caller", 60, 600), Limit("network", 180, 600), Limit("everyone", 3000, 3600),
)  # fmt: skip


def plain_domain(address: str) -> str:
    """The domain in its own letters and small ones, so that one person is one."""
    name, _sign, host = address.rpartition("@")
    return f"{name}@{host.lower()}"


class RegistrationForm(PublicForm):
    form_name = "registration"
    tries = TRIED
    limits: ClassVar[tuple[Limit, ...]] = SENT

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
    consent_version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, desk: RegistrationDesk, *args: Any) -> None:
        self.desk, self.questions = desk, list(desk.questions.all())
        super().__init__(*args, initial={"guests": 0})

    def fit(self) -> None:
        """Ask what the event needs to know, and nothing else."""
        self._fit_to_desk()
        for question in self.questions:
            field = self.fields[f"question_{question.pk}"] = field_for(question)
            field.error_messages["required"] = _("The organisers need an answer to this.")
        self.fields["consent"] = forms.BooleanField(
            label=self.desk.consent_text, error_messages={"required": _("Without this we cannot register you.")}
        )

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

    @property
    def limited_subject(self) -> str:
        return str(self.cleaned_data["email"]).lower()


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
