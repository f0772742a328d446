"""The forms of a person and of a profile, by editors and by the person."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from editorial.fields import RichTextWidget
from editorial.finder import FinderField
from editorial.generic import ModelForm
from editorial.media_forms import find_images
from editorial.models import Image, User
from editorial.uploads import UploadRefused, accept_image
from people.matching import matching
from people.models import Language, Person, StaffProfile
from research.models import Region, Topic
from research.tree_fields import TreeField

ABBREVIATIONS = ("Etc/", "SystemV/", "US/")


def find_users(words: str) -> QuerySet[User]:
    exact = User.objects.filter(username__iexact=words)
    return exact if exact.exists() else User.objects.filter(Q(username__icontains=words) | Q(email__icontains=words))


def zones() -> list[tuple[str, str]]:
    names = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(ABBREVIATIONS))
    return [(name, name.replace("_", " ")) for name in names]


class PersonForm(ModelForm[Person]):
    user = FinderField(
        User.objects.all(),
        source=("people", "person", "user"),
        find=find_users,
        required=False,
        label=_("Sign-in"),
        help_text=_("The user name, for somebody who edits here. Authors need none."),
    )

    class Meta:
        model = Person
        fields: Any = "__all__"

    def clean(self) -> dict[str, Any]:
        """A sorting name that was the usual one follows a change of name; one written by hand stays."""
        data = super().clean() or self.cleaned_data
        stored = Person.objects.filter(pk=self.instance.pk).first() if self.instance.pk else None
        if stored is not None and data.get("sort_name") == stored.sort_name == stored.usual_sort_name:
            data["sort_name"] = ""
        return data


class OtherPersonForm(forms.Form):
    """Which record is to be merged into the one at hand."""

    other = FinderField(
        Person.objects.all(),
        source=("people", "appointment", "person"),
        find=matching,
        label=_("The other record"),
        help_text=_("Part of the name. That record will be gone; its address will lead to this one."),
    )

    def __init__(self, data: Any, *, kept: Person) -> None:
        super().__init__(data)
        self.kept = kept

    def clean_other(self) -> Person:
        other: Person = self.cleaned_data["other"]
        if other == self.kept:
            raise forms.ValidationError(_("This is the very record you are in. Choose another."))
        return other


class ProfileForm(ModelForm[StaffProfile]):
    """What a profile has to choose from, whoever fills it in."""

    expertise = TreeField(Topic.objects.with_tree_fields(), required=False, label=_("Expertise"))
    regions = TreeField(Region.objects.with_tree_fields(), required=False, label=_("Regions"))
    speaks = TreeField(
        Language.objects.all(),
        required=False,
        label=_("Speaks"),
        help_text=_("Languages in which an interview could be held."),
    )
    reads = TreeField(
        Language.objects.all(), required=False, label=_("Reads only"), help_text=_("Languages of research.")
    )
    time_zone = forms.ChoiceField(choices=zones, initial="Asia/Singapore", label=_("Time zone"))


class StaffProfileForm(ProfileForm):
    person = FinderField(
        Person.objects.all(), source=("people", "staffprofile", "person"), find=matching, label=_("Person")
    )
    photo = FinderField(
        Image.objects.all(),
        source=("people", "staffprofile", "photo"),
        find=find_images,
        required=False,
        label=_("Portrait"),
        help_text=_("Part of its title in the image library."),
    )

    class Meta:
        model = StaffProfile
        fields: Any = "__all__"


class PlainEditor(RichTextWidget):
    """Paragraphs, emphasis, lists and links: a biography needs no more, and the library is not for everybody."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config["toolbar"] = [
            ["Bold", "Italic"],
            ["NumberedList", "BulletedList"],
            ["Link", "Unlink"],
            ["Undo", "Redo"],
        ]
        self.config["height"] = 280


class OwnProfileForm(ProfileForm):
    """A person's own: no posts, which the office keeps, and nothing that is public before an editor has seen it."""

    new_photo = forms.FileField(
        required=False,
        label=_("New portrait"),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("JPEG, PNG, WebP or AVIF, up to 25 MB. Where it was taken is removed from it."),
    )
    photo_alt = forms.CharField(
        max_length=300,
        required=False,
        label=_("What it shows"),
        help_text=_("One sentence for people who cannot see it, such as: Anna Berg in front of a bookshelf."),
    )
    photo_credit = forms.CharField(max_length=200, required=False, label=_("Who took it"))
    focal_x = forms.IntegerField(
        min_value=0,
        max_value=100,
        initial=50,
        label=_("Middle of the face, from the left"),
        help_text=_("Per cent. The portrait is cut to a circle around this point."),
    )
    focal_y = forms.IntegerField(min_value=0, max_value=100, initial=40, label=_("Middle of the face, from the top"))
    note = forms.CharField(max_length=300, required=False, label=_("Note to the editors"))

    class Meta:
        model = StaffProfile
        fields = (
            *("biography", "expertise", "regions", "speaks", "reads", "degrees", "public_email", "public_phone"),
            *("is_expert", "speaks_about", "for_print", "for_radio", "for_television", "for_podcast", "for_stage"),
            *("time_zone", "availability"),
        )
        widgets = {"biography": PlainEditor(), "degrees": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.photo_id = self.initial.get("photo", self.instance.photo_id)

    @property
    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        parts = (
            (_("Portrait"), ("new_photo", "photo_alt", "photo_credit", "focal_x", "focal_y")),
            (_("About you"), ("biography", "degrees")),
            (_("Expertise"), ("expertise", "regions", "speaks", "reads")),
            (_("Contact that everybody may see"), ("public_email", "public_phone")),
            (_("For journalists"), self.Meta.fields[8:]),
            (_("To the editors"), ("note",)),
        )
        return [(title, [self[name] for name in names]) for title, names in parts]

    def clean(self) -> dict[str, Any]:
        """Take the picture in last, when nothing else is amiss: a refused form would otherwise leave pictures behind."""
        data = super().clean() or self.cleaned_data
        if not data.get("new_photo"):
            return data
        if not data.get("photo_alt"):
            self.add_error("photo_alt", _("Say in a sentence what the portrait shows."))
        if not data.get("photo_credit"):
            self.add_error("photo_credit", _("Say who took the picture."))
        if not self.errors:
            self._take_photo(data)
        return data

    def _take_photo(self, data: dict[str, Any]) -> None:
        title = _("Portrait of %(name)s") % {"name": self.instance.person}
        fields = {"title": title, "alt": data["photo_alt"], "credit": data["photo_credit"]}
        fields |= {"focal_x": data["focal_x"], "focal_y": data["focal_y"]}
        try:
            self.instance.photo = accept_image(data["new_photo"], reuse=True, **fields)
        except UploadRefused as refusal:
            self.add_error("new_photo", str(refusal))
