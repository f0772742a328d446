"""Everything this room and those below hold about one e-mail address: to give it out, and to erase it (PDPA)."""

import json
from typing import Any

from django.db import transaction

from contact import personal_data as in_contact
from editorial import addresses, logs
from editorial.models import User
from subscriptions import barring
from subscriptions.models import Subscriber, Suppression

type Held = dict[str, list[dict[str, Any]]]


def about(address: str, by: User | None = None) -> Held:
    """In plain values, as they can be handed to the person who asks. Writes to the log that it was given out."""
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


@transaction.atomic
def erase(address: str, by: User | None = None) -> int:
    """Everything goes but a keyed hash, which bars the address from coming back by an import. Returns how many rows."""
    rows = Subscriber.objects.filter(key=addresses.key_of(address)).delete()[0] + in_contact.erase(address, by)
    barring.bar(address, Suppression.Cause.ERASED)
    logs.event("address erased", rows=rows, user=by.pk if by else None)
    return rows
