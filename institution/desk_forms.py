"""The forms of pages, vacancies and the rows that go with them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from tree_queries.forms import TreeNodeChoiceField

from editorial import redirects
from editorial.desk.addressed import AsksAboutAddress
from editorial.finder import FinderField
from editorial.generic import ModelForm
from editorial.media_forms import find_images
from editorial.models import Document, Image
from institution import moving
from institution.models import Attachment, Edition, Holder, Page, Recipient, Vacancy
from people.matching import matching
from people.models import Person
from publications.desk_forms import find_publications
from publications.models import Publication

OBSTACLES = {
    "long": gettext_lazy("The address, or one below it, would be too long. Shorten it."),
    "reserved": gettext_lazy("%(address)s belongs to another part of the site. Choose a different word."),
    "taken": gettext_lazy("Another page, possibly one in the trash, has the address %(address)s."),
}


def find_documents(words: str) -> QuerySet[Document]:
    """PDFs by exact title, else by part of it."""
    held = Document.objects.filter(kind=Document.Kind.PDF)
    exact = held.filter(title__iexact=words)
    return exact if exact.exists() else held.filter(title__icontains=words)


def person_field(model: str, field: str = "person", **options: Any) -> FinderField:
    source = ("institution", model, field)
    return FinderField(Person.objects.all(), source=source, find=matching, required=False, **options)


class PlacedForm(ModelForm[Page]):
    """A page in its place of the tree, which is worked out before anything is asked about its address."""

    parent = TreeNodeChoiceField(
        Page.tree.with_tree_fields().filter(deleted_at=None), required=False, label=gettext_lazy("Below"),
        help_text=gettext_lazy("Moving a page takes everything below it along."),
    )  # fmt: skip
    shows = TreeNodeChoiceField(
        Page.tree.with_tree_fields().filter(deleted_at=None, shows=None), required=False,
        label=gettext_lazy("Shows the text of"), help_text=Page._meta.get_field("shows").help_text,
    )  # fmt: skip
    image = FinderField(
        Image.objects.all(), source=("institution", "page", "image"), find=find_images, required=False,
        label=gettext_lazy("Image"), help_text=gettext_lazy("Part of its title in the image library."),
    )  # fmt: skip
    signed_by = person_field("page", "signed_by", label=gettext_lazy("Signed by"))

    class Meta:
        model = Page
        fields: Any = "__all__"

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        self.instance.take_place()
        if obstacle := moving.obstacle(self.instance):
            self.add_error("slug", OBSTACLES[obstacle] % {"address": moving.address_of(self.instance)})


class PageForm(AsksAboutAddress, PlacedForm):
    def _moves(self) -> list[str]:
        moved = moving.addresses_that_move(self.instance)
        return [what_moves(moved)] if moved else []

    def _changes_address(self) -> bool:
        return super()._changes_address() or "centre" in self.changed_data

    def _taken(self) -> list[str]:
        """A page that has others below it leaves the old address in the table, so only what is new is asked about."""
        old = redirects.taken_from(moving.address_of(self.instance)).first()
        return [self._warning(old)] if old and (self._changes_address() or self.goes_live) else []


def what_moves(moved: list[tuple[str, str]]) -> str:
    words = ngettext(
        "%(old)s moves to %(new)s: %(count)d redirect will be made.",
        "%(old)s moves to %(new)s with what lies below: %(count)d redirects will be made.",
        len(moved),
    )
    return words % {"old": moved[0][0], "new": moved[0][1], "count": len(moved)}


class AttachmentForm(ModelForm[Attachment]):
    document = FinderField(
        Document.objects.filter(kind=Document.Kind.PDF), source=("institution", "attachment", "document"),
        find=find_documents, label=gettext_lazy("Document"),
        help_text=gettext_lazy("Part of the title of a PDF. A new one is uploaded under “Documents” first."),
    )  # fmt: skip

    class Meta:
        model = Attachment
        fields = ("label", "document", "slug", "position")


class EditionForm(ModelForm[Edition]):
    report = FinderField(
        Publication.objects.present(), source=("institution", "edition", "report"), find=find_publications,
        required=False, label=gettext_lazy("Report"),
        help_text=gettext_lazy("Its number or part of its title. Readers see the link once the report is public."),
    )  # fmt: skip

    class Meta:
        model = Edition
        fields: Any = "__all__"


class VacancyForm(ModelForm[Vacancy]):
    class Meta:
        model = Vacancy
        fields: Any = "__all__"

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        vacancy = self.instance
        if self.errors or not vacancy.page_id:
            return
        if Page.objects.filter(parent=vacancy.page_id, slug=vacancy.slug).exists():
            self.add_error("slug", _("A page has that address. Choose a different one."))


class RecipientForm(ModelForm[Recipient]):
    person = person_field("recipient", label=gettext_lazy("Person"))

    class Meta:
        model = Recipient
        fields: Any = "__all__"


class HolderForm(ModelForm[Holder]):
    person = person_field("holder", label=gettext_lazy("Person"))

    class Meta:
        model = Holder
        fields: Any = "__all__"
