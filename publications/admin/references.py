from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from editorial.finder import FinderField
from editorial.generic import ModelAdmin, ModelForm, StackedInline
from publications.desk_forms import find_publications
from publications.models import Abbreviation, Award, Awarding, Expansion, Publication


class ExpansionInline(StackedInline[Expansion, Abbreviation]):
    model = Expansion
    fields = ("words", "note", "link", ("topic", "position"))
    extra = 0
    min_num = 1
    validate_min = True


@admin.register(Abbreviation)
class AbbreviationAdmin(ModelAdmin[Abbreviation]):
    """The glossary. After a change the worker looks for the term in all pieces again."""

    inlines = (ExpansionInline,)
    list_display = ("short", "meanings", "kind", "is_expanded", "pieces")
    list_filter = ("kind", "is_expanded")
    list_per_page = 100
    search_fields = ("short", "expansions__words")
    ordering = ("slug",)
    prepopulated_fields = {"slug": ("short",)}
    fields = ("short", "slug", "kind", "is_expanded")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Abbreviation]:
        used = Count("uses", filter=Q(uses__publication__deleted_at__isnull=True), distinct=True)
        return super().get_queryset(request).prefetch_related("expansions").annotate(used=used)

    @admin.display(description=_("stands for"))
    def meanings(self, term: Abbreviation) -> str:
        return "; ".join(one.words for one in term.expansions.all())

    @admin.display(description=_("pieces"), ordering="used")
    def pieces(self, term: Abbreviation) -> int:
        return int(getattr(term, "used", 0))


@admin.register(Award)
class AwardAdmin(ModelAdmin[Award]):
    list_display = ("name", "position", "given")
    list_editable = ("position",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Award]:
        return super().get_queryset(request).annotate(times=Count("awardings"))

    @admin.display(description=_("given"), ordering="times")
    def given(self, award: Award) -> int:
        return int(getattr(award, "times", 0))


class AwardingForm(ModelForm[Awarding]):
    publication = FinderField(
        Publication.objects.present(),
        source=("publications", "awarding", "publication"),
        find=find_publications,
        label=_("Publication"),
        help_text=_("Its number or part of its title."),
    )

    class Meta:
        model = Awarding
        fields = ("award", "publication", "year", "citation")


@admin.register(Awarding)
class AwardingAdmin(ModelAdmin[Awarding]):
    """Which piece was given which award. Its page and the list of awards show it while the piece is public."""

    form = AwardingForm
    list_display = ("publication", "award", "year")
    list_filter = ("award", "year")
    list_select_related = ("publication", "award")
    search_fields = ("publication__title", "publication__number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Awarding]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer("publication__body", "publication__transcript")
