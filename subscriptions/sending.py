"""Sending deliveries by the engine of mail/sending.py: who still wants one, what it is made of, and how many a minute go to
one host.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import CharField, Count, DateField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.db.models.lookups import StartsWith
from django.utils import timezone

from editorial.prepared import Given, Prepared
from mail.batch import InHand
from mail.line import Outcome, Parcel
from mail.models import Outgoing
from mail.sending import Mailing, NotWanted
from subscriptions import announcing, bounces, composing
from subscriptions.models import Delivery, Notification, Subscriber, Subscription, Suppression
from subscriptions.parcels import COLUMNS, Common, Recipient

State = Outgoing.State
MOST_PREPARED = 50
LOOK_EVERY = 0.5  # seconds, whether a piece was withdrawn
GONE = "It is not public any more."
LEFT = "The reader left, paused, or is not written to any more."


def wanted() -> QuerySet[Delivery, tuple[Any, ...]]:
    """In the hands of a worker, and the wish behind it still stands: the list in hand, or for a digest any at its pace, of
    somebody who may be written to; and the mailing was not stopped.
    """
    person, today = OuterRef("subscriber"), Given("today", DateField())
    barred = Suppression.objects.filter(subscriber=person, lifted_at__isnull=True)
    pace = StartsWith(OuterRef("notification__occasion"), Concat(F("frequency"), Value(" ")))
    wish = Subscription.objects.filter(Q(target=OuterRef("target")) | pace, subscriber=person, is_active=True)
    held = Delivery.objects.filter(
        Q(subscriber__paused_until__isnull=True) | Q(subscriber__paused_until__lte=today),
        ~Exists(barred),
        Exists(wish),
        claim=Given("claim", CharField()),
        state=State.HANDING,
        subscriber__state=Subscriber.State.CONFIRMED,
        notification__state__in=[Notification.State.EXPANDING, Notification.State.SENDING],
    )
    return held.order_by("due_at", "pk").values_list(*COLUMNS)


WANTED = Prepared(wanted)


class Deliveries(Mailing[Recipient]):
    model = Delivery
    mailer = "bulk"
    prepared: ClassVar[dict[tuple[Any, ...], tuple[float, Common | None]]] = {}
    labels: ClassVar[dict[str, str]] = {}
    prepared_for = 60.0  # seconds: a correction of the piece shows in what is not yet sent
    lock = threading.Lock()

    def __init__(self) -> None:
        self.connections = settings.BULK_CONNECTIONS
        self.rates, self.looked = Rates(), 0.0

    def due(self) -> Q:
        return self.rates.due()

    def allows(self, row: Recipient) -> bool:
        return self.rates.allow(row.domain)

    def mark(self, claim: str, limit: int) -> list[int]:
        """What readers can no longer see goes to nobody."""
        if time.monotonic() - self.looked > LOOK_EVERY:
            announcing.stop_what_is_gone()
            self.looked = time.monotonic()
        return super().mark(claim, limit)

    def ask(self, claim: str) -> list[Recipient]:
        return [Recipient._make(row) for row in WANTED.rows(claim=claim, today=timezone.localdate())]

    def why_unwanted(self, keys: list[int]) -> dict[int, str]:
        stopped = Delivery.objects.filter(pk__in=keys, notification__state=Notification.State.STOPPED)
        return dict.fromkeys(keys, LEFT) | dict.fromkeys(stopped.values_list("pk", flat=True), announcing.STOPPED)

    def parcel(self, row: Recipient) -> Parcel:
        prepared = self.prepared_of(row)
        if prepared is None:
            raise NotWanted(GONE)
        return prepared.parcel(row, self.label_of(row.target))

    def prepared_of(self, row: Recipient) -> Common | None:
        """One for all readers of a mailing, made anew every minute."""
        key = (row.notification, *(row.items or ()))
        with self.lock:
            made, found = self.prepared.get(key, (0.0, None))
            if time.monotonic() - made > self.prepared_for or not made:
                mailing = composing.of_notification(Notification.objects.get(pk=row.notification), row.items)
                found = Common(mailing, row.occasion) if mailing else None
                if len(self.prepared) >= MOST_PREPARED:
                    self.prepared.clear()
                self.prepared[key] = (time.monotonic(), found)
        return found

    def label_of(self, target: str) -> str:
        if target not in self.labels:
            found = Subscription.objects.filter(target=target).order_by("pk").values_list("label", flat=True).first()
            if len(self.labels) > 5_000:
                self.labels.clear()
            self.labels[target] = composing.clean(found or target)
        return self.labels[target]

    def ended(self, row: InHand, outcome: Outcome) -> None:
        code = {State.FAILED: "5", State.DUE: "4"}.get(outcome.state)
        if code and outcome.reply.startswith(code) and not outcome.is_of_server:
            bounces.refused(Delivery.objects.get(pk=row.pk), outcome.reply)


class Rates:
    """So many a minute to each host of recipients, over all workers as far as the table knows."""

    def __init__(self) -> None:
        self.most = settings.BULK_A_MINUTE
        self.sent: Counter[str] = Counter()
        if self.most:
            since = timezone.now() - timedelta(minutes=1)
            counted = Delivery.objects.filter(state=State.SENT, sent_at__gt=since).order_by()
            self.sent.update(dict(counted.values_list("domain").annotate(Count("pk"))))

    def due(self) -> Q:
        full = [domain for domain, count in self.sent.items() if count >= self.most]
        return ~Q(domain__in=full) if self.most and full else Q()

    def allow(self, domain: str) -> bool:
        self.sent[domain] += 1
        return not self.most or self.sent[domain] <= self.most


def send_due(stop: Callable[[], bool] = lambda: False) -> int:
    """A turn over as many connections as the setting says; how many ended one way or another."""
    return Deliveries().send_due(stop=stop)
