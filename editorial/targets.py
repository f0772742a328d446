"""Whether readers get something at an address of this site: asked of the very view that would answer them.

So nothing has to be kept beside the addresses, and what is not public yet, or no more, is found out like everything else.
"""

from collections.abc import Iterable, Iterator
from itertools import batched
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Model, QuerySet, TextField
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.urls import Resolver404, resolve
from django.utils.encoding import iri_to_uri

from editorial.models import Publishable
from editorial.redirects import is_local

# The desk and previews are for nobody in particular; nothing leads there.
NOT_FOR_READERS = ("/admin/", "/preview/")
MOST_HOPS = 3
CHUNK = 500
MOST_ASKED = 200


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


def toward(address: str) -> str | None:
    """Where to send readers on to who left something out of this address: itself, or at once where its view would send them.

    None when it is nothing. What was withdrawn is something, and its view says what.
    """
    path, mark, query = address.partition("?")
    match = resolve(path)
    if path.startswith(NOT_FOR_READERS) or not match.kwargs:
        return address
    response = _answer(path, query)
    if response is None:
        return None
    _let_go(response)
    location = response.get("Location", "")
    if not is_local(location):
        return address
    return location if "?" in location or not mark else f"{location}?{query}"


def existing(addresses: Iterable[str]) -> tuple[set[str], set[str]]:
    """Those at which readers get a page, and those that were too many to be asked one by one.

    Rows are found by the last part of the address, some hundred at a time; only what is not found so is asked of its view.
    """
    there: set[str] = set()
    left: list[str] = []
    for chunk in batched(addresses, CHUNK):
        found = _of_rows({address.partition("?")[0].rstrip("/").rpartition("/")[2] for address in chunk})
        there.update(address for address in chunk if address in found)
        left.extend(address for address in chunk if address not in found)
    there.update(address for address in left[:MOST_ASKED] if follow(address) == address)
    return there, set(left[MOST_ASKED:])


def _of_rows(slugs: set[str]) -> set[str]:
    found: set[str] = set()
    for model in with_pages():
        above = [field.name for field in model._meta.concrete_fields if field.many_to_one and not field.null]
        rows = public(model).filter(slug__in=slugs)
        rows = rows.select_related(*above) if above else rows
        texts = [field.name for field in model._meta.concrete_fields if isinstance(field, TextField)]
        found.update(row.get_absolute_url() for row in rows.defer(*texts))  # type: ignore[attr-defined]
    return found


def with_pages() -> Iterator[type[Model]]:
    """Every kind of row that has an address of its own."""
    for model in apps.get_models():
        if hasattr(model, "get_absolute_url") and any(field.name == "slug" for field in model._meta.concrete_fields):
            yield model


def public(model: type[Model]) -> QuerySet[Model]:
    """Its rows that may have a page. Whether one without states does have one is asked of its view."""
    if issubclass(model, Publishable):
        rows: QuerySet[Model] = model.objects.published() | model.objects.tombstones()
        return rows
    return model._default_manager.all()


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
