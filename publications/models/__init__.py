from publications.models.abbreviation_uses import AbbreviationUse
from publications.models.authorship import Authorship
from publications.models.awards import Award, Awarding
from publications.models.bulletins import BulletinItem
from publications.models.glossary import Abbreviation, Expansion
from publications.models.media import PodcastShow
from publications.models.newsletters import Newsletter
from publications.models.numbers import NumberEntry
from publications.models.projects import Investigator, Project, ProjectOutput, ProjectQuerySet
from publications.models.publication import Publication, PublicationQuerySet, print_date
from publications.models.resources import OWN_PLACES, ResourceBlock, ResourcePage
from publications.models.responses import Notice, ReaderResponse
from publications.models.series import Series
from publications.models.typesetting import TypesetPdf

__all__ = [
    "OWN_PLACES",
    "Abbreviation",
    "AbbreviationUse",
    "Authorship",
    "Award",
    "Awarding",
    "BulletinItem",
    "Expansion",
    "Investigator",
    "Newsletter",
    "Notice",
    "NumberEntry",
    "PodcastShow",
    "Project",
    "ProjectOutput",
    "ProjectQuerySet",
    "Publication",
    "PublicationQuerySet",
    "ReaderResponse",
    "ResourceBlock",
    "ResourcePage",
    "Series",
    "TypesetPdf",
    "print_date",
]
