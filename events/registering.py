"""Places at an event: who has one, who waits, who is offered one. One lock for each event, and one function for each step.

At every moment, for each way to take part: places confirmed, offered and held together are no more than there are. A place
that becomes free is offered to the first on the waiting list whose party it holds. Whoever cancels, declines or lets an
offer lapse leaves the list, and is not offered again unless they register anew.

Each step is one transaction that holds the desk's row, and writes the letter about it. A step asked for twice is made once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial.saving import turn
from events import correspondence
from events.models import Event, Hold, Mode, Registration, RegistrationDesk

State = Registration.State
ACTIVE = (State.PENDING, State.CONFIRMED, State.WAITING, State.OFFERED)


class NotPossible(Exception):
    """The step cannot be made. The message says why and what to do instead, for whoever asked for it."""


class Full(NotPossible):
    """Nothing is free, and there is no list to wait on."""


@dataclass(frozen=True)
class Asked:
    """What somebody who registers tells us, already cleaned."""

    name: str
    email: str
    mode: str = Mode.IN_PERSON
    affiliation: str = ""
    guests: int = 0
    needs: str = ""
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def seats(self) -> int:
        return self.guests + 1


@contextmanager
def held(desk: RegistrationDesk) -> Iterator[RegistrationDesk]:
    """The desk as it stands now, for us alone until the end of the transaction."""
    with turn():
        yield RegistrationDesk.objects.select_for_update(of=("self",)).select_related("event").get(pk=desk.pk)


def free(desk: RegistrationDesk, mode: str) -> int | None:
    """Places neither taken, offered nor held; None without a limit."""
    capacity = desk.capacity(mode)
    if capacity is None:
        return None
    kept = desk.holds.filter(mode=mode).aggregate(seats=Sum("seats"))["seats"] or 0
    return capacity - int(kept) - desk.registrations.holding(mode).seats()


def opens_later(desk: RegistrationDesk) -> bool:
    return desk.opens_at is not None and desk.opens_at > timezone.now() and not desk.is_stopped


def will_wait(desk: RegistrationDesk) -> bool:
    """Whether the next to come is put on the waiting list, whichever way they take part."""
    return not desk.needs_approval and all(_is_taken(desk, mode) for mode in desk.modes)


def is_full(desk: RegistrationDesk) -> bool:
    """Whether nobody can come in any more, nor wait."""
    return not desk.has_waiting_list and will_wait(desk)


def _is_taken(desk: RegistrationDesk, mode: str) -> bool:
    places = free(desk, mode)
    return places is not None and places <= 0


def register(desk: RegistrationDesk, asked: Asked, source: str = Registration.Source.FORM) -> Registration:
    """Give a place, or one on the waiting list. Somebody already registered stays as they are, and is written to that.

    Staff, and the desk at the door, give a place past the waiting list and outside the hours, but never one that is not
    there. Whoever uses the form hears the same refusals, registered or not. Raises NotPossible, or Full, with the words.
    """
    by_form = source == Registration.Source.FORM
    with held(desk) as now:
        known = now.registrations.filter(email__iexact=asked.email).first() if asked.email else None
        # Before somebody known is let be, so that a form is answered alike whoever is registered.
        state = _place(now, asked) if by_form else None
        if known is not None and (known.state in ACTIVE or (by_form and known.state == State.REFUSED)):
            if by_form:
                known.save(update_fields=["step"])  # no change, but a statement, as somebody new takes one
                correspondence.about_known(known)
            return known
        state = state or _place_by_staff(now, asked)
        one = known or Registration(desk=now)
        for name in ("name", "email", "mode", "affiliation", "guests", "needs", "answers"):
            setattr(one, name, getattr(asked, name))
        one.source, one.registered_at = source, timezone.now()
        one.consent_version, one.consent_text = (now.consent_version, now.consent_text) if by_form else (0, "")
        one.checked_in_at = timezone.now() if source == Registration.Source.DOOR else None
        _move(one, state)
        return one


def _check(desk: RegistrationDesk, asked: Asked) -> None:
    if desk.event.status == Event.Status.CANCELLED:
        raise NotPossible(_("The event is cancelled."))
    if asked.mode not in desk.modes:
        raise NotPossible(_("This event cannot be attended that way. Choose another."))


def _place(desk: RegistrationDesk, asked: Asked) -> State:
    """Where somebody stands who comes by the form."""
    if not desk.is_open():
        raise NotPossible(_("Registration is closed."))
    _check(desk, asked)
    if asked.guests > desk.most_guests:
        most = desk.most_guests
        words = ngettext("You may bring %d guest.", "You may bring up to %d guests.", most) % most
        raise NotPossible(words if most else _("Guests cannot be brought to this event."))
    if desk.needs_approval:
        return State.PENDING
    if _fits(
        free(desk, asked.mode), asked
    ):  # and nobody who waits: what they could have was offered when it became free
        return State.CONFIRMED
    if not desk.has_waiting_list:
        raise Full(_("Every place is taken. Nothing was changed."))
    return State.WAITING


def _place_by_staff(desk: RegistrationDesk, asked: Asked) -> State:
    _check(desk, asked)
    if not _fits(free(desk, asked.mode), asked):
        raise Full(_("Every place is taken. Nothing was changed."))
    return State.CONFIRMED


def _fits(places: int | None, one: Registration | Asked) -> bool:
    return places is None or places >= one.seats


def accept(registration: Registration) -> Registration:
    """Take up an offered place."""
    with held(registration.desk) as desk:
        one = desk.registrations.get(pk=registration.pk)
        if one.state == State.CONFIRMED:
            return one
        if one.state != State.OFFERED or one.offer_until is None or one.offer_until <= timezone.now():
            raise NotPossible(_("This offer is over. If you would still like to come, register again."))
        _move(one, State.CONFIRMED)
        return one


def cancel(registration: Registration) -> Registration:
    """Give up a place, an offer or the wait; what becomes free is offered on."""
    with held(registration.desk) as desk:
        one: Registration = desk.registrations.get(pk=registration.pk)
        if one.state in ACTIVE:
            _move(one, State.CANCELLED)
            offer_on(desk, one.mode)
        return one


def leave_silently(desk: RegistrationDesk, one: Registration) -> None:
    """The place, offer or wait of somebody who was erased goes on to others. The caller holds the desk."""
    if one.state in ACTIVE and not one.email and desk.event.ends_at > timezone.now():
        _move(one, State.CANCELLED)
        offer_on(desk, one.mode)


def approve(registration: Registration) -> Registration:
    """Admit somebody who awaits approval: to a place if there is one, else to the waiting list."""
    with held(registration.desk) as desk:
        one: Registration = desk.registrations.get(pk=registration.pk)
        if one.state == State.PENDING:
            fits = _fits(free(desk, one.mode), one)
            if not fits and not desk.has_waiting_list:
                raise Full(_("Every place is taken. Raise the number of places, or refuse."))
            _move(one, State.CONFIRMED if fits else State.WAITING)
        return one


def confirm(registration: Registration) -> Registration:
    """Give a place past the waiting list, as staff may."""
    with held(registration.desk) as desk:
        one: Registration = desk.registrations.get(pk=registration.pk)
        if one.state == State.CONFIRMED:
            return one
        has_its_place = one.state == State.OFFERED
        if not has_its_place and not _fits(free(desk, one.mode), one):
            raise Full(_("Every place is taken or offered. Raise the number of places first."))
        _move(one, State.CONFIRMED)
        return one


def bring_fewer(registration: Registration, guests: int) -> Registration:
    """Give up the places of some guests; more of them are asked for by registering anew. Raises NotPossible."""
    with held(registration.desk) as desk:
        one: Registration = desk.registrations.get(pk=registration.pk)
        if one.guests == guests or one.state not in ACTIVE:
            return one
        if not 0 <= guests < one.guests:
            raise NotPossible(_("Here the number of guests can only become smaller. Write to us about more."))
        one.guests, one.step = guests, one.step + 1
        one.save(update_fields=["guests", "step"])
        correspondence.about_guests(one)
        offer_on(desk, one.mode)
        return one


def refuse(registration: Registration) -> Registration:
    with held(registration.desk) as desk:
        one: Registration = desk.registrations.get(pk=registration.pk)
        if one.state in ACTIVE:
            _move(one, State.REFUSED)
            offer_on(desk, one.mode)
        return one


def set_capacity(desk: RegistrationDesk, mode: str, seats: int | None) -> None:
    """Change the number of places. Raises NotPossible when more are taken, offered and held than that."""
    with held(desk) as now:
        name = "seats_online" if mode == Mode.ONLINE else "seats_in_person"
        setattr(now, name, seats)
        if seats is not None and (free(now, mode) or 0) < 0:
            used = seats - (free(now, mode) or 0)
            raise NotPossible(
                _("%(used)s places are taken, offered or held. Give at least that many.") % {"used": used}
            )
        now.save(update_fields=[name])
        offer_on(now, mode)


def hold(desk: RegistrationDesk, mode: str, seats: int, label: str) -> Hold:
    """Keep places back. Raises Full when so many are not free."""
    with held(desk) as now:
        places = free(now, mode)
        if places is not None and places < seats:
            raise Full(_("Only %(places)s places are free.") % {"places": max(places, 0)})
        return Hold.objects.create(desk=now, mode=mode, seats=seats, label=label)


def release(one: Hold) -> None:
    """Let held places go; they are offered on."""
    with held(one.desk) as now:
        if now.holds.filter(pk=one.pk).delete()[0]:
            offer_on(now, one.mode)


def offer_on(desk: RegistrationDesk, mode: str) -> None:
    """Offer what is free to those who wait, in their order. The caller holds the desk."""
    if desk.event.status != Event.Status.ON or desk.event.starts_at <= timezone.now():
        return
    places = free(desk, mode)
    for one in desk.registrations.waiting(mode).iterator():
        if places is not None and places <= 0:
            return
        if _fits(places, one):
            _move(one, State.OFFERED, offer_until=_end_of_offer(desk))
            places = None if places is None else places - one.seats


def _end_of_offer(desk: RegistrationDesk) -> datetime:
    return min(timezone.now() + timedelta(hours=desk.offer_hours), desk.event.starts_at)


def let_offers_lapse(limit: int = 50) -> int:
    """End the offers whose time is over, and offer the places on. For the worker; safe to run anywhere at once.

    One that ended long ago is left to the desk: a database that came back from a backup does not know who took it up since.
    """
    now = timezone.now()
    over = Registration.objects.filter(
        state=State.OFFERED, offer_until__lte=now, offer_until__gt=now - correspondence.TOO_LATE
    )
    return sum(lapse(one) for one in list(over.select_related("desk").order_by("offer_until")[:limit]))


def lapse(registration: Registration) -> bool:
    """End one offer whose time is over. False when there is none."""
    with held(registration.desk) as desk:
        offered = desk.registrations.filter(pk=registration.pk, state=State.OFFERED)
        one: Registration | None = offered.filter(offer_until__lte=timezone.now()).first()
        if one is None:
            return False
        correspondence.leave_out_offer(one)
        _move(one, State.LAPSED)
        offer_on(desk, one.mode)
        return True


def _move(one: Registration, state: State, offer_until: datetime | None = None) -> None:
    """Write the step down, and the letter about it, in the caller's transaction."""
    before = State(one.state) if one.pk else None
    one.state, one.offer_until = state, offer_until
    one.queued_at = (one.queued_at or timezone.now()) if state in {State.WAITING, State.OFFERED} else None
    one.step += 1
    one.save()
    correspondence.about_step(one, before)
