from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from editorial.desk import PublishableAdmin
from editorial.generic import StackedInline, TabularInline
from editorial.publishing import NotAllowed
from publications.admin import columns
from publications.admin.filters import StateFilter
from publications.models import Investigator, Project, ProjectOutput
from publications.project_forms import InvestigatorForm, OutputForm, ProjectForm


class InvestigatorInline(StackedInline[Investigator, Project]):
    model = Investigator
    form = InvestigatorForm
    extra = 1
    fields = (("position", "role", "person"), ("name", "affiliation"), ("started_on", "ended_on"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Investigator]:
        return super().get_queryset(request).select_related("person")


class OutputInline(TabularInline[ProjectOutput, Project]):
    model = ProjectOutput
    form = OutputForm
    extra = 1
    fields = ("position", "publication")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProjectOutput]:
        return super().get_queryset(request).select_related("publication")


@admin.register(Project)
class ProjectAdmin(PublishableAdmin[Project]):
    form = ProjectForm
    inlines = (InvestigatorInline, OutputInline)
    list_display = ("title", "standing", "units", "span", "saved")
    list_filter = (StateFilter, ("centres", admin.RelatedOnlyFieldListFilter))
    list_per_page = 50
    list_select_related = ("updated_by",)
    search_fields = ("title", "investigators__person__name", "investigators__name")
    search_help_text = _("Words of the title, or an investigator")
    fieldsets = (
        (None, {"fields": ("title", "summary", "abstract")}),
        (_("Time, money and output"), {"fields": (("started_on", "ended_on"), "funder", "output_kind")}),
        (_("Topics, regions and centres"), {"fields": ("topics", "regions", "centres"), "classes": ("facets",)}),
        (_("Address"), {"fields": ("slug",)}),
    )

    standing = columns.standing
    saved = columns.saved

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return super().get_queryset(request).prefetch_related("centres")

    def publish_item(self, request: HttpRequest, item: Any, at: datetime) -> None:
        """A project that says neither what it asks nor who asks it is no use to readers."""
        missing = [
            str(words)
            for words, is_there in (
                (_("a summary"), item.summary),
                (_("an abstract"), item.abstract),
                (_("somebody who works on it"), item.investigators.exists()),
                (_("the centre or programme it belongs to"), item.centres.exists()),
            )
            if not is_there
        ]
        if missing:
            raise NotAllowed(_("Before it is published, the project needs %(what)s.") % {"what": ", ".join(missing)})
        super().publish_item(request, item, at)

    @admin.display(description=_("centres and programmes"))
    def units(self, project: Project) -> str:
        return "; ".join(one.acronym or one.name for one in project.centres.all())

    @admin.display(description=_("runs"), ordering="started_on")
    def span(self, project: Project) -> str:
        return f"{project.years} ({Project.Status(project.standing).label})" if project.years else "–"
