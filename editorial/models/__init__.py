from editorial.models.callers import CallerCount
from editorial.models.media import Document, DocumentText, DocumentVersion, Image, Rendition
from editorial.models.publishable import Publishable, PublishableQuerySet, State, sgt
from editorial.models.revisions import PreviewLink, Redirect, Revision
from editorial.models.users import User

__all__ = [
    "CallerCount",
    "Document",
    "DocumentText",
    "DocumentVersion",
    "Image",
    "PreviewLink",
    "Publishable",
    "PublishableQuerySet",
    "Redirect",
    "Rendition",
    "Revision",
    "State",
    "User",
    "sgt",
]
