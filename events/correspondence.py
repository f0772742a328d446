"""What those who are registered are written to, and when: each letter once, in the transaction of what it tells of."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from events import calendar
from events.models import Event, EventNotice, JoiningLink, Mode, Registration, RegistrationDesk
from events.wording import about_fewer, about_known_state, about_notice, about_state
from mail import composing, letters
from mail.composing import Composition
from mail.letters import TEXT_KEPT
from mail.models import Letter

State = Registration.State
BATCH = 200
SALT = "events.registration"
# A form sent twice, or again with the back button, is one form: for so long nobody hears that they are registered already.
SAME_FORM = timedelta(hours=1)
LONGEST_REMINDER = timedelta(days=60)
# What the clock should have done so long ago, it does not do any more: no worker ran, or a backup was restored and does not
# know that it was done.
TOO_LATE = timedelta(hours=2)


def token(registration: Registration) -> str:
    """For the address of a person's own page: names nobody, cannot be made up, and works for good."""
    return Signer(salt=SALT).sign(registration.mark.hex)


def by_token(given: str) -> Registration | None:
    """Whose page this is. Signed with a former key it holds as well: see SECRET_KEY_FALLBACKS."""
    try:
        mark = Signer(salt=SALT).unsign(given)
    except BadSignature:
        return None
    found: Registration | None = (
        Registration.objects.select_related("desk__event").filter(mark=mark, erased_at=None).first()
    )
    return found


def own_url(registration: Registration) -> str:
    return calendar.absolute(reverse("registration", args=[token(registration)]))


def about_step(one: Registration, before: State | None) -> None:
    """The letter about where a registration stands now, with a calendar entry where one comes or goes."""
    if not one.email or (one.source == Registration.Source.DOOR and one.state == State.CONFIRMED):
        return
    had_a_place = before == State.CONFIRMED
    method = "REQUEST" if one.state == State.CONFIRMED else "CANCEL" if had_a_place else ""
    _write(one, f"registration:{one.pk}:{one.step}", method, about_state)


def about_guests(one: Registration) -> None:
    """The letter to somebody who comes with fewer guests."""
    if one.email:
        _write(one, f"registration:{one.pk}:{one.step}", "", about_fewer)


def about_known(one: Registration) -> None:
    """To somebody who is registered and registers again: where they stand, at most once a day.

    The letter is made each time, and one that is not to go is written under a key that is taken, which writes nothing: so
    the form answers as late as it does to anybody.
    """
    written = Letter.objects.filter(key__startswith=f"registration:{one.pk}:")
    same_form = written.filter(created_at__gt=timezone.now() - SAME_FORM).values_list("key", flat=True).first()
    key = same_form or f"registration:{one.pk}:known:{timezone.localdate()}"
    _write(one, key, _method_of_now(one), about_known_state, is_made_anyway=True)


def write_again(one: Registration) -> bool:
    """The last letter once more, as things stand now. False for somebody without an address."""
    if not one.email:
        return False
    with transaction.atomic():
        held = Registration.objects.select_for_update(of=("self",)).select_related("desk__event").get(pk=one.pk)
        key = f"registration:{held.pk}:again:"
        count = Letter.objects.filter(key__startswith=key).count()
        _write(held, f"{key}{count + 1}", _method_of_now(held), about_state)
    return True


def _method_of_now(one: Registration) -> str:
    return "REQUEST" if one.state == State.CONFIRMED and not one.desk.event.is_cancelled else ""


def order_reminders() -> int:
    """Note that a reminder is due, once for each event and beginning; how many. For the worker."""
    now = timezone.now()
    desks = RegistrationDesk.objects.filter(
        event__in=Event.objects.published(),
        event__status=Event.Status.ON,
        event__starts_at__gt=now,
        event__starts_at__lte=now + LONGEST_REMINDER,
        reminder_hours__gt=0,
    ).select_related("event")
    kind = EventNotice.Kind.REMINDER
    count = 0
    for desk in desks:
        if now - TOO_LATE < desk.event.starts_at - timedelta(hours=desk.reminder_hours) <= now:
            occasion = desk.event.starts_at.isoformat(timespec="minutes")
            count += EventNotice.objects.get_or_create(event=desk.event, kind=kind, occasion=occasion)[1]
    return count


