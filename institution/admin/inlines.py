"""The rows of a page in its form, by what kind of page it is."""

from typing import Any

from editorial.generic import StackedInline, TabularInline
from institution.desk_forms import AttachmentForm, EditionForm
from institution.models import (
    Attachment,
    CalendarDate,
    Degree,
    Edition,
    Intake,
    Location,
    Page,
    Question,
    Route,
)


class AttachmentInline(StackedInline[Attachment, Page]):
    model = Attachment
    form = AttachmentForm
    fields = ("label", "document", ("slug", "position"))
    prepopulated_fields = {"slug": ("label",)}
    extra = 0


class EditionInline(StackedInline[Edition, Page]):
    model = Edition
    form = EditionForm
    fields = (("year", "starts_on", "ends_on"), "theme", ("venue", "participants"), "report")
    extra = 0


class IntakeInline(StackedInline[Intake, Page]):
    model = Intake
    fields = (("name", "starts_on", "ends_on"), ("apply_by", "places"), ("venue", "fee"))
    extra = 0


class DegreeInline(StackedInline[Degree, Page]):
    model = Degree
    fields = ("award", ("length", "mode"), ("intake", "units"), "fees", ("opens_on", "closes_on"))
    extra, max_num = 1, 1


class CalendarDateInline(TabularInline[CalendarDate, Page]):
    model = CalendarDate
    fields = ("term", "label", "starts_on", "ends_on")
    extra = 1


class QuestionInline(StackedInline[Question, Page]):
    model = Question
    fields = ("question", "answer", ("heading", "position"))
    extra = 0


class LocationInline(StackedInline[Location, Page]):
    model = Location
    fields = ("name", ("latitude", "longitude"), "map_url", "hours")
    extra, max_num = 1, 1


class RouteInline(StackedInline[Route, Page]):
    model = Route
    fields = (("means", "title", "duration"), "steps", "position")
    extra = 0


OF_KINDS: dict[str, tuple[Any, ...]] = {
    Page.Kind.PROGRAMME: (EditionInline,),
    Page.Kind.COURSE: (IntakeInline,),
    Page.Kind.DEGREE: (DegreeInline,),
    Page.Kind.CALENDAR: (CalendarDateInline,),
    Page.Kind.FAQ: (QuestionInline,),
    Page.Kind.DIRECTIONS: (LocationInline, RouteInline),
}
