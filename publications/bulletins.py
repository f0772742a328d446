"""Newsletters: what the lines of an issue show, and filling a block with what is new since the last issue."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Max, Prefetch, prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from editorial.models import State
from publications.models import BulletinItem, Publication, Series

Block = BulletinItem.Block
MOST_ADDED = 12
FIRST_ISSUE = timedelta(days=92)  # how far back the first issue of a newsletter looks

# What a block takes: shapes of series, and how many at most.
TAKES: dict[str, tuple[tuple[str, ...], int]] = {
    Block.HIGHLIGHT: ((Series.Shape.PAPER, Series.Shape.JOURNAL), 3),
    Block.FEATURED: ((Series.Shape.COMMENTARY,), 1),
    Block.BOOKS: ((Series.Shape.BOOK,), MOST_ADDED),
    Block.WORKS: ((Series.Shape.BOOK, Series.Shape.RECORDING), MOST_ADDED),
    Block.COMMENTARIES: ((Series.Shape.COMMENTARY,), MOST_ADDED),
}


@dataclass(frozen=True)
class Line:
    headline: str
    summary: str
    piece: Publication | None


@dataclass(frozen=True)
class Shown:
    kind: str
    heading: str
    lines: list[Line]


def with_pieces() -> "Prefetch[Any]":
    """The lines of issues with all that is shown of their publications, for `prefetch_related`."""
    lines = BulletinItem.objects.select_related("publication__series").prefetch_related(
        "publication__authorships__person"
    )
    return Prefetch("bulletin_items", lines.defer("publication__body", "publication__transcript"))


def blocks(issue: Publication) -> list[Shown]:
    """The lines of an issue in order, those of one block under its heading. What is not public leaves by itself.

    Before an issue is public it is shown as on its day: with what will be public by then.
    """
    prefetch_related_objects([issue], with_pieces())  # nothing, where it was fetched with them
    day = max(timezone.now(), issue.publish_at or timezone.now())
    lines = (item for item in issue.bulletin_items.all() if item.publication is None or _is_seen(item.publication, day))
    found = []
    for kind, items in groupby(lines, key=lambda item: item.block):
        heading = "" if kind == Block.TEXT else str(Block(kind).label)
        found.append(Shown(kind, heading, list(_lines(items))))
    return found


def _is_seen(piece: Publication, day: datetime) -> bool:
    return (
        piece.state == State.PUBLISHED
        and piece.publish_at is not None
        and piece.publish_at <= day
        and piece.deleted_at is None
    )


def _lines(items: Iterable[BulletinItem]) -> Iterator[Line]:
    for item in items:
        piece = item.publication
        yield Line(
            item.headline or (piece.title if piece else ""), item.summary or (piece.synopsis if piece else ""), piece
        )


def html(issue: Publication, *, for_paper: bool = False) -> SafeString:
    """The lines of an issue for its page, feeds and mail, or for its PDF; nothing for what is no newsletter.

    Three statements more for an issue that was fetched without `with_pieces`; none for any other piece.
    """
    if issue.series.shape != Series.Shape.NEWSLETTER:
        return SafeString("")
    shown = blocks(issue)
    return (
        render_to_string("publications/bulletin.html", {"blocks": shown, "for_paper": for_paper})
        if shown
        else SafeString("")
    )


def last_issue(issue: Publication) -> Publication | None:
    """The issue before this one: of the same newsletter, or of the series where no newsletter is named."""
    others = Publication.objects.published().exclude(pk=issue.pk)
    if issue.newsletter_id:
        others = others.filter(newsletter=issue.newsletter_id)
    else:
        others = others.filter(series=issue.series_id, newsletter=None)
    found: Publication | None = others.filter(issued_on__lte=issue.issued_on).order_by("-issued_on", "-pk").first()
    return found


def newest(issue: Publication, block: str) -> list[Publication]:
    """What appeared since the last issue and belongs into this block, newest first, without what the issue has already."""
    before = last_issue(issue)
    since = (before and before.publish_at) or timezone.now() - FIRST_ISSUE
    shapes, most = TAKES[block]
    taken = issue.bulletin_items.filter(publication__isnull=False).values("publication")
    pieces = (
        Publication.objects.published().filter(publish_at__gt=since, series__shape__in=shapes).exclude(pk__in=taken)
    )
    if issue.newsletter and issue.newsletter.centre_id:
        pieces = pieces.filter(centres=issue.newsletter.centre_id)
    return list(pieces.order_by("-publish_at", "-pk")[:most])


def add_newest(issue: Publication, block: str) -> int:
    """Put them after the last line of the block, or at the end. Returns how many were added."""
    pieces = newest(issue, block)
    own = issue.bulletin_items.filter(block=block).aggregate(last=Max("position"))["last"]
    last = issue.bulletin_items.aggregate(last=Max("position"))["last"] or 0
    place = last if own is None else own
    for item in issue.bulletin_items.filter(position__gt=place):
        BulletinItem.objects.filter(pk=item.pk).update(position=item.position + len(pieces))
    BulletinItem.objects.bulk_create(
        BulletinItem(issue=issue, block=block, publication=piece, position=place + step)
        for step, piece in enumerate(pieces, start=1)
    )
    return len(pieces)


def issues_beside(issue: Publication) -> list[Publication]:
    """The other public issues of the newsletter, newest first; at most a dozen."""
    if not issue.newsletter_id:
        return []
    found = Publication.objects.published().filter(newsletter=issue.newsletter_id).exclude(pk=issue.pk)
    return list(found.select_related("series").defer("body", "transcript").order_by("-issued_on", "-pk")[:12])
