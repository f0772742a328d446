"""The words of the letters to those who are registered."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.calendar import absolute, location
from events.models import Event, EventNotice, JoiningLink, Mode, Registration
from mail.composing import Composition

State = Registration.State
SINGAPORE = "Asia/Singapore"


def when(event: Event) -> str:
    """`Thursday 20 March 2025, 14:00–16:00 SGT (UTC+8)`; both days where it lasts longer, no hours for whole days."""
    first, last = event.starts, event.ends
    day = "l j F Y"
    if event.is_all_day:
        last_day = last - timedelta(days=1)
        if last_day.date() == first.date():
            return formats.date_format(first, day)
        return f"{formats.date_format(first, day)} – {formats.date_format(last_day, day)}"
    if first.date() == last.date():
        return f"{formats.date_format(first, day)}, {first:%H:%M}–{last:%H:%M} {zone_words(event, first)}"
    return f"{formats.date_format(first, day)}, {first:%H:%M} – {formats.date_format(last, day)}, {last:%H:%M} {zone_words(event, first)}"


def zone_words(event: Event, moment: datetime) -> str:
    """`SGT (UTC+8)`; of other zones the city, `London (UTC+1)`."""
    offset = moment.utcoffset()
    assert offset is not None
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    utc = f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"
    name = "SGT" if event.time_zone == SINGAPORE else event.time_zone.rpartition("/")[2].replace("_", " ")
    return f"{name} ({utc})" if name != "UTC" else "UTC"


def sgt_words(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{formats.date_format(local, 'l j F Y')}, {local:%H:%M} SGT (UTC+8)"


def subject_of(words: str, event: Event) -> str:
    return " ".join((words % event.title).split())[:250]


def facts_of(one: Registration, link: JoiningLink | None) -> list[tuple[str, str]]:
    event = one.desk.event
    facts = [(_("When"), when(event))]
    if one.mode == Mode.ONLINE:
        facts.append((_("Where"), _("Online")))
    elif place := location(event):
        facts.append((_("Where"), place))
    if one.guests:
        facts.append((_("Places"), str(one.seats)))
    if link is not None:
        facts += [(_("Join online"), link.url), *([(_("How to join"), link.note)] if link.note else [])]
    return facts


# Subject and first line about each state but the offer, which has its hour.
STATES = {
    State.PENDING: (
        gettext_lazy("We have your registration: %s"),
        gettext_lazy("Thank you. The organisers look at each registration, and you hear from us as soon as they have."),
    ),
    State.CONFIRMED: (
        gettext_lazy("Your place is confirmed: %s"),
        gettext_lazy("Your place is confirmed. The calendar file of this letter puts it into your calendar."),
    ),
    State.WAITING: (
        gettext_lazy("You are on the waiting list: %s"),
        gettext_lazy(
            "Every place is taken. You are on the waiting list, and we write to you when a place is free for you."
        ),
    ),
    State.CANCELLED: (
        gettext_lazy("Your registration is cancelled: %s"),
        gettext_lazy("Your registration is cancelled. Thank you for telling us."),
    ),
    State.LAPSED: (
        gettext_lazy("The offer of a place is over: %s"),
        gettext_lazy("The place we kept for you was not taken up in time, and has gone to the next in line."),
    ),
    State.REFUSED: (
        gettext_lazy("Your registration: %s"),
        gettext_lazy("We are sorry that we cannot offer you a place at this event."),
    ),
}


def about_state(one: Registration, link: JoiningLink | None, own_url: str) -> tuple[str, Composition]:
    """Subject and words about where a registration stands."""
    event, state = one.desk.event, State(one.state)
    page = (_("About the event"), absolute(event.get_absolute_url()))
    leave = _("Cannot come? Please say so on this page, and somebody else can: %s") % own_url
    keep = _("Do not forward this letter: its addresses are yours alone.")
    if state == State.OFFERED:
        return _about_offer(one, (_("Take or decline the place"), own_url), keep)
    subject, line = (str(words) for words in STATES[state])
    match state:
        case State.CONFIRMED:
            button = (_("See or cancel your registration"), own_url)
            words = Composition(event.title, [line], facts_of(one, link), button, [keep])
        case State.PENDING | State.WAITING:
            words = Composition(event.title, [line], facts_of(one, None), page, [leave, keep])
        case _:
            words = Composition(event.title, [line], facts_of(one, None), page)
    return subject_of(subject, event), words


def _about_offer(one: Registration, button: tuple[str, str], keep: str) -> tuple[str, Composition]:
    assert one.offer_until is not None
    lines = [
        _("A place has become free and is kept for you until %s.") % sgt_words(one.offer_until),
        _("Please take it, or decline so that the next in line hears of it sooner."),
    ]
    event = one.desk.event
    return subject_of(_("A place is free for you: %s"), event), Composition(
        event.title, lines, facts_of(one, None), button, [keep]
    )


def about_known_state(one: Registration, link: JoiningLink | None, own_url: str) -> tuple[str, Composition]:
    """For somebody who registers once more: nothing was changed, and where they stand."""
    subject, words = about_state(one, link, own_url)
    if one.state == State.REFUSED:
        return subject, words
    first = _("You are registered already, and nothing was changed. This is where your registration stands.")
    button = (_("See or change your registration"), own_url)
    known = replace(words, paragraphs=[first, *words.paragraphs], button=button, small=words.small[-1:])
    return subject_of(_("You are registered already: %s"), one.desk.event), known


def about_fewer(one: Registration, link: JoiningLink | None, own_url: str) -> tuple[str, Composition]:
    """For somebody who comes with fewer guests than before."""
    come = guests_words(one.guests) if one.guests else _("no guests")
    lines = [_("We have noted that you come with %s. Thank you: somebody else can have the place.") % come]
    button = (_("See or cancel your registration"), own_url)
    keep = _("Do not forward this letter: its addresses are yours alone.")
    return subject_of(_("Your registration is changed: %s"), one.desk.event), Composition(
        one.desk.event.title, lines, facts_of(one, link), button, [keep]
    )


def about_notice(
    one: Registration, notice: EventNotice, link: JoiningLink | None, own_url: str = ""
) -> tuple[str, Composition]:
    """Subject and words of what all who are registered are told; the words of the editor first."""
    event = one.desk.event
    subject, line = {
        EventNotice.Kind.MOVED: (
            _("New time or place: %s"),
            _("Time or place of this event have changed. Your registration stands."),
        ),
        EventNotice.Kind.POSTPONED: (
            _("Postponed: %s"),
            _("This event is postponed. Your registration stands, and we write again with the new date."),
        ),
        EventNotice.Kind.CANCELLED: (
            _("Cancelled: %s"),
            _("This event is cancelled. There is nothing you need to do."),
        ),
        EventNotice.Kind.REINSTATED: (
            _("It goes ahead: %s"),
            _("This event goes ahead after all. Your registration stands."),
        ),
        EventNotice.Kind.REMINDER: (_("Soon: %s"), _("We look forward to seeing you.")),
    }[EventNotice.Kind(notice.kind)]
    page = (_("About the event"), absolute(event.get_absolute_url()))
    lines = [one for one in (notice.words.strip(), line) if one]
    small = [] if event.is_cancelled or not own_url else [_("Cannot come? Please say so on this page: %s") % own_url]
    return subject_of(subject, event), Composition(event.title, lines, facts_of(one, link), page, small)


def guests_words(count: int) -> str:
    return ngettext("%d guest", "%d guests", count) % count
