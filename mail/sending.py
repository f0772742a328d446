"""Handing messages to the mail server, each exactly once, by any number of workers.

A worker takes a few due rows at a time: marks them as being handed over in one commit, asks which of them are still wanted,
gives them to the server one after the other, and writes down what became of them in the commit that marks the next few.
Between the two the worker's journal knows of each row how far it came:

- killed before the end of a text went out, the row is taken up by another worker, at once on the same machine;
- killed between that and the server's answer, nobody knows whether it took the message: the row becomes uncertain, is
  listed, and is never sent again unless a person says so. There is one such row at most for each connection and kill;
- without the journal (another machine, a lost disk) all rows that were in hand become uncertain when their time runs out.

No end of a text goes out on an answer older than FRESH: so whoever leaves need not wait for long (mail/leaving.py), and a row
that was lost to another worker meanwhile is not sent by this one. Rows that were not begun by then are given back.

What the server answers decides the rest (mail/line.py). A server that refuses everybody (421, no connection) is left alone
for a growing while, and no row pays for it.
"""

import logging
import random
import select
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from mail import leaving
from mail.batch import FIRST_AT_ONCE, Batch, InHand
from mail.journal import GONE, Journal, Unwritable, left_behind
from mail.line import WITHHELD, Dialogue, Line, Outcome, Parcel
from mail.models import Outgoing

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)  # longer than any one hand-over: see TIMEOUT of a line
GIVEN_UP_AFTER = timedelta(hours=72)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)  # of one message
SERVER_PAUSES = (5, 15, 60, 180, 300)  # seconds, of everything
State = Outgoing.State
IN_HAND = (State.HANDING, State.UNCERTAIN)  # uncertain: by another worker, who thought this one gone

# Statements about hundreds of rows, which Django takes longer to compose than a database to carry out. The values of SENT are
# read as a table, since each row has the server's words about it.
MARK = "UPDATE {table} SET state = 'handing', claim = %s, claimed_until = %s WHERE id IN ({keys})"
SENT = """
    UPDATE {table} SET state = 'sent', reply = given.column2, sent_at = %s, due_at = NULL, claimed_until = NULL,
        attempts = attempts + 1
    FROM (VALUES {rows}) AS given
    WHERE id = given.column1 AND claim = %s AND state IN ('handing', 'uncertain')
"""


class NotWanted(Exception):
    """Nobody is to have this message any more. The words say why."""


