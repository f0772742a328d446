"""What happens to an event that people know of: it is postponed, moved, cancelled, or goes ahead after all.

Each is one transaction: the new facts, a revision, and one notice from which the worker writes to everyone registered.
It begins from the version of the event that the editor saw, so that a second press finds another one and changes nothing;
and a notice is unique by event, kind and sequence, so that whatever is asked again, nobody is told twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from editorial import logs, saving
from editorial.models import User
from editorial.publishing import NotAllowed
from events import correspondence, registering
from events.models import Event, EventNotice, JoiningLink, Mode, RegistrationDesk

Status, Kind = Event.Status, EventNotice.Kind


@dataclass(frozen=True)
class Told:
    """What readers are told in a line on the page, and what those registered are told besides in the letter."""

    note: str = ""
    words: str = ""


@dataclass(frozen=True)
class Place:
    """The time and place an event moves to. `online_only`: those who meant to come are asked to join online."""

    starts_at: datetime
    ends_at: datetime
    is_all_day: bool
    time_zone: str
    venue: str
    room: str
    address: str
    is_online: bool
    online_only: bool
    joining_link: str = ""


def postpone(event: Event, version: int, told: Told, by: User | None) -> Event:
    """Take the date back; the new one is announced by `move`. Raises NotAllowed and Conflict, as all of these."""

    def change(now: Event) -> None:
        _require(now.status == Status.ON, _("Only an event that goes ahead can be postponed."))
        now.status = Status.POSTPONED

    return _happen(event, version, Kind.POSTPONED, change, told, by)


def cancel(event: Event, version: int, told: Told, by: User | None) -> Event:
    def change(now: Event) -> None:
        _require(not now.is_cancelled, _("The event is cancelled already."))
        now.status = Status.CANCELLED

    return _happen(event, version, Kind.CANCELLED, change, told, by)


def reinstate(event: Event, version: int, told: Told, by: User | None) -> Event:
    """It goes ahead after all, at the time it had."""

    def change(now: Event) -> None:
        _require(now.status != Status.ON, _("The event goes ahead already."))
        _require(not now.is_over, _("Its time has passed. Move it to a new one instead."))
        now.status = Status.ON

    return _happen(event, version, Kind.REINSTATED, change, told, by)


def move(event: Event, version: int, place: Place, told: Told, by: User | None) -> Event:
    """Another time or place; what was postponed or cancelled goes ahead with it."""

    def change(now: Event) -> None:
        if now.starts_at != place.starts_at and now.previous_starts_at is None:
            now.previous_starts_at = now.starts_at
        for name in ("starts_at", "ends_at", "is_all_day", "time_zone", "venue", "room", "address"):
            setattr(now, name, getattr(place, name))
        now.is_online, now.has_moved_online = place.is_online or place.online_only, place.online_only
        now.status = Status.ON
        if place.joining_link:
            JoiningLink.objects.update_or_create(event=now, defaults={"url": place.joining_link})

    return _happen(event, version, Kind.MOVED, change, told, by)


def tell_of_change(event: Event, words: str) -> bool:
    """Tell those registered of a change made in the event's own form. False when they were told of it before."""
    _notice, is_new = EventNotice.objects.get_or_create(
        event=event, kind=Kind.MOVED, occasion=str(event.sequence), defaults={"words": words}
    )
    return is_new


def _happen(
    event: Event, version: int, kind: EventNotice.Kind, change: Callable[[Event], None], told: Told, by: User | None
) -> Event:
    with saving.turn():
        now: Event = saving.lock(Event, event.pk, version)
        _require(now.deleted_at is None, _("The event is in the trash. Restore it first."))
        before = now.sequence
        change(now)
        now.status_note, now.changed_at, now.updated_by = told.note, timezone.now(), by
        now.full_clean(exclude=["created_by", "updated_by"])
        now.save()
        notice, is_new = EventNotice.objects.get_or_create(
            event=now, kind=kind, occasion=str(now.sequence), defaults={"words": told.words}
        )
        _require(
            now.sequence > before or is_new, _("Nothing was changed, and everyone has been told of how it stands.")
        )
        saving.record(now, by, str(notice.get_kind_display()))
        _bring_registrations_along(now)
        logs.event("happening", item=f"{now._meta.label_lower} {now.pk}", kind=str(kind), user=by.pk if by else None)
        return now


def _require(is_so: bool, words: str) -> None:
    if not is_so:
        raise NotAllowed(words)


def _bring_registrations_along(event: Event) -> None:
    """Whoever meant to come to an event that is online only takes part online; what became free meanwhile is offered."""
    desk = RegistrationDesk.objects.filter(event=event).first()
    if desk is None or event.status != Status.ON:
        return
    with registering.held(desk) as now:
        if event.has_moved_online:
            _take_online(now)
        for mode in now.modes:
            registering.offer_on(now, mode)


def _take_online(desk: RegistrationDesk) -> None:
    """Places are found for all who had one, in person or kept back."""
    coming: Any = desk.registrations.filter(mode=Mode.IN_PERSON)
    taken = coming.holding(Mode.IN_PERSON).seats() + sum(
        desk.holds.filter(mode=Mode.IN_PERSON).values_list("seats", flat=True)
    )
    if desk.seats_online is not None and taken:
        RegistrationDesk.objects.filter(pk=desk.pk).update(seats_online=F("seats_online") + taken)
        desk.refresh_from_db(fields=["seats_online"])
    coming.update(mode=Mode.ONLINE)
    desk.holds.filter(mode=Mode.IN_PERSON).update(mode=Mode.ONLINE)


def concerned(event: Event, kind: str) -> int:
    """How many people would be told."""
    return correspondence.concerned(event, kind)
