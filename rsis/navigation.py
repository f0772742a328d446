from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext_lazy as _

SECTIONS = (
    (_("Publications"), "archive", ("/publications/", "/tags/")),
    (_("Topics"), "topics", ("/topics/",)),
    (_("Regions"), "regions", ("/regions/",)),
    (_("Research"), "research", ("/research/",)),
    (_("People"), "people", ("/people/",)),
    (_("Media"), "media", ("/media/",)),
)


def chrome(request: HttpRequest) -> dict[str, Any]:
    """What header and footer of every page show, and its whole address for `rel="canonical"`. Costs no statement."""
    sections = [
        {
            "label": label,
            "url": reverse(name),
            "is_here": request.path == reverse(name),
            "is_within": request.path.startswith(paths),
        }
        for label, name, paths in SECTIONS
    ]
    here = settings.SITE_URL.rstrip("/") + (iri_to_uri(request.path) or "/")
    return {"sections": sections, "here_url": here}
