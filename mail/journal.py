"""What a worker did with the letters in its hands, in a file that outlives a kill.

A line is written before the end of a letter goes out, and another when the mail server has answered. Whoever finds the file
of a worker that is gone knows of each letter whether it was taken, whether it is due again because its end never went
out, or whether nobody can tell, which is one at most. The worker holds a lock on its file for as long as it lives.

A kill leaves what was written; a machine that lost its power may not. So the file names the start of the machine that it was
written under, and after another one what it does not say stays unknown.
"""

import fcntl
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from django.conf import settings

from mail.line import Outcome
from mail.models import Outgoing

State = Outgoing.State
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
BEGUN = "begun"
GONE = "The worker ended while it was handed over."
# A database may still write down what a worker asked for right before it was killed: its file is kept so many seconds.
KEPT = 60


class Unwritable(Exception):
    """The journal takes no line: no letter may be handed over."""


class Journal:
    """Of one turn of one worker. The rows that it holds carry its name as their claim. Raises Unwritable."""

    def __init__(self, kind: str) -> None:
        self.claim = uuid.uuid4().hex
        self.path = folder() / f"{kind}-{self.claim}"
        self.file = -1

    def __enter__(self) -> "Journal":
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except OSError as error:
            raise Unwritable(str(error)) from error
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX)
            self._write(start_of_machine())
        except BaseException:
            os.close(self.file)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Everything is written down in the database, unless something went wrong: then the file says what was not."""
        if kind is None:
            self.path.unlink(missing_ok=True)
        os.close(self.file)

    def begun(self, key: int) -> None:
        self._write(f"{key} {BEGUN}")

    def ended(self, key: int, outcome: Outcome) -> None:
        self._write(f"{key} {outcome.state} {' '.join(outcome.reply.split())}")

    def _write(self, line: str) -> None:
        data = f"{line}\n".encode()
        try:
            written = os.write(self.file, data)
        except OSError as error:
            raise Unwritable(str(error)) from error
        if written != len(data):
            raise Unwritable("No space left")


@dataclass
class Left:
    """The journal of a worker that is gone."""

    claim: str
    is_complete: bool  # whether a letter of which it says nothing was not begun
    begun: set[int] = field(default_factory=set)
    ended: dict[int, Outcome] = field(default_factory=dict)

    def outcome(self, key: int) -> Outcome | None:
        """None for a letter whose end never went out."""
        if key in self.ended:
            return self.ended[key]
        if key in self.begun or not self.is_complete:
            return Outcome(State.UNCERTAIN, GONE)
        return None


def left_behind(kind: str) -> Iterator[Left]:
    """Of workers that are gone. Each is locked while the caller looks at it, and removed some time after that."""
    for path in sorted(folder().glob(f"{kind}-*")):
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with os.fdopen(os.dup(file), "rb") as lines:
                yield read(path.name.rpartition("-")[2], lines)
            if time.time() - os.fstat(file).st_mtime > KEPT:
                path.unlink(missing_ok=True)
        except BlockingIOError:
            continue
        finally:
            os.close(file)


def read(claim: str, lines: Iterable[bytes]) -> Left:
    whole = [line.decode(errors="replace").rstrip("\n") for line in lines if line.endswith(b"\n")]
    here = start_of_machine()
    left = Left(claim, is_complete=bool(here) and whole[:1] == [here])
    for line in whole[1:]:
        key, _gap, rest = line.partition(" ")
        state, _gap, reply = rest.partition(" ")
        if not key.isdecimal():
            continue
        if state == BEGUN:
            left.begun.add(int(key))
            left.ended.pop(int(key), None)
        elif state in State.values:
            left.ended[int(key)] = Outcome(State(state), reply)
    return left


def folder() -> Path:
    return Path(settings.MAIL_JOURNALS)


def start_of_machine() -> str:
    """Another one after each start; empty where the system does not tell."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""
