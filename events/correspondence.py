"""What those who are registered are written to, and when: each letter once, in the transaction of what it tells of."""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from events import calendar
from events.models import Event, EventNotice, JoiningLink, Mode, Registration
from events.wording import about_notice, about_state
from mail import composing, letters

State = Registration.State
BATCH = 200
SIGNER = Signer(salt="events.registration")


def token(registration: Registration) -> str:
    """For the address of a person's own page: names nobody, cannot be made up, and works for good."""
    return SIGNER.sign(registration.mark.hex)


def by_token(given: str) -> Registration | None:
    try:
        mark = SIGNER.unsign(given)
    except BadSignature:
        return None
    found: Registration | None = Registration.objects.select_related("desk__event").filter(mark=mark).first()
    return found


def own_url(registration: Registration) -> str:
    return calendar.absolute(reverse("registration", args=[token(registration)]))


def about_step(one: Registration, before: State | None) -> None:
    """The letter about where a registration stands now, with a calendar entry where one comes or goes."""
    if not one.email or (one.source == Registration.Source.DOOR and one.state == State.CONFIRMED):
        return
    had_a_place = before == State.CONFIRMED
    method = "REQUEST" if one.state == State.CONFIRMED else "CANCEL" if had_a_place else ""
    _write(one, f"registration:{one.pk}:{one.step}", method, None)


def write_notices(limit: int = BATCH) -> int:
    """Letters to those whom a notice concerns, a batch at a time; how many people. For the worker."""
    notice = EventNotice.objects.filter(written_to__isnull=False).select_related("event__desk").order_by("pk").first()
    if notice is None:
        return 0
    batch = list(_concerned(notice).filter(pk__gt=notice.written_to).order_by("pk")[:limit])
    for one in batch:
        _tell(notice, one)
    written_to = batch[-1].pk if len(batch) == limit else None
    EventNotice.objects.filter(pk=notice.pk, written_to=notice.written_to).update(
        written_to=written_to, told=notice.told + len(batch)
    )
    return len(batch) or 1


def concerned(event: Event, kind: str) -> int:
    """How many people a notice would reach."""
    return int(_concerned(EventNotice(event=event, kind=kind)).count())


def _concerned(notice: EventNotice) -> Any:
    reached = [State.CONFIRMED]
    if notice.kind != EventNotice.Kind.REMINDER:
        reached += [State.OFFERED, State.WAITING, State.PENDING]
    return (
        Registration.objects.filter(desk__event=notice.event, state__in=reached)
        .exclude(email="")
        .select_related("desk__event")
    )


def _tell(notice: EventNotice, one: Registration) -> None:
    method = ""
    if one.state == State.CONFIRMED and notice.kind != EventNotice.Kind.REMINDER:
        method = "CANCEL" if notice.kind == EventNotice.Kind.CANCELLED else "REQUEST"
    with transaction.atomic():
        held = Registration.objects.select_for_update(of=("self",)).select_related("desk__event").get(pk=one.pk)
        _write(held, f"registration:{one.pk}:notice:{notice.pk}", method, notice)


def _write(one: Registration, key: str, method: str, notice: EventNotice | None) -> None:
    """In the caller's transaction, which holds the registration."""
    if letters.is_written(key):
        return
    event = one.desk.event
    link = JoiningLink.objects.filter(event=event).first() if _may_join(one, method, notice) else None
    file = letters.NONE
    if method:
        before = one.calendar_sequence
        one.calendar_sequence = event.sequence if before is None else max(before + 1, event.sequence)
        one.save(update_fields=["calendar_sequence"])
        file = letters.Calendar(calendar.invitation(event, one, method, link), method)
    subject, words = about_notice(one, notice, link) if notice else about_state(one, link, own_url(one))
    text, html = composing.written(words)
    letters.write(key, (one.name, one.email), subject, text, html=html, calendar=file)


def _may_join(one: Registration, method: str, notice: EventNotice | None) -> bool:
    """Only who has a confirmed place online is told where to join."""
    is_told = method == "REQUEST" or notice is not None
    return is_told and one.state == State.CONFIRMED and one.mode == Mode.ONLINE
