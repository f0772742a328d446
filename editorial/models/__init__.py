from editorial.models.addresses import FoundLink, LinkTarget, MissedAddress, ScanMark
from editorial.models.batches import Batch, DeletionLock
from editorial.models.callers import CallerCount
from editorial.models.media import Document, DocumentText, DocumentVersion, Image, Rendition
from editorial.models.publishable import Publishable, PublishableQuerySet, State, sgt
from editorial.models.revisions import PreviewLink, Redirect, Revision
from editorial.models.users import User

__all__ = [
    "Batch",
    "CallerCount",
    "DeletionLock",
    "Document",
    "DocumentText",
    "DocumentVersion",
    "FoundLink",
    "Image",
    "LinkTarget",
    "MissedAddress",
    "PreviewLink",
    "Publishable",
    "PublishableQuerySet",
    "Redirect",
    "Rendition",
    "Revision",
    "ScanMark",
    "State",
    "User",
    "sgt",
]
