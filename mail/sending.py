"""Handing messages to the mail server, each exactly once, by any number of workers.

A row is due, then claimed by a worker for a while, then marked as being handed over, and only then given to the server:

- killed before the mark, the row is taken up by another worker when the claim runs out;
- killed after it, nobody knows whether the server took the message: the row becomes uncertain, is listed, and is never
  sent again unless a person says so. There is one such row at most for each connection and kill;
- a claim that ran out cannot be used: the mark is refused to whoever lost it.

What the server answers decides the rest: 2xx sent, 4xx and a line cut before the end of the text later again, 5xx failed,
a line cut after the end of the text uncertain. A server that refuses everybody (421, no connection) is left alone for a
growing while, and no row pays for it.
"""

import fcntl
import logging
import random
import select
import smtplib
import socket
import termios
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.policy import SMTP as SMTP_POLICY
from email.utils import parseaddr
from typing import Any, ClassVar

from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from mail.models import Outgoing

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)  # longer than any one hand-over: see TIMEOUT
TIMEOUT = 30  # seconds of silence after which a mail server is given up
GIVEN_UP_AFTER = timedelta(hours=72)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)  # of one message
SERVER_PAUSES = (5, 15, 60, 180, 300)  # seconds, of everything
State = Outgoing.State
SEVEN_BITS = SMTP_POLICY.clone(cte_type="7bit")  # for servers that take no more


@dataclass(frozen=True)
class Parcel:
    """A message ready to go: envelope and bytes, and for other mailers than SMTP the message itself."""

    sender: str
    to: str
    data: bytes
    message: EmailMultiAlternatives | None = None


def parcel_of(message: EmailMultiAlternatives, to: str, sender: str = "") -> Parcel:
    return Parcel(
        sender=sender or parseaddr(message.from_email)[1],
        to=to,
        data=message.message(policy=SEVEN_BITS).as_bytes(),
        message=message,
    )


@dataclass(frozen=True)
class Outcome:
    state: State
    reply: str = ""
    is_of_server: bool = False  # nothing to do with this message: try none for a while


