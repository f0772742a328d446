"""Invented people who registered for events of the demonstration, from texts/events.txt: of every state, and with wishes.

They are taken in as the form takes them in, and so stand where the rules of the desk put them.
"""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from editorial.models import User
from events import registering
from events.models import CheckIn, EventNotice, Mode, Registration, RegistrationDesk
from events.registering import Asked
from mail.models import Letter
from rsis.demo import records
from rsis.demo.records import Record

Source = Registration.Source
EVERY = timedelta(hours=24, minutes=23)  # one registered


def load(by: User) -> None:
    """Once: on a site where somebody has registered, nothing is written."""
    if Registration.objects.exists():
        return
    for record in records.read("events.txt"):
        desks = RegistrationDesk.objects.select_related("event").filter(event__title=record.get("title"))
        for desk in desks:
            _fill(desk, record, by)
    # Invented people are not written to, nor told what became of an event before.
    Letter.objects.filter(key__startswith="registration:").delete()
    EventNotice.objects.update(written_to=None)


def _fill(desk: RegistrationDesk, record: Record, by: User) -> None:
    if kept := record.get("hold"):
        seats, _bar, label = kept.partition(" | ")
        registering.hold(desk, Mode.IN_PERSON, int(seats), label)
    told = [line.replace("'", "’") for line in record.all("guest")]
    lines = [[*(part.strip() for part in line.split("|")), ""] for line in told]
    began = min(timezone.now(), desk.event.starts_at) - EVERY * (len(lines) + 1)
    for number, (name, affiliation, needs, mode, what, *_rest) in enumerate(lines, start=1):
        asked = Asked(name, f"{record.key}-{number}@guest.example", mode, affiliation, needs=needs)
        one = _register(desk, asked, what, began + EVERY * number)
        if what in {"came", "walked in"}:
            _arrive(one, desk.event.starts_at + timedelta(seconds=137 * number - 900), by)


def _register(desk: RegistrationDesk, asked: Asked, what: str, at: datetime) -> Registration:
    has_walked_in = what == "walked in"
    source = Source.FORM if desk.is_open() else Source.STAFF  # past events take nobody by their form any more
    one = registering.register(desk, asked, Source.DOOR if has_walked_in else source)
    if what == "cancelled":
        registering.cancel(one)
    elif what == "admitted":
        registering.approve(one)
    if not has_walked_in:
        words = {"consent_version": desk.consent_version, "consent_text": desk.consent_text}
        Registration.objects.filter(pk=one.pk).update(source=Source.FORM, registered_at=at, **words)
    return one


def _arrive(one: Registration, at: datetime, by: User) -> None:
    CheckIn.objects.create(client_id=uuid5(NAMESPACE_URL, one.email), registration=one, at=at, by=by)
    rows = Registration.objects.filter(pk=one.pk)
    rows.update(checked_in_at=at)
    rows.filter(source=Source.DOOR).update(registered_at=at)
