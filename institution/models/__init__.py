from institution.models.honours import Holder, Honour, Professorship, Recipient
from institution.models.page import CENTRES, LONGEST_PATH, Page, PageQuerySet, at
from institution.models.parts import (
    Attachment,
    CalendarDate,
    Degree,
    Edition,
    Intake,
    Location,
    Question,
    Route,
)
from institution.models.vacancy import Vacancy, VacancyQuerySet

__all__ = [
    "CENTRES",
    "LONGEST_PATH",
    "Attachment",
    "CalendarDate",
    "Degree",
    "Edition",
    "Holder",
    "Honour",
    "Intake",
    "Location",
    "Page",
    "PageQuerySet",
    "Professorship",
    "Question",
    "Recipient",
    "Route",
    "Vacancy",
    "VacancyQuerySet",
    "at",
]