class Mailing[Row: Outgoing]:
    """Rows of one model, and how each becomes a parcel. Subclasses name both."""

    model: ClassVar[type[Any]]
    mailer: ClassVar[str] = "default"
    # Until when the server is left alone, and how often it has been in a row; for each process and mailer.
    left_alone: ClassVar[dict[str, tuple[float, int]]] = {}

    def parcel(self, row: Row) -> Parcel:
        raise NotImplementedError

    def due(self) -> Q:
        """A condition on what may be claimed, beside being due."""
        return Q()

    def is_wanted(self, row: Row) -> bool:
        """Asked at the last moment, after the mark and before the server: whether this still is to be sent."""
        return True

    def send_due(self, limit: int = 100, seconds: float = 5, stop: Callable[[], bool] = lambda: False) -> int:
        """Take up to so many due rows and hand them over; how many ended one way or another. Ends between two messages
        when told to stop or after so many seconds, and gives back what it did not come to.
        """
        until, _count = self.left_alone.get(self.mailer, (0.0, 0))
        if time.monotonic() < until:
            return 0
        taken_over = self.take_over()
        rows = self.claim(limit)
        if not rows:
            return taken_over
        started, ended = time.monotonic(), 0
        line = Line(self.mailer)
        try:
            waiting = iter(rows)
            for row in waiting:
                if stop() or time.monotonic() - started > seconds or not self._send(row, line):
                    break
                ended += 1
        finally:
            line.close()
            self.give_back(rows[0].claim)
        return ended + taken_over

    def claim(self, limit: int) -> list[Row]:
        """Rows that are due, taken for this caller alone until the claim runs out."""
        now, claim = timezone.now(), uuid.uuid4().hex
        with transaction.atomic():
            due = self.model.objects.filter(self.due(), state=State.DUE, due_at__lte=now).order_by("due_at", "pk")
            if connection.features.has_select_for_update_skip_locked:
                due = due.select_for_update(skip_locked=True, of=("self",))
            keys = list(due.values_list("pk", flat=True)[:limit])
            if not keys:
                return []
            self.model.objects.filter(pk__in=keys, state=State.DUE).update(
                state=State.CLAIMED, claim=claim, claimed_until=now + LEASE
            )
        return list(self.model.objects.filter(claim=claim, state=State.CLAIMED).order_by("due_at", "pk"))

    def give_back(self, claim: str) -> None:
        self.model.objects.filter(claim=claim, state=State.CLAIMED).update(
            state=State.DUE, claim="", claimed_until=None
        )

    def take_over(self) -> int:
        """What a worker that is gone held: given back, or uncertain."""
        late = self.model.objects.filter(claimed_until__lt=timezone.now())
        late.filter(state=State.CLAIMED).update(state=State.DUE, claim="", claimed_until=None)
        lost: int = late.filter(state=State.HANDING).update(
            state=State.UNCERTAIN, due_at=None, claimed_until=None, reply="The worker ended while it was handed over."
        )
        if lost:
            log.error("%s: %s uncertain, a worker ended while handing them over", self.model._meta.label, lost)
        return lost

    def _send(self, row: Row, line: "Line") -> bool:
        """Hand one over. False when the server is to be left alone, or the claim on all of them is lost."""
        try:
            parcel = self.parcel(row)
        except (ValueError, UnicodeError) as error:  # an address or a header that no server could take
            self._end(row, Outcome(State.FAILED, f"It cannot be written: {error}"), {State.CLAIMED})
            return True
        if trouble := line.open():
            self._leave_alone(trouble)
            return False
        now = timezone.now()
        marked = self.model.objects.filter(
            pk=row.pk, claim=row.claim, state=State.CLAIMED, claimed_until__gt=now
        ).update(state=State.HANDING, claimed_until=now + LEASE, attempts=F("attempts") + 1)
        if not marked:
            return False
        row.attempts += 1
        if not self.is_wanted(row):
            self._end(row, Outcome(State.SKIPPED), {State.HANDING})
            return True
        outcome = line.hand_over(parcel)
        self._end(row, outcome, {State.HANDING, State.UNCERTAIN})
        if outcome.is_of_server:
            self._leave_alone(outcome.reply)
            return False
        self.left_alone.pop(self.mailer, None)
        self._hold_on(row)
        return True

    def _hold_on(self, row: Row) -> None:
        """Claims are for a while; renew the rest of them before it is over."""
        assert row.claimed_until is not None
        if timezone.now() < row.claimed_until - LEASE / 2:
            return
        self.model.objects.filter(claim=row.claim, state=State.CLAIMED).update(claimed_until=timezone.now() + LEASE)

    def _end(self, row: Row, outcome: Outcome, from_states: set[State]) -> None:
        """Write down what became of it. A row that another worker declared uncertain meanwhile is certain again."""
        now = timezone.now()
        changes: dict[str, Any] = {"state": outcome.state, "reply": outcome.reply[:300], "claimed_until": None}
        if outcome.state == State.DUE:
            changes |= self._again(row, outcome, now)
        else:
            changes |= {"due_at": None, "sent_at": now if outcome.state == State.SENT else None}
        self.model.objects.filter(pk=row.pk, claim=row.claim, state__in=from_states).update(**changes)
        self.ended(row, outcome)

    def _again(self, row: Row, outcome: Outcome, now: datetime) -> dict[str, Any]:
        if outcome.is_of_server:
            return {"claim": "", "attempts": max(row.attempts - 1, 0)}
        if now - row.created_at > GIVEN_UP_AFTER:
            return {"state": State.FAILED, "due_at": None}
        return {"claim": "", "due_at": now + pause_after(row.attempts)}

    def ended(self, row: Row, outcome: Outcome) -> None:
        """For those who keep a ledger of refusals."""

    def _leave_alone(self, reply: str) -> None:
        _until, count = self.left_alone.get(self.mailer, (0.0, 0))
        pause = SERVER_PAUSES[min(count, len(SERVER_PAUSES) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311 -- no secret
        self.left_alone[self.mailer] = (time.monotonic() + pause, count + 1)
        log.warning("The mail server (%s) takes nothing: %s. Next attempt in %.0f s", self.mailer, reply, pause)


def pause_after(attempts: int) -> timedelta:
    """Twice as long each time, by chance a little more or less, so that many do not come back at one moment."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** max(attempts - 1, 0), LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 -- no secret


class Line:
    """A connection to the mail server of one mailer, opened when first needed and kept. Or another mailer, message by
    message: its answers are then all there is to go by.
    """

    def __init__(self, mailer: str) -> None:
        self.backend = mailers[mailer]
        self.is_handed_whole = False
        if isinstance(self.backend, EmailBackend) and self.backend.timeout is None:
            self.backend.timeout = TIMEOUT

    def open(self) -> str:
        """Make sure of a connection. The reason in words when there is none to be had."""
        try:
            self.backend.open()
            if isinstance(self.backend, EmailBackend) and self.backend.connection:
                self.backend.connection.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            return words_of(error)
        return ""

    def close(self) -> None:
        try:
            self.backend.close()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        """Forget a connection that is of no more use, without a word to the server."""
        if isinstance(self.backend, EmailBackend) and self.backend.connection:
            self.backend.connection.close()
            self.backend.connection = None

    def hand_over(self, parcel: Parcel) -> Outcome:
        if not isinstance(self.backend, EmailBackend):
            return self._by_other_means(parcel)
        server = self.backend.connection
        assert server is not None, "opened before"
        self.is_handed_whole = False
        try:
            number, words = self._talk(server, parcel)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome(State.UNCERTAIN if self.is_handed_whole else State.DUE, words_of(error))
        if number == 421:
            self._drop()
            return Outcome(State.DUE, said(number, words), is_of_server=True)
        if not self.is_handed_whole:
            self._clear(server)
        return Outcome(judged(number), said(number, words))

    def _talk(self, server: smtplib.SMTP, parcel: Parcel) -> tuple[int, bytes]:
        """The server's last word: on the whole text, or its refusal before it."""
        for number, words in envelope(server, parcel):
            if not 200 <= number < 400:
                return number, words
        assert server.sock is not None
        # In two parts: a receiver acknowledges a second one at once, and a single one only after some 40 ms.
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        text = dotted(parcel.data)
        server.send(text[: len(text) // 2])
        server.send(text[len(text) // 2 :])
        # The end goes by itself, once the rest has arrived: a line cut before it is then known to have carried no message.
        if has_more_to_say(server.sock):
            return server.getreply()
        self.is_handed_whole = True
        server.send(b".\r\n")
        return server.getreply()

    def _clear(self, server: smtplib.SMTP) -> None:
        """Make the line ready for the next message after a refusal."""
        try:
            server.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _by_other_means(self, parcel: Parcel) -> Outcome:
        """By the library of a provider: only its status codes say for certain that nothing was taken."""
        assert parcel.message is not None
        try:
            self.backend.send_messages([parcel.message])
        except Exception as error:  # noqa: BLE001 -- whatever a provider's library raises
            if isinstance(error, ConnectionRefusedError | socket.gaierror):
                return Outcome(State.DUE, words_of(error), is_of_server=True)
            status = getattr(error, "status_code", None)
            if status is None:
                return Outcome(State.UNCERTAIN, words_of(error))
            return Outcome(State.DUE if status in {408, 429} or status >= 500 else State.FAILED, words_of(error))
        return Outcome(State.SENT)


def envelope(server: smtplib.SMTP, parcel: Parcel) -> Iterator[tuple[int, bytes]]:
    """The server's answers up to its readiness for the text, one at a time."""
    yield server.mail(parcel.sender)
    yield server.rcpt(parcel.to)
    yield server.docmd("DATA")


def dotted(data: bytes) -> bytes:
    """The text as it goes over the line (RFC 5321 4.5.2), with dots at the head of lines doubled; all but the end."""
    ended = data if data.endswith(b"\r\n") else data + b"\r\n"
    doubled = ended.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled


def has_more_to_say(line: socket.socket) -> bool:
    """Whether the server spoke, or hung up, although it is our turn. Looked at once all that was sent has arrived there,
    or after a second of waiting for that; where the system cannot tell what has arrived, at once.
    """
    for attempt in range(205):
        if select.select([line], [], [], 0)[0]:
            return True
        try:
            waiting = fcntl.ioctl(line.fileno(), termios.TIOCOUTQ, b"\0" * 4)
        except OSError:
            return False
        if waiting == b"\0" * 4:
            return False
        select.select([line], [], [], min(0.0001 * 2**attempt, 0.005))
    return False


def judged(number: int) -> State:
    """2xx taken, 5xx refused for good; 4xx is for now, and so is what is no answer to rely on."""
    if 200 <= number < 300:
        return State.SENT
    return State.FAILED if 500 <= number < 600 else State.DUE


def said(number: int, words: bytes) -> str:
    return f"{number} {words.decode(errors='replace')}"


def words_of(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        given = error.smtp_error
        return said(error.smtp_code, given if isinstance(given, bytes) else str(given).encode())
    return str(error) or type(error).__name__