class Mailing[Row: InHand]:
    """Rows of one model, and how each becomes a parcel. Subclasses name both."""

    model: ClassVar[type[Any]]
    mailer: ClassVar[str] = "default"
    connections = 1
    # Until when the server is left alone, and how often it has been in a row; for each process and mailer.
    left_alone: ClassVar[dict[str, tuple[float, int]]] = {}

    # What a room says of its rows.

    def parcel(self, row: Row) -> Parcel:
        """Raises NotWanted, and ValueError for what no server could take."""
        raise NotImplementedError

    def due(self) -> Q:
        """A condition on what may be taken, beside being due."""
        return Q()

    def allows(self, _row: Row) -> bool:
        """Whether it may go now. If not, it is due again at once."""
        return True

    def ask(self, claim: str) -> list[Row]:
        """Of the rows in the hands of this claim those that are still to be sent, in their order. Asked after the mark and
        shortly before the server.
        """
        return list(self.held(claim).order_by("due_at", "pk"))

    def why_unwanted(self, keys: list[int]) -> dict[int, str]:
        return dict.fromkeys(keys, "")

    def ended(self, row: InHand, outcome: Outcome) -> None:
        """For those who keep a ledger of refusals. Within the transaction that writes down the outcome."""

    # How they are sent.

    @property
    def kind(self) -> str:
        return str(self.model._meta.model_name)

    def send_due(self, limit: int = 1_000, seconds: float = 5, stop: Callable[[], bool] = lambda: False) -> int:
        """Hand over so many due rows at most, for so many seconds; how many ended one way or another. Ends between two
        messages when told to stop.
        """
        if time.monotonic() < self.left_alone.get(self.mailer, (0.0, 0))[0]:
            return 0
        count = self.take_over()
        if not self.due_now().exists():
            return count
        until = time.monotonic() + seconds
        try:
            with Journal(self.kind) as journal, Turn(self, journal) as turn:
                return count + turn.run(limit, lambda: stop() or time.monotonic() > until)
        except Unwritable as error:
            log.error("Nothing is handed over: the journal in MAIL_JOURNALS cannot be written (%s)", error)
            return count

    def due_now(self) -> QuerySet[Any]:
        found: QuerySet[Any] = self.model.objects.filter(self.due(), state=State.DUE, due_at__lte=timezone.now())
        return found

    def mark(self, claim: str, limit: int) -> list[int]:
        """Rows that are due, from now on in the hands of this claim alone."""
        due = self.due_now().order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        with in_order_of_index():
            keys = list(due.values_list("pk", flat=True)[:limit])
        if keys:
            until = connection.ops.adapt_datetimefield_value(timezone.now() + LEASE)
            self._execute(MARK, [claim, until], keys=", ".join(map(str, keys)))
        return keys

    def _execute(self, statement: str, values: list[Any], **parts: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=self.model._meta.db_table, **parts), values)

    def held(self, claim: str) -> QuerySet[Any]:
        found: QuerySet[Any] = self.model.objects.filter(claim=claim, state=State.HANDING)
        return found

    def take_over(self) -> int:
        """What workers that are gone had in their hands, settled by their journals, or uncertain once its time ran out."""
        count = 0
        for left in left_behind(self.kind):
            rows = list(self.held(left.claim))
            ended = [(row, outcome) for row in rows if (outcome := left.outcome(row.pk))]
            with transaction.atomic():
                self.write_down(Batch(left.claim, [row.pk for row in rows], ended=ended))
            self._complain(sum(1 for _row, outcome in ended if outcome.state == State.UNCERTAIN))
            count += len(ended)
        late = self.model.objects.filter(state=State.HANDING, claimed_until__lt=timezone.now())
        lost: int = late.update(state=State.UNCERTAIN, due_at=None, claimed_until=None, reply=GONE)
        self._complain(lost)
        return count + lost

    def _complain(self, lost: int) -> None:
        if lost:
            log.error("%s: %s uncertain, a worker ended while handing them over", self.model._meta.label, lost)

    def write_down(self, batch: Batch[Row], held: Container[int] = ()) -> None:
        """A row that another worker declared uncertain meanwhile is certain again. What was not begun is due again,
        unless it is still held.
        """
        now = timezone.now()
        if sent := {int(row.pk): outcome.reply[:300] for row, outcome in batch.ended if outcome.state == State.SENT}:
            moment = connection.ops.adapt_datetimefield_value(now)
            rows = ", ".join([f"({key}, %s)" for key in sent])
            self._execute(SENT, [moment, *sent.values(), batch.claim], rows=rows)
        for row, outcome in batch.ended:
            if outcome.state != State.SENT:
                self._end(row, outcome, batch.claim, now)
        mine = self.model.objects.filter(claim=batch.claim)
        for why in set(batch.unwanted.values()):
            keys = [key for key, words in batch.unwanted.items() if words == why]
            mine.filter(pk__in=keys, state=State.HANDING).update(
                state=State.SKIPPED, due_at=None, claimed_until=None, reply=why
            )
        if rest := batch.rest(held):
            mine.filter(pk__in=rest, state__in=IN_HAND).update(state=State.DUE, claim="", claimed_until=None)

    def _end(self, row: Row, outcome: Outcome, claim: str, now: datetime) -> None:
        mine = self.model.objects.filter(pk=row.pk, claim=claim, state__in=IN_HAND)
        changes: dict[str, Any] = {"state": outcome.state, "reply": outcome.reply[:300], "claimed_until": None}
        if outcome.is_of_server:
            changes |= {"claim": ""}
        else:
            changes |= {"due_at": None, "attempts": F("attempts") + 1}
        if outcome.state == State.DUE and not outcome.is_of_server:
            changes |= self._again(mine, now)
        if mine.update(**changes):
            self.ended(row, outcome)

    def _again(self, mine: QuerySet[Any], now: datetime) -> dict[str, Any]:
        attempts, written = mine.values_list("attempts", "created_at").first() or (0, now)
        if now - written > GIVEN_UP_AFTER:
            return {"state": State.FAILED}
        return {"claim": "", "due_at": now + pause_after(attempts + 1)}

    def leave_alone(self, reply: str) -> None:
        _until, count = self.left_alone.get(self.mailer, (0.0, 0))
        pause = SERVER_PAUSES[min(count, len(SERVER_PAUSES) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311 -- no secret
        self.left_alone[self.mailer] = (time.monotonic() + pause, count + 1)
        log.warning("The mail server (%s) takes nothing: %s. Next attempt in %.0f s", self.mailer, reply, pause)


class Turn[Row: InHand]:
    """One worker for some seconds: batch after batch, over several lines at a time."""

    def __init__(self, mailing: Mailing[Row], journal: Journal) -> None:
        self.mailing, self.journal = mailing, journal
        self.lines = [Line(mailing.mailer) for _number in range(mailing.connections)]
        self.batch: Batch[Row] = Batch(journal.claim)
        self.flights: dict[Line, tuple[Row, Dialogue[Outcome]]] = {}
        self.until: dict[Line, float] = {}  # when a line is to be looked at, whether or not the server spoke
        self.next_on: dict[Line, tuple[Row, Parcel]] = {}  # its envelope is out already
        self.asked, self.wanted = 0.0, set[int]()
        self.is_refused, self.count = False, 0
        self.trouble: Unwritable | None = None

    def __enter__(self) -> "Turn[Row]":
        return self

    def __exit__(self, *_error: object) -> None:
        for line in self.lines:
            if line in self.flights:
                line.drop()
            line.close()

    def run(self, limit: int, is_over: Callable[[], bool]) -> int:
        """How many rows ended. What was not begun is given back, whatever happens."""
        size = FIRST_AT_ONCE
        try:
            while self.count < limit and not is_over() and not self.is_ending:
                room = limit - self.count - len(self._held())
                if room < 1:
                    self._wait()
                    continue
                self._next(min(size, room))
                self._hand_over(is_over)
                if not (self.batch.begun or self.batch.unwanted):
                    break
                size = self.batch.next_size()
            while self.flights:
                self._wait()
        finally:
            self._next(0)
        if self.trouble:
            raise self.trouble
        return self.count

    @property
    def is_ending(self) -> bool:
        return self.is_refused or self.trouble is not None

    def _held(self) -> list[int]:
        """Rows that are on a line, or will be next."""
        on_lines = [row.pk for row, _dialogue in self.flights.values()]
        return [*on_lines, *(row.pk for row, _parcel in self.next_on.values())]

    def _next(self, size: int) -> None:
        """Write down what became of a batch and mark the next, in one commit; then ask who of that still wants it."""
        mailing, claim, held = self.mailing, self.batch.claim, self._held()
        with transaction.atomic():
            mailing.write_down(self.batch, held)
            marked = mailing.mark(claim, size) if size else []
        self.batch = Batch(claim, [*held, *marked], marked=time.monotonic())
        if marked:
            new = set(marked)
            self.batch.rows = [row for row in self._ask() if row.pk in new]
            if unwanted := new - {row.pk for row in self.batch.rows}:
                self.batch.unwanted = mailing.why_unwanted(sorted(unwanted))
                self.count += len(unwanted)

    def _ask(self) -> list[Row]:
        """Who of all in our hands still wants it: an answer that holds for a moment."""
        self.asked = time.monotonic()
        found = self.mailing.ask(self.batch.claim)
        self.wanted = {row.pk for row in found}
        return found

    def _hand_over(self, is_over: Callable[[], bool]) -> None:
        """Begin all of the batch, or what can be begun while its asking is fresh; until a line has nothing to do."""
        self.waiting = self._parcels(is_over)
        while not self.is_ending:
            for line in list(self.lines):
                if line in self.flights:
                    continue
                if not (ready := next(self.waiting, None)):
                    return
                self._begin(line, *ready)
            self._wait()

    def _parcels(self, is_over: Callable[[], bool]) -> Iterator[tuple[Row, Parcel]]:
        batch = self.batch
        for place, row in enumerate(batch.rows):
            if is_over() or (place and batch.is_old):
                return
            if not self.mailing.allows(row):
                continue
            batch.begun += 1
            try:
                parcel = self.mailing.parcel(row)
                assert parcel.envelope
            except NotWanted as reason:
                self._end(row, Outcome(State.SKIPPED, str(reason)))
            except (ValueError, UnicodeError) as error:  # an address or a header that no server could take
                self._end(row, Outcome(State.FAILED, f"It cannot be written: {error}"))
            else:
                yield row, parcel

    def _begin(self, line: Line, row: Row, parcel: Parcel) -> None:
        def may_end() -> bool:
            if time.monotonic() - self.asked > leaving.FRESH:
                self._ask()
            if row.pk in self.wanted:
                self.journal.begun(row.pk)
            return row.pk in self.wanted

        def look_ahead() -> Parcel | None:
            if ready := next(self.waiting, None):
                self.next_on[line] = ready
            return ready[1] if ready else None

        if trouble := line.open():
            if any(one.socket for one in self.lines):  # so many connections and no more
                self.lines.remove(line)
            else:
                self._end(row, trouble)
            return
        self.flights[line] = (row, line.hand_over(parcel, may_end, look_ahead))
        self._go_on(line, None)

    def _wait(self) -> None:
        """Until a server speaks, or a line has waited for as long as it wanted to."""
        if not self.flights:
            return
        talking = [line for line in self.flights if line.socket]
        nearest = min(self.until[line] for line in self.flights) - time.monotonic()
        spoke = set(select.select(talking, [], [], max(nearest, 0))[0])
        now = time.monotonic()
        for line in list(self.flights):
            if line in spoke or now >= self.until[line]:
                self._go_on(line, line in spoke)

    def _go_on(self, line: Line, spoke: bool | None) -> None:
        row, dialogue = self.flights[line]
        try:
            self.until[line] = time.monotonic() + dialogue.send(spoke)  # type: ignore[arg-type]  # None begins it
        except StopIteration as end:
            del self.flights[line]
            if end.value is not WITHHELD:
                self._end(row, end.value)
        except Unwritable as error:  # asked for before the end of the text: the server got no message
            del self.flights[line]
            self.trouble = error
        if line not in self.flights and (ready := self.next_on.pop(line, None)) and not self.is_ending:
            self._begin(line, *ready)

    def _end(self, row: Row, outcome: Outcome) -> None:
        self.batch.ended.append((row, outcome))
        try:
            self.journal.ended(row.pk, outcome)
        except Unwritable as error:
            self.trouble = error
        if not outcome.is_of_server:
            self.count += 1
            self.mailing.left_alone.pop(self.mailing.mailer, None)
        elif not self.is_refused:
            self.is_refused = True  # by a server that takes nothing from anybody
            self.mailing.leave_alone(outcome.reply)


@contextmanager
def in_order_of_index() -> Iterator[None]:
    """Within a transaction. PostgreSQL may take a million rows for a hundred, and would then sort them all for each batch."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        yield
        cursor.execute("SET LOCAL enable_sort = on")


def pause_after(attempts: int) -> timedelta:
    """Twice as long each time, by chance a little more or less, so that many do not come back at one moment."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** max(attempts - 1, 0), LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 -- no secret
