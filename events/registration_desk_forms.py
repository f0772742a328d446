"""Forms of the registration desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from editorial.forms import AddressField, LineField, TextField
from editorial.generic import ModelForm
from events.models import Hold, Mode, Registration, RegistrationDesk
from events.registering import Asked
from events.registration_forms import plain_domain
from events.running import runs


class DeskForm(ModelForm[RegistrationDesk]):
    """The settings. Places are changed on the desk's own screen, where nobody can be registered meanwhile."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "event" in self.fields and isinstance(self.fields["event"], forms.ModelChoiceField):
            self.fields["event"].queryset = runs(self.user).filter(desk=None).order_by("-starts_at")

    user: Any = None


class PersonForm(ModelForm[Registration]):
    """What may be put right about somebody registered, and what the desk notes."""

    name = LineField(label=_("Name"), max_length=200)
    affiliation = LineField(label=_("Organisation"), max_length=200, required=False)
    needs = TextField(
        label=_("Dietary and access needs"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )
    note = TextField(
        label=_("Note of the desk"), max_length=2000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("For the desk alone. Whoever asks what we hold about them is given it too."),
    )  # fmt: skip

    email = AddressField(label=_("E-mail address"), required=False)

    class Meta:
        model = Registration
        fields = ("name", "email", "affiliation", "needs", "note")

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if not email:
            return ""
        others = Registration.objects.filter(desk=self.instance.desk_id, email__iexact=email).exclude(
            pk=self.instance.pk
        )
        if others.exists():
            raise forms.ValidationError(_("Somebody else is registered with this address."))
        return plain_domain(email)


class AddForm(forms.Form):
    """Somebody whom staff register, past the waiting list."""

    name = LineField(label=_("Name"), max_length=120)
    email = AddressField(
        label=_("E-mail address"), required=False,
        help_text=_("The confirmation goes there. Without one no letter is written."),
    )  # fmt: skip
    affiliation = LineField(label=_("Organisation"), max_length=150, required=False)
    mode = forms.ChoiceField(label=_("Takes part"), choices=Mode.choices)
    guests = forms.IntegerField(label=_("Guests"), min_value=0, max_value=50, initial=0)

    def __init__(self, desk: RegistrationDesk, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "add-%s", **kwargs})
        mode = self.fields["mode"]
        assert isinstance(mode, forms.ChoiceField)
        mode.choices = [(mode.value, mode.label) for mode in desk.modes]

    def asked(self) -> Asked:
        given = self.cleaned_data
        email = plain_domain(given["email"]) if given["email"] else ""
        return Asked(given["name"], email, given["mode"], given["affiliation"], given["guests"])


class PlacesForm(forms.Form):
    """How many places there are in one way to take part."""

    seats = forms.IntegerField(
        label=_("Places"), min_value=0, max_value=100_000, required=False, help_text=_("Empty: no limit.")
    )

    def __init__(self, desk: RegistrationDesk, mode: Mode, *args: Any, **kwargs: Any) -> None:
        initial = {"seats": desk.capacity(mode)}
        super().__init__(*args, **{"initial": initial, "auto_id": f"places-{mode.value}-%s", **kwargs})
        self.mode = mode
        label = _("Places in person") if mode == Mode.IN_PERSON else _("Places online")
        self.fields["seats"].label = label


class HoldForm(ModelForm[Hold]):
    label = LineField(label=_("For"), max_length=120, help_text=_("Guests of honour, the press …"))

    class Meta:
        model = Hold
        fields = ("mode", "seats", "label")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "hold-%s", **kwargs})
        self.fields["seats"].widget.attrs["min"] = 1


class WalkInForm(forms.Form):
    """At the door: two fields, one of which may stay empty."""

    name = LineField(label=_("Name"), max_length=120, widget=forms.TextInput({"autocomplete": "off"}))
    email = AddressField(
        label=_("E-mail address"), required=False,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "walk-in-%s", **kwargs})