def leave_out_late() -> int:
    """Reminders that did not leave before their event began are not sent; how many. For the worker, before it sends."""
    now = timezone.now()
    begun = EventNotice.objects.filter(
        kind=EventNotice.Kind.REMINDER, event__starts_at__lte=now, event__starts_at__gt=now - TEXT_KEPT
    )
    return sum(_leave_out(key__endswith=f":notice:{key}") for key in begun.values_list("pk", flat=True))


def leave_out_offer(one: Registration) -> int:
    """The letter about an offer that is over is not sent, if it did not leave yet."""
    return _leave_out(key=f"registration:{one.pk}:{one.step}")


def _leave_out(**which: Any) -> int:
    waiting = Letter.objects.filter(state=Letter.State.DUE, claim="", **which)
    return waiting.update(state=Letter.State.SKIPPED, due_at=None)


def write_notices(limit: int = BATCH) -> int:
    """Letters to those whom a notice concerns, a batch at a time; how many people. For the worker."""
    notice = EventNotice.objects.filter(written_to__isnull=False).select_related("event__desk").order_by("pk").first()
    if notice is None:
        return 0
    batch = [] if _is_late(notice) else list(_concerned(notice).filter(pk__gt=notice.written_to).order_by("pk")[:limit])
    for one in batch:
        _tell(notice, one)
    written_to = batch[-1].pk if len(batch) == limit else None
    EventNotice.objects.filter(pk=notice.pk, written_to=notice.written_to).update(
        written_to=written_to, told=notice.told + len(batch)
    )
    return len(batch) or 1


def _is_late(notice: EventNotice) -> bool:
    """A reminder that was overtaken: the event has begun, or does not take place."""
    event = notice.event
    is_coming = event.status == Event.Status.ON and event.starts_at > timezone.now()
    return notice.kind == EventNotice.Kind.REMINDER and not is_coming


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

    def words(held: Registration, link: JoiningLink | None, own: str) -> tuple[str, Composition]:
        return about_notice(held, notice, link, own)

    with transaction.atomic():
        held = Registration.objects.select_for_update(of=("self",)).select_related("desk__event").get(pk=one.pk)
        _write(held, f"registration:{one.pk}:notice:{notice.pk}", method, words, is_told=True)


# Subject and words of a letter, from the registration, the joining link where it may be told, and the own page.
Words = Callable[[Registration, JoiningLink | None, str], tuple[str, Composition]]


def _write(
    one: Registration, key: str, method: str, words_of: Words, *, is_told: bool = False, is_made_anyway: bool = False
) -> None:
    """In the caller's transaction, which holds the registration."""
    if not is_made_anyway and letters.is_written(key):
        return
    event = one.desk.event
    link = joining_link(one) if is_told or method == "REQUEST" else None
    file = letters.NONE
    if method:
        before = one.calendar_sequence
        one.calendar_sequence = event.sequence if before is None else max(before + 1, event.sequence)
        one.save(update_fields=["calendar_sequence"])
        file = letters.Calendar(calendar.invitation(event, one, method, link), method)
    subject, words = words_of(one, link, own_url(one))
    text, html = composing.written(words)
    letters.write(key, (one.name, one.email), subject, text, html=html, calendar=file)


def joining_link(one: Registration) -> JoiningLink | None:
    """Where to join: for who has a confirmed place online, and for nobody else."""
    if one.state != State.CONFIRMED or one.mode != Mode.ONLINE or one.desk.event.is_cancelled:
        return None
    return JoiningLink.objects.filter(event=one.desk.event).first()
