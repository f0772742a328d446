"""What comes back: refusals while a message is handed over and reports by mail, in one ledger and under one rule.

- refused for good: the address is not written to any more, after one;
- refused for now: after five within at least 14 days, without a letter between that stayed;
- a complaint: at once;
- what is about us and not about the address (our signature, our words, the size of the letter) bars nobody;
- answers by machines that say somebody is away are no bounces.

Which delivery a report is about stands sealed in the address it came to, or in the number of our message in it.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import Message
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mail.models import Outgoing
from subscriptions import announcing, barring, links, wishes
from subscriptions.models import Bounce, Delivery, Notification, Suppression
from subscriptions.parcels import BOUNCES, LEAVE, delivery_key, message_key, scope_for

type Mail = Message[Any, Any]
Kind = Bounce.Kind
SOFT_COUNT, SOFT_SPAN = 5, timedelta(days=14)
# After so long without a report a letter has stayed where it was delivered.
STAYED_AFTER = timedelta(days=2)
LONGEST_RAW = 8_000
WARN, STOP = 0.001, 0.003
FEWEST_COMPLAINTS = 3  # that stop a mailing: one of a hundred is a single person
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# Refused for good by the code, yet not for the address: too big, our form, our standing; and a mailbox that is full today.
NOT_THE_ADDRESS = re.compile(r"5\.(?:2\.[23]|3\.4|6\.\d+|7\.\d+)")


@dataclass(frozen=True)
class Verdict:
    """What a message was, in one word for counting, and the delivery it is about."""

    word: str
    delivery: int | None = None


def refused(row: Delivery, reply: str) -> None:
    """The mail server's refusal while the message was handed over."""
    status = found[0] if (found := STATUS.search(reply)) else f"{reply[:1]}.0.0"
    record(row, kind_of(status), status, reply)


def kind_of(status: str) -> Kind:
    return Kind.HARD if status.startswith("5") and not NOT_THE_ADDRESS.fullmatch(status) else Kind.SOFT


@transaction.atomic
def record(row: Delivery, kind: Kind, status: str, raw: str) -> bool:
    """Into the ledger, once for each delivery and kind; and what follows from it. False when it stood there."""
    said = raw.replace("\0", "")[:LONGEST_RAW]
    _bounce, is_new = Bounce.objects.get_or_create(
        delivery=row, kind=kind, defaults={"subscriber": row.subscriber, "status": status[:12], "raw": said}
    )
    if not is_new:
        return False
    person = row.subscriber
    if kind == Kind.HARD:
        barring.bar(person.email, Suppression.Cause.HARD, said, person)
    elif kind == Kind.COMPLAINT:
        barring.bar(person.email, Suppression.Cause.COMPLAINT, said, person)
        weigh_complaints(row.notification)
    elif is_soft_for_long(row):
        barring.bar(person.email, Suppression.Cause.SOFT, said, person)
    return True


def is_soft_for_long(row: Delivery) -> bool:
    stayed = Delivery.objects.filter(
        subscriber=row.subscriber_id,
        state=Outgoing.State.SENT,
        sent_at__lt=timezone.now() - STAYED_AFTER,
        bounces__isnull=True,
    )
    last = stayed.order_by("-sent_at").values_list("sent_at", flat=True).first()
    soft = Bounce.objects.filter(subscriber=row.subscriber_id, kind=Kind.SOFT)
    if last:
        soft = soft.filter(at__gt=last)
    times = list(soft.order_by("at").values_list("at", flat=True))
    return len(times) >= SOFT_COUNT and times[-1] - times[0] >= SOFT_SPAN


def complaint_rate(held: Notification) -> float:
    """Complaints for each letter that was taken."""
    sent = held.deliveries.filter(state=Outgoing.State.SENT).count()
    return Bounce.objects.filter(delivery__notification=held, kind=Kind.COMPLAINT).count() / sent if sent else 0.0


