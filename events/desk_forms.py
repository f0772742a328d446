"""The form of an event, with the rows of its programme, of those who take part, and of what came of it."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from editorial.finder import FinderField
from editorial.generic import BaseInlineFormSet, ModelForm
from editorial.media_forms import find_images
from editorial.models import Document, Image
from editorial.uploads import UploadRefused, check_document
from events import happening
from events.local_times import SINGAPORE, LocalMomentField, read_moments, read_span, zone_choices
from events.models import Event, EventNotice, Photograph, Session, Speaker
from events.models.event import RESERVED
from people.matching import namesakes
from people.models import Person
from people.naming import affiliation
from publications.desk_forms import find_publications
from publications.models import Publication
from research.models import Region, ResearchCentre, Topic
from research.tree_fields import TreeChoices, TreeField

LAST = 1000
TELL = (("yes", _("Tell them")), ("no", _("Do not tell them: it is a correction they need not know of")))


def find_piece(name: str, label: Any, help_text: Any) -> FinderField:
    return FinderField(
        Publication.objects.present(),
        source=("events", "event", name),
        find=find_publications,
        required=False,
        label=label,
        help_text=help_text,
    )


class EventForm(ModelForm[Event]):
    starts_at = LocalMomentField(label=_("Begins"), help_text=_("By the clock of the place."))
    ends_at = LocalMomentField(label=_("Ends"), help_text=_("Of whole days: any hour of the last day."))
    time_zone = forms.ChoiceField(choices=zone_choices, label=_("Time zone"), initial=SINGAPORE.key)
    image = FinderField(
        Image.objects.all(),
        source=("events", "event", "image"),
        find=find_images,
        required=False,
        label=_("Image from the library"),
        help_text=_("Type part of its title."),
    )
    new_document = forms.FileField(
        label=_("Upload a programme (PDF)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
    centres = forms.ModelMultipleChoiceField(
        ResearchCentre.objects.all(), required=False, widget=TreeChoices, label=_("Centres and programmes")
    )
    topics = TreeField(Topic.objects.with_tree_fields(), required=False, label=_("Topics"))
    regions = TreeField(Region.objects.with_tree_fields(), required=False, label=_("Regions"))
    recording = find_piece("recording", _("Recording"), _("Number or part of the title of the video or podcast."))
    report = find_piece("report", _("Report"), _("Its number or part of its title."))
    tell = forms.ChoiceField(choices=TELL, required=False, widget=forms.RadioSelect, label=_("Those registered"))
    tell_words = forms.CharField(
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        label=_("In your own words"),
        help_text=_("Stands at the head of the letter, above the new time and place. May be left empty."),
    )

    # Given by the desk: the units whose events somebody may write, when not all.
    units: list[int] | None = None

    class Meta:
        model = Event
        exclude = ("document", "results")
        widgets = {
            "title": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField title-field"}),
            "summary": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            "address": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = {name: getattr(self.instance, name) for name in Event.calendar_fields}
        self.is_announced = self.instance.pk is not None and self.instance.is_public
        self.concerned = happening.concerned(self.instance, EventNotice.Kind.MOVED) if self.is_announced else 0
        for name in ("starts_at", "ends_at"):
            field = self.fields.get(name)
            if isinstance(field, LocalMomentField):
                field.zone = self.instance.zone
                field.is_last_day = name == "ends_at" and self.instance.is_all_day
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "The last part of the web address. Leave empty to make it from title and year. Changing it leaves a redirect."
            )
        if self.units is not None and "centres" in self.fields:
            centres = self.fields["centres"]
            assert isinstance(centres, forms.ModelMultipleChoiceField)
            centres.queryset, centres.required = ResearchCentre.objects.filter(pk__in=self.units), True

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data["title"]).split())

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data.get("slug") or "")
        if slug in RESERVED:
            raise ValidationError(_("This address is a page of its own below /events/. Choose another."))
        return slug

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        read_span(self, data)
        for name in ("starts_at", "ends_at"):  # a form has no seconds: what was not touched keeps its own
            if name in data and data[name] == _to_the_minute(self.before[name]):
                data[name] = self.before[name]
        if not data.get("venue") and not data.get("is_online") and "venue" in self.fields:
            self.add_error("venue", _("Give the venue, or tick that the event can be joined online."))
        if data.get("new_document"):
            try:
                check_document(data["new_document"], Document.Kind.PDF)
            except UploadRefused as refusal:
                self.add_error("new_document", str(refusal))
        if self.concerned and self.moves and not data.get("tell"):
            self.add_error("tell", _("Time or place has changed. Say whether those registered shall be told."))
        return data

    @property
    def moves(self) -> bool:
        """Whether what is in the form moves the entry in people's calendars."""
        given = self.cleaned_data
        return any(name in given and given[name] != value for name, value in self.before.items())

    @property
    def tells(self) -> bool:
        return bool(self.concerned and self.moves and self.cleaned_data.get("tell") == "yes")


