"""Whether readers get something at an address of this site: asked of the very view that would answer them.

So nothing has to be kept beside the addresses, and what is not public yet, or no more, is found out like everything else.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.urls import Resolver404, resolve
from django.utils.encoding import iri_to_uri

from editorial.redirects import is_local

# The desk and previews are for nobody in particular; nothing leads there.
NOT_FOR_READERS = ("/admin/", "/preview/")
MOST_HOPS = 3


def follow(address: str) -> str | None:
    """The address at which readers get a page when they are sent to this one: itself, or where its view sends them on.

    None when there is nothing. Costs what the page costs.
    """
    for _hop in range(MOST_HOPS):
        path, mark, query = address.partition("?")
        if not is_local(path) or path.startswith(NOT_FOR_READERS):
            return None
        response = _answer(path, query)
        if response is None:
            return None
        _let_go(response)
        if response.status_code == 200:
            return address
        location = response.get("Location", "")
        if response.status_code not in {301, 302, 307, 308} or not is_local(location):
            return None
        address = location if "?" in location or not mark else f"{location}?{query}"
    return None


def _answer(path: str, query: str) -> HttpResponseBase | None:
    try:
        match = resolve(path)
    except Resolver404:
        return None
    try:
        response: HttpResponseBase = match.func(_question(path, query), *match.args, **match.kwargs)
    except (Http404, BadRequest, PermissionDenied):
        return None
    return response


def _let_go(response: HttpResponseBase) -> None:
    """Close its file. `response.close()` would tell Django that a request is over, which closes the database as well."""
    for close in vars(response).get("_resource_closers", ()):
        close()


def _question(path: str, query: str) -> HttpRequest:
    """As from a reader of whom nothing is known."""
    site = urlsplit(settings.SITE_URL)
    request = HttpRequest()
    request.method, request.path, request.path_info = "HEAD", path, path
    request.GET = QueryDict(query)
    request.META = {
        "REQUEST_METHOD": "HEAD",
        "QUERY_STRING": iri_to_uri(query),
        "SERVER_NAME": site.hostname or "localhost",
        "SERVER_PORT": str(site.port or 80),
        "wsgi.url_scheme": site.scheme,
    }
    request.user = AnonymousUser()
    return request
