"""A piece or an event as a mailing shows it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from editorial import metadata
from editorial.metadata import absolute
from editorial.models import Publishable
from events import calendar, clock
from events.models import Event
from events.page import banner
from publications.models import Publication
from subscriptions.models import Notification

LONGEST_SYNOPSIS = 420
MOST_SPEAKERS = 8
PRIVATE = str.maketrans("", "", "\ue000\ue001")  # the letters that mark gaps in a mailing


class Entry(NamedTuple):
    kind: str
    title: str
    url: str
    lines: list[str]  # who and when; of an event when, where and who
    notice: str  # what became of it since
    synopsis: str
    act: str  # what the way to its page is called


def items_of(held: Notification, keys: list[int] | None = None, *, with_gone: bool = False) -> list[Publishable]:
    """What readers can see of a single announcement, or of those that a digest names, in their order and each once.

    `with_gone` takes in what was withdrawn, of which the notice is left.
    """
    named: list[Notification] = [held]
    if keys is not None:
        by_key = Notification.objects.in_bulk(keys)
        named = [by_key[key] for key in keys if key in by_key]
    wanted = list(dict.fromkeys((one.content_type_id, one.object_id) for one in named))
    found: dict[Any, Publishable] = {}
    for model, rows in _seen(with_gone).items():
        kind = ContentType.objects.get_for_model(model).pk
        keys_of_kind = [key for of, key in wanted if of == kind and key is not None]
        found |= {(kind, one.pk): one for one in (rows.in_bulk(keys_of_kind).values() if keys_of_kind else ())}
    return [found[one] for one in wanted if one in found]


def _seen(with_gone: bool) -> dict[type[Publishable], Any]:
    models: dict[type[Publishable], Any] = {Publication: Publication.objects, Event: Event.objects}
    found = {}
    for model, rows in models.items():
        seen = rows.published() | rows.tombstones() if with_gone else rows.published()
        found[model] = seen.for_cards()
    found[Event] = found[Event].prefetch_related("speakers__person")
    return found


def entries_of(items: Iterable[Any]) -> list[Entry]:
    return [_entry_of(one) for one in items]


def _entry_of(item: Any) -> Entry:
    made = _of_event(item) if isinstance(item, Event) else _of_piece(item)
    if item.is_withdrawn:
        day = date_format(timezone.localtime(item.withdrawn_at), "j F Y")
        notice = " ".join([_("Withdrawn on %(day)s.") % {"day": day}, item.withdrawal_reason])
        made = made._replace(lines=[], synopsis="", notice=notice)
    return Entry(
        clean(made.kind), clean(made.title), made.url, [clean(line) for line in made.lines if line], clean(made.notice),
        clean(metadata.summary(made.synopsis, LONGEST_SYNOPSIS)), made.act,
    )  # fmt: skip


def _of_piece(piece: Publication) -> Entry:
    names = ", ".join(one.name for one in piece.authorships.all())
    return Entry(
        kind=f"{piece.series.name} · {piece.number}" if piece.number else piece.series.name,
        title=piece.title,
        url=absolute(piece.get_absolute_url()),
        lines=[" · ".join(part for part in (names, piece.printed_date) if part)],
        notice="",
        synopsis=piece.synopsis,
        act=_("Read it on our site"),
    )


def _of_event(event: Event) -> Entry:
    speakers = [one.printed_name for one in event.speakers.all()]
    names = ", ".join(speakers[:MOST_SPEAKERS]) + (" …" if len(speakers) > MOST_SPEAKERS else "")
    told = banner(event)
    return Entry(
        kind=f"{_('Event')} · {event.kind.name}",
        title=calendar.summary(event),
        url=absolute(event.get_absolute_url()),
        lines=[*clock.spans(event), calendar.location(event), names],
        notice=f"{told.headline} {told.words}" if told else "",
        synopsis=event.summary,
        act=_("About the event"),
    )


def clean(text: str) -> str:
    """On one line, without the letters that mark gaps."""
    return " ".join(text.translate(PRIVATE).split())
