from publications.models.authorship import Authorship
from publications.models.numbers import NumberEntry
from publications.models.projects import Investigator, Project, ProjectOutput, ProjectQuerySet
from publications.models.publication import Publication, PublicationQuerySet, print_date
from publications.models.responses import Notice, ReaderResponse
from publications.models.series import Series
from publications.models.typesetting import TypesetPdf

__all__ = [
    "Authorship",
    "Investigator",
    "Notice",
    "NumberEntry",
    "Project",
    "ProjectOutput",
    "ProjectQuerySet",
    "Publication",
    "PublicationQuerySet",
    "ReaderResponse",
    "Series",
    "TypesetPdf",
    "print_date",
]
