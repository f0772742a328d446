from publications.models.abbreviation_uses import AbbreviationUse
from publications.models.authorship import Authorship
from publications.models.awards import Award, Awarding
from publications.models.glossary import Abbreviation, Expansion
from publications.models.numbers import NumberEntry
from publications.models.publication import Publication, PublicationQuerySet, print_date
from publications.models.responses import Notice, ReaderResponse
from publications.models.series import Series
from publications.models.typesetting import TypesetPdf

__all__ = [
    "Abbreviation",
    "AbbreviationUse",
    "Authorship",
    "Award",
    "Awarding",
    "Expansion",
    "Notice",
    "NumberEntry",
    "Publication",
    "PublicationQuerySet",
    "ReaderResponse",
    "Series",
    "TypesetPdf",
    "print_date",
]
