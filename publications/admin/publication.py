from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from editorial.desk import PublishableAdmin, editor
from editorial.docx_file import DocxError
from editorial.generic import ModelForm, StackedInline
from editorial.models import Document, Publishable
from editorial.publishing import NotAllowed
from editorial.uploads import accept_document, replace_document
from publications import bulletins, numbering, publishing, readiness
from publications.admin import columns, moving
from publications.admin.filters import AwardFilter, MineFilter, StateFilter, YearFilter
from publications.admin.layout import Fieldset, fieldsets_for
from publications.admin.media import BulletinInline
from publications.admin.retag import change_subjects
from publications.author_forms import AuthorshipForm, AuthorshipFormSet
from publications.desk_forms import PublicationForm, WordForm, recording_kind
from publications.drafting import draft_from_docx
from publications.models import Authorship, BulletinItem, Notice, Publication, PublicationQuerySet, Series


class AuthorshipInline(StackedInline[Authorship, Publication]):
    model = Authorship
    form = AuthorshipForm
    formset = AuthorshipFormSet  # type: ignore[assignment] # narrower in its form than the stub allows
    template = "admin/publications/authors.html"
    fields = ("position", "person", "same_person", "role", "printed_name", "printed_affiliation", "printed_note")
    extra = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[Authorship]:
        return super().get_queryset(request).select_related("person")


class NoticeInline(StackedInline[Notice, Publication]):
    model = Notice
    fields = (("kind", "on"), "text")
    extra = 1
    template = "admin/publications/notices.html"


