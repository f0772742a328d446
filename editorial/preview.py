"""Showing an unpublished item to somebody without an account, and showing what has not been saved to its editor.

A link's address is its random key, signed. Forged, unknown, expired and revoked links, and links to items in the trash,
cost the same statements and get the same answer.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.signing import BadSignature, Signer
from django.db import models, transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import resolve as resolve_address
from django.urls import reverse
from django.utils import timezone

from editorial import history
from editorial.models import PreviewLink, Publishable, Revision, User

Pages = Mapping[type[Publishable], Callable[[HttpRequest, Any], HttpResponse]]

LONGEST_DAYS = 90
NO_KEY = "0" * 43  # asked for in place of a forged key; keys are random, so no link has it
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
}

_signer = Signer(salt="editorial.preview")


@transaction.atomic
def make_link(item: Publishable, by: User | None, days: int = 7, frozen: bool = False) -> PreviewLink:
    """Open the item to whoever has the link, for so many days: as last saved, or frozen as it stands now.

    Raises ValueError for a time outside 1 to 90 days.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise ValueError(f"A preview link lasts 1 to {LONGEST_DAYS} days.")
    return PreviewLink.objects.create(
        item=item,
        revision=_revision_as_it_stands(item, by) if frozen else None,
        key=secrets.token_urlsafe(32),
        expires_at=timezone.now() + timedelta(days=days),
        created_by=by,
    )


def _revision_as_it_stands(item: Publishable, by: User | None) -> Revision:
    written = history.add_revision(item, by)
    revision = written or history.latest(item)
    if revision is None:
        raise LookupError("an item without revisions gets one above")
    return revision


def links(item: Publishable) -> models.QuerySet[PreviewLink]:
    """Every link to the item that was ever made, newest first."""
    kind = ContentType.objects.get_for_model(type(item))
    return PreviewLink.objects.filter(content_type=kind, object_id=item.pk).select_related("created_by", "revision")


def revoke(link: PreviewLink) -> None:
    PreviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())


def link_url(link: PreviewLink) -> str:
    """The address to pass on, without the host."""
    return reverse("preview", args=[_signer.sign(link.key)])


def resolve(token: str) -> PreviewLink | None:
    """The link with its item, if it opens anything at this moment."""
    try:
        key = _signer.unsign(token)
    except BadSignature:
        key = NO_KEY
    link = PreviewLink.objects.filter(key=key).select_related("content_type", "revision").first()
    item = _item_of(link)
    if link is None or item is None or not link.is_open or item.deleted_at is not None or item.is_withdrawn:
        return None
    link.item = item
    return link


def _item_of(link: PreviewLink | None) -> Publishable | None:
    """Two statements whether there is a link or not, so that the time taken says nothing."""
    kind = link.content_type if link else ContentType.objects.get_for_model(PreviewLink)
    model = kind.model_class()
    if link is None or model is None or not issubclass(model, Publishable):
        PreviewLink.objects.filter(pk=0).first()
        return None
    found: Publishable | None = model.objects.filter(pk=link.object_id).first()
    return found


def count_opening(link: PreviewLink) -> None:
    """Counted in the database, so that two readers at once are two."""
    PreviewLink.objects.filter(pk=link.pk).update(opens=F("opens") + 1, last_opened_at=timezone.now())


@contextmanager
def as_shown(link: PreviewLink) -> Iterator[Any]:
    """The item as the link shows it. A frozen revision is written for as long as the block lasts, and then undone.

    Everything must be rendered inside the block: other readers never see the frozen text, and nor does what is lazy.
    """
    if link.revision is None:
        yield link.item
        return
    with transaction.atomic():
        item = type(link.item).objects.get(pk=link.object_id)  # type: ignore[union-attr]
        history.apply(item, link.revision.data)
        yield item
        transaction.set_rollback(True)


def pages() -> Pages:
    """How each kind of item shows itself: what `rsis.urls` gives to the view of the links."""
    found: Pages = resolve_address(reverse("preview", args=["-"])).kwargs["pages"]
    return found


def page_of(request: HttpRequest, item: Publishable) -> HttpResponse:
    """The public page of an item, rendered at once. Raises Http404 for a kind without one."""
    page = pages().get(type(item))
    if page is None:
        raise Http404
    return rendered(page(request, item))


def rendered[Response: HttpResponseBase](response: Response) -> Response:
    render = getattr(response, "render", None)
    return render() if callable(render) else response


def seal(response: HttpResponseBase) -> None:
    """Nothing on the way may keep it, no search engine list it, no other site learn its address."""
    for name, value in HEADERS.items():
        response[name] = value
