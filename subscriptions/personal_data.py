"""Everything this room and those below hold about one e-mail address: to give it out, and to erase it (PDPA)."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from contact import personal_data as in_contact
from contact.models import Enquiry, Feedback
from editorial import addresses, logs
from editorial.models import User
from events import erasing
from events.models import Registration
from mail.leaving import let_go
from mail.models import Letter
from publications.models import ReaderResponse
from subscriptions import barring, erasures
from subscriptions.models import ConsentRecord, Delivery, Subscriber, Suppression

type Held = dict[str, list[dict[str, Any]]]


def about(address: str, by: User | None = None) -> Held:
    """In plain values, as they can be handed to the person who asks. Writes to the log that it was given out."""
    logs.event("all of an address given out", of=fingerprint(address), user=by.pk if by else None)
    subscriber = Subscriber.objects.filter(key=addresses.key_of(address)).first()
    barred = barring.find(address)
    return {
        "subscriber": [_subscriber(subscriber)] if subscriber else [],
        "lists": [_wish(one) for one in subscriber.subscriptions.all()] if subscriber else [],
        "consent": [
            {"at": one.at.isoformat(), "step": one.step, "for": one.purpose, "wording": one.wording, "by": one.source}
            for one in (subscriber.consents.all() if subscriber else [])
        ],
        "sent": [
            {
                "about": one.notification.subject, "list": one.target, "state": one.state,
                "at": one.sent_at.isoformat() if one.sent_at else "", "reply": one.reply,
            }
            for one in (subscriber.deliveries.select_related("notification").order_by("pk") if subscriber else [])
        ],
        "not_written_to": [{"since": barred.at.isoformat(), "cause": barred.cause, "words": barred.raw}] if barred else [],
        "registrations": erasing.export(address)["registrations"],
        "responses": [
            {
                "received": one.at.isoformat(), "to": one.publication.title, "name": one.name,
                "affiliation": one.affiliation, "email": one.email, "text": one.text, "verdict": one.verdict,
            }
            for one in _responses(address).select_related("publication")
        ],
        **in_contact.about(address, by),
    }  # fmt: skip


def _subscriber(one: Subscriber) -> dict[str, Any]:
    return {
        "email": one.email, "state": one.state, "signed_up": one.created_at.isoformat(),
        "confirmed": one.confirmed_at.isoformat() if one.confirmed_at else "",
        "paused_until": one.paused_until.isoformat() if one.paused_until else "", "digest_hour": one.digest_hour,
        "other_address_wanted": one.wanted_email,
    }  # fmt: skip


def _wish(one: Any) -> dict[str, Any]:
    return {
        "list": one.target, "name": one.label, "how_often": one.frequency, "active": one.is_active,
        "wished": one.created_at.isoformat(),
    }  # fmt: skip


def as_json(held: Held) -> str:
    return json.dumps(held, indent=2, ensure_ascii=False)


def as_text(held: Held) -> str:
    """For reading: a heading for each kind, a line for each fact."""
    parts = []
    for kind, rows in held.items():
        parts.append(kind.replace("_", " ").upper())
        parts += ["\n".join(f"{name}: {value}" for name, value in row.items()) for row in rows] or ["nothing"]
    return "\n\n".join(parts) + "\n"


def fingerprint(address: str) -> str:
    """For the log: tells one address from another, and no address."""
    return barring.digests_of(address)[0][:16]


def erase(address: str, by: User | None = None) -> int:
    """Everything goes but keyed hashes: one bars the address from coming back by an import, one erases a restored backup
    again. Returns how many rows."""
    whoever = Subscriber.objects.filter(key=addresses.key_of(address))
    whoever.update(state=Subscriber.State.LEFT)
    let_go(Delivery.objects.filter(subscriber__in=whoever))  # before the row goes by which it could be seen
    return _erase(address, by)


@transaction.atomic
def _erase(address: str, by: User | None) -> int:
    erasures.note(address)
    rows = _erase_rows(address, timezone.now(), by)
    barring.bar(address, Suppression.Cause.ERASED).forget_words()
    logs.event("address erased", of=fingerprint(address), rows=rows, user=by.pk if by else None)
    return rows


def erase_again() -> int:
    """All that is held about addresses from before they were erased: after a backup was restored. How many rows."""
    known, rows = erasures.known(), 0
    if not known:
        return 0
    for address in _all_addresses():
        for digest in barring.digests_of(address):
            if at := known.get(digest):
                with transaction.atomic():
                    rows += _erase_rows(address, at, None)
                    barring.bar_unless_back(address, at)
    if rows:
        logs.event("erased again", rows=rows)
    return rows


def _erase_rows(address: str, until: datetime, by: User | None) -> int:
    """What was there up to a moment. Who came back after it, by their own hand, stays."""
    key = addresses.key_of(address)
    said_since = ConsentRecord.objects.filter(subscriber=OuterRef("pk"), at__gt=until)
    theirs = Subscriber.objects.filter(~Exists(said_since), key=key, created_at__lte=until)
    moves = Subscriber.objects.filter(wanted_email__iexact=key, wanted_at__lte=until)
    responses = _responses(address).filter(at__lte=until)
    _forget_names(Registration, erasing.of_address(address).filter(registered_at__lte=until))
    _forget_names(Enquiry, Enquiry.objects.of_address(key).filter(at__lte=until))
    _forget_names(ReaderResponse, responses)
    rows = theirs.delete()[0] + moves.update(wanted_email="", wanted_agreed="", wanted_at=None)
    rows += responses.delete()[0] + erasing.erase(address, until) + in_contact.erase(address, by, until)
    return int(rows)


def _responses(address: str) -> QuerySet[ReaderResponse]:
    return ReaderResponse.objects.filter(email__iexact=addresses.key_of(address))


def _forget_names(model: type[Model], rows: QuerySet[Any]) -> None:
    """The desk's history of these rows calls them by the name of the person."""
    keys = [str(key) for key in rows.values_list("pk", flat=True)]
    kind = ContentType.objects.get_for_model(model)
    LogEntry.objects.filter(content_type=kind, object_id__in=keys).update(object_repr="–")


ADDRESSES: tuple[tuple[type[Model], str], ...] = (
    (Subscriber, "email"), (Subscriber, "wanted_email"), (Registration, "email"), (Enquiry, "email"), (Feedback, "email"),
    (ReaderResponse, "email"), (Letter, "to_address"), (Letter, "reply_to"),
)  # fmt: skip


def _all_addresses() -> Iterator[str]:
    """Each that anything here is held about; some more than once."""
    for model, name in ADDRESSES:
        rows = model._default_manager.exclude(**{name: ""}).order_by().values_list(name, flat=True).distinct()
        yield from rows.iterator(chunk_size=5_000)
