"""The form of a research project, with the rows of those who work on it and of what came out of it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from editorial.finder import FinderField
from editorial.generic import ModelForm
from people.matching import matching
from people.models import Person
from publications.desk_forms import find_publications
from publications.models import Investigator, Project, ProjectOutput, Publication
from research.models import Region, ResearchCentre, Topic
from research.tree_fields import TreeChoices, TreeField


class ProjectForm(ModelForm[Project]):
    centres = forms.ModelMultipleChoiceField(
        ResearchCentre.objects.all(), required=False, widget=TreeChoices, label=_("Centres and programmes")
    )
    topics = TreeField(Topic.objects.with_tree_fields(), required=False, label=_("Topics"))
    regions = TreeField(Region.objects.with_tree_fields(), required=False, label=_("Regions"))

    class Meta:
        model = Project
        exclude = ("outputs",)
        widgets = {
            "title": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField title-field"}),
            "summary": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "The last part of the web address. Leave empty to make it from the title. Changing it leaves a redirect."
            )

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data["title"]).split())

    def clean_slug(self) -> str:
        """Made from the title, and told apart from those of other projects, when none is given."""
        given = str(self.cleaned_data.get("slug") or "")
        others = Project.objects.exclude(pk=self.instance.pk)
        if given and others.filter(slug=given).exists():
            raise ValidationError(_("Another project has that address. Choose a different one."))
        stem = slugify(str(self.cleaned_data.get("title", "")))[:110].strip("-") or "project"
        taken = set(others.filter(slug__startswith=stem).values_list("slug", flat=True))
        free = (slug for slug in (stem, *(f"{stem}-{count}" for count in range(2, 1000))) if slug not in taken)
        return given or next(free, stem)


class InvestigatorForm(ModelForm[Investigator]):
    person = FinderField(
        Person.objects.all(),
        source=("publications", "investigator", "person"),
        find=matching,
        required=False,
        label=_("Person"),
        help_text=_("Any part of the name."),
    )

    class Meta:
        model = Investigator
        fields = ("position", "person", "name", "affiliation", "role", "started_on", "ended_on")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "person" not in self.errors and bool(data.get("person")) == bool(data.get("name")):
            self.add_error("person", _("Choose a person, or give a name below: one of the two."))
        return data


class OutputForm(ModelForm[ProjectOutput]):
    publication = FinderField(
        Publication.objects.present(),
        source=("publications", "projectoutput", "publication"),
        find=find_publications,
        label=_("Publication"),
        help_text=_("Its number or part of its title. Readers see it here from the moment it is public."),
    )

    class Meta:
        model = ProjectOutput
        fields = ("position", "publication")
