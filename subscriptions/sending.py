"""Sending deliveries: the engine of mail/sending.py, with one statement a message in place of several.

The statement that marks a message as being handed over also writes down that the one before it was sent, and answers
whether its reader still wants it: asked after the mark, so that whoever left meanwhile gets nothing.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection, connections
from django.db.models import Count, Q
from django.utils import timezone

from mail.models import Outgoing
from mail.sending import LEASE, Line, Mailing, Outcome, Parcel
from subscriptions import announcing, bounces, composing
from subscriptions.models import Delivery, Notification, Subscription
from subscriptions.parcels import Prepared

State = Outgoing.State
CLAIMED_AT_ONCE = 200
MOST_PREPARED = 50
GONE = "It is not public any more."

# The wish behind a delivery still stands: the list in hand, or for a digest any at its pace, of somebody who may be written to.
WANTED = """
    (SELECT count(*) FROM subscriptions_subscriber person JOIN subscriptions_notification held ON held.id = {note}
     WHERE person.id = {person} AND person.state = 'confirmed' AND held.state IN ('expanding', 'sending')
       AND (person.paused_until IS NULL OR person.paused_until <= %s)
       AND NOT EXISTS (SELECT 1 FROM subscriptions_suppression barred
            WHERE barred.subscriber_id = person.id AND barred.lifted_at IS NULL)
       AND EXISTS (SELECT 1 FROM subscriptions_subscription wish
            WHERE wish.subscriber_id = person.id AND wish.is_active
              AND (wish.target = {target} OR (held.occasion <> '' AND held.occasion LIKE wish.frequency || ' %%'))))
"""
MARK = """
    UPDATE subscriptions_delivery SET
        state = CASE WHEN id = %s THEN 'sent' ELSE 'handing' END,
        reply = CASE WHEN id = %s THEN %s ELSE reply END,
        sent_at = CASE WHEN id = %s THEN {now} ELSE sent_at END,
        due_at = CASE WHEN id = %s THEN NULL ELSE due_at END,
        claimed_until = CASE WHEN id = %s THEN NULL ELSE {until} END,
        attempts = CASE WHEN id = %s THEN attempts ELSE attempts + 1 END
    WHERE (id = %s AND claim = %s AND state IN ('handing', 'uncertain'))
       OR (id = %s AND claim = %s AND state = 'claimed' AND claimed_until > {now})
    RETURNING id, {wanted}
