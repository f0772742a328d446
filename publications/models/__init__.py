from publications.models.authorship import Authorship
from publications.models.bulletins import BulletinItem
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
    "Authorship",
    "BulletinItem",
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
