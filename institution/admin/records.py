from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from editorial.desk import PublishableAdmin
from editorial.editor_screens import WithEditor
from editorial.generic import ModelAdmin, TabularInline
from editorial.models import sgt
from institution import readiness
from institution.admin.page import refuse_unready
from institution.desk_forms import HolderForm, RecipientForm, VacancyForm
from institution.models import Holder, Honour, Page, Professorship, Recipient, Vacancy
from publications.admin import columns
from publications.admin.filters import StateFilter
from publications.readiness import Problem


@admin.register(Vacancy)
class VacancyAdmin(PublishableAdmin[Vacancy]):
    form = VacancyForm
    list_display = ("title", "reference", "centre", "kind", "standing", "closes", "saved")
    list_filter = (StateFilter, "kind", ("centre", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("centre", "updated_by", "page__centre")
    search_fields = ("title", "reference")
    prepopulated_fields = {"slug": ("title",)}
    ordering = ("-updated_at", "-pk")
    fieldsets = (
        (None, {"fields": ("title", ("reference", "kind", "terms"), "centre", "summary")}),
        (gettext_lazy("Closing (Singapore time)"), {"fields": (("closes_on", "closes_time"),)}),
        (gettext_lazy("The post"), {"fields": ("body",), "classes": ("unlabelled", "text")}),
        (gettext_lazy("How to apply"), {"fields": ("how_to_apply",), "classes": ("unlabelled", "text")}),
        (gettext_lazy("Address"), {"fields": ("page", "slug")}),
    )

    standing = columns.standing
    saved = columns.saved

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        listed = Page.objects.present().filter(kind=Page.Kind.VACANCIES).first()
        return {"page": listed.pk if listed else None} | super().get_changeform_initial_data(request)

    def publish_item(self, request: HttpRequest, item: Vacancy, at: datetime) -> None:
        refuse_unready(readiness.problems_of_vacancy(item))
        super().publish_item(request, item, at)

    def problems(self, item: Vacancy) -> list[Problem]:
        return readiness.problems_of_vacancy(item)

    @admin.display(description=gettext_lazy("closes"), ordering="closes_at")
    def closes(self, vacancy: Vacancy) -> str:
        if vacancy.closes_at is None:
            return _("Open until filled")
        moment = sgt(vacancy.closes_at)
        return _("Closed since %(time)s") % {"time": moment} if vacancy.is_closed else moment


class RecipientInline(TabularInline[Recipient, Honour]):
    model = Recipient
    form = RecipientForm
    fields = ("person", "name", "position")
    extra = 1


@admin.register(Honour)
class HonourAdmin(ModelAdmin[Honour]):
    inlines = (RecipientInline,)
    list_display = ("award", "year", "group", "given_to", "giver", "announced_on")
    list_filter = ("group", "year")
    search_fields = ("award", "giver", "recipients__name", "recipients__person__name")
    fieldsets = ((None, {"fields": (("year", "group"), "award", "giver", "note", "announced_on")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Honour]:
        return super().get_queryset(request).prefetch_related("recipients__person")

    @admin.display(description=gettext_lazy("recipients"))
    def given_to(self, honour: Honour) -> str:
        return ", ".join(str(row) for row in honour.recipients.all())


class HolderInline(TabularInline[Holder, Professorship]):
    model = Holder
    form = HolderForm
    fields = ("person", "name", "started_on", "ended_on")
    extra = 1


@admin.register(Professorship)
class ProfessorshipAdmin(WithEditor, ModelAdmin[Professorship]):
    inlines = (HolderInline,)
    list_display = ("name", "endowed_by", "established_on", "held_by")
    search_fields = ("name", "endowed_by", "holders__name", "holders__person__name")
    fieldsets = ((None, {"fields": ("name", ("endowed_by", "established_on"), "purpose", "position")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Professorship]:
        return super().get_queryset(request).prefetch_related("holders__person")

    @admin.display(description=gettext_lazy("held by"))
    def held_by(self, chair: Professorship) -> str:
        return ", ".join(str(row) for row in chair.holders.all() if row.is_current)