@admin.register(Publication)
class PublicationAdmin(PublishableAdmin[Publication]):
    form = PublicationForm
    inlines = (AuthorshipInline, NoticeInline)
    list_display = ("picture", "number_or_next", "headline", "standing", "series", "byline", "saved")
    list_display_links = ("headline",)
    list_filter = (StateFilter, ("series", admin.RelatedOnlyFieldListFilter), YearFilter, MineFilter, AwardFilter)
    actions = ("trash_selected", "change_subjects")
    list_per_page = 30
    show_full_result_count = False
    search_fields = ("number", "title")  # and authors, below
    search_help_text = _("Number, words of the title, or author")
    ordering = ("-updated_at", "-pk")
    readonly_fields = ("place", "document_now", "typeset_now", "recording_now", "articles")
    change_form_template = "admin/publications/publication_form.html"
    change_list_template = "admin/publications/publication_list.html"

    change_subjects = change_subjects
    picture = columns.picture
    number_or_next = columns.number
    headline = columns.headline
    standing = columns.standing
    byline = columns.byline
    saved = columns.saved
    place = columns.place
    document_now = columns.document_now
    typeset_now = columns.typeset_now
    recording_now = columns.recording_now
    articles = columns.articles

    def get_urls(self) -> list[URLPattern]:
        coming_up = path("coming-up/", self.admin_site.admin_view(self.coming_up_view), name="publications_coming_up")
        move = path("<int:pk>/move/", self.admin_site.admin_view(self.move_view), name="publications_publication_move")
        from_word = path("from-word/", self.admin_site.admin_view(self.from_word_view), name="publications_from_word")
        return [coming_up, move, from_word, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publication]:
        queryset: QuerySet[Publication] = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == "publications_publication_changelist":
            assert isinstance(queryset, PublicationQuerySet)
            return queryset.present().for_cards().select_related("series", "image", "updated_by")
        return queryset

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Publication], search_term: str
    ) -> tuple[QuerySet[Publication], bool]:
        """Every word in the number, the title or a byline. Not by joining bylines, which takes a second of 50,000 pieces."""
        for word in search_term.split()[:10]:
            by_name = Q(printed_name__icontains=word) | Q(person__name__icontains=word)
            signed = Authorship.objects.filter(by_name).order_by().values("publication")
            queryset = queryset.filter(Q(number__icontains=word) | Q(title__icontains=word) | Q(pk__in=signed))
        return queryset, False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A piece belongs to a series from its first moment, so the series is chosen before the form opens."""
        if not request.GET.get("series", "").isdecimal():
            return self.choose_series(request)
        return super().add_view(request, form_url, extra_context)

    def choose_series(self, request: HttpRequest, word_form: WordForm | None = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        families = [
            (
                label,
                [
                    (series, numbering.next_number(series, today))
                    for series in Series.objects.filter(family=family).order_by("position", "name")
                ],
            )
            for family, label in Series.Family.choices
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("What are you publishing?"),
            "opts": self.opts,
            "families": families,
            "word_form": word_form or WordForm(),
        }
        return TemplateResponse(request, "admin/publications/choose_series.html", context)

    def from_word_view(self, request: HttpRequest) -> HttpResponse:
        """A draft from an author's file; what could not be taken over is said above the form that opens."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = WordForm(request.POST or None, request.FILES or None)
        if request.method != "POST" or not form.is_valid():
            return self.choose_series(request, form)
        upload = form.cleaned_data["word_file"]
        try:
            piece, report = draft_from_docx(
                upload,
                form.cleaned_data["series"],
                editor(request),
                accept_changes=form.cleaned_data["accept_changes"],
                fallback_title=str(upload.name).removesuffix(".docx"),
            )
        except DocxError as refusal:
            form.add_error("word_file", str(refusal))
            return self.choose_series(request, form)
        self.message_user(request, _("The draft is made and saved. Read it through."), messages.SUCCESS)
        for line in report:
            self.message_user(request, line, messages.WARNING)
        return redirect("admin:publications_publication_change", piece.pk)

    def coming_up_view(self, request: HttpRequest) -> HttpResponse:
        """Everything that will become public by itself, by day in Singapore."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        scheduled = sorted(self._coming_up(request), key=lambda row: row[0].publish_at)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Coming up"),
            "opts": self.opts,
            "scheduled": scheduled,
        }
        return TemplateResponse(request, "admin/publications/coming_up.html", context)

    def _coming_up(self, request: HttpRequest) -> Iterator[tuple[Any, str, str]]:
        """Whatever is scheduled of any kind that this editor may see: the item, what it is, and its form."""
        kinds: list[Any] = [model for model in apps.get_models() if issubclass(model, Publishable)]
        for kind in kinds:
            options = kind._meta
            name = f"{options.app_label}_{options.model_name}_change"
            if not request.user.has_perm(f"{options.app_label}.view_{options.model_name}"):
                continue
            rows = kind.objects.scheduled().order_by("publish_at", "pk")
            for row in rows.select_related("series") if kind is Publication else rows:
                what = row.series if isinstance(row, Publication) else options.verbose_name
                yield row, str(what), reverse(f"admin:{name}", args=[row.pk])

    def get_inlines(self, request: HttpRequest, obj: Publication | None) -> list[Any]:
        """Only a newsletter has lines."""
        is_letter = self.series_of(request, obj).shape == Series.Shape.NEWSLETTER
        return [AuthorshipInline, *([BulletinInline] if is_letter else []), NoticeInline]

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return moving.move(self, request, self.editable(request, pk))

    def publish_item(self, request: HttpRequest, item: Publication, at: datetime) -> None:
        try:
            publishing.publish(item, at, editor(request))
        except numbering.NumberRefused as refusal:
            raise NotAllowed(str(refusal)) from refusal

    def problems(self, item: Publication) -> list[readiness.Problem]:
        return readiness.problems(item)

    def series_of(self, request: HttpRequest, obj: Publication | None) -> Series:
        if obj:
            return obj.series
        given = request.GET.get("series", "")
        return get_object_or_404(Series, pk=given if given.isascii() and given.isdigit() else None)

    def get_fieldsets(self, request: HttpRequest, obj: Publication | None = None) -> list[Fieldset]:  # type: ignore[override]
        return fieldsets_for(self.series_of(request, obj))

    def get_form(
        self, request: HttpRequest, obj: Publication | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[Publication]]:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"series": self.series_of(request, obj)})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = super().get_changeform_initial_data(request)
        initial.pop("series", None)
        return {**initial, "allow_responses": self.series_of(request, None).allows_responses}

    def save_model(self, request: HttpRequest, obj: Publication, form: Any, change: bool) -> None:
        self.take_files(request, obj, form)
        super().save_model(request, obj, form, change)

    def take_files(self, request: HttpRequest, obj: Publication, form: Any) -> None:
        """A new PDF or recording; a replaced file keeps its address. The form has checked them already."""
        for field, attribute in (("new_document", "document"), ("new_recording", "recording")):
            upload = form.cleaned_data.get(field)
            current: Document | None = getattr(obj, attribute)
            if not upload:
                continue
            kind = Document.Kind.PDF if attribute == "document" else recording_kind(upload)
            if current and current.kind == kind:
                replace_document(current, upload, editor(request))
            else:
                setattr(obj, attribute, accept_document(upload, kind=kind, title=obj.title, by=editor(request)))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is Notice:
            for row in formset.forms:
                if row.has_changed() and not row.instance.pk:
                    row.instance.by = request.user
        formset.save()
        block = request.POST.get("_add_newest", "")
        if formset.model is BulletinItem and block in bulletins.TAKES:
            added = bulletins.add_newest(form.instance, block)
            words = ngettext("%d piece added, the newest first.", "%d pieces added, the newest first.", added) % added
            self.message_user(request, words if added else _("Nothing of that kind is new since the last issue."))
