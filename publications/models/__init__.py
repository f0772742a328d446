from publications.models.authorship import Authorship
from publications.models.numbers import NumberEntry
from publications.models.publication import Publication, PublicationQuerySet, print_date
from publications.models.responses import Notice, ReaderResponse
from publications.models.series import Series

__all__ = [
    "Authorship",
    "Notice",
    "NumberEntry",
    "Publication",
    "PublicationQuerySet",
    "ReaderResponse",
    "Series",
    "print_date",
]
