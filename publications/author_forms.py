"""The rows of authors on a publication's form, and the people made from them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from editorial.finder import FinderField
from editorial.generic import BaseInlineFormSet, ModelForm
from people.matching import namesakes
from people.models import Person
from people.naming import about, affiliation, create_from_name
from publications.models import Authorship, Publication

NEW_PERSON = "new"
LAST = 1000


def nobody(words: str) -> list[Person]:
    """A name alone picks nobody, however well it fits: two people may share it, so the row asks."""
    return []


class AuthorshipForm(ModelForm[Authorship]):
    """One author: found among the people, or made from a name that nobody has."""

    person = FinderField(
        Person.objects.all(),
        source=("publications", "authorship", "person"),
        find=nobody,
        keep_words=True,
        unknown=_("Nobody has this name yet. Saving makes a new person of it."),
        required=False,
        label=_("Name"),
        help_text=_("Type a name and choose from the list. A name nobody has yet makes a new person when you save."),
    )
    same_person = forms.ChoiceField(required=False, widget=forms.RadioSelect, label=_("Who is meant?"))
    position = forms.IntegerField(
        min_value=0,
        max_value=999,
        required=False,
        label=_("Order"),
        widget=forms.NumberInput(attrs={"class": "author-order"}),
    )

    class Meta:
        model = Authorship
        fields = ("position", "person", "role", "printed_name", "printed_affiliation", "printed_note")
        widgets = {"printed_note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.new_name = ""
        self.former_person_id = self.instance.person_id
        self.fields["role"].initial = Authorship.Role.AUTHOR
        self._offer_namesakes()

    def _offer_namesakes(self) -> None:
        """Give the question its answers while the name typed is still somebody else's too."""
        field = self.fields["same_person"]
        assert isinstance(field, forms.ChoiceField)
        self.namesakes: list[Person] = []
        if not self.is_bound:
            return
        key, words = self.fields["person"].widget.value_from_datadict(self.data, self.files, self.add_prefix("person"))
        if not words or (key.isdigit() and Person.objects.filter(pk=key, name=words).exists()):
            return
        self.namesakes = namesakes(words)
        if self.namesakes:
            choices = [(str(person.pk), describe(person)) for person in self.namesakes]
            field.choices = [*choices, (NEW_PERSON, _("Someone else: make a new person of this name"))]

    @property
    def asks_who(self) -> bool:
        return bool(self.namesakes)

    def clean_position(self) -> int:
        """A row without a figure comes after those with one; saving then counts them anew."""
        position = self.cleaned_data.get("position")
        return LAST if position is None else position

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        person, answer = data.get("person"), data.get("same_person")
        if "person" in self.errors:
            return data
        if isinstance(person, str):
            data["person"] = None
            if not self.asks_who or answer == NEW_PERSON:
                self.new_name = person
            elif answer:
                data["person"] = Person.objects.get(pk=answer)
            else:
                words = _("There is somebody of this name already. Say below who is meant.")
                self.add_error("person", ValidationError(words, code="namesake"))
        elif person is None:
            self.add_error("person", _("Type the name of the author, or remove the row."))
        return data

    def save(self, commit: bool = True) -> Authorship:
        if self.new_name:
            self.instance.person = create_from_name(self.new_name)
        if self.instance.person_id != self.former_person_id:
            self._print_as_of_today(self.instance)
        return super().save(commit)

    @staticmethod
    def _print_as_of_today(row: Authorship) -> None:
        """Written once, when the person is set: what is emptied by hand later stays empty."""
        row.printed_name = row.printed_name or row.person.name
        row.printed_affiliation = row.printed_affiliation or affiliation(row.person)
        row.printed_note = row.printed_note or about(row.person)


def describe(person: Person) -> str:
    """A name with the post and the last piece, to tell namesakes apart."""
    last = (
        Authorship.objects.filter(person=person, publication__deleted_at__isnull=True)
        .select_related("publication")
        .order_by("-publication__issued_on", "-publication_id")
        .first()
    )
    parts = [person.name, affiliation(person), str(last.publication) if last else ""]
    return " · ".join(part for part in parts if part)


class AuthorshipFormSet(BaseInlineFormSet[Authorship, Publication, AuthorshipForm]):
    def save(self, commit: bool = True) -> Any:
        saved = super().save(commit)
        if commit:
            self._renumber()
        return saved

    def _renumber(self) -> None:
        """Positions 1, 2, 3 … in the order asked for; rows without a figure come last, as they stand on the page."""
        rows = [
            (form.cleaned_data["position"], index, form.instance)
            for index, form in enumerate(self.forms)
            if form.instance.pk and form not in self.deleted_forms and hasattr(form, "cleaned_data")
        ]
        for place, (_asked, _index, row) in enumerate(sorted(rows, key=lambda entry: entry[:2]), start=1):
            if row.position != place:
                Authorship.objects.filter(pk=row.pk).update(position=place)
                row.position = place
