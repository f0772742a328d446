"""Forms of the image library and of documents: files go through editorial.uploads and nowhere else."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from editorial.generic import ModelForm
from editorial.models import Document, Image
from editorial.uploads import DuplicateImage, UploadRefused, accept_image, check_document


def find_images(words: str) -> QuerySet[Image]:
    """By exact title, else by part of it."""
    exact = Image.objects.filter(title__iexact=words)
    return exact if exact.exists() else Image.objects.filter(title__icontains=words)


class NewImageForm(ModelForm[Image]):
    """Takes the file in while the form is checked, because only then can a refusal stand beside the field."""

    upload = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("JPEG, PNG, WebP, AVIF or GIF. Where it was taken is removed from it."),
    )

    class Meta:
        model = Image
        fields = ("title", "alt", "is_decorative", "caption", "credit", "licence", "focal_x", "focal_y")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("alt") and not data.get("is_decorative"):
            self.add_error("alt", _("Describe the picture, or tick “decorative”."))
        if self.errors or "upload" not in data:
            return data
        upload = data.pop("upload")
        try:
            self.instance = accept_image(upload, **data)
        except DuplicateImage as duplicate:
            there = reverse("admin:editorial_image_change", args=[duplicate.existing.pk])
            link = format_html('{} <a href="{}">{}</a>', str(duplicate), there, _("Open it"))
            self.add_error("upload", forms.ValidationError(link))
        except UploadRefused as refusal:
            self.add_error("upload", str(refusal))
        return data


class DocumentForm(ModelForm[Document]):
    upload = forms.FileField(
        label=_("New version"),
        required=False,
        help_text=_("The address and the name under which readers save it stay the same."),
    )

    class Meta:
        model = Document
        fields = ("title", "kind")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind") or self.instance.kind
        if data.get("upload"):
            try:
                check_document(data["upload"], kind)
            except UploadRefused as refusal:
                self.add_error("upload", str(refusal))
        elif self.instance.pk is None:
            self.add_error("upload", _("Choose a file."))
        return data
