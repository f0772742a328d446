"""Ordered rows on the desk: the lines of a newsletter and those of a resource page."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from editorial.finder import FinderField
from editorial.generic import BaseInlineFormSet, ModelForm
from people.matching import matching
from people.models import Person
from publications.desk_forms import find_publications
from publications.models import BulletinItem, Publication, ResourceBlock, ResourcePage, Series
from research.models import Region, ResearchCentre, Topic

LAST = 1000
INDENT = "\u00a0" * 4


def order_field() -> forms.IntegerField:
    return forms.IntegerField(
        min_value=0, max_value=999, required=False, label=_("Order"),
        widget=forms.NumberInput(attrs={"class": "author-order"}),
    )  # fmt: skip


def publication_field(model: str, **kwargs: Any) -> FinderField:
    return FinderField(
        Publication.objects.present(),
        source=("publications", model, "publication"),
        find=find_publications,
        required=False,
        label=_("Publication"),
        help_text=_("The number or part of the title."),
        **kwargs,
    )


class OrderedForm[Row: Model](ModelForm[Row]):
    """A row without a figure comes after those with one; saving then counts them anew."""

    def clean_position(self) -> int:
        position = self.cleaned_data.get("position")
        return LAST if position is None else int(position)


class OrderedFormSet[Row: Model, Whole: Model](BaseInlineFormSet[Row, Whole, Any]):
    """Positions 1, 2, 3 … in the order asked for, whatever figures were typed."""

    def save(self, commit: bool = True) -> Any:
        saved = super().save(commit)
        if commit:
            rows = [
                (form.cleaned_data["position"], index, form.instance)
                for index, form in enumerate(self.forms)
                if form.instance.pk and form not in self.deleted_forms and hasattr(form, "cleaned_data")
            ]
            for place, (_asked, _index, row) in enumerate(sorted(rows, key=lambda entry: entry[:2]), start=1):
                if row.position != place:
                    type(row)._default_manager.filter(pk=row.pk).update(position=place)
                    row.position = place
        return saved


class BulletinItemForm(OrderedForm[BulletinItem]):
    position = order_field()
    publication = publication_field("bulletinitem")

    class Meta:
        model = BulletinItem
        fields = ("position", "block", "publication", "headline", "summary")
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        piece = data.get("publication")
        if "publication" in self.errors:
            return data
        if piece is None and data.get("block") not in BulletinItem.WORDED:
            self.add_error("publication", _("Choose the publication, or make the line an event or free text."))
        elif piece is None and not (data.get("headline") or data.get("summary")):
            self.add_error("headline", _("Write a headline or a text, or remove the line."))
        elif piece is not None and piece == self.instance.issue:
            self.add_error("publication", _("An issue cannot stand in itself. Choose another publication."))
        return data


class ResourceBlockForm(OrderedForm[ResourceBlock]):
    position = order_field()
    publication = publication_field("resourceblock")
    person = FinderField(
        Person.objects.all(),
        source=("publications", "resourceblock", "person"),
        find=matching,
        required=False,
        label=_("Person"),
        help_text=_("Of a section: whose pieces it takes. Of a piece: who is shown beside it."),
    )

    class Meta:
        model = ResourceBlock
        fields = (
            "position", "kind", "publication", "heading", "text", "person", "newest", "is_by_month", "series", "topic",
            "region", "centre", "tag", "words",
        )  # fmt: skip
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["newest"].required = False

    def clean_newest(self) -> int:
        return int(self.cleaned_data.get("newest") or 0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == ResourceBlock.Kind.SECTION:
            if data.get("publication"):
                self.add_error("publication", _("A section has no piece of its own. Pin it in a line below."))
            if not data.get("heading") and "heading" not in self.errors:
                self.add_error("heading", _("Give the section a heading."))
        elif not data.get("publication") and "publication" not in self.errors:
            self.add_error("publication", _("Choose the piece to pin, or remove the line."))
        return data


class ResourceBlockFormSet(OrderedFormSet[ResourceBlock, ResourcePage]):
    """Asks for the choices of its boxes once, not once for each row."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, choices in self.choices.items():
            field = form.fields[name]
            field.widget = getattr(field.widget, "widget", field.widget)  # no row of ours makes or changes a topic
            field.choices = choices

    @cached_property
    def choices(self) -> dict[str, list[tuple[Any, str]]]:
        found: dict[str, Iterable[Any]] = {
            "series": Series.objects.all(),
            "topic": Topic.objects.with_tree_fields(),
            "region": Region.objects.with_tree_fields(),
            "centre": ResearchCentre.objects.all(),
        }
        return {
            name: [("", "---------"), *((row.pk, INDENT * getattr(row, "tree_depth", 0) + str(row)) for row in rows)]
            for name, rows in found.items()
        }


class BulletinFormSet(OrderedFormSet[BulletinItem, Publication]):
    pass