"""


class Deliveries(Mailing[Delivery]):
    model = Delivery
    mailer = "bulk"
    prepared: ClassVar[dict[tuple[Any, ...], tuple[float, Prepared | None]]] = {}
    labels: ClassVar[dict[str, str]] = {}
    prepared_for = 60.0  # seconds: a correction of the piece shows in what is not yet sent
    lock = threading.Lock()

    def __init__(self) -> None:
        # The delivery that was sent last and is not written down yet, with the server's words.
        self.before: tuple[Delivery, str] | None = None
        is_sqlite = connection.vendor == "sqlite"
        wanted = WANTED.format(
            note="subscriptions_delivery.notification_id", person="subscriptions_delivery.subscriber_id",
            target="subscriptions_delivery.target",
        )  # fmt: skip
        kind = "%s" if is_sqlite else "%s::timestamptz"
        self.statement = MARK.format(wanted=wanted, now=kind, until=kind)

    def send_due(
        self, limit: int = CLAIMED_AT_ONCE, seconds: float = 5, stop: Callable[[], bool] = lambda: False
    ) -> int:
        until, _count = self.left_alone.get(self.mailer, (0.0, 0))
        if time.monotonic() < until:
            return 0
        taken_over, rows = self.take_over(), self.claim(limit)
        if not rows:
            return taken_over
        started, ended, line = time.monotonic(), 0, Line(self.mailer)
        rates = Rates()
        try:
            for row in rows:
                if stop() or time.monotonic() - started > seconds:
                    break
                if not rates.allow(row.domain):
                    continue
                if not self._send(row, line):
                    break
                ended += 1
        finally:
            self.settle()
            line.close()
            self.give_back(rows[0].claim)
        return ended + taken_over

    def claim(self, limit: int) -> list[Delivery]:
        rows = super().claim(limit)
        keys = [row.pk for row in rows]
        found = Delivery.objects.select_related("subscriber", "notification").in_bulk(keys)
        return [found[key] for key in keys if key in found]

    def due(self) -> Any:
        return Rates().due()

    def parcel(self, row: Delivery) -> Parcel:
        prepared = self.prepared_of(row)
        if prepared is None:
            raise Gone
        return prepared.parcel(row, self.label_of(row.target))

    def prepared_of(self, row: Delivery) -> Prepared | None:
        """One for all readers of a mailing, made anew every minute."""
        key = (row.notification_id, *(row.items or ()))
        with self.lock:
            made, found = self.prepared.get(key, (0.0, None))
            if time.monotonic() - made > self.prepared_for or not made:
                mailing = composing.of_notification(row.notification, row.items)
                found = Prepared(mailing) if mailing else None
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

    def _send(self, row: Delivery, line: Line) -> bool:
        try:
            parcel = self.parcel(row)
        except Gone:
            self._end(row, Outcome(State.SKIPPED, GONE), {State.CLAIMED})
            return True
        except (ValueError, UnicodeError) as error:
            self._end(row, Outcome(State.FAILED, f"It cannot be written: {error}"), {State.CLAIMED})
            return True
        if trouble := line.open():
            self._leave_alone(trouble)
            return False
        is_marked, is_wanted = self.mark(row)
        if not is_marked:
            return False
        row.attempts += 1
        if not is_wanted:
            self._end(row, Outcome(State.SKIPPED, self.why_not(row)), {State.HANDING})
            return True
        outcome = line.hand_over(parcel)
        if outcome.state == State.SENT:
            self.before = (row, outcome.reply[:300])
        else:
            self._end(row, outcome, {State.HANDING, State.UNCERTAIN})
        if outcome.is_of_server:
            self._leave_alone(outcome.reply)
            return False
        self.left_alone.pop(self.mailer, None)
        self._hold_on(row)
        return True

    def mark(self, row: Delivery) -> tuple[bool, bool]:
        """Whether the row is ours to hand over, and whether its reader wants it."""
        now = timezone.now()
        before, words = self.before or (None, "")
        last = before.pk if before else 0
        claim = before.claim if before else ""
        values: list[Any] = [
            last, last, words, last, now, last, last, now + LEASE, last, last, claim, row.pk, row.claim, now,
            timezone.localdate(),
        ]  # fmt: skip
        if connection.vendor == "sqlite":
            values = [connection.ops.adapt_datetimefield_value(one) if hasattr(one, "hour") else one for one in values]
        with connection.cursor() as cursor:
            cursor.execute(self.statement, values)
            found = dict(cursor.fetchall())
        self.before = None
        return row.pk in found, bool(found.get(row.pk))

    def settle(self) -> None:
        """Write down the last one, after which no other came."""
        if self.before:
            row, words = self.before
            self.before = None
            self._end(row, Outcome(State.SENT, words), {State.HANDING, State.UNCERTAIN})

    def why_not(self, row: Delivery) -> str:
        stands = Notification.objects.filter(pk=row.notification_id).values_list("state", flat=True).first()
        is_stopped = stands == Notification.State.STOPPED
        return announcing.STOPPED if is_stopped else "The reader left, paused, or is not written to any more."

    def ended(self, row: Delivery, outcome: Outcome) -> None:
        code = {State.FAILED: "5", State.DUE: "4"}.get(outcome.state)
        if code and outcome.reply.startswith(code) and not outcome.is_of_server:
            bounces.refused(row, outcome.reply)


class Gone(Exception):
    """Readers cannot see what the mailing is about."""


class Rates:
    """So many a minute to each host of recipients, over all workers as far as the table knows."""

    def __init__(self) -> None:
        self.most = settings.BULK_A_MINUTE
        self.sent: Counter[str] = Counter()
        if self.most:
            since = timezone.now() - timedelta(minutes=1)
            counted = Delivery.objects.filter(state=State.SENT, sent_at__gt=since).order_by()
            self.sent.update(dict(counted.values_list("domain").annotate(Count("pk"))))

    def due(self) -> Any:

        full = [domain for domain, count in self.sent.items() if count >= self.most]
        return ~Q(domain__in=full) if self.most and full else Q()

    def allow(self, domain: str) -> bool:
        self.sent[domain] += 1
        return not self.most or self.sent[domain] <= self.most


def send_due(stop: Callable[[], bool] = lambda: False) -> int:
    """A turn over as many connections as the setting says; how many ended one way or another."""
    count = 1 if connection.vendor == "sqlite" else settings.BULK_CONNECTIONS
    if count == 1 or not Delivery.objects.filter(state=State.DUE, due_at__lte=timezone.now()).exists():
        return Deliveries().send_due(stop=stop)
    with ThreadPoolExecutor(count, thread_name_prefix="bulk") as pool:
        return sum(pool.map(lambda _number: _in_a_thread(stop), range(count)))


def _in_a_thread(stop: Callable[[], bool]) -> int:
    try:
        return Deliveries().send_due(stop=stop)
    finally:
        connections.close_all()