def weigh_complaints(held: Notification) -> None:
    """Stop a mailing that too many call unwanted while it is on its way."""
    count = Bounce.objects.filter(delivery__notification=held, kind=Kind.COMPLAINT).count()
    if count < FEWEST_COMPLAINTS or complaint_rate(held) < STOP:
        return
    try:
        announcing.stop(held, _("Too many complaints: 3 of 1,000 readers or more."))
    except announcing.NotAllowed:
        pass  # all of it has gone out


def read(data: bytes) -> Verdict:
    """Take in one message that came to an address of ours. Whatever it is, it is read without an error, and twice is once."""
    try:
        message: Mail = message_from_bytes(data, policy=policy.compat32)
        return _take(message)
    except (ValueError, LookupError, UnicodeError, RecursionError):
        return Verdict("unreadable")


def _take(message: Mail) -> Verdict:
    to = " ".join(addressed(message))
    parts = {part.get_content_type(): part for part in message.walk()}
    if "message/feedback-report" in parts:
        return _complaint(to, parts)
    if "message/delivery-status" in parts:
        return _report(to, parts)
    for one in to.split():
        if (key := delivery_key(LEAVE, one)) is not None:
            return _leave(key)
    return Verdict("automatic" if is_automatic(message) else "other")


def addressed(message: Mail) -> list[str]:
    """Addresses that the message came to, as our mail server and its sender wrote them."""
    names = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
    words = " ".join(str(value) for name in names for value in message.get_all(name, []))
    return re.findall(r"[A-Za-z]+\+[0-9]+-[0-9a-fA-F]+@[A-Za-z0-9.-]+", words[:4_000])


def is_automatic(message: Mail) -> bool:
    said = str(message.get("Auto-Submitted", "no")).strip().lower()
    return said.partition(";")[0] != "no" or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond"))


def _delivery_of(to: str, parts: dict[str, Mail]) -> Delivery | None:
    keys = [delivery_key(BOUNCES, one) for one in to.split()]
    for kind in ("message/rfc822", "text/rfc822-headers"):
        if kind in parts:
            keys += [message_key(one) for one in re.findall(r"<[0-9]+\.[0-9a-f]+@", parts[kind].as_string()[:20_000])]
    key = next((one for one in keys if one is not None), None)
    return Delivery.objects.select_related("subscriber", "notification").filter(pk=key).first() if key else None


def _report(to: str, parts: dict[str, Mail]) -> Verdict:
    """RFC 3464: the fields of the recipient decide, never the words around them."""
    row = _delivery_of(to, parts)
    if row is None:
        return Verdict("unknown")
    report = parts["message/delivery-status"]
    inner: Any = report.get_payload()
    blocks: list[Any] = inner if isinstance(inner, list) else [report]
    for block in blocks:
        found = STATUS.search(str(block.get("Status", "")))
        if not found or str(block.get("Action", "failed")).strip().lower() not in {"failed", "delayed"}:
            continue
        if found[1] == "2":
            continue
        kind = kind_of(found[0])
        return Verdict(str(kind) if record(row, kind, found[0], str(block)) else "known", row.pk)
    return Verdict("no failure", row.pk)


def _complaint(to: str, parts: dict[str, Mail]) -> Verdict:
    row = _delivery_of(to, parts)
    if row is None:
        return Verdict("unknown")
    report = parts["message/feedback-report"]
    inner = report.get_payload()
    raw = str(inner[0]) if isinstance(inner, list) and inner else str(report)
    if "not-spam" in raw.lower():
        return Verdict("no complaint", row.pk)
    return Verdict("complaint" if record(row, Kind.COMPLAINT, "", raw) else "known", row.pk)


def _leave(key: int) -> Verdict:
    row = Delivery.objects.select_related("subscriber", "notification").filter(pk=key).first()
    if row is None:
        return Verdict("unknown")
    wishes.leave(row.subscriber, links.scope_of(scope_for(row)), "mailed wish")
    return Verdict("left", row.pk)


def splits(data: bytes) -> list[bytes]:
    """The messages of an mbox, or the one there is."""
    if not data.startswith(b"From "):
        return [data] if data.strip() else []
    parts = re.split(rb"(?m)^From [^\r\n]*\r?\n", data)
    return [re.sub(rb"(?m)^>(>*From )", rb"\1", part) for part in parts if part.strip()]
