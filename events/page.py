"""Everything the page of an event shows, in a number of statements that does not grow with the event."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial import moments
from editorial.metadata import absolute
from editorial.notes import render
from editorial.renditions import picture
from events import clock, metadata, registering
from events.models import Event, EventQuerySet, Mode, RegistrationDesk, Session, Speaker
from events.wording import sgt_words
from people.models import Person
from publications import recordings
from publications.models import Publication
from publications.project_page import with_a_page


def find(slug: str, visible: EventQuerySet) -> Event | None:
    """The event at an address, with all that hangs on it by a single key."""
    found = visible.filter(slug=slug).select_related(
        "kind", "series", "image", "document__current", "recording__series", "recording__recording__current",
        "report__series", "desk",
    )  # fmt: skip
    event: Event | None = found.prefetch_related("image__renditions").first()
    return event


def context(event: Event) -> dict[str, Any]:
    """The context of templates/events/event.html."""
    speakers = list(event.speakers.select_related("person"))
    linked = visitable([one.person_id for one in speakers if one.person_id])
    centres = list(event.centres.all())
    recording = _public(event.recording)
    return {
        "event": event,
        "canonical": absolute(event.get_absolute_url()),
        "spans": clock.spans(event),
        "banner": banner(event),
        "body": render(event.body).html if event.body else "",
        "transcript": render(event.transcript).html if event.transcript else "",
        "speakers": [shown(one, linked) for one in speakers if one.session_id is None],
        "agenda": agenda(event, speakers, linked),
        "centres": centres,
        "topics": list(event.topics.all()),
        "regions": list(event.regions.all()),
        "desk": desk_of(event),
        "recording": recording,
        "player": recordings.player(recording.media_url) if recording else None,
        "way_out": recordings.way_out(recording) if recording else None,
        "is_video": recording is not None and recordings.is_video(recording),
        "report": _public(event.report),
        "results": list(Publication.objects.published().for_cards().filter(events=event.pk)),
        "photographs": _photographs(event),
        "editions": _editions(event),
        "programme": event.document.current if event.document else None,
        "metadata": metadata.of_event(event, speakers, linked, centres),
    }


def visitable(keys: list[int]) -> set[int]:
    """Which of these people readers can visit. One statement, or none for guests alone."""
    return with_a_page(keys) if keys else set()


def _public(piece: Publication | None) -> Publication | None:
    return piece if piece is not None and piece.is_public else None


@dataclass(frozen=True)
class Banner:
    """What has happened to an event, in words; `kind` is for the style."""

    kind: str
    headline: str
    words: str


def banner(event: Event) -> Banner | None:
    if event.is_cancelled:
        return Banner("cancelled", _("This event is cancelled."), event.status_note)
    if event.status == Event.Status.POSTPONED:
        words = f"{event.status_note} {_('A new date will be announced here.')}".strip()
        return Banner("postponed", _("This event is postponed."), words)
    told = []
    if event.has_moved and event.previous_starts_at:
        before = clock.had_it_begun(event, event.previous_starts_at)
        told.append(_("It was first meant for %(time)s.") % {"time": before})
    if event.has_moved_online:
        told.append(_("It takes place online only."))
    if not told or event.is_over:
        return None
    headline = _("This event has a new time.") if event.has_moved else _("This event has moved online.")
    return Banner("moved", headline, " ".join([*told, event.status_note]).strip())


@dataclass(frozen=True)
class Shown:
    """Somebody who takes part, with the person's page if readers can visit it."""

    name: str
    affiliation: str
    role: str
    url: str


def shown(one: Speaker, linked: set[int]) -> Shown:
    person: Person | None = one.person if one.person_id in linked else None
    role = "" if one.role == Speaker.Role.SPEAKER else str(Speaker.Role(one.role).label)
    return Shown(one.printed_name, one.affiliation, role, person.get_absolute_url() if person else "")


@dataclass(frozen=True)
class Part:
    """A session, by the clock of the event."""

    session: Session
    on: date
    hours: str
    speakers: list[Shown]


def agenda(event: Event, speakers: list[Speaker], linked: set[int]) -> list[tuple[date, list[Part]]]:
    """Days with their sessions, in order."""
    named: dict[int | None, list[Shown]] = {}
    for one in speakers:
        named.setdefault(one.session_id, []).append(shown(one, linked))
    parts = []
    for part in event.sessions.all():
        starts, ends = part.starts_at.astimezone(event.zone), part.ends_at.astimezone(event.zone)
        parts.append(Part(part, starts.date(), f"{starts:%H:%M}–{ends:%H:%M}", named.get(part.pk, [])))
    return [(day, list(those)) for day, those in groupby(parts, key=lambda part: part.on)]


@dataclass(frozen=True)
class DeskPanel:
    """Whether and how one registers, in sentences; `url` leads to the form while it is open and somebody can come in."""

    url: str
    lines: list[str]
    action: str = ""


def desk_of(event: Event) -> DeskPanel | None:
    """Nothing for an event without a desk, for one that is over, and while it is not known when it takes place."""
    desk: RegistrationDesk | None = getattr(event, "desk", None)
    if desk is None or event.is_over or event.status != Event.Status.ON:
        return None
    if desk.is_open(moments.now()):
        return _open_desk(desk, {mode: registering.free(desk, mode) for mode in desk.modes})
    if desk.opens_at and desk.opens_at > moments.now() and not desk.is_stopped:
        return DeskPanel("", [_("Registration opens on %(time)s.") % {"time": sgt_words(desk.opens_at)}])
    return DeskPanel("", [_("Registration is closed.")])


def _open_desk(desk: RegistrationDesk, free: dict[Mode, int | None]) -> DeskPanel:
    lines = [_places(desk, mode, places) for mode, places in free.items() if places is not None]
    is_taken = (
        bool(free) and not desk.needs_approval and all(places is not None and places <= 0 for places in free.values())
    )
    if is_taken and not desk.has_waiting_list:
        return DeskPanel("", lines)
    action = _("Join the waiting list") if is_taken else _("Register")
    return DeskPanel(reverse("register", args=[desk.event.slug]), lines, action)


def _places(desk: RegistrationDesk, mode: Mode, places: int) -> str:
    """`In person: 12 places left`."""
    if places > 0:
        left = ngettext("%(n)s place left", "%(n)s places left", places) % {"n": places}
    else:
        left = _("every place is taken; you can join the waiting list") if desk.has_waiting_list else _("fully booked")
    return f"{mode.label}: {left}"


def _photographs(event: Event) -> list[Any]:
    rows = event.photographs.select_related("image").prefetch_related("image__renditions")
    return [row for row in rows if picture(row.image)]


def _editions(event: Event) -> list[Any]:
    """The other editions of the same line of events, the latest first."""
    if event.series_id is None:
        return []
    others = Event.objects.published().filter(~Q(pk=event.pk), series=event.series_id)
    return list(others.only("title", "slug", "edition", "starts_at", "time_zone").order_by("-starts_at", "-pk")[:6])
