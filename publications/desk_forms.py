"""The form of a publication as editors fill it in: what the model holds, and files and people made on the spot."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from editorial.finder import FinderField
from editorial.generic import ModelForm
from editorial.media_forms import find_images
from editorial.models import Document, Image
from editorial.uploads import DuplicateImage, UploadRefused, accept_image, check_document
from publications.models import Abbreviation, PodcastShow, Publication, ResourcePage, Series
from research.models import Region, ResearchCentre, Topic
from research.tree_fields import TreeChoices, TreeField

LONGEST_THEME = 190


def find_publications(words: str) -> QuerySet[Publication]:
    """By exact number, else by exact title, else by part of the title."""
    present = Publication.objects.present()
    for condition in (Q(number__iexact=words.partition(" | ")[0].strip()), Q(title__iexact=words)):
        exact = present.filter(condition)
        if exact.exists():
            return exact
    return present.filter(title__icontains=words)


def recording_kind(upload: Any) -> str:
    """By what the browser calls it; the content is then held against that."""
    is_video = str(getattr(upload, "content_type", "")).startswith("video/")
    return Document.Kind.VIDEO if is_video else Document.Kind.AUDIO


class ShortForms(forms.CharField):
    """Abbreviations of the glossary, typed with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        rows = Abbreviation.objects.filter(pk__in=value) if isinstance(value, list) and value else []
        return ", ".join(str(row) for row in rows) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[Abbreviation]:
        wanted = [" ".join(part.split()) for part in str(super().clean(value) or "").split(",") if part.strip()]
        known = {row.short: row for row in Abbreviation.objects.filter(short__in=wanted)}
        missing = [short for short in wanted if short not in known]
        if missing:
            raise ValidationError(_("Not in the glossary: %(what)s.") % {"what": ", ".join(missing)}, code="unknown")
        return list(known.values())

    def has_changed(self, initial: Any, data: Any) -> bool:
        return {str(row) for row in initial or ()} != {
            part.strip() for part in str(data or "").split(",") if part.strip()
        }


