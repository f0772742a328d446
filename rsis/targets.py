"""Where an address of the menu leads, and whether that is public: the one place that decides whether a node is shown.

Rows with a page are asked of the database together with the menu itself, in the same statement: a line in KINDS for each
route. A page without a row behind it is always there. Any other address is asked as a reader would, by making its page,
which is right and slow: a route that the menu leads to often belongs into KINDS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _
from django.views.generic import RedirectView

from editorial import redirects
from editorial.models import Redirect, sgt
from events.models import Event
from institution.models import Page
from people.models import StaffGroup
from publications.models import Publication, ResourcePage, Series
from research.models import ResearchCentre
from rsis.models import MenuItem
from rsis.models.links import validate_outside

Rows = QuerySet[Any]


@dataclass(frozen=True)
class Kind:
    """Rows that have their page at a route, found by the last part of the address (`slug`) or by all of it (`path`).

    Of what is published at an hour, `public` begins with `published()` and `coming` with `scheduled()`.
    """

    public: Callable[[Any, Any], Rows]
    coming: Callable[[Any, Any], Rows] | None = None


def _series(family: Series.Family) -> Kind:
    return Kind(lambda slug, _path: Series.objects.filter(family=family, slug=slug))


def _pieces(family: Series.Family, above: str) -> Kind:
    def at(pieces: Rows, slug: Any, path: Any) -> Rows:
        parts = (Value(above), "series__slug", Value("/"), "slug", Value("/"))
        whole = Concat(*parts, output_field=CharField())
        found: Rows = pieces.filter(series__family=family, slug=slug).annotate(whole=whole).filter(whole=path)
        return found

    return Kind(
        lambda slug, path: at(Publication.objects.published(), slug, path),
        lambda slug, path: at(Publication.objects.scheduled(), slug, path),
    )


def _of_the_tree(pages: Rows, slug: Any, path: Any) -> Rows:
    whole = Concat(Value("/"), "path", Value("/"), output_field=CharField())
    found: Rows = pages.filter(centre=None, slug=slug).annotate(whole=whole).filter(whole=path)
    return found


_RESOURCES = Kind(
    lambda slug, _path: ResourcePage.objects.published().filter(slug=slug),
    lambda slug, _path: ResourcePage.objects.scheduled().filter(slug=slug),
)

# By the name of the route.
KINDS: dict[str, Kind] = {
    "series": _series(Series.Family.INHOUSE),
    "external-series": _series(Series.Family.EXTERNAL),
    "media-series": _series(Series.Family.MEDIA),
    "publication": _pieces(Series.Family.INHOUSE, "/publications/"),
    "external-publication": _pieces(Series.Family.EXTERNAL, "/publications/external/"),
    "media-publication": _pieces(Series.Family.MEDIA, "/media/"),
    "event": Kind(
        lambda slug, _path: Event.objects.published().filter(slug=slug),
        lambda slug, _path: Event.objects.scheduled().filter(slug=slug),
    ),
    "centre": Kind(lambda slug, _path: ResearchCentre.objects.filter(slug=slug)),
    "page": Kind(
        lambda slug, path: _of_the_tree(Page.objects.published(), slug, path),
        lambda slug, path: _of_the_tree(Page.objects.scheduled(), slug, path),
    ),
    "resource-page": _RESOURCES,
    "media-section": _RESOURCES,
}
# Routes of the tree of pages, which take any address that nothing else has.
ANY_ADDRESS = {"page", "page-without-slash"}
# Pages of things that are no rows, by the values that the route may carry.
FIXED: dict[str, frozenset[str]] = {"people-group": frozenset(StaffGroup.values)}


@dataclass(frozen=True)
class Target:
    """What a menu item leads to now. Without an address it is no link."""

    address: str = ""
    comes_at: datetime | None = None
    # Asked of the page itself: nobody knows when that answer changes without a write.
    was_asked: bool = False


def with_targets(items: QuerySet[MenuItem]) -> QuerySet[MenuItem]:
    """Items that know, from the statement that fetches them, whether their row is public, when it will be, where it went."""
    slug, path = OuterRef("slug"), OuterRef("path")
    facts: dict[str, Any] = {
        "moved_to": Subquery(Redirect.objects.filter(old_path=path).values("new_path")[:1]),
        "has_page": Exists(_of_the_tree(Page.objects.all(), slug, path)),
    }
    for route, kind in KINDS.items():
        facts[_fact("public", route)] = Exists(kind.public(slug, path))
        if kind.coming:
            coming = kind.coming(slug, path).order_by("publish_at")
            facts[_fact("coming", route)] = Subquery(coming.values("publish_at")[:1])
    return items.annotate(**facts)


def _fact(name: str, route: str) -> str:
    return f"{name}_{route.replace('-', '_')}"


def target_of(item: MenuItem) -> Target:
    """Of an item out of `with_targets`."""
    if not item.address or item.is_outside:
        return Target(item.address)
    match = _resolved(item.path)
    if match and _is_always_there(match):
        return Target(item.address)
    moved_to = str(getattr(item, "moved_to", "") or "")
    if match and match.view_name in KINDS:
        if getattr(item, _fact("public", match.view_name)):
            return Target(item.address)
        there = _leads_to_a_page(moved_to)
        return Target(there, getattr(item, _fact("coming", match.view_name), None), was_asked=bool(moved_to))
    return Target(_leads_to_a_page(item.address) or _leads_to_a_page(moved_to), was_asked=True)


def _resolved(path: str) -> ResolverMatch | None:
    try:
        return resolve(unquote(path))
    except Resolver404:
        return None


def _is_always_there(match: ResolverMatch) -> bool:
    named: dict[str, Any] = getattr(match, "captured_kwargs", None) or {}  # not in the stubs
    if match.view_name in FIXED:
        return {str(value) for value in named.values()} <= FIXED[match.view_name]
    leads_on = issubclass(getattr(match.func, "view_class", object), RedirectView)
    return not named and not match.args and not leads_on


def _leads_to_a_page(address: str) -> str:
    """The address, if a reader of whom nothing is known gets a page there, else an empty string."""
    path, _mark, query = address.partition("#")[0].partition("?")
    match = _resolved(path) if path else None
    if not match or path.startswith("/admin/"):
        return ""
    request = HttpRequest()
    request.method, request.path, request.path_info, request.resolver_match = "GET", path, path, match
    request.META |= {"HTTP_HOST": urlsplit(settings.SITE_URL).netloc, "QUERY_STRING": query}
    request.GET = QueryDict(query)
    request.user = AnonymousUser()
    try:
        response = match.func(request, *match.args, **match.kwargs)
    except (Http404, PermissionDenied):
        return ""
    return address if response.status_code == HTTPStatus.OK else ""


def why_hidden(item: MenuItem, target: Target) -> str:
    """For the desk: why readers do not see a link here. Empty when they do, and for a heading."""
    if target.address or not item.address:
        return ""
    if target.comes_at:
        return _("Its page is public from %(time)s.") % {"time": sgt(target.comes_at)}
    match = _resolved(item.path)
    if match is None or (match.view_name in ANY_ADDRESS and not getattr(item, "has_page", False)):
        return _("There is no page at this address.")
    return _("Its page is not published, or was withdrawn, or is not there.")


def clean_address(given: str) -> str:
    """What an editor typed, as it is kept: a path for this site. Raises ValidationError that says what to do.

    A page that becomes public at a set hour may be led to already; until then nobody sees the line.
    """
    own = settings.SITE_URL.rstrip("/")
    address = given.strip()
    if address == own or address.startswith(f"{own}/"):
        address = address.removeprefix(own) or "/"
    if not address.startswith("/"):
        validate_outside(address)
        return address
    if not redirects.is_local(address):
        raise ValidationError(_("An address of this site begins with one slash, as /about/introduction/."))
    path = address.partition("#")[0].partition("?")[0]
    match = _resolved(path)
    if not path.endswith("/") and (match is None or match.view_name in ANY_ADDRESS):
        path, address = f"{path}/", f"{path}/{address.removeprefix(path)}"
    moved_to = None if _leads_to_a_page(address) or _comes(path) else redirects.resolve(path)
    if moved_to and _leads_to_a_page(moved_to):
        return moved_to
    if not _leads_to_a_page(address) and not _comes(path):
        raise ValidationError(
            _("No reader finds a page at this address. Open the page and copy its address from there.")
        )
    return address


def _comes(path: str) -> datetime | None:
    """When the row behind a path becomes public by itself."""
    match = _resolved(path)
    kind = KINDS.get(match.view_name) if match else None
    if not kind or not kind.coming:
        return None
    found: datetime | None = (
        kind.coming(path.rstrip("/").rpartition("/")[2], path).values_list("publish_at", flat=True).first()
    )
    return found