def _to_the_minute(moment: datetime | None) -> datetime | None:
    return moment.replace(second=0, microsecond=0) if moment else None


class RowsOfEvent(BaseInlineFormSet[Any, Event, Any]):
    """Rows whose forms know the event as its own form has just made it."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | {"event": self.instance}


class SessionForm(ModelForm[Session]):
    starts_at = LocalMomentField(label=_("Begins"))
    ends_at = LocalMomentField(label=_("Ends"))

    class Meta:
        model = Session
        fields = ("title", "starts_at", "ends_at", "room", "description")
        widgets = {"description": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})}

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = event.zone
        for name in ("starts_at", "ends_at"):
            field = self.fields.get(name)
            if isinstance(field, LocalMomentField):
                field.zone = self.zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        read_moments(self, data, self.zone)
        return data


class NameField(FinderField):
    """A person, or the name of a guest as it is to be announced."""

    def choice_of(self, value: Any) -> tuple[str, str]:
        return value if isinstance(value, tuple) else super().choice_of(value)


class SpeakerForm(ModelForm[Speaker]):
    person = NameField(
        Person.objects.all(),
        source=("events", "speaker", "person"),
        find=namesakes,
        keep_words=True,
        unknown=_("Nobody has this name yet. It is kept as that of a guest."),
        required=False,
        label=_("Name"),
        help_text=_("Type a name and choose from the list. A name nobody has is kept as that of a guest."),
    )
    position = forms.IntegerField(
        min_value=0,
        max_value=999,
        required=False,
        label=_("Order"),
        widget=forms.NumberInput(attrs={"class": "author-order"}),
    )

    class Meta:
        model = Speaker
        fields = ("position", "person", "role", "name", "affiliation", "session")

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.former_person_id = self.instance.person_id
        if self.instance.name and not self.instance.person_id:
            self.initial["person"] = ("", self.instance.name)
        sessions = self.fields.get("session")
        if isinstance(sessions, forms.ModelChoiceField):
            sessions.queryset = event.sessions.all() if event.pk else Session.objects.none()
            sessions.empty_label = _("The whole event")

    def clean_position(self) -> int:
        """A row without a figure comes after those with one; saving then counts them anew."""
        position = self.cleaned_data.get("position")
        return LAST if position is None else position

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        person = data.get("person")
        if "person" in self.errors:
            return data
        if isinstance(person, str):
            data["person"], data["name"] = None, person[:200]
        elif person is None:
            self.add_error("person", _("Type the name of whoever takes part, or remove the row."))
        return data

    def save(self, commit: bool = True) -> Speaker:
        """Name and post are written down once, when the person is set, and stay as announced."""
        row = self.instance
        if row.person and row.person_id != self.former_person_id:
            row.name = row.person.name if not row.name or self.former_person_id else row.name
            row.affiliation = row.affiliation or affiliation(row.person)
        return super().save(commit)


class SpeakerFormSet(RowsOfEvent):
    def save(self, commit: bool = True) -> Any:
        saved = super().save(commit)
        rows = [
            (form.cleaned_data["position"], index, form.instance)
            for index, form in enumerate(self.forms)
            if commit and form.instance.pk and form not in self.deleted_forms and hasattr(form, "cleaned_data")
        ]
        for place, (_asked, _index, row) in enumerate(sorted(rows, key=lambda entry: entry[:2]), start=1):
            if row.position != place:
                Speaker.objects.filter(pk=row.pk).update(position=place)
                row.position = place
        return saved


class PhotographForm(ModelForm[Photograph]):
    image = FinderField(
        Image.objects.all(),
        source=("events", "photograph", "image"),
        find=find_images,
        label=_("Image from the library"),
        help_text=_("Type part of its title."),
    )

    class Meta:
        model = Photograph
        fields = ("position", "image", "caption")


class ResultForm(ModelForm[Any]):
    publication = FinderField(
        Publication.objects.present(),
        source=("events", "event", "recording"),
        find=find_publications,
        label=_("Publication or speech"),
        help_text=_("Its number or part of its title. Readers see it here from the moment it is public."),
    )

    class Meta:
        model = Event.results.through
        fields = ("publication",)
