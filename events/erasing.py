"""Personal data of registrants: erased some days after the event, or when somebody asks; and given to whoever asks for it.

What remains of an erased registration says how many came, in which way and when, and nothing about whom.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models.functions import Lower
from django.utils import timezone

from editorial import logs
from events import registering
from events.models import Registration, RegistrationDesk
from mail.models import Letter

State = Registration.State
BATCH = 100


def due_desks() -> list[RegistrationDesk]:
    """Desks whose days are over and that still know somebody."""
    now = timezone.now()
    desks = RegistrationDesk.objects.filter(event__ends_at__lte=now, registrations__erased_at=None)
    return [
        desk
        for desk in desks.select_related("event").distinct().order_by("pk")
        if desk.event.ends_at + timedelta(days=desk.erase_after_days) <= now
    ]


def due_count(desk: RegistrationDesk) -> int:
    return int(desk.registrations.filter(erased_at=None).count())


def erase_due(limit: int = BATCH) -> int:
    """Erase a batch of what is due; how many registrations. For the worker; safe to kill and to run twice."""
    for desk in due_desks():
        count = 0
        with registering.held(desk) as now:
            for one in now.registrations.filter(erased_at=None).order_by("pk")[:limit]:
                _erase(one)
                count += 1
        if count:
            logs.event("registrations erased", event=desk.event_id, count=count)
            return count
    return 0


def erase_all_due() -> int:
    """All that is due tonight."""
    count = 0
    while erased := erase_due():
        count += erased
    return count


def _erase(one: Registration) -> None:
    """In a transaction that holds the desk. The mark changes too, so that codes and addresses of letters lead nowhere."""
    Letter.objects.filter(key__startswith=f"registration:{one.pk}:").delete()
    one.name = one.email = one.affiliation = one.needs = one.note = ""
    one.answers, one.mark, one.erased_at = {}, uuid4(), timezone.now()
    one.save()


def of_address(email: str) -> Any:
    """Everybody registered under an address, however it is written."""
    return Registration.objects.alias(plain=Lower("email")).filter(plain=email.strip().lower())


def export(email: str) -> dict[str, Any]:
    """Everything about an address, for the person it belongs to."""
    address = email.strip()
    rows = of_address(address).select_related("desk__event").order_by("pk")
    letters = Letter.objects.alias(plain=Lower("to_address")).filter(plain=address.lower()).order_by("pk")
    found = {
        "registrations": [_about(one) for one in rows],
        "letters": [
            {"subject": one.subject, "state": one.get_state_display(), "written": one.created_at.isoformat(),
             "sent": one.sent_at.isoformat() if one.sent_at else None, "text": one.text}
            for one in letters
        ],
    }  # fmt: skip
    logs.event("personal data exported", registrations=len(found["registrations"]), letters=len(found["letters"]))
    return found


def _about(one: Registration) -> dict[str, Any]:
    return {
        "event": one.desk.event.title,
        "begins": one.desk.event.starts_at.isoformat(),
        "name": one.name,
        "email": one.email,
        "organisation": one.affiliation,
        "takes part": one.get_mode_display(),
        "guests": one.guests,
        "needs": one.needs,
        "answers": one.answers,
        "note": one.note,
        "state": one.get_state_display(),
        "registered": one.registered_at.isoformat(),
        "agreed to": one.consent_text,
        "checked in": one.checked_in_at.isoformat() if one.checked_in_at else None,
    }


def erase(email: str, before: datetime | None = None) -> int:
    """Erase all registrations of an address and all letters to it; how many rows. A place that was theirs is offered on.

    No letter tells of it: there is nobody left to write to. With `before`, only what was made up to then.
    """
    count, until = 0, before or timezone.now()
    for found in list(of_address(email).filter(registered_at__lte=until).select_related("desk").order_by("pk")):
        with registering.held(found.desk) as desk:
            one = desk.registrations.get(pk=found.pk)
            _erase(one)
            registering.leave_silently(desk, one)
        count += 1
    theirs = Letter.objects.alias(plain=Lower("to_address")).filter(plain=email.strip().lower())
    gone, _each = theirs.filter(created_at__lte=until).delete()
    logs.event("personal data erased", registrations=count, letters=gone)
    return count + gone