class PublicationForm(ModelForm[Publication]):
    """Fields beyond the model's: a picture or PDF uploaded here."""

    image = FinderField(
        Image.objects.all(),
        source=("publications", "publication", "image"),
        find=find_images,
        required=False,
        label=_("Image from the library"),
        help_text=_("Type part of its title."),
    )
    new_image = forms.FileField(
        label=_("… or a new picture"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )
    new_image_alt = forms.CharField(
        label=_("Its description"),
        required=False,
        max_length=300,
        help_text=_("What someone who cannot see the picture needs to know, in one sentence."),
    )
    new_image_is_decorative = forms.BooleanField(
        label=_("The picture is decorative: it adds nothing to the text"), required=False
    )
    new_image_credit = forms.CharField(
        label=_("Its credit"),
        required=False,
        max_length=200,
        help_text=_("Who made it or owns it. Printed under the picture."),
    )
    new_document = forms.FileField(
        label=_("Upload a PDF"), required=False, widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"})
    )
    new_recording = forms.FileField(
        label=_("Upload a recording"), required=False, widget=forms.FileInput(attrs={"accept": "audio/*,video/*"})
    )
    responds_to = FinderField(
        Publication.objects.present(),
        source=("publications", "publication", "responds_to"),
        find=find_publications,
        required=False,
        label=_("Responds to"),
        help_text=_("The number or part of the title of the piece it answers."),
    )
    part_of = FinderField(
        Publication.objects.present(),
        source=("publications", "publication", "part_of"),
        find=find_publications,
        required=False,
        label=_("Article in the issue"),
        help_text=_("The number or part of the title of the journal issue."),
    )
    centres = forms.ModelMultipleChoiceField(
        ResearchCentre.objects.all(), required=False, widget=TreeChoices, label=_("Centres and programmes")
    )
    topics = TreeField(Topic.objects.with_tree_fields(), required=False, label=_("Topics"))
    regions = TreeField(Region.objects.with_tree_fields(), required=False, label=_("Regions"))

    plain_abbreviations = ShortForms(
        required=False,
        label=_("Leave alone in this piece"),
        help_text=_(
            "Short forms of the glossary that mean something else here, separated by commas. They are neither spelt out nor "
            "listed."
        ),
    )

    # Given by the desk before the form is made, because a piece belongs to a series from its first moment.
    series: Series | None = None

    class Meta:
        model = Publication
        exclude = ("series", "document", "recording")
        widgets = {
            "title": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField title-field"}),
            "synopsis": forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.series is not None and self.instance.series_id is None:
            self.instance.series = self.series
        if self.series is not None and self.series.shape == Series.Shape.NEWSLETTER and "title" in self.fields:
            self.fields["title"].required = False
            self.fields["title"].help_text = _(
                "The theme, or nothing: the name of the newsletter and the number of the issue are put before it."
            )
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "The last part of the web address. Leave empty to make it from the title. Changing it leaves a redirect."
            )

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data.get("title") or "").split())

    def _check_issue(self, data: dict[str, Any]) -> None:
        """What an issue needs for its number, and room for the number before its title."""
        if "newsletter" not in self.fields:
            return
        newsletter, title = data.get("newsletter"), str(data.get("title") or "")
        if newsletter is None and not title:
            self.add_error("title", _("Give the issue a title, or choose its newsletter below."))
        elif newsletter is not None and len(newsletter.without_number(title)) > LONGEST_THEME:
            self.add_error("title", _("Shorten the theme to 190 letters: name and number stand before it."))
        number, year = data.get("issue_number"), data.get("issue_year")
        if number and not year:
            data["issue_year"] = self.instance.issue_year = data["issued_on"].year if data.get("issued_on") else None
        if year and not 1900 <= year <= 9999:
            self.add_error("issue_year", _("Write the year in four figures."))

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data.get("slug") or "")
        taken = Publication.objects.filter(series_id=self.instance.series_id, slug=slug).exclude(pk=self.instance.pk)
        if slug and taken.exists():
            raise ValidationError(_("Another piece of this series has that address. Choose a different one."))
        return slug

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("new_image"):
            self._take_image(data)
        self._check_issue(data)
        self._check_file(data, "new_document", Document.Kind.PDF)
        self._check_file(data, "new_recording", recording_kind(data.get("new_recording")))
        return data

    def _check_file(self, data: dict[str, Any], field: str, kind: str) -> None:
        """Refuse here, beside the field; the file is kept only when the whole form is saved."""
        if not data.get(field):
            return
        try:
            check_document(data[field], kind)
        except UploadRefused as refusal:
            self.add_error(field, str(refusal))

    def _take_image(self, data: dict[str, Any]) -> None:
        """The picture goes into the library at once, so that it need not be chosen again if something else is amiss."""
        alt, credit = data.get("new_image_alt", ""), data.get("new_image_credit", "")
        decorative = bool(data.get("new_image_is_decorative"))
        if not alt and not decorative:
            self.add_error(
                "new_image_alt", _("Describe the picture, or tick “decorative”. Then choose the file again.")
            )
        if not credit:
            self.add_error("new_image_credit", _("Give the credit of the picture. Then choose the file again."))
        if self.has_error("new_image_alt") or self.has_error("new_image_credit"):
            return
        upload = data["new_image"]
        title = str(upload.name).rpartition(".")[0][:200] or str(data.get("title", ""))[:200]
        try:
            image = accept_image(upload, title=title, alt=alt, is_decorative=decorative, credit=credit)
        except DuplicateImage as duplicate:
            image = duplicate.existing
        except UploadRefused as refusal:
            self.add_error("new_image", str(refusal))
            return
        data["image"] = image
        changed = dict(self.data.items()) if not isinstance(self.data, QueryDict) else self.data.copy()
        changed[self.add_prefix("image")] = str(image.pk)
        changed[self.add_prefix("image_words")] = str(image)
        self.data = changed


def picture_field(model: str, **kwargs: Any) -> FinderField:
    return FinderField(
        Image.objects.all(),
        source=("publications", model, "image"),
        find=find_images,
        required=False,
        help_text=_("Part of its title in the image library."),
        **kwargs,
    )


class ResourcePageForm(ModelForm[ResourcePage]):
    image = picture_field("resourcepage", label=_("Image"))

    class Meta:
        model = ResourcePage
        fields: Any = "__all__"
        widgets = {
            "title": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField title-field"}),
            "summary": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        }


class ShowForm(ModelForm[PodcastShow]):
    image = picture_field("podcastshow", label=_("Picture"))

    class Meta:
        model = PodcastShow
        fields: Any = "__all__"


class WordForm(forms.Form):
    """An author's file as the beginning of a draft."""

    series = forms.ModelChoiceField(Series.objects.order_by("family", "position"), label=_("Series"))
    word_file = forms.FileField(
        label=_("Word file"),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text=_("A .docx file. Older .doc files are saved from Word as .docx first."),
    )
    accept_changes = forms.BooleanField(
        label=_("Accept tracked changes and leave comments out"),
        required=False,
        help_text=_("Without this, a file with tracked changes or comments is refused."),
    )
