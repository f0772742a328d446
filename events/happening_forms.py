"""What an editor is asked when an event is postponed, moved, cancelled or reinstated."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.happening import Place, Told
from events.local_times import LocalMomentField, read_span, zone_choices
from events.models import Event


class TellForm(forms.Form):
    note = forms.CharField(
        required=False,
        max_length=300,
        label=_("For readers of the page"),
        help_text=_("One sentence that stands beside the notice, such as the reason. May be left empty."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    words = forms.CharField(
        required=False,
        max_length=1000,
        label=_("For those registered"),
        help_text=_("Stands at the head of the letter. May be left empty: the letter says by itself what happened."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event

    @property
    def told(self) -> Told:
        return Told(self.cleaned_data["note"].strip(), self.cleaned_data["words"].strip())


class MoveForm(TellForm):
    starts_at = LocalMomentField(label=_("Begins"), help_text=_("By the clock of the place."))
    ends_at = LocalMomentField(label=_("Ends"), help_text=_("Of whole days: any hour of the last day."))
    is_all_day = forms.BooleanField(required=False, label=_("Whole days"))
    time_zone = forms.ChoiceField(choices=zone_choices, label=_("Time zone"))
    venue = forms.CharField(required=False, max_length=200, label=_("Venue"))
    room = forms.CharField(required=False, max_length=100, label=_("Room"))
    address = forms.CharField(
        required=False, max_length=500, label=_("Postal address of the venue"), widget=forms.Textarea(attrs={"rows": 3})
    )
    is_online = forms.BooleanField(required=False, label=_("Can be joined online"))
    online_only = forms.BooleanField(
        required=False,
        label=_("Takes place online only"),
        help_text=_("Everyone who registered to come is asked to join online, and keeps their place."),
    )
    joining_link = forms.URLField(
        required=False,
        max_length=500,
        label=_("Joining link"),
        help_text=_("Given to those with a confirmed place online, and nowhere else. Empty: the one on record stays."),
    )
    field_order = (
        "starts_at", "ends_at", "is_all_day", "time_zone", "venue", "room", "address", "is_online", "online_only",
        "joining_link", "note", "words",
    )  # fmt: skip

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        names = ("starts_at", "ends_at", "is_all_day", "time_zone", "venue", "room", "address", "is_online")
        initial = {name: getattr(event, name) for name in names} | {"online_only": event.has_moved_online}
        super().__init__(*args, event=event, initial=initial, **kwargs)
        for name in ("starts_at", "ends_at"):
            field = self.fields[name]
            assert isinstance(field, LocalMomentField)
            field.zone, field.is_last_day = event.zone, name == "ends_at" and event.is_all_day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        read_span(self, data)
        if data.get("online_only"):
            data["is_online"] = True
        if not data.get("venue") and not data.get("is_online"):
            self.add_error("venue", _("Give the venue, or tick that the event can be joined online."))
        return data

    @property
    def place(self) -> Place:
        return Place(**{name: self.cleaned_data[name] for name in Place.__dataclass_fields__})
